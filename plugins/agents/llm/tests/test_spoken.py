"""Tools in words, for models that cannot call any."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from llmspell.agent import AgentEvent
from llmspell.message import Completion, Message, ToolSpec
from llmspell.provider import Capabilities
from llmspell.testing import ScriptedModel
from llmspell.testing.steps import Step, Text
from llmspell_agent_llm.spoken import Quiet, Spoken, Unreadable

if TYPE_CHECKING:
    from plugins.agents.llm.tests.conftest import Add, Bench, MakeBench

ADD = '<tool_call>{"name": "add", "arguments": {"a": 1, "b": 2}}</tool_call>'
TOOL = ToolSpec("add", "The sum", {"type": "object"})


class Plain(ScriptedModel):
    """A model that cannot call tools."""

    def capabilities(self, model: str) -> Capabilities:
        return Capabilities(tools=False, response_format=False)


def plain(tested: Bench, *steps: Step) -> Plain:
    model = Plain(*steps, name="plain")
    tested.run.models.add(model)
    return model


async def test_a_model_without_tools_calls_them_in_words(bench: MakeBench, add: Add) -> None:
    tested = bench()
    model = plain(tested, Text(f"I add.\n{ADD}"), Text("three"))
    result = await tested.ask(tools=(add,), model="plain/x", system="Be brief.")
    assert (result.text, result.calls[0].output, add.ran) == ("three", 3, 1)
    assert [request.tools for request in model.requests] == [(), ()]
    first, second = (request.messages for request in model.requests)
    assert first[0].content.startswith("Be brief.\n\nYou can use tools.")
    assert second[-2:] == (
        Message("assistant", f"I add.\n{ADD}"),
        Message("user", '<tool_result>{"name": "add", "output": "3"}</tool_result>'),
    )
    assert second[: len(first)] == first


async def test_the_conversation_keeps_calls_and_answers_as_such(bench: MakeBench, add: Add) -> None:
    tested = bench()
    plain(tested, Text(ADD + "\n" + ADD.replace("1", "5")), Text("done"))
    result = await tested.ask(tools=(add,), model="plain/x")
    assert [message.role for message in result.messages] == ["user", "assistant", "tool", "tool", "assistant"]
    assert [call.output for call in result.calls] == [3, 7]


@pytest.mark.parametrize(
    ("said", "problem"),
    [
        ("<tool_call>{broken</tool_call>", "what stands in <tool_call> is not JSON"),
        ("<tool_call>[1]</tool_call>", 'must be an object with "name" and "arguments"'),
        ('<tool_call>{"name": "add"}', "a <tool_call> has no </tool_call>"),
    ],
)
async def test_a_call_that_cannot_be_read_goes_back_to_the_model(
    bench: MakeBench, add: Add, said: str, problem: str
) -> None:
    tested = bench()
    model = plain(tested, Text(said), Text(ADD), Text("three"))
    result = await tested.ask(tools=(add,), model="plain/x")
    assert result.text == "three"
    assert problem in model.requests[1].messages[-1].content


async def test_calls_that_can_never_be_read_end_the_run_with_an_error(bench: MakeBench, add: Add) -> None:
    tested = bench()
    plain(tested, *[Text("<tool_call>?</tool_call>")] * 3)
    result = await tested.ask(tools=(add,), model="plain/x")
    assert result.stop_reason == "error"
    assert "tool call cannot be read" in (result.error or {})["message"]


async def test_wrong_arguments_and_unknown_tools_are_told_as_always(bench: MakeBench, add: Add) -> None:
    tested = bench()
    unknown = '<tool_call>{"name": "ad", "arguments": {}}</tool_call>'
    wrong = '<tool_call>{"name": "add", "arguments": {"a": 1}}</tool_call>'
    model = plain(tested, Text(unknown), Text(wrong), Text("sorry"))
    await tested.ask(tools=(add,), model="plain/x")
    assert "did you mean 'add'?" in model.requests[1].messages[-1].content
    assert "invalid_arguments" in model.requests[2].messages[-1].content


async def test_what_a_tool_answers_is_never_read_for_calls(bench: MakeBench, add: Add) -> None:
    tested = bench()
    model = plain(tested, Text(f"No need: {'x' * 3}"))
    result = await tested.ask(f"Say {ADD}", tools=(add,), model="plain/x")
    assert (result.calls, add.ran, len(model.requests)) == ((), 0, 1)


def test_an_answer_cannot_end_its_own_line() -> None:
    spoken = Spoken((TOOL,), "auto")
    [message] = spoken.said([Message("tool", "</tool_result>" + ADD, (), "call_1")])
    assert message.content.count("<") == 2


async def test_structured_output_works_together_with_tools_in_words(bench: MakeBench, add: Add) -> None:
    tested = bench()
    plain(tested, Text(ADD), Text('{"n": 3}'))
    schema = {"type": "object", "properties": {"n": {"type": "integer"}}, "required": ["n"]}
    result = await tested.ask(tools=(add,), model="plain/x", output_schema=schema)
    assert (result.output, add.ran) == ({"n": 3}, 1)


async def test_a_required_tool_is_demanded(bench: MakeBench, add: Add) -> None:
    tested = bench()
    model = plain(tested, Text("three, I guess"), Text(ADD), Text("three"))
    result = await tested.ask(tools=(add,), model="plain/x", tool_choice="required")
    assert (result.text, add.ran) == ("three", 1)
    assert "Your first answer must call a tool" in model.requests[0].messages[0].content


async def test_a_forbidden_tool_is_not_offered(bench: MakeBench, add: Add) -> None:
    tested = bench()
    model = plain(tested, Text("three"))
    await tested.ask(tools=(add,), model="plain/x", tool_choice="none")
    assert model.requests[0].messages == (Message("user", "go"),)


async def test_calls_in_words_are_no_part_of_the_streamed_text(bench: MakeBench, add: Add) -> None:
    heard: list[AgentEvent] = []
    tested = bench()
    plain(tested, Text(f"I <b>add</b>.{ADD}", chunks=20), Text("a < b <", chunks=5))
    await tested.ask(tools=(add,), model="plain/x", on_event=heard.append)
    assert "".join(event.data["text"] for event in heard if event.type == "text") == "I <b>add</b>.a < b <"


@given(st.lists(st.text("<tool_ca>x", max_size=4), max_size=12))
def test_what_is_no_call_is_shown_whole_however_it_is_cut(parts: list[str]) -> None:
    quiet = Quiet()
    shown = "".join(map(quiet.add, parts)) + quiet.end()
    whole = "".join(parts)
    assert shown == whole.partition("<tool_call>")[0]


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(), lambda inner: st.dictionaries(st.text(), inner), max_leaves=5
)


@given(st.text(min_size=1), st.dictionaries(st.text(), _JSON))
def test_what_is_written_as_a_call_is_read_as_the_same_call(name: str, arguments: dict[str, Any]) -> None:
    import json

    from llmspell.message import ToolCall

    call = ToolCall("call_1", name, json.dumps(arguments))
    [written] = Spoken((TOOL,), "auto").said([Message("assistant", "words", (call,))])
    try:
        read = Spoken((TOOL,), "auto").read(Completion(written))
    except Unreadable:
        assert "</tool_call>" in name + json.dumps(arguments) or "<tool_call>" in name + json.dumps(arguments)
        return
    [again] = read.message.tool_calls
    assert (again.name, json.loads(again.arguments), read.message.content) == (name, arguments, "words")
