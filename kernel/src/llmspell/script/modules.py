"""Where `require` and `import` find modules: text files in the folders that the run allows."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from llmspell.errors import LlmspellError, PermissionDenied, UsageError, did_you_mean
from llmspell.spell import MAX_SOURCE

_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_-]*(\.[A-Za-z0-9_][A-Za-z0-9_-]*)*")
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")


class Modules:
    """The modules of one script.

    Args:
        folders: where to look, in order; None when the profile has no modules.
        profile: the profile's name, for messages.
        extensions: the file endings to try.
        check: refuses a file, by its real path, that the run may not load.
        spell: the folder of the spell itself, from which its own relative paths start; None when it has no file.
    """

    def __init__(
        self,
        folders: Sequence[Path] | None,
        profile: str,
        extensions: Sequence[str] = (),
        check: Callable[[str], object] | None = None,
        *,
        spell: Path | None = None,
    ) -> None:
        self._folders = folders
        self._profile = profile
        self._extensions = extensions
        self._check = check
        self._spell = spell

    def load(self, name: Any, _requirer: Any = None) -> dict[str, Any]:
        """The text of the module of a dotted name: `{source, name, key}`; `key` is the same for the same file.

        `a.b` names `a/b.lua`, or `a/b/init.lua`. Links are followed only to places inside the folders.

        Raises:
            UsageError: the name is not a module name, or there is no such module.
            PermissionDenied: the profile has no modules, or the file lies outside the folders.
        """
        folders = self._allowed()
        if not isinstance(name, str) or not _NAME.fullmatch(name):
            raise UsageError(f"{name!r} is not a module name", hint="write words joined by dots, such as 'lib.text'")
        for folder in folders:
            for candidate in self._candidates(folder, name):
                if candidate.is_file():
                    return self._read(folder, candidate, name)
        raise _not_found(name, folders)

    def import_(self, path: Any, importer: Any = "") -> dict[str, Any]:
        """The text of the module of a path with its ending, as `load` gives it.

        A path that starts with `./` or `../` starts from the importer's folder, every other one from each of the
        allowed folders in turn. Besides the engine's own endings there is `.json`.

        Args:
            path: as the script wrote it.
            importer: the key of the importing module; empty for the spell itself.

        Raises:
            UsageError: as for `load`; also for a URL and for a file of another kind.
            PermissionDenied: as for `load`.
        """
        self._allowed()
        self._check_path(path)
        self._check_ending(path)
        return self._at(path, importer)

    def spell(self, path: Any) -> dict[str, Any]:
        """The text of another spell, whatever its ending; it is looked for as `import_` does for the spell itself.

        Raises:
            UsageError: there is no such file, or the path is none.
            PermissionDenied: as for `load`.
        """
        self._allowed()
        self._check_path(path)
        return self._at(path, "")

    def _at(self, path: str, importer: Any) -> dict[str, Any]:
        folders = self._allowed()
        starts = [self._folder_of(importer)] if path.startswith(("./", "../")) else folders
        for start in starts:
            candidate = Path(os.path.normpath(start / path))
            folder = _around(candidate, folders)
            if folder is None:
                looked = _listed(folders)
                raise PermissionDenied(
                    f"module {path!r} lies outside the folders that modules may come from: {looked}",
                    hint=f'allow its folder in llmspell.toml: modules.paths = ["{candidate.parent}"]',
                )
            if candidate.is_file():
                return self._read(folder, candidate, path)
        raise _not_found(path, starts, near=self._near(path, starts))

    def _allowed(self) -> Sequence[Path]:
        if self._folders is None:
            raise PermissionDenied(
                f"modules are not allowed in profile {self._profile!r}", hint="run again with --allow-module=FOLDER"
            )
        return self._folders

    def _candidates(self, folder: Path, name: str) -> list[Path]:
        stem = folder.joinpath(*name.split("."))
        return [
            path
            for extension in self._extensions
            for path in (stem.with_name(f"{stem.name}.{extension}"), stem / f"init.{extension}")
        ]

    def _check_path(self, path: Any) -> None:
        if not isinstance(path, str) or not path or "\0" in path or "\\" in path:
            raise UsageError(f"{path!r} is not the path of a module", hint="write a path such as './lib.js'")
        if _SCHEME.match(path):
            raise UsageError(
                f"{path!r} cannot be imported: modules are files in the spell's folder and in modules.paths",
                hint="what a spell has beside its own modules are the globals; see the reference of the script API",
            )

    def _check_ending(self, path: str) -> None:
        known = [*self._extensions, "json"]
        if Path(path).suffix.lstrip(".") not in known:
            raise UsageError(
                f"module {path!r} has none of the endings {', '.join(f'.{extension}' for extension in known)}",
                hint=f"write the whole name of the file, such as '{path}.{known[0]}'",
            )

    def _folder_of(self, importer: Any) -> Path:
        if importer:
            return Path(str(importer)).parent
        if self._spell is None:
            raise UsageError(
                "a spell that is no file has no folder from which a relative path starts",
                hint="write the path without './'; it then starts from the folders of modules.paths",
            )
        return self._spell

    def _near(self, path: str, starts: Sequence[Path]) -> str:
        """What the hint says about files of nearly that name in the same place."""
        wanted = Path(path)
        beside = (file for start in starts for file in _files(start / wanted.parent))
        known = [file.name for file in beside if file.suffix.lstrip(".") in {*self._extensions, "json"}]
        return did_you_mean(wanted.name, sorted(set(known)))

    def _read(self, folder: Path, candidate: Path, name: str) -> dict[str, Any]:
        try:
            return self._read_real(folder, candidate, candidate.resolve(strict=True), name)
        except OSError as cause:
            raise LlmspellError(f"module {name!r} cannot be read: {cause.strerror}", kind="conflict") from cause

    def _read_real(self, folder: Path, candidate: Path, real: Path, name: str) -> dict[str, Any]:
        if _around(real, [allowed.resolve() for allowed in self._allowed()]) is None:
            raise PermissionDenied(f"module {name!r} is a link to a place outside its folder: {str(candidate)!r}")
        if self._check is not None:
            self._check(str(real))
        content = _content(real, name)
        if len(content) > MAX_SOURCE:
            raise UsageError(f"module {name!r} is larger than {MAX_SOURCE >> 20} MiB")
        try:
            text = content.decode("utf-8-sig")
        except UnicodeDecodeError as cause:
            raise UsageError(f"module {name!r} is not UTF-8 text (byte {cause.start})") from cause
        return {"source": text, "name": str(candidate.relative_to(folder)), "key": str(real)}


def _content(real: Path, name: str) -> bytes:
    """Up to one byte more than a module may have, of the very file that was judged by its path.

    Raises:
        LlmspellError: of kind `conflict`: a link was put in the path's way meanwhile.
    """
    with open(real, "rb", opener=_open_no_link) as file:
        descriptor = Path(f"/proc/self/fd/{file.fileno()}")
        where = os.readlink(descriptor) if descriptor.exists() else os.path.realpath(real)
        if where != str(real):
            raise LlmspellError(f"module {name!r} was moved while it was being opened", kind="conflict")
        return file.read(MAX_SOURCE + 1)


def _open_no_link(path: str, flags: int) -> int:
    return os.open(path, flags | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0))


def _around(path: Path, folders: Iterable[Path]) -> Path | None:
    """The first of the folders that a path lies in."""
    return next((folder for folder in folders if path.is_relative_to(folder)), None)


def _files(folder: Path) -> Iterator[Path]:
    return folder.iterdir() if folder.is_dir() else iter(())


def _listed(folders: Sequence[Path]) -> str:
    return ", ".join(str(folder) for folder in folders) or "no folder"


def _not_found(name: str, folders: Sequence[Path], near: str = "") -> UsageError:
    return UsageError(f"there is no module {name!r}; looked in {_listed(folders)}", kind="not_found", hint=near)
