"""What the programs that measure script engines share: the engines' names, and their spells in both languages."""

from __future__ import annotations

import sys
from pathlib import Path

from llmspell.kernel import Ended, Kernel, RunOptions
from llmspell.spell import Source

TRANSPORTS = {"inline": "low", "worker": "medium"}
"""The profile that runs a spell over each transport."""

_ENDING = {"lua": "lua", "javascript": "js", "quickjs": "js"}


class Spell:
    """The spell `NAME.lua` or `NAME.js` of this folder, for one engine."""

    def __init__(self, engine: str, name: str) -> None:
        self.engine = engine
        self.source = Source.read(Path(__file__).with_name(f"{name}.{_ENDING[engine]}"))

    async def cast(self, kernel: Kernel, transport: str, *args: object) -> Ended:
        """Run it to its end."""
        options = RunOptions(profile=TRANSPORTS[transport], engine=self.engine, args=tuple(map(str, args)))
        ended = await kernel.cast(self.source, options)
        if ended.error:
            raise SystemExit(f"{self.source.name} failed on {self.engine}, {transport}: {ended.error}")
        return ended


def chosen() -> str:
    """The engine that the program's first argument names."""
    if sys.argv[1:2] and sys.argv[1] in _ENDING:
        return sys.argv[1]
    raise SystemExit(f"name an engine: {', '.join(_ENDING)}")
