"""Writing files, making folders, and removing and renaming what is there."""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path, PurePath
from typing import TYPE_CHECKING

from llmspell.errors import LlmspellError, PermissionDenied, UsageError
from llmspell.files.opened import MODES, Opened
from llmspell.files.places import Place, failure, flags, pseudo_devices
from llmspell.files.reading import Files, Guarded
from llmspell.quota import Quota

if TYPE_CHECKING:
    from llmspell.permissions.guard import Guard

_NEW = flags("WRONLY", "CREAT", "EXCL", "NOFOLLOW", "CLOEXEC")
_PIECE = 1 << 20


class Writing(Guarded):
    """Files that may be written.

    Args:
        roots: folders, or single files, of which the last folders need not exist yet.
        readable: what may be read; only that may be renamed, or else a new name would make it readable.
        quota: counts what is written and opened.
        base: where relative paths start; the first root when absent.
        guard: says what of the roots may be written, by its absolute path; None lets all of them be written.
    """

    grant = "fs-write"

    def __init__(
        self,
        roots: Sequence[Path],
        *,
        readable: Files,
        quota: Quota,
        base: Path | None = None,
        guard: Guard | None = None,
    ) -> None:
        super().__init__(roots, base=base, guard=guard)
        self._readable = readable
        self._quota = quota

    def write(self, path: str | PurePath, content: bytes, *, new: bool = False) -> None:
        """Make this the content of a file, all at once: nobody ever finds half of it.

        A file that is there keeps its mode; its other names, if it has any, keep the old content.

        Args:
            path: the file.
            content: what it shall have.
            new: whether there must be none yet.

        Raises:
            PermissionDenied: the path may not be written, or leads to what is no regular file.
            UsageError: it is a folder, its folder does not exist, or there is such a file already (kind `conflict`).
            BudgetExceeded: the run has written too much.
            LlmspellError: it was changed meanwhile (kind `conflict`), or the system refuses.
        """
        with self.walk(path, "written") as walk:
            place = _for_file(walk.to(missing=True))
            if new and place.mode is not None:
                raise _exists(place)
            self._quota.take("write_bytes", len(content))
            with place.explaining():
                _replace(place, (content,), new=new)

    def copy(
        self, path: str | PurePath, target: str | PurePath, *, new: bool = False, source: Files | None = None
    ) -> int:
        """Make a file's content that of another file, all at once as `write` does; its size in bytes.

        It is read piece by piece, whatever its size. A link is followed; the copy's mode is that of any written file.

        Args:
            path: the file.
            target: the copy.
            new: whether there must be none of the target's name yet.
            source: where `path` is read; by default what may be read here.

        Raises:
            PermissionDenied, UsageError, BudgetExceeded, LlmspellError: as `Files.read_bytes`, and as `write`.
        """
        descriptor = (source or self._readable).open(path)
        try:
            with self.walk(target, "written") as walk:
                place = _for_file(walk.to(missing=True))
                if new and place.mode is not None:
                    raise _exists(place)
                with place.explaining():
                    return _replace(place, self._pieces(descriptor), new=new)
        finally:
            os.close(descriptor)

    def append(self, path: str | PurePath, content: bytes) -> None:
        """Add to the end of a file, which is made if there is none. Raises as `write` does."""
        with self.opened(path, "a") as file:
            file.write(content)

    def opened(self, path: str | PurePath, mode: str) -> Opened:
        """A file that stays open until it is closed.

        Args:
            path: the file.
            mode: as for C's `fopen`, without `b`: `r`, `w`, `a`, each with or without `+`.

        Raises:
            PermissionDenied, UsageError, LlmspellError: as `write`, or as `Files.read_bytes`.
            BudgetExceeded: the run has too many files open.
        """
        if mode not in MODES:
            raise UsageError(f"{mode!r} is no mode to open a file in: choose one of {', '.join(MODES)}")
        self._quota.take("open_files")
        try:
            if mode == "r":
                return Opened(self._readable.open(path), mode, self._quota, os.fspath(path))
            if "+" in mode:
                self._may_read(path)
            return Opened(self._writable(path, mode), mode, self._quota, os.fspath(path))
        except BaseException:
            self._quota.give_back("open_files")
            raise

    def make_folder(self, path: str | PurePath) -> None:
        """Make a folder; the folder above must exist, and one that is there already is fine.

        Raises:
            PermissionDenied, UsageError, LlmspellError: as `write`; it is there, but no folder (kind `conflict`).
        """
        with self.walk(path, "made") as walk:
            place = walk.to(missing=True)
            if place.is_folder:
                return
            if place.mode is not None:
                raise _exists(place)
            _check_device(place)
            with place.explaining():
                os.mkdir(place.name, dir_fd=place.folder)

    def remove(self, path: str | PurePath) -> None:
        """Remove a file, a link (and not what it leads to), or an empty folder.

        Raises:
            PermissionDenied, LlmspellError: as `write`.
            UsageError: there is nothing (kind `not_found`), or it is a folder with something in it (kind `conflict`).
        """
        with self.walk(path, "removed") as walk:
            place = walk.to(follow=False)
            if not place.name:
                raise PermissionDenied(f"{place.spelled!r} may not be removed: it is what the run was granted")
            _check_device(place)
            if place.is_folder:
                _remove_folder(place)
                return
            if not stat.S_ISREG(place.mode or 0) and not stat.S_ISLNK(place.mode or 0):
                raise place.special()
            with place.explaining():
                os.unlink(place.name, dir_fd=place.folder)

    def rename(self, old: str | PurePath, new: str | PurePath, *, replace: bool = True) -> None:
        """Give a regular file another name.

        Folders keep their names: with a folder, files would move whose own paths nobody was asked about.

        Args:
            old: the file.
            new: what it shall be called.
            replace: whether a file that has the new name already is replaced; else that is an error (kind `conflict`).

        Raises:
            PermissionDenied, UsageError, LlmspellError: as `write`, for either name; or the file may not be read.
        """
        self._may_read(old)
        with self.walk(old, "renamed") as from_, self.walk(new, "written") as to:
            source, target = from_.to(follow=False), _for_file(to.to(missing=True, follow=False))
            if source.is_folder:
                raise source.no_file("make a new folder, and rename the files in it")
            if not stat.S_ISREG(source.mode or 0):
                raise source.special()
            _check_device(target)
            if not replace and target.mode is not None:
                raise _exists(target)
            with source.explaining():
                _name(source.folder, source.name, target, new=not replace)

    def within(self, folder: str | PurePath, *, follow: bool = True) -> Writing:
        """See `Guarded.within`; the folder must be one that may be read, too."""
        narrowed = super().within(folder, follow=follow)
        narrowed._readable = self._readable.within(narrowed.roots[0], follow=False)
        return narrowed

    def _pieces(self, descriptor: int) -> Iterator[bytes]:
        """What an open file has; each piece is counted before it is written."""
        while piece := os.read(descriptor, _PIECE):
            self._quota.take("write_bytes", len(piece))
            yield piece

    def _may_read(self, path: str | PurePath) -> None:
        """Raise `PermissionDenied` for what may not be read."""
        with self._readable.walk(path, "read") as walk:
            walk.to(missing=True, follow=False)

    def _writable(self, path: str | PurePath, mode: str) -> int:
        """The descriptor of a file to write to; `w` has emptied it."""
        access = os.O_RDWR if "+" in mode else os.O_WRONLY
        if mode[0] == "a":
            access |= os.O_APPEND
        with self.walk(path, "written") as walk:
            place = walk.to(missing=mode[0] != "r")
            if place.is_folder:
                raise place.no_file()
            _check_device(place)
            if place.mode is None:
                return place.open(access | os.O_CREAT | os.O_EXCL)
            descriptor = place.open(access)  # emptied only when it is known to be a regular file
        try:
            if mode[0] == "w":
                os.ftruncate(descriptor, 0)
        except OSError:
            os.close(descriptor)
            raise
        return descriptor


def _for_file(place: Place) -> Place:
    """The place, where a file may be put.

    Raises:
        UsageError: it is a folder.
        PermissionDenied: it is a device, a pipe or the like.
    """
    if place.is_folder:
        raise place.no_file()
    if place.mode is not None and not stat.S_ISREG(place.mode):
        raise place.special()
    _check_device(place)
    return place


def _check_device(place: Place) -> None:
    if os.fstat(place.folder).st_dev in pseudo_devices():
        raise place.special()


def _exists(place: Place) -> UsageError:
    message = f"{place.spelled!r} exists already"
    return UsageError(message, kind="conflict", hint="choose another name", details=failure(errno.EEXIST))


def _replace(place: Place, pieces: Iterable[bytes], *, new: bool) -> int:
    """Write beside the file, under a name that nobody knows, and put that in its place; how many bytes that are."""
    temporary = f".llmspell-{os.urandom(8).hex()}"
    descriptor = os.open(temporary, _NEW, 0o666, dir_fd=place.folder)
    try:
        with open(descriptor, "wb", buffering=0) as file:
            for piece in pieces:
                left = memoryview(piece)
                while left:
                    left = left[file.write(left) :]
            size = file.tell()
            if place.mode is not None:
                os.fchmod(descriptor, stat.S_IMODE(place.mode) & 0o777)
        _name(place.folder, temporary, place, new=new)
    except BaseException:
        with suppress(FileNotFoundError):
            os.unlink(temporary, dir_fd=place.folder)
        raise
    return size


def _name(folder: int, name: str, place: Place, *, new: bool) -> None:
    """Give what has a name in an open folder the name of a place, which must have nothing yet if it is `new`."""
    if new:  # a link fails where a rename would replace
        os.link(name, place.name, src_dir_fd=folder, dst_dir_fd=place.folder, follow_symlinks=False)
        os.unlink(name, dir_fd=folder)
    else:
        os.rename(name, place.name, src_dir_fd=folder, dst_dir_fd=place.folder)


def _remove_folder(place: Place) -> None:
    try:
        with place.explaining():
            os.rmdir(place.name, dir_fd=place.folder)
    except LlmspellError as error:
        if error.details.get("errno") not in (errno.ENOTEMPTY, errno.EEXIST):
            raise
        message = f"{place.spelled!r} cannot be removed: the folder is not empty"
        raise UsageError(
            message, kind="conflict", hint="remove what is in it first", details=failure(errno.ENOTEMPTY)
        ) from error
