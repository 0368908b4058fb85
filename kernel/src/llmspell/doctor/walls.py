"""A real worker of each engine, and the walls around it."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping
from typing import Any

import attrs

from llmspell.doctor.check import Check
from llmspell.doctor.system import System
from llmspell.errors import LlmspellError
from llmspell.events import Event

_MEANING = {
    "parent_death": "a script may go on when llmspell is killed",
    "descriptors": "a script that takes over its engine finds what llmspell has open",
    "scratch_folder": "scripts stand in the root folder, which is no harm while they cannot write",
    "no_new_privileges": "a script that takes over its engine may gain rights from programs that it starts",
    "no_capabilities": "scripts have powers of root, so do not run llmspell as root",
    "no_dump": "your other programs can read a script's memory",
    "rlimit.files": "a script that takes over its engine may open any number of files",
    "rlimit.file_size": "a script that takes over its engine may fill the disk",
    "rlimit.core": "a crash may write the script's memory to the disk",
    "rlimit.processes": "a script that takes over its engine may start processes",
    "rlimit.cpu": "only the wall time limits how much a script computes",
    "rlimit.memory": "a script that takes over its engine may fill the memory",
    "landlock": "a script that takes over its engine reads every file that you can read",
    "landlock.tcp": "a script that takes over its engine reaches the network",
    "landlock.scope": "a script that takes over its engine may signal your other programs",
    "seccomp": "a script that takes over its engine may attack the operating system; profile high refuses to run",
}
"""What it means that a wall is missing, in words that follow "so"."""

# Walls that another wall also stands for.
_COVERED = {"rlimit.processes": "seccomp", "landlock.tcp": "seccomp", "landlock.scope": "seccomp"}


def examine(system: System) -> Iterator[Check]:
    """One check per engine that runs an empty spell in a worker, and one for each wall that is missing."""
    missing: dict[str, str] = {}
    for name in system.plugins.names("engine"):
        events: list[Event] = []
        try:
            duration = asyncio.run(_run(system, name, events))
        except LlmspellError as error:
            yield Check(f"worker:{name}", "error", f"an empty spell does not run in a worker: {error}", error.hint)
            continue
        [walls] = [event.data for event in events if event.kind == "script.walls"]
        missing |= _uncovered(walls)
        standing = ", ".join(walls["walls"])
        yield Check(f"worker:{name}", "ok", f"ran an empty spell in {duration * 1000:.0f} ms, within {standing}")
    for wall, why in missing.items():
        yield Check(f"wall:{wall}", "warning", f"it is missing ({why}), so {_MEANING[wall]}")


async def _run(system: System, engine: str, events: list[Event]) -> float:
    """Run an empty spell; no hook hears of it.

    Raises:
        LlmspellError: it does not run.
    """
    from llmspell.config.schema import Hooks
    from llmspell.kernel import Kernel, RunOptions
    from llmspell.spell import Source

    loaded = attrs.evolve(system.loaded, config=attrs.evolve(system.loaded.config, hooks=Hooks()))
    options = RunOptions(engine=engine, profile="medium", timeout=20.0, observers=(events.append,))
    async with Kernel(loaded, environ=system.environ) as kernel:
        ended = await kernel.cast(Source("", "doctor"), options)
    if ended.error is not None:
        raise ended.error
    return ended.duration


def _uncovered(walls: Mapping[str, Any]) -> dict[str, str]:
    standing = set(walls["walls"])
    return {wall: why for wall, why in walls["missing"].items() if _COVERED.get(wall) not in standing}
