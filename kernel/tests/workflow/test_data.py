"""Workflows as JSON and YAML: what is written is what is read, and what is wrong is told with its line."""

from __future__ import annotations

from typing import Any

import attrs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from kernel.tests.run.kit import Spy, open_run, parrot
from kernel.tests.workflow.kit import gives, run_flow

from llmspell.config.formats import yaml as yaml_format
from llmspell.errors import UsageError
from llmspell.workflow import (
    Branch,
    Condition,
    Conditional,
    Definition,
    Fallback,
    Loop,
    Map,
    Parallel,
    Retry,
    Sequential,
    Step,
    StepAgent,
)
from llmspell.workflow.data import LARGEST, dump, from_data, load, to_data
from llmspell.workflow.yaml_text import yaml_text

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
words = st.sampled_from(
    ["yes", "no", "on", "1e5", "0o7", "null", "~", "a: b", "- x", "{{input.x}}", "#", "", " a ", "1.0"]
)
plain = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**60), 2**60)
    | st.floats(allow_nan=False, allow_infinity=False)
    | texts
    | words,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=6,
)
tables = st.dictionaries(texts | words, plain, max_size=3)
conditions = words | st.builds(Condition, plain, st.sampled_from(["==", "!=", "<", "in", "contains"]), plain)
agents = words.filter(bool) | st.builds(
    StepAgent, st.just("llm"), texts, texts, st.tuples(texts), st.none() | tables, options=tables
)


def actions(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    """The fields of one thing to do, of every kind that is data."""
    return st.one_of(
        st.fixed_dictionaries({"tool": texts, "arguments": tables}),
        st.fixed_dictionaries({"agent": agents, "input": plain}),
        st.fixed_dictionaries({"workflow": inner | texts, "input": plain}),
        st.fixed_dictionaries({"prompt": texts | words, "model": texts, "temperature": st.none() | st.floats(0, 2)}),
    )


def steps(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Step]:
    fallback = st.builds(lambda fields: Fallback(**fields), actions(inner)) | st.builds(Fallback, value=plain)
    around = st.fixed_dictionaries(
        {
            "name": texts,
            "condition": st.none() | conditions,
            "retry": st.none()
            | st.builds(Retry, st.integers(1, 9), st.floats(0, 9), st.sampled_from(["retryable", "any"])),
            "timeout": st.none() | st.floats(0.5, 9),
            "on_error": st.sampled_from(["fail", "continue", "fallback"]),
            "fallback": st.none() | fallback,
            "output_schema": st.none() | tables,
        }
    )
    return st.builds(lambda action, policy: Step(**action, **policy), actions(inner), around)


def flows(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Definition]:
    some = st.lists(steps(inner), max_size=2).map(tuple)
    over = words | st.lists(plain, max_size=2).map(tuple)
    head: dict[str, Any] = {"name": texts, "description": texts, "output": plain, "input_schema": st.none() | tables}
    branches = st.lists(st.builds(Branch, conditions, some), max_size=2).map(tuple)
    return st.one_of(
        st.builds(Sequential, **head, steps=some),
        st.builds(Parallel, **head, steps=some, max_concurrency=st.integers(1, 9)),
        st.builds(Conditional, **head, branches=branches, otherwise=some),
        st.builds(Loop, **head, steps=some, times=st.integers(0, 9) | words, repeat_while=st.none() | conditions),
        st.builds(Loop, **head, steps=some, over=over, repeat_until=conditions, max_iterations=st.integers(1, 9)),
        st.builds(Map, **head, steps=some, over=over),
    )


anything = st.recursive(flows(st.nothing()), flows, max_leaves=3)


@settings(max_examples=150, deadline=None)
@given(anything, st.sampled_from(["json", "yaml"]))
def test_what_is_written_is_what_is_read(flow: Definition, form: Any) -> None:
    assert load(dump(flow, form)) == flow


@given(plain)
def test_any_plain_data_is_the_same_after_yaml(value: Any) -> None:
    read = yaml_format.parse(yaml_text({"key": value}), "text").data
    assert read == {"key": value}
    assert repr(read) == repr({"key": value})


BRIEF = Sequential(
    "brief",
    steps=(
        Step(name="facts", agent="researcher", input="{{input.topic}}", retry=Retry(2)),
        Step(
            name="both", workflow=Parallel(steps=(Step(name="a", prompt="Is it so?\nYes."), Step(name="b", tool="t")))
        ),
    ),
)
TEXT = """\
type: sequential
name: brief
steps:
  - agent: researcher
    input: "{{input.topic}}"
    name: facts
    retry:
      attempts: 2
  - workflow:
      type: parallel
      steps:
        - prompt: "Is it so?\\nYes."
          name: a
        - tool: t
          name: b
    name: both
"""


def test_what_is_written_reads_well_and_says_nothing_that_goes_without_saying() -> None:
    assert dump(BRIEF) == TEXT
    assert load(TEXT) == BRIEF
    assert dump(BRIEF) == dump(load(dump(BRIEF, "json")))


@pytest.mark.parametrize(
    ("text", "message", "hint"),
    [
        (
            "type: sequentail\n",
            r"^the workflow:1: `type` is no type of workflow: 'sequentail'$",
            "did you mean 'sequential'",
        ),
        ("type: [loop]\n", r"^the workflow:1: `type` is no type of workflow: \['loop'\]$", "did you mean 'loop'"),
        ("name: w\nstep: []\n", r"^the workflow:2: `step` is not known$", "did you mean 'steps'"),
        (
            "steps:\n  - tool: t\n    argumnets: {}\n",
            r"^the workflow:3: `steps\[0\].argumnets` is not known$",
            "'arguments'",
        ),
        (
            "steps:\n  - name: a\n    workflow:\n      type: loop\n      tiems: 3\n",
            r"^the workflow:5: `steps\[0\].workflow.tiems` is not known$",
            "did you mean 'times'",
        ),
        ("type: conditional\nbranches:\n  - if: x\n", r"branches\[0\]", ""),
        (
            "steps:\n  - tool: t\n    timeout: soon\n",
            r"^the workflow:3: `steps\[0\].timeout` must be a number or null",
            "",
        ),
        ('{"steps": [{"on_error": "ignore"}]}', r"must be one of 'fail', 'continue', 'fallback', found 'ignore'", ""),
        ("steps: [{condition: {valu: 1}}]", r"is not known|is missing", ""),
        ("{", r"^the workflow:1: is not JSON", ""),
        ("a: [", r"is not YAML", ""),
        ("steps: &a []", r"anchors and aliases are not taken", ""),
        ("steps: !!python/object:os.system []", r"the tag .* is not taken", ""),
        ("steps: " + "[" * 40, r"^the workflow:1: nests deeper than 32 levels$", ""),
        ('{"steps": ' + "[" * 100_000, r"^the workflow:1: nests deeper than 32 levels$", ""),
        ("#" * (LARGEST + 1), r"^the workflow has 262145 characters, and at most 262144 are read$", ""),
        ("steps:\n  - run: print\n", r"`steps\[0\].run` must be a function or null, found 'print'", ""),
    ],
)
def test_what_is_wrong_in_a_text_is_told_with_its_line(text: str, message: str, hint: str) -> None:
    with pytest.raises(UsageError, match=message) as raised:
        load(text)
    assert hint in raised.value.hint


def test_an_unknown_key_is_an_unknown_option() -> None:
    with pytest.raises(UsageError, match="is not known") as raised:
        load("stpes: []")
    assert raised.value.kind == "unknown_option"


@pytest.mark.parametrize(
    ("step", "message"),
    [
        (Step(name="a", run=gives(1)), r"^step 'a' cannot be written as data: its run is a function$"),
        (
            Step(name="a", prompt="p", condition=gives(1)),
            r"^step 'a' cannot be written as data: its condition is a function$",
        ),
        (Step(name="a", tool=Spy()), r"^step 'a' cannot be written as data: its tool is Spy, and not a name$"),
        (Step(name="a", agent=parrot()), r"^step 'a' cannot be written as data: its agent is Saying, and not a name$"),
    ],
)
def test_what_is_no_data_is_refused_in_words(step: Step, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        dump(Sequential("w", steps=(step,)))


def test_numbers_that_json_does_not_have_are_refused() -> None:
    with pytest.raises(UsageError, match=r"^the workflow 'w' cannot be written as data: Out of range float"):
        dump(Sequential("w", output=float("nan"), steps=(Step(prompt="p"),)))


async def test_what_was_read_runs() -> None:
    text = """
        name: w
        steps:
          - {name: a, workflow: {type: map, over: "{{input}}", steps: [{tool: spy, arguments: {n: "{{item}}"}}]}}
          - {name: b, tool: spy, arguments: {n: "{{steps.a.output.2.n}}!"}}
    """
    run = open_run()
    run.tools.add(Spy(lambda arguments, _: arguments))
    assert (await run_flow(load(text), [1, 2], run)).output == {"n": "2!"}


def test_plain_data_and_definitions_go_both_ways() -> None:
    assert from_data(to_data(BRIEF)) == BRIEF
    assert attrs.evolve(BRIEF, name="x") != BRIEF
