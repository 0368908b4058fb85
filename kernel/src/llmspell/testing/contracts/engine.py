"""What every engine must do, as tests; the behaviours are fixed, and each engine says them in its own language.

class TestLua(EngineContract):
    engine = "lua"
    spells = {"prints": 'print("a")', ...}
"""

from __future__ import annotations

import asyncio
from abc import ABC
from collections.abc import Mapping
from pathlib import Path
from typing import Any, ClassVar

import pytest

from llmspell.config import load
from llmspell.kernel import Ended, Kernel, RunOptions
from llmspell.spell import Source


class EngineContract(ABC):
    """Subclass it as `Test...`; every test runs inline and in a worker.

    Attributes:
        engine: the name of the installed engine.
        spells: a spell for each of these behaviours:
            `prints` prints the line "a", then the line "b";
            `returns` returns {"n": 1, "list": [1, 2], "empty": []};
            `raises` raises the text "ouch" on its second line;
            `kind` raises an error of kind "not_found" with the message "gone";
            `calls` sets the state key "x" to 41 and returns it plus 1;
            `catches` runs the tool "no_such_tool" and returns the kind of the error that it catches;
            `defines` defines a tool "twice" over an integer `n`, runs it with 21, and returns its output;
            `calls_back` defines a tool that reads the state key "x", which the spell has set to 5, and returns it;
            `at_once` sleeps 0.2 seconds ten times, all at once, and returns 10;
            `times_out` gives a sleep of 60 seconds 0.05 seconds, and returns the kind of the error;
            `arguments` returns the first argument;
            `spins` computes for ever;
            `hoards` fills the memory;
            `waits` sleeps for 60 seconds.
    """

    engine: ClassVar[str]
    spells: ClassVar[Mapping[str, str]]
    pytestmark = pytest.mark.asyncio

    @pytest.fixture(params=["low", "medium"], ids=["inline", "worker"])
    def profile(self, request: pytest.FixtureRequest) -> str:
        """The profile that chooses the transport."""
        profile: str = request.param
        return profile

    async def cast(self, behaviour: str, profile: str, folder: Path, *sets: str, **options: Any) -> Ended:
        """How the spell of a behaviour ends."""
        async with Kernel(load(folder, {}, sets), environ={}) as kernel:
            source = Source(self.spells[behaviour], f"{behaviour}.spell")
            return await kernel.cast(source, RunOptions(engine=self.engine, profile=profile, **options))

    async def value(self, behaviour: str, profile: str, folder: Path, **options: Any) -> Any:
        """What the spell of a behaviour returns; it must complete."""
        ended = await self.cast(behaviour, profile, folder, **options)
        assert ended.error is None
        assert ended.stop_reason == "completed"
        return ended.value

    async def test_printed_lines_arrive_in_order(self, profile: str, tmp_path: Path) -> None:
        """Output is not lost and not reordered."""
        assert (await self.cast("prints", profile, tmp_path)).output == "a\nb\n"

    async def test_the_chunks_value_is_the_result(self, profile: str, tmp_path: Path) -> None:
        """An empty list stays a list."""
        assert await self.value("returns", profile, tmp_path) == {"n": 1, "list": [1, 2], "empty": []}

    async def test_an_error_names_its_line(self, profile: str, tmp_path: Path) -> None:
        """The message is the script's own."""
        error = (await self.cast("raises", profile, tmp_path)).error
        assert error is not None
        assert (error.kind, str(error)) == ("script_failed", "ouch")
        assert (getattr(error, "file", ""), getattr(error, "line", 0)) == ("raises.spell", 2)

    async def test_an_error_keeps_its_kind(self, profile: str, tmp_path: Path) -> None:
        """A script's structured error is one of the host's, too."""
        error = (await self.cast("kind", profile, tmp_path)).error
        assert error is not None
        assert (error.kind, str(error)) == ("not_found", "gone")

    @pytest.mark.parametrize(
        ("behaviour", "value"),
        [
            ("calls", 42),
            ("catches", "unknown_tool"),
            ("defines", 42),
            ("calls_back", 5),
            ("at_once", 10),
            ("times_out", "timeout"),
        ],
    )
    async def test_host_calls_and_callbacks_work(
        self, behaviour: str, value: Any, profile: str, tmp_path: Path
    ) -> None:
        """Calls look as the language's own, fail as its own, and may call back."""
        assert await self.value(behaviour, profile, tmp_path) == value

    async def test_sleeps_at_once_take_the_time_of_one(self, profile: str, tmp_path: Path) -> None:
        """Ten waits of 0.2 seconds are not two seconds."""
        assert (await self.cast("at_once", profile, tmp_path)).duration < 1.5

    async def test_arguments_arrive(self, profile: str, tmp_path: Path) -> None:
        """Words after `--` are the script's."""
        assert await self.value("arguments", profile, tmp_path, args=("one", "two")) == "one"

    @pytest.mark.parametrize("behaviour", ["spins", "hoards"])
    async def test_a_script_that_wants_everything_is_stopped(
        self, behaviour: str, profile: str, tmp_path: Path
    ) -> None:
        """A limit is a budget, never a success and never a crash."""
        ended = await self.cast(behaviour, profile, tmp_path, "limits.slice=1", "limits.memory=33554432")
        assert ended.stop_reason.startswith("budget.")

    async def test_cancelling_stops_a_script_that_waits(self, profile: str, tmp_path: Path) -> None:
        """The task that cast it hears of it, and nothing stays behind."""
        task = asyncio.create_task(self.cast("waits", profile, tmp_path))
        await asyncio.sleep(0.3)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await asyncio.wait_for(task, 5)

    async def test_one_script_leaves_nothing_for_the_next(self, profile: str, tmp_path: Path) -> None:
        """A machine is never used twice."""
        async with Kernel(load(tmp_path, {}), environ={}) as kernel:
            options = RunOptions(engine=self.engine, profile=profile)
            for _ in range(2):
                ended = await kernel.cast(Source(self.spells["defines"], "defines.spell"), options)
                assert ended.value == 42
