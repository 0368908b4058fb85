"""The tool-calling loop."""

from __future__ import annotations

import asyncio
import threading
from typing import TYPE_CHECKING, Any

import attrs
import pytest

from llmspell.context import Context
from llmspell.errors import ProviderError
from llmspell.message import Completion, Message, ModelRequest
from llmspell.provider import Notify
from llmspell.testing import ScriptedModel
from llmspell.testing.steps import Calls, Cut, Delay, Fail, Text
from llmspell.tool import Tool

if TYPE_CHECKING:
    from plugins.agents.llm.tests.conftest import Add, MakeBench


class Made(Tool):
    """A tool made of a function."""

    description = "Does something"
    parameters = {"type": "object", "properties": {}}

    def __init__(self, name: str, function: Any, timeout: float = 5.0) -> None:
        self.name = name
        self._function = function
        self.timeout = timeout

    def run(self, arguments: dict[str, Any], context: Context) -> Any:
        return self._function()


async def test_an_answer_without_calls_ends_the_loop(bench: MakeBench) -> None:
    result = await bench(Text("hello")).ask()
    assert (result.text, result.stop_reason, result.agent) == ("hello", "completed", "tester")


async def test_the_model_sees_the_tools_answer(bench: MakeBench, add: Add) -> None:
    tested = bench(Calls(("add", {"a": 1, "b": 2})), Text("three"))
    result = await tested.ask(tools=(add,))
    assert tested.model.requests[1].messages[-1] == Message("tool", "3", (), "call_1")
    assert (result.text, result.calls[0].output, result.usage.total_tokens) == ("three", 3, 30)


async def test_parallel_calls_run_at_once_and_answer_in_call_order(bench: MakeBench) -> None:
    gate = asyncio.Event()

    async def first() -> str:
        await gate.wait()
        return "first"

    async def second() -> str:
        gate.set()
        return "second"

    tested = bench(Calls(("one", {}), ("two", {})), Text("done"))
    result = await tested.ask(tools=(Made("one", first), Made("two", second)))
    assert [call.output for call in result.calls] == ["first", "second"]
    assert [message.content for message in tested.model.requests[1].messages[-2:]] == ["first", "second"]


async def test_a_sync_tool_runs_off_the_event_loop(bench: MakeBench) -> None:
    tested = bench(Calls(("where", {})), Text("done"))
    result = await tested.ask(tools=(Made("where", threading.get_ident),))
    assert result.calls[0].output != threading.get_ident()


async def test_a_tool_that_raises_tells_the_model_and_the_run_goes_on(bench: MakeBench) -> None:
    def broken() -> None:
        raise ValueError("no such row")

    tested = bench(Calls(("broken", {})), Text("sorry"))
    result = await tested.ask(tools=(Made("broken", broken),))
    told = tested.model.requests[1].messages[-1].content
    assert told == "Error (tool_failed): tool 'broken' failed: ValueError: no such row"
    assert result.stop_reason == "completed"
    assert result.calls[0].error is not None
    assert result.calls[0].error["kind"] == "tool_failed"


async def test_an_unknown_tool_tells_the_model_the_near_names(bench: MakeBench, add: Add) -> None:
    tested = bench(Calls(("ad", {})), Text("sorry"))
    await tested.ask(tools=(add,))
    told = tested.model.requests[1].messages[-1].content
    assert told == "Error (unknown_tool): no tool named 'ad' is installed; installed tools: add; did you mean 'add'?"


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ('{"a": 1,', "the arguments of 'add' are not JSON"),
        ("[1]", "the arguments of 'add' must be a JSON object, not list"),
        ('{"a": 1}', "'b'"),
        ('{"a": 1, "b": "x"}', "integer"),
        ("", "'a'"),
    ],
)
async def test_wrong_arguments_tell_the_model_what_was_wrong(
    bench: MakeBench, add: Add, arguments: str, sentence: str
) -> None:
    tested = bench(Calls(("add", arguments)), Text("sorry"))
    result = await tested.ask(tools=(add,))
    told = tested.model.requests[1].messages[-1].content
    assert told.startswith("Error (invalid_arguments): ")
    assert sentence in told
    assert add.ran == 0
    assert result.messages[-3].tool_calls[0].arguments == arguments


async def test_a_late_tool_tells_the_model(bench: MakeBench) -> None:
    tested = bench(Calls(("slow", {})), Text("sorry"))
    await tested.ask(tools=(Made("slow", lambda: asyncio.sleep(30), timeout=0.05),))
    assert "took longer than 0.05 seconds" in tested.model.requests[1].messages[-1].content


async def test_a_long_answer_of_a_tool_is_cut_and_says_so(bench: MakeBench) -> None:
    tested = bench(Calls(("long", {})), Text("done"))
    await tested.ask(tools=(Made("long", lambda: "x" * 200_005),))
    assert tested.model.requests[1].messages[-1].content.endswith("x\n[cut: 5 more characters]")


async def test_repeating_the_same_call_is_refused_and_then_ends_the_run(bench: MakeBench, add: Add) -> None:
    calls = Calls(("add", {"a": 1, "b": 2}))
    result = await bench(calls, calls, calls, calls, calls).ask(tools=(add,))
    assert add.ran == 2
    assert result.stop_reason == "budget.repeated_calls"
    assert result.calls[2].error is not None
    assert "3 times in a row" in result.calls[2].error["message"]


async def test_different_calls_are_no_repetition(bench: MakeBench, add: Add) -> None:
    steps = [Calls(("add", {"a": 1, "b": number % 2})) for number in range(6)]
    await bench(*steps, Text("done")).ask(tools=(add,))
    assert add.ran == 6


async def test_too_many_turns_are_a_limit_and_keep_what_there_is(bench: MakeBench, add: Add) -> None:
    steps = [Calls(("add", {"a": 1, "b": number}), text=f"step {number}") for number in range(3)]
    result = await bench(*steps).ask(tools=(add,), max_turns=3)
    assert (result.stop_reason, result.text, len(result.calls)) == ("budget.turns", "step 2", 3)
    assert result.error is not None


async def test_the_runs_budget_ends_the_agent_with_its_partial_text(bench: MakeBench, add: Add) -> None:
    calls = [Calls(("add", {"a": 1, "b": number}), text="so far") for number in range(2)]
    tested = bench(*calls, sets=("budget.model_calls=2",))
    result = await tested.ask(tools=(add,))
    assert (result.stop_reason, result.text) == ("budget.model_calls", "so far")


async def test_a_used_up_tool_budget_ends_the_agent_and_keeps_the_history_valid(bench: MakeBench, add: Add) -> None:
    calls = Calls(("add", {"a": 1, "b": 1}), ("add", {"a": 1, "b": 2}))
    result = await bench(calls, sets=("budget.tool_calls=1",)).ask(tools=(add,))
    assert result.stop_reason == "budget.tool_calls"
    assert [message.role for message in result.messages] == ["user", "assistant", "tool", "tool"]


async def test_an_agents_own_timeout_is_a_limit(bench: MakeBench) -> None:
    result = await bench(Delay(30, Text("late"))).ask(timeout=0.05)
    assert result.stop_reason == "budget.wall_time"


async def test_an_answer_cut_by_its_length_is_not_success(bench: MakeBench) -> None:
    result = await bench(Text("half an ans", finish_reason="length")).ask()
    assert (result.stop_reason, result.text) == ("budget.max_tokens", "half an ans")


async def test_a_filtered_answer_is_a_refusal(bench: MakeBench) -> None:
    assert (await bench(Text("", finish_reason="content_filter")).ask()).stop_reason == "refused"


async def test_a_model_that_fails_is_an_error(bench: MakeBench) -> None:
    with pytest.raises(ProviderError, match="status 500"):
        await bench(Fail(500)).ask()


async def test_a_stream_that_is_cut_is_an_error(bench: MakeBench) -> None:
    with pytest.raises(ProviderError, match="before its answer was complete"):
        await bench(Cut(Text("hello", chunks=3), after=1)).ask(on_event=lambda _: None)


async def test_cancelling_keeps_the_text_so_far_in_the_log(bench: MakeBench) -> None:
    from llmspell.testing.steps import Trickle

    tested = bench(Trickle(0.05, Text("abcdefgh", chunks=8)))
    task = asyncio.create_task(tested.ask(on_event=lambda _: None))
    await asyncio.sleep(0.2)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert tested.run.log.history("llm.partial")[0].data["text"].startswith("a")


async def test_the_prompt_prefix_is_the_same_on_every_turn(bench: MakeBench, add: Add) -> None:
    tested = bench(Calls(("add", {"a": 1, "b": 2})), Calls(("add", {"a": 2, "b": 2})), Text("done"))
    await tested.ask(tools=(add,), system="S")
    first, second, third = tested.model.requests
    assert second.messages[: len(first.messages)] == first.messages
    assert third.messages[: len(second.messages)] == second.messages
    assert first.tools == second.tools == third.tools


async def test_events_tell_text_calls_and_results_in_order(bench: MakeBench, add: Add) -> None:
    heard: list[str] = []
    tested = bench(Calls(("add", {"a": 1, "b": 2})), Text("three"))
    await tested.ask(tools=(add,), on_event=lambda event: heard.append(event.type))
    assert heard == ["tool_call", "tool_result", "text"]


async def test_one_agent_may_run_several_times_at_once(bench: MakeBench) -> None:
    tested = bench(Delay(0.02, Text("a")), Text("b"))
    results = await asyncio.gather(tested.ask("one"), tested.ask("two"))
    assert [result.messages[0].content for result in results] == ["one", "two"]


async def test_a_price_that_is_not_known_of_one_call_is_not_known_of_the_run(bench: MakeBench, add: Add) -> None:
    costs: list[float | None] = [0.25, 0.5, 0.25, None, None, 0.5]

    class Priced(ScriptedModel):
        """A model whose answers cost what the list says."""

        async def complete(self, request: ModelRequest, notify: Notify) -> Completion:
            return attrs.evolve(await super().complete(request, notify), cost=costs.pop(0))

    tested = bench()
    call = Calls(("add", {"a": 1, "b": 2}))
    tested.run.models.add(Priced(*((call, Text("three")) * 3), name="priced"))
    assert [(await tested.ask(tools=(add,), model="priced/x")).cost for _ in range(3)] == [0.75, None, None]
