"""Reading files, and only those inside given folders.

A path is walked from its root's descriptor one component at a time, and every component is opened without
following links, so nothing that is swapped while the walk goes on can lead it elsewhere. The walk follows
links itself: where one leads is walked in the same way, and must stay inside a root. `..` goes back to the
folder that the walk came from, never to what the file system says is above. Only regular files are opened,
never what /proc, /sys or /dev serve, whatever the roots are.

Not covered: a hard link inside a root is a file inside that root, wherever its other names are.
"""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Callable, Sequence
from itertools import islice
from pathlib import Path, PurePath
from typing import TypeVar

from llmspell.errors import LlmspellError, PermissionDenied, UsageError, near_names

_BY_FOLDER = os.supports_dir_fd >= {os.open, os.stat, os.readlink}
_LINKS = 40
_DEPTH = 128
_INSIDE = "copy the file into the project folder"
_TRUST = "run with --profile medium if you trust the spell"


def _flags(*names: str) -> int:
    """These flags of `os.open`, as far as the system has them; importing this module works everywhere."""
    return sum(getattr(os, f"O_{name}", 0) for name in names)


_ROOT = _flags("RDONLY", "DIRECTORY", "CLOEXEC")
_FOLDER = _ROOT | _flags("NOFOLLOW")
_FILE = _flags("RDONLY", "NOFOLLOW", "NONBLOCK", "NOCTTY", "CLOEXEC")
_Answer = TypeVar("_Answer")


class Files:
    """Files that may be read.

    A relative path starts at the first root. An absolute path must lie inside one of the roots.

    Args:
        roots: folders; none means that nothing may be read.
        max_bytes: the largest file that is read whole.
    """

    def __init__(self, roots: Sequence[Path], *, max_bytes: int = 16 * 1024 * 1024) -> None:
        self.roots = tuple(Path(os.path.abspath(root)) for root in roots)
        self.max_bytes = max_bytes

    def read_bytes(self, path: str | PurePath) -> bytes:
        """The file's content.

        Raises:
            PermissionDenied: the path, or a link on its way, leads out of the roots.
            UsageError: there is no such file (kind `not_found`), or it is no file, or too large.
            LlmspellError: it was changed while it was being opened (kind `conflict`), or cannot be read.
        """
        name = os.fspath(path)
        if not self.roots:
            raise PermissionDenied(f"{name!r} may not be read: no folder is open to this run", hint=_TRUST)
        if not _BY_FOLDER:
            raise LlmspellError("files cannot be read safely on this system: it opens no file by its folder")
        try:
            os.fsencode(name)
        except UnicodeEncodeError as error:
            raise UsageError(f"{name!r} is not a file name: {error.reason}") from None
        if "\0" in name:
            raise UsageError(f"{name!r} is not a file name: it has a NUL character")
        with _Walk(self.roots, name) as walk:
            return walk.to_file(lambda descriptor: _content(descriptor, name, self.max_bytes))

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


class _Walk:
    """One way through the file system: the folders that are open, the innermost last, and the names to go."""

    def __init__(self, roots: tuple[Path, ...], name: str) -> None:
        self._roots = roots
        self._name = name
        self._links = 0
        self._open: list[int] = []

    def __enter__(self) -> _Walk:
        return self

    def __exit__(self, *_: object) -> None:
        self._close()

    def to_file(self, read: Callable[[int], _Answer]) -> _Answer:
        """What `read` makes of the descriptor of the file at the walk's end."""
        ahead = self._start(self._name)
        while ahead:
            part = ahead.pop()
            if part == "..":
                self._up()
                continue
            try:
                kind = os.stat(part, dir_fd=self._open[-1], follow_symlinks=False).st_mode
                if stat.S_ISLNK(kind):
                    ahead += self._follow(os.readlink(part, dir_fd=self._open[-1]))
                elif stat.S_ISDIR(kind):
                    self._down(part)
                elif ahead:
                    raise UsageError(f"{self._name!r} does not exist: {part!r} is not a folder", kind="not_found")
                else:
                    return self._read(part, kind, read)
            except OSError as error:
                raise self._explained(error, part) from error
        raise UsageError(f"{self._name!r} is a folder, not a file", hint=self._listing())

    def _start(self, path: str) -> list[str]:
        """Open the root that `path` begins at; the names to go from there, the next one last."""
        relative = path
        root = self._roots[0]
        if os.path.isabs(path):
            root, relative = self._root_of(path)
        self._close()
        try:
            self._open.append(os.open(root, _ROOT))
        except OSError as error:
            raise LlmspellError(
                f"the folder {str(root)!r} cannot be opened: {error.strerror}", kind="not_found"
            ) from error
        return _parts(relative)

    def _root_of(self, path: str) -> tuple[Path, str]:
        """The root that an absolute path is in, and the rest of the path."""
        for root in self._roots:
            for spelled in (root, Path(os.path.realpath(root))):
                if path == str(spelled) or path.startswith(os.path.join(spelled, "")):
                    return root, path[len(str(spelled)) :]
        raise self._denied()

    def _follow(self, target: str) -> list[str]:
        self._links += 1
        if self._links > _LINKS:
            raise UsageError(f"{self._name!r} cannot be read: it leads through more than {_LINKS} links")
        return self._start(target) if os.path.isabs(target) else _parts(target)

    def _down(self, part: str) -> None:
        if len(self._open) > _DEPTH:
            raise UsageError(f"{self._name!r} cannot be read: it is more than {_DEPTH} folders deep")
        self._open.append(os.open(part, _FOLDER, dir_fd=self._open[-1]))

    def _up(self) -> None:
        if len(self._open) == 1:
            raise self._denied()
        os.close(self._open.pop())

    def _close(self) -> None:
        while self._open:
            os.close(self._open.pop())

    def _read(self, part: str, kind: int, read: Callable[[int], _Answer]) -> _Answer:
        # Looked at before it is opened, because opening a device may do something; and again after, because
        # it may have been swapped between the two.
        if not stat.S_ISREG(kind):
            raise self._special()
        descriptor = os.open(part, _FILE, dir_fd=self._open[-1])
        try:
            found = os.fstat(descriptor)
            if not stat.S_ISREG(found.st_mode) or found.st_dev in _pseudo_devices():
                raise self._special()
            return read(descriptor)
        finally:
            os.close(descriptor)

    def _special(self) -> PermissionDenied:
        return PermissionDenied(f"{self._name!r} may not be read: it is not a regular file")

    def _denied(self) -> PermissionDenied:
        folders = " or ".join(repr(str(root)) for root in self._roots)
        return PermissionDenied(f"{self._name!r} may not be read: it leads out of {folders}", hint=_INSIDE)

    def _explained(self, error: OSError, part: str) -> LlmspellError:
        if error.errno == errno.ENOENT:
            near = near_names(part, self._names())
            hint = f"did you mean {near[0]!r}?" if near else self._listing()
            return UsageError(f"{self._name!r} does not exist", kind="not_found", hint=hint)
        if error.errno in (errno.ELOOP, errno.ENOTDIR, errno.EINVAL):
            reason = f"{part!r} was changed while it was being opened"
            return LlmspellError(f"{self._name!r} cannot be read: {reason}", kind="conflict", retryable=True)
        kind = "permission" if isinstance(error, PermissionError) else "not_found"
        return LlmspellError(f"{self._name!r} cannot be read: {error.strerror}", kind=kind)

    def _names(self) -> list[str]:
        """Up to a thousand names in the folder that the walk has reached."""
        with os.scandir(self._open[-1]) as entries:
            return sorted(entry.name for entry in islice(entries, 1000))

    def _listing(self) -> str:
        names = self._names()
        shown = ", ".join(names[:10])
        return f"the folder has {shown}{', ...' if len(names) > 10 else ''}" if names else "the folder is empty"


def _parts(path: str) -> list[str]:
    return [part for part in reversed(path.split("/")) if part not in ("", ".")]


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


def _pseudo_devices() -> set[int]:
    """The devices of /proc, /sys and /dev, where those are file systems of their own."""
    found = {os.stat(folder).st_dev for folder in ("/proc", "/sys", "/dev") if os.path.isdir(folder)}
    return found - {os.stat("/").st_dev}
