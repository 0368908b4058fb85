"""The JSON query tool."""

from __future__ import annotations

import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from llmspell.errors import TimedOut, UsageError
from llmspell.testing.contracts.tool import ToolContract
from llmspell_tool_core.json_query import JsonQuery
from llmspell_tool_core.query import query

PEOPLE = {"people": [{"name": "Ada", "age": 36}, {"name": "Bo", "age": 20}]}


class TestJsonQueryContract(ToolContract):
    name = "json_query"
    good = ({"expression": "people[*].name", "data": PEOPLE}, {"expression": "a", "text": '{"a": [1, null]}'})
    bad = (
        {},
        {"expression": "a"},
        {"expression": "a", "data": 1, "text": "1"},
        {"expression": "a", "text": "{"},
        {"expression": "a[", "data": {}},
        {"expression": "", "data": {}},
    )


@pytest.mark.parametrize(
    ("expression", "found"),
    [
        ("people[?age > `30`].name", ["Ada"]),
        ("people[*].{n: name, a: age}", [{"n": "Ada", "a": 36}, {"n": "Bo", "a": 20}]),
        ("sum(people[*].age)", 56),
        ("sort_by(people, &age)[0].name", "Bo"),
        ("people[].[name, age][]", ["Ada", 36, "Bo", 20]),
        ("join(', ', people[*].name)", "Ada, Bo"),
        ("people[?name == 'Bo' && age != `1`] | [0].age", 20),
        ("map(&age, people)", [36, 20]),
        ("keys(people[0])", ["name", "age"]),
        ("nothing.here", None),
    ],
)
def test_a_query_finds_what_the_language_says(expression: str, found: Any) -> None:
    assert query(expression, PEOPLE) == found


@pytest.mark.parametrize(
    ("expression", "message"),
    [
        ("people[", r"^the query 'people\[' is wrong: .*Incomplete expression \(character 8\)$"),
        ("a b", r"is wrong: .*\(character 3\)$"),
        ("'open", r"is wrong: .*Unclosed ' delimiter \(character 1\)$"),
        ("nope(@)", r"does not fit the data: Unknown function: nope\(\)$"),
        ("sum(people)", r"does not fit the data: In function sum\(\), invalid type"),
        ("people[?age > name]", "does not fit the data: '>' not supported"),
        ("length()", r"is wrong: Expected 1 argument for function length\(\), received 0$"),
    ],
)
def test_a_wrong_query_is_refused_in_words(expression: str, message: str) -> None:
    with pytest.raises(UsageError, match=message) as caught:
        query(expression, PEOPLE)
    assert "\n" not in caught.value.message


@pytest.mark.parametrize(
    "expression",
    [
        "[@,@]" + "|[@,@]" * 40,
        "{a:@,b:@}" + "|{a:@,b:@}" * 40,
        "people" + "|[@,@][]" * 60,
        "[@,@]" + "|[to_string(@),to_string(@)]" * 30,
        "[@,@]" + "|[@==@,@,@]" * 40,
        "[@,@]" + ".[@,@]" * 25,
        "to_array(@)" + "|map(&[@,@],@)" * 40,
    ],
)
def test_a_query_that_doubles_its_data_again_and_again_ends_soon(expression: str) -> None:
    started = time.process_time()
    with pytest.raises(UsageError, match="would touch more than 1000000 values"):
        query(expression, PEOPLE)
    assert time.process_time() - started < 10


def test_joining_with_a_long_separator_is_bounded() -> None:
    with pytest.raises(UsageError, match="would touch more than"):
        query("join(long, many)", {"long": "x" * 1_000_000, "many": ["a"] * 100_000})


def test_comparing_large_values_many_times_is_bounded() -> None:
    with pytest.raises(UsageError, match="would touch more than"):
        query(f"[{','.join(['a == b'] * 100)}]", {"a": [list(range(20_000))], "b": [list(range(20_000))]})


def test_a_query_over_much_data_is_refused() -> None:
    with pytest.raises(UsageError, match="would touch more than 1000000 values") as caught:
        query("a", {"a": [list(range(1_000_001))]})
    assert caught.value.hint == "ask for less, or of less data"


def test_a_query_stops_at_its_deadline() -> None:
    with pytest.raises(TimedOut, match="the query took longer than 0 seconds"):
        query("[*]", list(range(1000)), seconds=0)


@pytest.mark.parametrize("expression", ["[" * 200 + "a" + "]" * 200, "!" * 900 + "a"])
def test_a_query_that_is_nested_deeply_is_refused(expression: str) -> None:
    with pytest.raises(UsageError, match="is nested too deeply"):
        query(expression, PEOPLE)


def test_a_long_query_is_refused() -> None:
    with pytest.raises(UsageError, match="the query has 1001 characters, and at most 1000 are read"):
        query("a" * 1001, PEOPLE)


def test_data_that_is_nested_deeply_does_not_break_it() -> None:
    deep: list[Any] = []
    for _ in range(100_000):
        deep = [deep]
    with pytest.raises(UsageError, match="nested too deeply"):
        query("to_string(@)", deep)


def test_text_is_read_as_json() -> None:
    tool = JsonQuery()
    assert tool.run({"expression": "a[1]", "text": '{"a": [1, 2]}'}, None) == 2  # type: ignore[arg-type]  # unused


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({}, "json_query needs either data or text"),
        ({"data": None, "text": "1"}, "json_query needs either data or text"),
        ({"text": "{"}, "the text is not JSON: Expecting property name"),
        ({"text": "[" * 200_000}, "the JSON text is nested too deeply"),
        ({"text": " " * 4_000_001}, "the JSON text has 4000001 characters, and at most 4000000 are read"),
    ],
)
def test_wrong_data_is_refused(arguments: dict[str, Any], message: str) -> None:
    with pytest.raises(UsageError, match=message):
        JsonQuery().run({"expression": "a", **arguments}, None)  # type: ignore[arg-type]  # it uses no context


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("abc"), inner, max_size=3),
    max_leaves=10,
)
expressions = st.text(alphabet="abc.[]*@|&?`1 {}:,()!='<>", max_size=15)


@pytest.mark.filterwarnings("ignore:deprecated string literal syntax:PendingDeprecationWarning")  # jmespath's own
@given(expressions, json_values)
def test_any_query_finds_something_or_is_refused_in_words(expression: str, data: Any) -> None:
    try:
        query(expression, data)
    except UsageError as error:
        assert error.message.startswith("the query ")  # noqa: PT017  # either outcome is right
