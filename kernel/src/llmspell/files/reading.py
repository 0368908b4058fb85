"""Reading files, listing folders, and looking at what is there."""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Sequence
from pathlib import Path, PurePath
from typing import TYPE_CHECKING

import attrs

from llmspell.errors import LlmspellError, PermissionDenied, UsageError
from llmspell.files.places import Place, failure
from llmspell.files.walk import Walk

if TYPE_CHECKING:
    from llmspell.permissions.guard import Guard

_BY_FOLDER = os.supports_dir_fd >= {os.open, os.stat, os.readlink}
_MOST_NAMES = 100_000


@attrs.frozen
class Seen:
    """What stands at a path: `kind` is `file`, `folder` or `other`, `size` bytes, `modified` seconds since 1970."""

    kind: str
    size: int
    modified: float


class Guarded:
    """The folders that something is done inside of.

    A relative path starts at `base`. An absolute path must lie inside one of the roots.

    Args:
        roots: folders, or single files; none means that nothing may be reached.
        base: where relative paths start; the first root when absent.
        guard: says what of the roots may be reached, by its absolute path; None lets all of them be.
    """

    grant = "fs-read"

    def __init__(self, roots: Sequence[Path], *, base: Path | None = None, guard: Guard | None = None) -> None:
        self.roots = tuple(Path(os.path.abspath(root)) for root in roots)
        self._base = base
        self._guard = guard

    def walk(self, path: str | PurePath, verb: str) -> Walk:
        """The way to a path; `verb` says what is done there, as a participle.

        Raises:
            PermissionDenied: there is no root.
            UsageError: no system has such a name.
        """
        name = os.fspath(path)
        if not self.roots and self._guard is None:
            hint = f"run again with --allow-{self.grant}=PATH"
            raise PermissionDenied(f"{name!r} may not be {verb}: no folder is open to this run", hint=hint)
        if not _BY_FOLDER:
            raise LlmspellError("files cannot be reached safely on this system: it opens no file by its folder")
        try:
            os.fsencode(name)
        except UnicodeEncodeError as error:
            raise UsageError(f"{name!r} is not a file name: {error.reason}") from None
        if "\0" in name:
            raise UsageError(f"{name!r} is not a file name: it has a NUL character", details=failure(errno.EINVAL))
        return Walk(self._folders(), self._start(name), name, self._guard, verb=verb)

    def _start(self, name: str) -> str:
        """Where the walk starts: a relative path stays one, where it may, since the first root may be moved."""
        if self._base is None or (self.roots and self._base == self.roots[0]):
            return name
        return os.path.join(self._base, name)

    def _folders(self) -> tuple[Path, ...]:
        """The roots, with the nearest folder of each that is a single file, or that does not exist yet."""
        return tuple(_nearest_folder(root) if self._guard else root for root in self.roots)


def _nearest_folder(root: Path) -> Path:
    return next((folder for folder in (root, *root.parents) if folder.is_dir()), root)


class Files(Guarded):
    """Files that may be read.

    A relative path starts at `base`. An absolute path must lie inside one of the roots.

    Args:
        roots: folders, or single files; none means that nothing may be read.
        max_bytes: the largest file that is read whole.
        base: where relative paths start; the first root when absent.
        guard: says what of the roots may be read, by its absolute path; None lets all of them be read.
    """

    def __init__(
        self,
        roots: Sequence[Path],
        *,
        max_bytes: int = 16 * 1024 * 1024,
        base: Path | None = None,
        guard: Guard | None = None,
    ) -> None:
        super().__init__(roots, base=base, guard=guard)
        self.max_bytes = max_bytes

    def read_bytes(self, path: str | PurePath) -> bytes:
        """The file's content.

        Raises:
            PermissionDenied: the path, or a link on its way, leads out of the roots.
            UsageError: there is no such file (kind `not_found`), or it is no file, or too large.
            LlmspellError: it was changed while it was being opened (kind `conflict`), or cannot be read.
        """
        descriptor = self.open(path)
        try:
            return _content(descriptor, os.fspath(path), self.max_bytes)
        finally:
            os.close(descriptor)

    def read_text(self, path: str | PurePath) -> str:
        """The file's text, which must be UTF-8; a byte order mark is dropped, line ends are kept.

        Raises:
            UsageError: as `read_bytes`, and when the file is not text.
            PermissionDenied, LlmspellError: as `read_bytes`.
        """
        content = self.read_bytes(path)
        nul = content.find(b"\0")
        if nul >= 0:
            raise UsageError(f"{os.fspath(path)!r} is not text: it has a NUL byte at offset {nul}")
        try:
            return content.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            found = f"byte {content[error.start]:#04x} at offset {error.start}"
            raise UsageError(f"{os.fspath(path)!r} is not UTF-8 text: it has {found}") from None

    def open(self, path: str | PurePath) -> int:
        """The descriptor of a file, to read from; the caller closes it. Raises as `read_bytes` does."""
        with self.walk(path, "read") as walk:
            place = walk.to()
            if place.is_folder:
                raise place.no_file(walk.listing())
            return place.open(os.O_RDONLY)

    def names(self, path: str | PurePath = ".") -> list[str]:
        """The names in a folder that may be read, sorted.

        Raises:
            PermissionDenied, UsageError, LlmspellError: as `read_bytes`; it is no folder, or has too many names.
        """
        with self.walk(path, "listed") as walk:
            place = walk.to()
            if not place.is_folder:
                raise UsageError(f"{os.fspath(path)!r} is a file, not a folder", details=failure(errno.ENOTDIR))
            names = walk.names(_MOST_NAMES + 1)
            if len(names) > _MOST_NAMES:
                raise UsageError(f"{os.fspath(path)!r} has more than {_MOST_NAMES} names")
            return names

    def look(self, path: str | PurePath) -> Seen | None:
        """What stands at a path; None when there is nothing. Links are followed.

        Raises:
            PermissionDenied: the path may not be read, whether there is something or not.
            UsageError, LlmspellError: as `read_bytes`.
        """
        try:
            with self.walk(path, "looked at") as walk:
                return _seen(walk.to(missing=True))
        except UsageError as error:
            if error.kind == "not_found":  # a folder on the way is missing
                return None
            raise


def _seen(place: Place) -> Seen | None:
    if place.mode is None:
        return None
    with place.explaining():
        found = os.stat(place.name or ".", dir_fd=place.folder, follow_symlinks=False)
    kind = "folder" if stat.S_ISDIR(found.st_mode) else "file" if stat.S_ISREG(found.st_mode) else "other"
    return Seen(kind, found.st_size, found.st_mtime)


def _content(descriptor: int, name: str, max_bytes: int) -> bytes:
    # The size that the file system tells may be wrong by the time of the read, so the read itself is bounded.
    chunks = []
    left = max_bytes + 1
    while left and (chunk := os.read(descriptor, min(left, 1 << 20))):
        chunks.append(chunk)
        left -= len(chunk)
    if not left:
        raise UsageError(
            f"{name!r} has {os.fstat(descriptor).st_size} bytes, and at most {max_bytes} are read",
            details={"max_bytes": max_bytes},
        )
    return b"".join(chunks)
