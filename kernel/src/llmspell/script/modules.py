"""Where `require` and `import` find modules: text files in the folders that the run allows."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from llmspell.errors import PermissionDenied, UsageError
from llmspell.spell import MAX_SOURCE

_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_-]*(\.[A-Za-z0-9_][A-Za-z0-9_-]*)*")


class Modules:
    """The modules of one script.

    Args:
        folders: where to look, in order; None when the profile has no modules.
        profile: the profile's name, for messages.
        extensions: the file endings to try.
    """

    def __init__(self, folders: Sequence[Path] | None, profile: str, extensions: Sequence[str] = ()) -> None:
        self._folders = folders
        self._profile = profile
        self._extensions = extensions

    def load(self, name: Any, _requirer: Any = None) -> dict[str, Any]:
        """The text of a module: `{source, name, key}`; `key` is the same for the same file.

        `a.b` names `a/b.lua`, or `a/b/init.lua`. Links are followed only to places inside the folders.

        Raises:
            UsageError: the name is not a module name, or there is no such module.
            PermissionDenied: the profile has no modules, or the file lies outside the folders.
        """
        if self._folders is None:
            raise PermissionDenied(f"modules are not allowed in profile {self._profile!r}")
        if not isinstance(name, str) or not _NAME.fullmatch(name):
            raise UsageError(f"{name!r} is not a module name", hint="write words joined by dots, such as 'lib.text'")
        for folder in self._folders:
            for candidate in self._candidates(folder, name):
                if candidate.is_file():
                    return self._read(folder, candidate, name)
        looked = ", ".join(str(folder) for folder in self._folders) or "no folder"
        raise UsageError(f"there is no module {name!r}; looked in {looked}", kind="not_found")

    def _candidates(self, folder: Path, name: str) -> list[Path]:
        stem = folder.joinpath(*name.split("."))
        return [
            path
            for extension in self._extensions
            for path in (stem.with_name(f"{stem.name}.{extension}"), stem / f"init.{extension}")
        ]

    def _read(self, folder: Path, candidate: Path, name: str) -> dict[str, Any]:
        real = candidate.resolve(strict=True)
        if not any(real.is_relative_to(allowed.resolve()) for allowed in self._folders or ()):
            raise PermissionDenied(f"module {name!r} is a link to a place outside its folder: {str(candidate)!r}")
        if real.stat().st_size > MAX_SOURCE:
            raise UsageError(f"module {name!r} is larger than {MAX_SOURCE >> 20} MiB")
        try:
            text = real.read_bytes().decode()
        except UnicodeDecodeError as cause:
            raise UsageError(f"module {name!r} is not UTF-8 text (byte {cause.start})") from cause
        return {"source": text, "name": str(candidate.relative_to(folder)), "key": str(real)}
