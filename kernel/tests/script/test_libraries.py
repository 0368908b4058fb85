"""Files, programs and variables for spells that were granted them."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from llmspell.config import load
from llmspell.kernel import Ended, Kernel, RunOptions
from llmspell.quota import Quota
from llmspell.script.api import GLOBALS
from llmspell.script.declare import libraries, methods
from llmspell.script.session import _LIBRARIES
from llmspell.spell import Source

_OS = 'permissions.libraries=["os"]'
_ENVIRON = {"APP_COLOR": "green", "APP_API_KEY": "very-secret-value", "APP_URL": "https://user:sk-ant-abcdefghij@host/"}


async def cast(text: str, folder: Path, *sets: str) -> Ended:
    """How a spell ended."""
    async with Kernel(load(folder, {}, sets), environ=_ENVIRON) as kernel:
        return await kernel.cast(Source(text, "test.lua", folder / "test.lua"), RunOptions(profile="low"))


async def test_a_granted_variable_is_told(tmp_path: Path) -> None:
    ended = await cast("return Process.getenv('APP_COLOR')", tmp_path, _OS, 'permissions.env=["APP_*"]')
    assert ended.value == "green"


async def test_a_pattern_does_not_tell_a_secret(tmp_path: Path) -> None:
    ended = await cast("return Process.getenv('APP_API_KEY')", tmp_path, _OS, 'permissions.env=["APP_*", "*"]')
    assert ended.error is not None
    assert "variable 'APP_API_KEY' holds a secret" in str(ended.error)
    assert ended.error.hint == "run again with --allow-env=APP_API_KEY"


async def test_a_secret_is_told_when_its_variable_is_named(tmp_path: Path) -> None:
    ended = await cast("return #Process.getenv('APP_API_KEY')", tmp_path, _OS, 'permissions.env=["APP_API_KEY"]')
    assert ended.value == len("very-secret-value")


async def test_only_so_many_programs_run_at_once(tmp_path: Path) -> None:
    text = """
        local task = Async.spawn(function() return Process.run({ "sleep", "30" }) end)
        Async.sleep(0.3)
        local _, problem = Process.try_run({ "sleep", "30" })
        task:cancel()
        return problem.details
    """
    ended = await cast(text, tmp_path, _OS, 'permissions.run=["sleep **"]', "limits.processes=1")
    assert ended.value == {"budget": "processes", "limit": 1}


async def test_a_program_that_ended_counts_no_more(tmp_path: Path) -> None:
    text = "for i = 1, 3 do Process.run({ 'true' }) end return 'done'"
    ended = await cast(text, tmp_path, _OS, 'permissions.run=["true"]', "limits.processes=1")
    assert ended.value == "done", ended.error


async def test_the_limits_of_a_profile_win_over_those_of_the_configuration(tmp_path: Path) -> None:
    sets = ("limits.open_files=5", 'profile.mine={extends = "low", limits = {open_files = 3}}')
    async with Kernel(load(tmp_path, {}, sets), environ={}) as kernel:
        run = kernel.open_run(RunOptions(profile="mine"))
        for _ in range(3):
            run.quota.take("open_files")
        with pytest.raises(Exception, match="the budget open_files of 3 at once is used up"):
            run.quota.take("open_files")
        await run.close()


async def test_files_are_closed_when_their_spell_ends(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("x")
    async with Kernel(load(tmp_path, {}, ()), environ={}) as kernel:
        quotas: list[Quota] = []
        open_run = kernel.open_run

        def remembering(options: RunOptions, source: Source | None = None) -> object:
            run = open_run(options, source)
            quotas.append(run.quota)
            return run

        kernel.open_run = remembering  # type: ignore[method-assign,assignment]  # watched, and otherwise itself
        text = "Files.open('a') Files.open('a') Files.open('a')"
        ended = await kernel.cast(Source(text, "t.lua", tmp_path / "t.lua"), RunOptions(profile="low"))
        assert ended.error is None
        await asyncio.sleep(0)
        assert quotas[0].used("open_files") == 0


def test_every_method_of_a_library_says_which_library_lets_it_be_called() -> None:
    needed = {
        library
        for declared in GLOBALS.values()
        for _, function in methods(declared)
        for library in libraries(declared, function)
    }
    assert needed == set(_LIBRARIES)


@pytest.mark.parametrize(
    ("library", "target", "method", "allowed"),
    [
        ("io", "Files", "read", True),
        ("io", "Process", "cwd", False),
        ("os", "Files", "read", False),
        ("os", "Files", "open", False),
        ("os", "Files", "remove", True),
        ("os", "Process", "cwd", True),
    ],
)
async def test_the_kernel_checks_the_library_whatever_the_script_was_shown(
    library: str, target: str, method: str, allowed: bool, tmp_path: Path
) -> None:
    from types import SimpleNamespace
    from typing import Any, cast

    from llmspell.errors import LlmspellError, PermissionDenied
    from llmspell.script.session import Session

    async with Kernel(load(tmp_path, {}, (f'permissions.libraries=["{library}"]',)), environ={}) as kernel:
        run = kernel.open_run(RunOptions(profile="medium"))
        bridge = cast("Any", SimpleNamespace(operation=run.root))  # Any: a session asks it for nothing else
        session = Session(run, bridge, cast("Any", None))
        try:
            answer = session.call(target, method, ["x"] if target == "Files" else [], run.root)
            await answer if asyncio.iscoroutine(answer) else answer
            outcome = "called"
        except PermissionDenied as error:
            outcome = "called" if error.details["permission"] != "libraries" else "denied"
        except LlmspellError:
            outcome = "called"
        assert outcome == ("called" if allowed else "denied")
        await run.close()
