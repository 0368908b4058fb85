"""What the kernel does around a tool: coercion, groups, the bound of an answer, progress, secrets."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest

from llmspell.config import load
from llmspell.context import Context
from llmspell.errors import ConfigError, PermissionDenied, TimedOut, ToolFailed, UsageError
from llmspell.kernel import Kernel
from llmspell.testing.bench import Bench
from llmspell.tool import Tool
from llmspell.tools import tool


@tool(quick=True)
def half(number: int) -> float:
    """Half of a number.

    Args:
        number: any.
    """
    return number / 2


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return Bench(tmp_path)


async def test_arguments_that_can_plainly_be_made_to_fit_are(bench: Bench) -> None:
    assert await bench.call(half, {"number": "3"}) == 1.5
    [started] = [event for event in bench.events if event.kind == "tool.started"]
    assert started.data["request"] == {"number": 3}


async def test_what_still_does_not_fit_is_told_with_its_path(bench: Bench) -> None:
    with pytest.raises(UsageError, match=r"\$\.number: expected integer, found 'three'"):
        await bench.call(half, {"number": "three"})


@pytest.mark.parametrize(
    ("mode", "given", "answer"), [("off", 4, 2.0), ("off", "4", None), ("lenient", " 4 ", 2.0), ("safe", [4], None)]
)
async def test_the_configuration_says_how_far_coercion_goes(
    mode: str, given: Any, answer: float | None, tmp_path: Path
) -> None:
    async with Kernel(load(tmp_path, {}, [f'tools.coerce="{mode}"']), environ={}) as kernel:
        run = kernel.open_run()
        if answer is None:
            with pytest.raises(UsageError, match="expected integer"):
                await run.call_tool(half, {"number": given})
        else:
            assert await run.call_tool(half, {"number": given}) == answer


@pytest.mark.parametrize("answer", ["x" * 11, "é" * 6, list(range(5)), {"key": "value"}])
async def test_an_answer_beyond_the_bound_is_an_error(answer: Any, bench: Bench) -> None:
    long = tool(name="long", output_bytes=10)(lambda: answer)
    with pytest.raises(ToolFailed, match=r"tool 'long' answered 1\d bytes, and at most 10 are passed on") as raised:
        await bench.call(long)
    assert raised.value.hint == "ask it for less"
    assert raised.value.component == "tool:long"


@pytest.mark.parametrize("answer", ["x" * 10, "é" * 5, [1, 2, 3], None, True, 12345678901])
async def test_an_answer_at_the_bound_is_passed_on(answer: Any, bench: Bench) -> None:
    assert await bench.call(tool(name="long", output_bytes=10)(lambda: answer)) == answer


async def test_progress_is_an_event_from_a_thread_too(bench: Bench) -> None:
    @tool
    def slow(context: Context) -> str:
        """Takes its time."""
        context.progress("copying", 1, 2)
        context.progress("done")
        return "ok"

    await bench.call(slow)
    told = [event.data for event in bench.events if event.kind == "tool.progress"]
    assert told == [
        {"name": "slow", "message": "copying", "done": 1, "total": 2},
        {"name": "slow", "message": "done", "done": None, "total": None},
    ]


class At(Tool):
    """Tells when it begins and when it ends."""

    description = "Works for a moment"
    parameters = {"type": "object"}

    def __init__(self, name: str, group: str, told: list[str], inner: Tool | None = None) -> None:
        self.name, self.group, self._told, self._inner = name, group, told, inner
        self.timeout = 0.5

    async def run(self, arguments: dict[str, Any], context: Context) -> None:
        """Nothing."""
        self._told.append(f"{self.name} begins")
        if self._inner is not None:
            await context.call_tool(self._inner, {})
        await asyncio.sleep(0.05)
        self._told.append(f"{self.name} ends")


async def call_both(first: Tool, second: Tool) -> None:
    async with Kernel(load(Path.cwd(), {}), environ={}) as kernel:
        run = kernel.open_run()
        await asyncio.gather(run.call_tool(first, {}), run.call_tool(second, {}))


async def test_tools_of_one_group_run_one_at_a_time() -> None:
    told: list[str] = []
    await call_both(At("one", "disk", told), At("two", "disk", told))
    assert told == ["one begins", "one ends", "two begins", "two ends"]


@pytest.mark.parametrize("group", ["", "other"])
async def test_tools_of_no_group_or_another_wait_for_nobody(group: str) -> None:
    told: list[str] = []
    await call_both(At("one", "disk", told), At("two", group, told))
    assert sorted(told[:2]) == ["one begins", "two begins"]


async def test_a_tool_that_calls_another_of_its_group_does_not_wait_for_itself() -> None:
    told: list[str] = []
    await call_both(At("one", "disk", told, At("inner", "disk", told)), At("two", "disk", told))
    assert told == ["one begins", "inner begins", "inner ends", "one ends", "two begins", "two ends"]


async def test_waiting_for_a_turn_is_not_part_of_the_time_of_a_call(tmp_path: Path) -> None:
    told: list[str] = []
    tools = [At(f"t{number}", "disk", told) for number in range(12)]  # together longer than the timeout of one
    async with Kernel(load(tmp_path, {}), environ={}) as kernel:
        run = kernel.open_run()
        await asyncio.gather(*(run.call_tool(each, {}) for each in tools))
    assert len(told) == 24


async def test_a_call_that_failed_gives_up_its_turn(bench: Bench, tmp_path: Path) -> None:
    @tool(group="disk", timeout=0.05)
    async def stuck() -> None:
        """Never ends."""
        await asyncio.sleep(30)

    told: list[str] = []
    async with Kernel(load(tmp_path, {}), environ={}) as kernel:
        run = kernel.open_run()
        with pytest.raises(TimedOut, match="tool 'stuck'"):
            await run.call_tool(stuck, {})
        await run.call_tool(At("one", "disk", told), {})
    assert told == ["one begins", "one ends"]


@tool
async def peek(name: str, context: Context) -> int:
    """How long a key is.

    Args:
        name: which key.
    """
    return len((await context.secret(name)).reveal())


async def test_a_key_is_had_by_its_name_when_that_is_granted(tmp_path: Path) -> None:
    bench = Bench(tmp_path, allow={"secrets": ["LAB_*"]}, environ={"LAB_KEY": "s3cret-value", "OTHER_KEY": "x"})
    assert await bench.call(peek, {"name": "LAB_KEY"}) == 12
    with pytest.raises(PermissionDenied, match="OTHER_KEY") as raised:
        await bench.call(peek, {"name": "OTHER_KEY"})
    assert "--allow-secret=OTHER_KEY" in raised.value.hint
    with pytest.raises(ConfigError, match="tool:peek needs the key LAB_NONE; run: llmspell keys set LAB_NONE"):
        await bench.call(peek, {"name": "LAB_NONE"})
