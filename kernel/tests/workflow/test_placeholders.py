"""Places for values: what they name, what is put in, what stays as it is, and what is an error when."""

from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from kernel.tests.workflow.kit import echo, gives, run_flow, value_of

from llmspell.errors import LlmspellError, UsageError
from llmspell.workflow import Loop, Parallel, Sequential, Step, Workflow
from llmspell.workflow.frame import Frame
from llmspell.workflow.placeholders import Visible, compiled

FACTS = Step(name="facts", run=gives({"list": ["a", {"b": 2}], "n": 1.0}))


@pytest.mark.parametrize(
    ("place", "value"),
    [
        ("{{input}}", {"x": {"y": [1, 2]}}),
        ("{{ input.x.y }}", [1, 2]),
        ("{{input.x.y.1}}", 1),
        ("{{steps.facts.output.list.2.b}}", 2),
        ("{{steps.facts.status}}", "completed"),
        ("{{steps.facts.error}}", None),
        ("n: {{steps.facts.output.n}}, {{input.x.y}}", "n: 1, [1, 2]"),
        ('{{input.z | default("a \\"b\\"")}}', 'a "b"'),
        ('[{{input.z|default("")}}]', "[]"),
        ({"deep": ["{{input.x.y.2}}", 3]}, {"deep": [2, 3]}),
    ],
)
async def test_a_place_gives_what_it_names(place: Any, value: Any) -> None:
    assert await value_of(place, {"x": {"y": [1, 2]}}, FACTS) == value


@pytest.mark.parametrize(
    "text", ["{city}", "{{city}}", "{{ foo.bar }}", "{{}}", "{{input", "{{inputs}}", "{{steps_of}}", "{%x%}", "{{{x}}}"]
)
async def test_other_braces_stay_as_they_are(text: str) -> None:
    assert await value_of(text) == text


async def test_nothing_is_an_empty_text_in_a_text_and_nothing_alone() -> None:
    assert await value_of("[{{input.a}}]", {"a": None}) == "[]"
    assert await value_of("{{input.a}}", {"a": None}) is None


async def test_what_was_put_in_is_never_looked_at_again() -> None:
    trick = "{{steps.secret.output}} {{input.other}}"
    secret = Step(name="secret", run=gives("hidden"))
    assert await value_of("<{{input.text}}>", {"text": trick, "other": 1}, secret) == f"<{trick}>"


@given(st.text(), st.text())
def test_any_text_is_put_in_as_it_is(before: str, value: str) -> None:
    before = before.replace("{", "(")
    render = compiled(before + "{{input.x}}!", Visible(), "here")
    assert render(Frame({"x": value})) == f"{before}{value}!"


@given(
    st.recursive(
        st.none() | st.integers() | st.text(), lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner)
    )
)
def test_a_place_alone_gives_any_value_itself(value: Any) -> None:
    assert compiled("{{input.x}}", Visible(), "here")(Frame({"x": value})) is value


def test_data_is_given_as_a_copy() -> None:
    data = {"list": [1]}
    render = compiled(data, Visible(), "here")
    render(Frame(None))["list"].append(2)
    assert render(Frame(None)) == {"list": [1]}


@pytest.mark.parametrize(
    ("place", "message", "hint"),
    [
        ("{{steps.fact.text}}", r"there is no step 'fact' before it", "did you mean 'facts'"),
        ("{{steps.nowhere.text}}", r"there is no step 'nowhere'", "known: facts"),
        ("{{steps.facts}}", r"say what of the step: output, text, status, error", r"\{\{steps.facts.output\}\}"),
        ("{{steps.facts.txt}}", r"say what of the step", ""),
        ("{{steps}}", r"it names no step", "NAME"),
        ("{{item.x}}", r"there are no items here", "map"),
        ("{{index}}", r"there are no rounds here", "loops"),
        ("{{previous.facts.text}}", r"there is no round before this one", "loop"),
        ("{{input.x | upper}}", r"is not a place for a value", "default"),
        ('{{input.x | default("\\q")}}', r"is not text", ""),
    ],
)
def test_a_place_that_can_never_have_a_value_is_an_error_when_it_is_made(place: str, message: str, hint: str) -> None:
    with pytest.raises(UsageError, match=f"^here: .*{message}") as raised:
        compiled(place, Visible(steps=("facts",)), "here")
    assert re.search(hint, raised.value.hint)


async def test_a_step_that_comes_later_is_an_error_when_the_workflow_is_made() -> None:
    steps = (Step(name="a", prompt="{{steps.b.text}}"), Step(name="b", run=gives(1)))
    with pytest.raises(UsageError, match=r"^workflow 'w': step 'a': \{\{steps.b.text\}\}: the step 'b' comes later$"):
        await run_flow(Sequential("w", steps=steps))


async def test_a_step_at_the_side_is_an_error_when_the_workflow_is_made() -> None:
    steps = (Step(name="a", run=gives(1)), Step(name="b", prompt="{{steps.a.text}}"))
    with pytest.raises(UsageError, match=r"the step 'a' runs at the same time$"):
        await run_flow(Parallel("w", steps=steps))


async def test_the_workflow_around_is_not_seen_and_the_error_says_how_to_pass_values() -> None:
    inner = Sequential(steps=(Step(name="b", prompt="{{steps.a.text}}"),))
    outer = Sequential("w", steps=(Step(name="a", run=gives(1)), Step(name="in", workflow=inner)))
    with pytest.raises(UsageError, match=r"there is no step 'a' before it") as raised:
        await run_flow(outer)
    assert raised.value.hint == "a workflow sees its own steps only; pass other values in with `input`"


async def test_a_value_that_is_missing_fails_the_step_with_its_name() -> None:
    with pytest.raises(LlmspellError, match=r"^step 'a' of workflow 'w': \{\{input.x\}\} has no value$") as raised:
        await run_flow(Sequential("w", steps=(Step(name="a", prompt="{{input.x}}"),)), {"y": 1})
    assert raised.value.hint == 'give it one, or write {{input.x | default("...")}}'


async def test_an_input_that_the_schema_does_not_have_is_an_error_when_the_workflow_is_made() -> None:
    schema = {"type": "object", "properties": {"topic": {}}, "additionalProperties": False}
    with pytest.raises(UsageError, match=r"input_schema has no 'topik'") as raised:
        await value_of_schema("{{input.topik}}", schema)
    assert raised.value.hint == "did you mean 'topic'?"


async def value_of_schema(place: str, schema: dict[str, Any]) -> Any:
    return await run_flow(Sequential("w", steps=(Step(prompt=place),), input_schema=schema), {"topic": 1})


async def test_an_input_that_does_not_fit_its_schema_is_refused() -> None:
    schema = {"type": "object", "required": ["topic"]}
    with pytest.raises(UsageError, match=r"workflow:w got wrong arguments: \$: 'topic' is missing"):
        await run_flow(Sequential("w", steps=(Step(run=gives(1)),), input_schema=schema), {})


async def test_a_loop_sees_its_item_its_round_and_the_round_before() -> None:
    steps = (Step(name="a", run=gives(0), on_error="fail"), echo("{{index}}{{item}}<{{previous.b.text}}>", "b"))
    result = await run_flow(Loop("w", steps=steps, over=("x", "y", "z")))
    assert result.output == "3z<2y<1x<>>>"


def test_a_workflow_needs_a_name() -> None:
    from kernel.tests.run.kit import make_kernel

    with pytest.raises(UsageError, match=r"^a workflow needs a name$"):
        Workflow(Sequential(steps=(Step(run=gives(1)),)), make_kernel().open_run())
