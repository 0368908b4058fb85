"""Reading files, listing folders, and looking at what is there."""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Sequence
from copy import copy
from pathlib import Path, PurePath
from typing import TYPE_CHECKING, TypeVar

import attrs

from llmspell.errors import LlmspellError, PermissionDenied, UsageError
from llmspell.files.places import Place, failure
from llmspell.files.walk import Walk

if TYPE_CHECKING:
    from typing import Self

    from llmspell.permissions.guard import Guard

_BY_FOLDER = os.supports_dir_fd >= {os.open, os.stat, os.readlink}
_MOST_NAMES = 100_000
_Item = TypeVar("_Item")


@attrs.frozen
class Seen:
    """What stands at a path.

    Attributes:
        kind: `file`, `folder`, `link` (only where links are not followed) or `other`.
        size: bytes.
        modified: seconds since 1970.
    """

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
        self._narrowed = False

    def within(self, folder: str | PurePath, *, follow: bool = True) -> Self:
        """The same, but for what is inside one folder only, where relative paths start then.

        No link in the folder leads out of it, and the folder itself is entered nowhere else than where it is now: what
        takes its place later is refused (kind `conflict`), whether it would have been granted or not.

        Args:
            folder: the folder.
            follow: whether it may be a link to a folder.

        Raises:
            PermissionDenied: the folder may not be reached.
            UsageError: it does not exist (kind `not_found`), or it is no folder.
            LlmspellError: it was changed meanwhile (kind `conflict`), or cannot be reached.
        """
        with self.walk(folder, "entered") as walk:
            place = walk.to(follow=follow)
            if not place.is_folder:
                raise place.no_folder()
            narrowed = copy(self)
            narrowed.roots, narrowed._base, narrowed._narrowed = (Path(place.path),), None, True
        return narrowed

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
        return Walk(self._folders(), self._start(name), name, self._guard, verb=verb, fixed=self._narrowed)

    def _start(self, name: str) -> str:
        """Where the walk starts: a relative path stays one, where it may, since the first root may be moved."""
        if self._base is None or (self.roots and self._base == self.roots[0]):
            return name
        return os.path.join(self._base, name)

    def _folders(self) -> tuple[Path, ...]:
        """The roots, with the nearest folder of each that is a single file, or that does not exist yet."""
        if self._guard is None or self._narrowed:
            return self.roots
        return tuple(_nearest_folder(root) for root in self.roots)


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

    def read_bytes(self, path: str | PurePath, max_bytes: int | None = None) -> bytes:
        """The file's content.

        Args:
            path: the file.
            max_bytes: the largest that is read; by default as large as any.

        Raises:
            PermissionDenied: the path, or a link on its way, leads out of the roots.
            UsageError: there is no such file (kind `not_found`), or it is no file, or too large.
            LlmspellError: it was changed while it was being opened (kind `conflict`), or cannot be read.
        """
        descriptor = self.open(path)
        try:
            return _content(descriptor, os.fspath(path), self.max_bytes if max_bytes is None else max_bytes)
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
                raise place.no_folder()
            return _not_too_many(walk.names(_MOST_NAMES + 1), place)

    def entries(self, path: str | PurePath = ".") -> dict[str, Seen]:
        """What stands in a folder, as far as it may be read, by name, sorted; links are not followed.

        Raises:
            PermissionDenied, UsageError, LlmspellError: as `names`.
        """
        with self.walk(path, "listed") as walk:
            place = walk.to()
            if not place.is_folder:
                raise place.no_folder()
            found = walk.entries(_MOST_NAMES + 1)
            return {name: _told(status) for name, status in _not_too_many(found, place)}

    def look(self, path: str | PurePath, *, follow: bool = True) -> Seen | None:
        """What stands at a path; None when there is nothing.

        Args:
            path: where.
            follow: whether a link there is followed.

        Raises:
            PermissionDenied: the path may not be read, whether there is something or not.
            UsageError, LlmspellError: as `read_bytes`.
        """
        try:
            with self.walk(path, "looked at") as walk:
                return _seen(walk.to(missing=True, follow=follow))
        except UsageError as error:
            if error.kind == "not_found":  # a folder on the way is missing
                return None
            raise


def _seen(place: Place) -> Seen | None:
    if place.mode is None:
        return None
    with place.explaining():
        return _told(os.stat(place.name or ".", dir_fd=place.folder, follow_symlinks=False))


def _told(status: os.stat_result) -> Seen:
    kinds = {stat.S_IFDIR: "folder", stat.S_IFREG: "file", stat.S_IFLNK: "link"}
    return Seen(kinds.get(stat.S_IFMT(status.st_mode), "other"), status.st_size, status.st_mtime)


def _not_too_many(found: list[_Item], place: Place) -> list[_Item]:
    if len(found) > _MOST_NAMES:
        raise UsageError(f"{place.spelled!r} has more than {_MOST_NAMES} names")
    return found


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
