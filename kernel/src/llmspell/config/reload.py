"""Configuration that follows its files, for programs that run for long.

A `Watcher` looks at the files from time to time, and puts a new, immutable `LoadedConfig` in the place of the old
one in a single step. What is wrong never gets in force: the configuration from before stays, and the problem is told
once. A file that is being written is left alone until it has stayed the same for one more look.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Mapping
from pathlib import Path

from llmspell.config.layers import LoadedConfig
from llmspell.config.loading import Attempt
from llmspell.errors import ConfigError

_Stamp = tuple[int, int, int, int] | None
_Stamps = Mapping[Path, _Stamp]


class Watcher:
    """The configuration in force, in `current`; `poll` looks for changes, and `run` polls until it is cancelled.

    Args:
        load: tries to load the configuration: `functools.partial(attempt, cwd, environ, sets)`.
        on_change: called with the new configuration once it is in force.
        on_error: called with what is wrong with the files, once for each state that they are in.

    Raises:
        ConfigError: the files are wrong to begin with.
    """

    def __init__(
        self,
        load: Callable[[], Attempt],
        *,
        on_change: Callable[[LoadedConfig], object] = lambda _: None,
        on_error: Callable[[ConfigError], object],
    ) -> None:
        self._load = load
        self._on_change = on_change
        self._on_error = on_error
        tried = load()
        if tried.problems:
            raise ConfigError(tried.problems)
        self.current = tried.loaded
        self._files = frozenset(tried.files)
        self._used = frozenset(path for path in self._files if _stamp(path))
        self._known = self._seen = self._look()

    def poll(self) -> bool:
        """Look once; whether a new configuration is in force.

        It takes two looks: one that sees a change, and one that sees that it is over.
        """
        now = self._look()
        settled, self._seen = now == self._seen, now
        if not settled or now == self._known:
            return False
        tried = self._load()
        self._files |= frozenset(tried.files)
        if any(_stamp(path) != stamp for path, stamp in now.items()):
            return False  # changed while it was read: the next looks decide
        self._known = self._seen = self._look()
        if problems := [*self._gone(now), *tried.problems]:
            self._on_error(ConfigError(problems, hint="the configuration from before stays in force"))
            return False
        self._files = frozenset(tried.files)
        self._used = frozenset(path for path in self._files if self._known.get(path))
        self._known = self._seen = self._look()
        if tried.loaded == self.current:
            return False
        self.current = tried.loaded
        self._on_change(tried.loaded)
        return True

    async def run(self, interval: float = 1.0) -> None:
        """Poll every `interval` seconds, until cancelled."""
        while True:
            await asyncio.sleep(interval)
            self.poll()

    def _gone(self, now: _Stamps) -> list[str]:
        """Files that were in force and are no more: to go on without them could undo what they forbid.

        A file that took the place of another, with a different ending, is no loss.
        """
        stems = {(path.parent, path.stem) for path, stamp in now.items() if stamp}
        missing = (path for path in sorted(self._used) if now.get(path) is None)
        return [f"{path}: is gone" for path in missing if (path.parent, path.stem) not in stems]

    def _look(self) -> _Stamps:
        return {path: _stamp(path) for path in self._files}


def _stamp(path: Path) -> _Stamp:
    """What changes when a file does: device, inode, size and time; None where nothing can be seen."""
    try:
        found = os.stat(path)
    except OSError:
        return None
    return found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns
