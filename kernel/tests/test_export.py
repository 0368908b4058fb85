"""What the kernel holds, as JSON-like data."""

from __future__ import annotations

import json
from typing import Any

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from llmspell.errors import ToolFailed
from llmspell.export import plain, result_dict, usage_dict
from llmspell.message import Message, ToolCall, Usage
from llmspell.result import CallRecord, Result

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=10,
)


@attrs.frozen
class Point:
    x: int
    tags: frozenset[str]


class Odd:
    def __repr__(self) -> str:
        return "Odd()"


@given(JSON)
def test_json_stays_as_it_is(value: Any) -> None:
    assert plain(value) == value


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ((1, (2,)), [1, [2]]),
        ({1: {2}}, {"1": [2]}),
        (Point(1, frozenset({"a"})), {"x": 1, "tags": ["a"]}),
        (Odd(), "Odd()"),
        (b"x", "b'x'"),
        ([Odd(), None], ["Odd()", None]),
    ],
)
def test_everything_else_becomes_json(value: Any, expected: Any) -> None:
    assert plain(value) == expected
    json.dumps(plain(value))


def test_usage_shows_its_total() -> None:
    shown = {
        "input_tokens": 3,
        "output_tokens": 4,
        "cached_tokens": 1,
        "reasoning_tokens": 2,
        "total_tokens": 7,
    }
    assert usage_dict(Usage(3, 4, 1, 2)) == shown
    assert plain({"usage": Usage(3, 4, 1, 2)}) == {"usage": shown}


def test_an_error_shows_its_fields() -> None:
    assert plain(ToolFailed("no"))["kind"] == "tool_failed"


def test_a_result_leaves_out_what_is_absent() -> None:
    assert result_dict(Result(text="hi", agent="a")) == {
        "text": "hi",
        "stop_reason": "completed",
        "usage": usage_dict(Usage()),
        "agent": "a",
        "messages": [],
        "calls": [],
    }


def test_a_result_shows_all_that_is_there() -> None:
    error = ToolFailed("no").to_dict()
    result = Result(
        text="hi",
        output={"n": 1},
        stop_reason="error",
        cost=0.5,
        messages=(
            Message("user", "go"),
            Message("assistant", "", (ToolCall("1", "add", "{}"),)),
            Message("tool", "", tool_call_id="1"),
        ),
        calls=(CallRecord("1", "add", {"a": 1}, duration=0.1), CallRecord("2", "add", error=error)),
        error=error,
    )
    shown = result_dict(result)
    assert shown["messages"] == [
        {"role": "user", "content": "go"},
        {"role": "assistant", "content": "", "tool_calls": [{"id": "1", "name": "add", "arguments": "{}"}]},
        {"role": "tool", "content": "", "tool_call_id": "1"},
    ]
    assert shown["calls"] == [
        {"id": "1", "name": "add", "arguments": {"a": 1}, "duration": 0.1},
        {"id": "2", "name": "add", "error": error, "duration": 0.0},
    ]
    assert (shown["output"], shown["cost"], shown["error"]) == ({"n": 1}, 0.5, error)
