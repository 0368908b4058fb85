"""Both transports take and refuse the same values."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given

from llmspell import values
from llmspell.bridge.sendable import check
from llmspell.engine import Limits
from llmspell.values import FunctionRef

from .samples import SENDABLE


def nested(depth: int) -> list[Any]:
    value: list[Any] = []
    for _ in range(depth - 1):
        value = [value]
    return value


@given(SENDABLE)
def test_what_passes_can_be_written(value: Any) -> None:
    check(("result", 1, value), Limits())
    values.dumps(("result", 1, value))


@given(SENDABLE)
def test_the_counted_size_is_never_more_than_the_written_one(value: Any) -> None:
    check((value,), Limits(value_bytes=len(values.dumps((value,)))))


@pytest.mark.parametrize("value", [[[[[1]]]], [], {}, {"a": [1, 2, {"b": "c"}]}])
def test_the_size_of_a_nested_value_counts_every_bracket_and_comma_once(value: Any) -> None:
    size = len(values.dumps(value))
    check((value,), Limits(value_bytes=size))
    if size > 2:
        with pytest.raises(ValueError, match=f"takes {size} bytes or more"):
            check((value,), Limits(value_bytes=size - 1))


@pytest.mark.parametrize(
    ("value", "says"),
    [
        (object(), "a object cannot be passed to a script"),
        ({1, 2}, "a set cannot be passed to a script"),
        (bytearray(b"x"), "a bytearray cannot be passed to a script"),
        (print, "a builtin_function_or_method cannot be passed to a script"),
        ({1: 2}, r"an object's keys must be strings, not int \(1\)"),
        ([{"a": ({b"k": 1},)}], r"an object's keys must be strings, not bytes \(b'k'\)"),
        (FunctionRef(1), r"FunctionRef\(id=1\) cannot be passed to a script: functions go only"),
    ],
)
def test_what_no_script_can_take_is_a_type_error(value: Any, says: str) -> None:
    with pytest.raises(TypeError, match=says):
        check(("result", 1, value), Limits())


def test_a_value_may_nest_as_deep_as_the_limit_and_no_deeper() -> None:
    check(("result", 1, nested(64)), Limits(value_depth=64))
    with pytest.raises(ValueError, match="nests deeper than 64 levels, or holds itself"):
        check(("result", 1, nested(65)), Limits(value_depth=64))


def test_a_value_that_holds_itself_is_refused() -> None:
    value: dict[str, Any] = {}
    value["self"] = [value]
    with pytest.raises(ValueError, match="or holds itself"):
        check(("result", 1, value), Limits())


@pytest.mark.parametrize("value", ["x" * 1001, b"x" * 1001, ["x" * 300] * 4, {"k" * 1001: 1}, [0] * 1001])
def test_a_value_that_is_too_large_is_refused(value: Any) -> None:
    with pytest.raises(ValueError, match=r"takes \d+ bytes or more as JSON; at most 1000 may be"):
        check(("result", 1, value), Limits(value_bytes=1000))
