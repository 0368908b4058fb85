"""Arguments that do not fit are made to, as far as the mode goes."""

from __future__ import annotations

from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from llmspell.tools.coercion import Mode, coerced

SCHEMA = {
    "type": "object",
    "properties": {
        "whole": {"type": "integer"},
        "number": {"type": "number"},
        "truth": {"type": "boolean"},
        "text": {"type": "string"},
        "list": {"type": "array", "items": {"type": "integer"}},
        "table": {"type": "object", "properties": {"deep": {"type": "integer"}}},
        "choice": {"type": "string", "enum": ["red", "Blue", "blue"]},
        "sizes": {"enum": [1, 2, True]},
        "either": {"type": ["integer", "null"]},
        "place": {"$ref": "#/$defs/place"},
        "union": {"anyOf": [{"type": "integer"}, {"type": "null"}]},
    },
    "required": ["whole"],
    "$defs": {"place": {"type": "object", "properties": {"x": {"type": "number"}}}},
}
SAFE: list[tuple[str, Any, Any]] = [
    ("whole", "3", 3),
    ("whole", "-0", 0),
    ("whole", " 3 ", 3),
    ("number", "2.5", 2.5),
    ("number", "1e3", 1000.0),
    ("truth", "true", True),
    ("truth", "false", False),
    ("list", "[1, 2]", [1, 2]),
    ("list", '["1", 2]', [1, 2]),
    ("list", ["1"], [1]),
    ("table", '{"deep": "4"}', {"deep": 4}),
    ("table", {"deep": "4"}, {"deep": 4}),
    ("either", "7", 7),
    ("sizes", "2", 2),
    ("place", {"x": "1.5"}, {"x": 1.5}),
]
LENIENT: list[tuple[str, Any, Any]] = [
    ("text", 3, "3"),
    ("text", True, "true"),
    ("truth", "Yes", True),
    ("truth", " off ", False),
    ("truth", "TRUE", True),
    ("list", 5, [5]),
    ("list", "7", [7]),
    ("choice", "RED", "red"),
]
LEFT: list[tuple[str, Any]] = [
    ("whole", "three"),
    ("whole", "3.5"),
    ("whole", 3.5),
    ("whole", "true"),
    ("whole", True),
    ("whole", None),
    ("number", "NaN"),
    ("number", "1e999"),
    ("truth", "maybe"),
    ("truth", 1),
    ("text", "3"),
    ("text", ["a"]),
    ("list", "[1"),
    ("list", "[" * 100_000),
    ("table", "[1]"),
    ("choice", "BLUE"),
    ("choice", "green"),
    ("either", None),
    ("union", "7"),
]


@pytest.mark.parametrize(("name", "value", "made"), SAFE)
def test_what_loses_nothing_is_safe(name: str, value: Any, made: Any) -> None:
    for mode in get_args(Mode)[1:]:
        found = coerced({name: value}, SCHEMA, mode)[name]
        assert (found, type(found)) == (made, type(made))
    assert coerced({name: value}, SCHEMA, "off")[name] == value


@pytest.mark.parametrize(("name", "value", "made"), LENIENT)
def test_what_guesses_is_lenient(name: str, value: Any, made: Any) -> None:
    found = coerced({name: value}, SCHEMA, "lenient")[name]
    assert (found, type(found)) == (made, type(made))
    assert coerced({name: value}, SCHEMA, "safe")[name] == value


@pytest.mark.parametrize(("name", "value"), LEFT)
def test_what_cannot_be_made_to_fit_stays(name: str, value: Any) -> None:
    found = coerced({name: value}, SCHEMA, "lenient")[name]
    if name == "list" and isinstance(value, str):
        assert found == [value]  # lenient makes a list of it; its item still does not fit
    else:
        assert found == value
        assert type(found) is type(value)


def test_null_for_what_is_optional_is_left_out() -> None:
    given_ = {"whole": 1, "text": None, "either": None, "union": None, "other": None}
    assert coerced(given_, SCHEMA, "safe") == {"whole": 1, "either": None, "union": None, "other": None}


def test_what_is_given_is_left_alone() -> None:
    mine = {"list": ["1"], "table": {"deep": "4"}}
    coerced(mine, SCHEMA, "safe")
    assert mine == {"list": ["1"], "table": {"deep": "4"}}


def test_a_schema_that_refers_to_itself_ends() -> None:
    endless = {"$ref": "#/$defs/a", "$defs": {"a": {"$ref": "#/$defs/a"}}}
    assert coerced({"x": "1"}, endless, "safe") == {"x": "1"}
    assert coerced({"x": "1"}, {"$ref": "https://example.com/schema"}, "safe") == {"x": "1"}


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(list(SCHEMA["properties"])), inner),
    max_leaves=8,
)


@given(_JSON, st.sampled_from(get_args(Mode)))
def test_coercing_twice_is_coercing_once(value: Any, mode: Mode) -> None:
    once = coerced(value, SCHEMA, mode)
    assert coerced(once, SCHEMA, mode) == once
