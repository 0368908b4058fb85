"""Structured output, in each of its three ways, with tools beside it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from llmspell.provider import Capabilities
from llmspell.result import Result
from llmspell.testing import ScriptedModel
from llmspell.testing.steps import Calls, Step, Text

if TYPE_CHECKING:
    from plugins.agents.llm.tests.conftest import Add, Bench, MakeBench

SCHEMA = {"type": "object", "properties": {"n": {"type": "integer"}}, "required": ["n"]}
NATIVE = Capabilities()
TOOL = Capabilities(response_format=False)
PROMPT = Capabilities(response_format=False, tools=False)


async def asked(tested: Bench, can: Capabilities, *steps: Step, **spec: Any) -> tuple[Result, ScriptedModel]:
    """The result of asking a model with these capabilities for an answer that fits the schema."""

    class Able(ScriptedModel):
        """A model with the capabilities of the test."""

        def capabilities(self, model: str) -> Capabilities:
            return can

    with Able(*steps, name="able") as model:
        tested.run.models.add(model)
        return await tested.ask(model="able/x", **{"output_schema": SCHEMA, **spec}), model


async def test_the_servers_own_way_asks_with_a_response_format(bench: MakeBench) -> None:
    result, model = await asked(bench(), NATIVE, Text('{"n": 1}'))
    assert result.output == {"n": 1}
    assert model.requests[0].response_format == {
        "type": "json_schema",
        "json_schema": {"name": "answer", "schema": SCHEMA},
    }


async def test_the_tools_way_takes_the_answer_as_a_call(bench: MakeBench) -> None:
    result, model = await asked(bench(), TOOL, Calls(("final_answer", {"n": 1})))
    assert (result.output, result.stop_reason) == ({"n": 1}, "completed")
    assert [tool.name for tool in model.requests[0].tools] == ["final_answer"]


async def test_the_tools_way_wraps_a_schema_that_is_no_object(bench: MakeBench) -> None:
    schema = {"type": "array", "items": {"type": "integer"}}
    result, _ = await asked(bench(), TOOL, Calls(("final_answer", {"answer": [1, 2]})), output_schema=schema)
    assert result.output == [1, 2]


async def test_the_prompts_way_asks_in_words_and_takes_off_a_fence(bench: MakeBench) -> None:
    result, model = await asked(bench(), PROMPT, Text('```json\n{"n": 1}\n```'))
    assert result.output == {"n": 1}
    assert '"required": ["n"]' in model.requests[0].messages[0].content


@pytest.mark.parametrize("can", [NATIVE, TOOL])
async def test_tools_and_structured_output_work_together(bench: MakeBench, add: Add, can: Capabilities) -> None:
    final = Text('{"n": 3}') if can is NATIVE else Calls(("final_answer", {"n": 3}))
    result, _ = await asked(bench(), can, Calls(("add", {"a": 1, "b": 2})), final, tools=(add,))
    assert (result.output, add.ran) == ({"n": 3}, 1)


@pytest.mark.parametrize(
    ("can", "wrong", "right", "problem"),
    [
        (NATIVE, Text("three"), Text('{"n": 3}'), "it is not JSON"),
        (NATIVE, Text('{"n": "3"}'), Text('{"n": 3}'), "integer"),
        (TOOL, Calls(("final_answer", {"n": "3"})), Calls(("final_answer", {"n": 3})), "integer"),
        (TOOL, Calls(("final_answer", "{")), Calls(("final_answer", {"n": 3})), "it is not JSON"),
        (TOOL, Text("three"), Calls(("final_answer", {"n": 3})), "by calling final_answer"),
        (PROMPT, Text('Here: {"n": 3}'), Text('{"n": 3}'), "it is not JSON"),
    ],
)
async def test_a_wrong_answer_is_sent_back_with_what_is_wrong(
    bench: MakeBench, can: Capabilities, wrong: Step, right: Step, problem: str
) -> None:
    result, model = await asked(bench(), can, wrong, right)
    assert result.output == {"n": 3}
    assert problem in model.requests[1].messages[-1].content


async def test_a_final_answer_among_other_calls_runs_none_of_them(bench: MakeBench, add: Add) -> None:
    both = Calls(("add", {"a": 1, "b": 2}), ("final_answer", {"n": 1}))
    result, model = await asked(bench(), TOOL, both, Calls(("final_answer", {"n": 3})), tools=(add,))
    assert (result.output, add.ran) == ({"n": 3}, 0)
    assert [message.role for message in model.requests[1].messages[-2:]] == ["tool", "tool"]


async def test_an_answer_that_never_fits_is_an_error_that_keeps_the_text(bench: MakeBench) -> None:
    result, _ = await asked(bench(), NATIVE, Text("one"), Text("two"), Text("three"))
    assert (result.stop_reason, result.text, result.output) == ("error", "three", None)
    assert result.error is not None
    assert "does not fit output_schema: it is not JSON" in result.error["message"]


async def test_without_a_schema_json_in_the_text_stays_text(bench: MakeBench) -> None:
    result = await bench(Text('{"n": 1}')).ask()
    assert (result.text, result.output) == ('{"n": 1}', None)
