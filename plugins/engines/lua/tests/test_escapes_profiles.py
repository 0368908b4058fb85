"""What of Lua's standard library there is in each profile, seen from a spell that a kernel runs."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from llmspell.config import load
from llmspell.kernel import Ended, Kernel, RunOptions
from llmspell.spell import Source

# In no profile: with these a script reads the host's memory, runs foreign code or ends the host.
_NEVER = [
    "python",
    "lupa",
    "debug.getregistry",
    "debug.sethook",
    "debug.setmetatable",
    "package.loadlib",
    "package.searchers",
    "package.cpath",
    "os.exit",
    "string.dump",
    "newproxy",
    "getfenv",
]
# Granted by name only.
_ASKED = [
    "io.open",
    "io.popen",
    "io.lines",
    "io.stdin",
    "os.execute",
    "os.getenv",
    "os.remove",
    "os.rename",
    "os.tmpname",
]
_CASES = [
    *((profile, name) for profile in ("low", "medium", "high") for name in _NEVER),
    *((profile, name) for profile in ("medium", "high") for name in _ASKED),
]
_LOOK = "function(path) local found = _G for name in path:gmatch('[^.]+') do found = type(found) == 'table' and found[name] or nil end return found ~= nil end"


def _cast(text: str, folder: Path, profile: str, **options: Any) -> Ended:
    async def cast() -> Ended:
        async with Kernel(load(folder, {}), environ={}) as kernel:
            return await kernel.cast(
                Source(text, "spell.lua", folder / "spell.lua"), RunOptions(profile=profile, **options)
            )

    return asyncio.run(cast())


@pytest.fixture(scope="module")
def seen(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Mapping[str, bool]]:
    """Which of the names a spell finds, by profile."""
    names = [*_NEVER, *_ASKED, "string.format", "math.floor", "os.time"]
    listed = ", ".join(f"['{name}'] = look('{name}')" for name in names)
    folder = tmp_path_factory.mktemp("project")
    return {
        profile: _cast(f"local look = {_LOOK} return {{ {listed} }}", folder, profile).value
        for profile in ("low", "medium", "high")
    }


@pytest.mark.parametrize(("profile", "name"), _CASES, ids=map(" ".join, _CASES))
def test_a_name_that_reaches_outside_is_absent(profile: str, name: str, seen: Mapping[str, Mapping[str, bool]]) -> None:
    assert seen[profile][name] is False


@pytest.mark.parametrize("profile", ["low", "medium", "high"])
def test_harmless_names_are_there(profile: str, seen: Mapping[str, Mapping[str, bool]]) -> None:
    assert [seen[profile][name] for name in ("string.format", "math.floor", "os.time")] == [True, True, True]


@pytest.mark.parametrize("profile", ["medium", "high"])
def test_what_nothing_interrupts_ends_with_its_worker(profile: str, tmp_path: Path) -> None:
    slow = f"return {'a or ' * 150_000} a"  # a minute in the compiler
    ended = _cast(slow, tmp_path, profile, timeout=1.0)
    assert ended.stop_reason == "budget.wall_time"
    assert ended.duration < 10
    assert _cast("return 1", tmp_path, profile).value == 1
