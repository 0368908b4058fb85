"""The way to a file inside given folders.

A path is walked from its root's descriptor one component at a time, and every component is opened without
following links, so nothing that is swapped while the walk goes on can lead it elsewhere. The walk follows
links itself: where one leads is walked in the same way, and must stay inside a root. `..` goes back to the
folder that the walk came from, never to what the file system says is above.

Where only some of a root may be reached, a guard is asked about each file where the walk found it, so under its real
name whatever links led there.
"""

from __future__ import annotations

import errno
import os
import stat
from contextlib import suppress
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from llmspell.errors import LlmspellError, PermissionDenied, UsageError, near_names
from llmspell.files.places import Place, failure, flags

if TYPE_CHECKING:
    from llmspell.permissions.guard import Guard

_LINKS = 40
_DEPTH = 128
_TELLING = ("read", "listed")  # who may do so may know the names
_INSIDE = "copy the file into the project folder"
_ROOT = flags("RDONLY", "DIRECTORY", "CLOEXEC")
_FOLDER = _ROOT | flags("NOFOLLOW")


class Walk:
    """One way through the file system; use it as a context manager, and its place inside only.

    Args:
        roots: the folders that it stays inside.
        start: where it begins: relative to the first root, or absolute.
        name: the path as the caller wrote it, for messages.
        guard: says which places inside the roots may be reached; None lets all of them be.
        verb: what is done with the file, as a participle: `read`, `written`.
        fixed: the roots are real paths, and a root that has become a link is not followed.
    """

    def __init__(
        self,
        roots: tuple[Path, ...],
        start: str,
        name: str,
        guard: Guard | None,
        *,
        verb: str = "read",
        fixed: bool = False,
    ) -> None:
        self._roots = roots
        self._first = start
        self._name = name
        self._guard = guard
        self._verb = verb
        self._fixed = fixed
        self._links = 0
        # The folders that are open, the innermost last, and their names.
        self._open: list[int] = []
        self._names_to: list[str] = []

    def __enter__(self) -> Walk:
        return self

    def __exit__(self, *_: object) -> None:
        self._close()

    def to(self, *, missing: bool = False, follow: bool = True) -> Place:
        """The place at the walk's end, which the guard was asked about.

        Args:
            missing: whether the last name may be one that does not exist yet.
            follow: whether a link at the end is followed.

        Raises:
            PermissionDenied: the way, or a link on it, leads out of the roots, or the place may not be reached.
            UsageError: there is nothing (kind `not_found`).
            LlmspellError: it was changed meanwhile (kind `conflict`), or cannot be reached.
        """
        ahead = self._start(self._first)
        while ahead:
            part = ahead.pop()
            if part == "..":
                ahead = self._up(ahead)
                continue
            try:
                mode = os.stat(part, dir_fd=self._open[-1], follow_symlinks=False).st_mode
                if stat.S_ISLNK(mode) and (ahead or follow):
                    ahead += self._follow(os.readlink(part, dir_fd=self._open[-1]))
                elif stat.S_ISDIR(mode):
                    self._down(part)
                elif ahead:
                    self._may_tell(part)
                    raise UsageError(
                        f"{self._name!r} does not exist: {part!r} is not a folder",
                        kind="not_found",
                        details=failure(errno.ENOTDIR),
                    )
                else:
                    return self._place(part, mode)
            except FileNotFoundError as error:
                if missing and not ahead:
                    return self._place(part, None)
                raise self._explained(error, part) from error
            except OSError as error:
                raise self._explained(error, part) from error
        return self._folder()

    def listing(self) -> str:
        """What the folder has that the walk ended in, as a hint."""
        names = self.names()
        shown = ", ".join(names[:10])
        if not names:
            return "the folder is empty" if self._guard is None else "the folder has nothing that may be read"
        return f"the folder has {shown}{', ...' if len(names) > 10 else ''}"

    def names(self, most: int = 1000) -> list[str]:
        """The first names, sorted, in the folder that the walk has reached, but none that may not be reached."""
        guard, folder = self._guard, os.path.join(*self._names_to)
        with os.scandir(self._open[-1]) as entries:
            names = sorted(entry.name for entry in islice(entries, most))
        return [name for name in names if guard is None or guard.allows(os.path.join(folder, name))]

    def entries(self, most: int) -> list[tuple[str, os.stat_result]]:
        """As `names`, each with what stands there; links are not followed."""
        guard, folder = self._guard, os.path.join(*self._names_to)
        with os.scandir(self._open[-1]) as entries:
            found = [(entry.name, _status(entry)) for entry in islice(entries, most)]
        allowed = (each for each in found if guard is None or guard.allows(os.path.join(folder, each[0])))
        return sorted(((name, status) for name, status in allowed if status), key=lambda entry: entry[0])

    def _place(self, part: str, mode: int | None) -> Place:
        path = os.path.join(*self._names_to, part)
        if self._guard is not None:
            self._guard.check(path)  # where it really is
        return Place(self._open[-1], part, path, self._name, self._verb, mode)

    def _folder(self) -> Place:
        path = os.path.join(*self._names_to)
        self._may_tell()
        mode = os.fstat(self._open[-1]).st_mode
        if len(self._open) == 1:
            return Place(self._open[-1], "", path, self._name, self._verb, mode)
        return Place(self._open[-2], self._names_to[-1], path, self._name, self._verb, mode)

    def _start(self, path: str) -> list[str]:
        """Open the root that `path` begins at; the names to go from there, the next one last."""
        if os.path.isabs(path):
            root, relative = self._root_of(path)
        else:
            root, relative = self._roots[0], path
        self._close()
        try:
            self._open.append(os.open(root, _ROOT))
            self._names_to = [_real(self._open[0], root)]
        except OSError as error:
            raise LlmspellError(
                f"the folder {str(root)!r} cannot be opened: {error.strerror}",
                kind="not_found",
                details=failure(error.errno),
            ) from error
        if self._fixed and self._names_to != [str(root)]:
            raise self._changed(root.name, failure(errno.ELOOP))
        return _parts(relative)

    def _root_of(self, path: str) -> tuple[Path, str]:
        """The root that an absolute path is in, and the rest of the path."""
        for root in self._roots:
            for spelled in (root, Path(os.path.realpath(root))):
                if path == str(spelled) or path.startswith(os.path.join(spelled, "")):
                    return root, path[len(str(spelled)) :]
        raise self._denied(path)

    def _follow(self, target: str) -> list[str]:
        self._links += 1
        if self._links > _LINKS:
            raise UsageError(
                f"{self._name!r} cannot be {self._verb}: it leads through more than {_LINKS} links",
                details=failure(errno.ELOOP),
            )
        return self._start(target) if os.path.isabs(target) else _parts(target)

    def _down(self, part: str) -> None:
        if len(self._open) > _DEPTH:
            raise UsageError(
                f"{self._name!r} cannot be {self._verb}: it is more than {_DEPTH} folders deep",
                details=failure(errno.ENAMETOOLONG),
            )
        self._open.append(os.open(part, _FOLDER, dir_fd=self._open[-1]))
        self._names_to.append(part)

    def _up(self, ahead: list[str]) -> list[str]:
        """Go back to the folder above; from a root, that may lead into another root. The names to go from there."""
        if len(self._open) > 1:
            os.close(self._open.pop())
            self._names_to.pop()
            return ahead
        above = os.path.dirname(self._names_to[0])
        if self._guard is None:
            raise self._denied(above)
        return self._follow(os.path.join(above, *reversed(ahead)))

    def _close(self) -> None:
        while self._open:
            os.close(self._open.pop())

    def _denied(self, place: str) -> PermissionDenied:
        """The error for a walk that leads to a place outside the roots."""
        if self._guard is not None:
            self._guard.check(os.path.normpath(place))
        folders = " or ".join(repr(str(root)) for root in self._roots)
        return PermissionDenied(f"{self._name!r} may not be {self._verb}: it leads out of {folders}", hint=_INSIDE)

    def _may_tell(self, *part: str) -> None:
        """Say nothing of a place that may not be reached, not even whether something is there."""
        if self._guard is not None:
            self._guard.check(os.path.join(*self._names_to, *part))

    def _explained(self, error: OSError, part: str) -> LlmspellError:
        self._may_tell(part)
        details = failure(error.errno)
        if error.errno == errno.ENOENT:
            hint = self._near(part) if self._verb in _TELLING else ""
            return UsageError(f"{self._name!r} does not exist", kind="not_found", hint=hint, details=details)
        if error.errno in (errno.ELOOP, errno.ENOTDIR, errno.EINVAL):
            return self._changed(part, details)
        kind = "permission" if isinstance(error, PermissionError) else "not_found"
        message = f"{self._name!r} cannot be {self._verb}: {error.strerror}"
        return LlmspellError(message, kind=kind, details=details)

    def _changed(self, part: str, details: dict[str, Any]) -> LlmspellError:
        message = f"{self._name!r} cannot be {self._verb}: {part!r} was changed while it was being opened"
        return LlmspellError(message, kind="conflict", retryable=True, details=details)

    def _near(self, part: str) -> str:
        near = near_names(part, self.names())
        return f"did you mean {near[0]!r}?" if near else self.listing()


def _status(entry: os.DirEntry[str]) -> os.stat_result | None:
    with suppress(FileNotFoundError):  # removed since the folder was read
        return entry.stat(follow_symlinks=False)
    return None


def _real(descriptor: int, root: Path) -> str:
    """Where an open folder is, whatever has been swapped on the way to it since it was opened."""
    with suppress(OSError):
        return os.readlink(f"/proc/self/fd/{descriptor}")
    return os.path.realpath(root)  # where the system does not tell: links above a root should be nobody's to swap


def _parts(path: str) -> list[str]:
    return [part for part in reversed(path.split("/")) if part not in ("", ".")]
