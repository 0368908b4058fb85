"""A file or folder that stays the one that was checked, whatever happens to its name meanwhile."""

from __future__ import annotations

import os

import attrs


@attrs.frozen
class Held:
    """A file or folder, by descriptor; use it as a context manager.

    Attributes:
        descriptor: opened for no more than to refer to it (`O_PATH`).
        path: where it really was when it was opened, without links.
    """

    descriptor: int
    path: str

    @classmethod
    def open(cls, path: str, *, folder: bool = False) -> Held:
        """What stands at a path, links followed.

        Raises:
            OSError: there is nothing, or no folder where one is meant.
        """
        descriptor = os.open(path, os.O_PATH | os.O_CLOEXEC | (os.O_DIRECTORY if folder else 0))
        return cls(descriptor, os.readlink(f"/proc/self/fd/{descriptor}"))

    @property
    def status(self) -> os.stat_result:
        """Its mode, owner and times."""
        return os.fstat(self.descriptor)

    def __enter__(self) -> Held:
        return self

    def __exit__(self, *_: object) -> None:
        os.close(self.descriptor)
