"""Values that cross between kernel and script come back as they were."""

from __future__ import annotations

import json
import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from llmspell.values import FunctionRef, HandleRef, dumps, loads

KEYS = st.text(max_size=5) | st.sampled_from(["$", "$$", "$bytes", "$handle", "$$float", "$function", "a$b"])
LEAVES = (
    st.none()
    | st.booleans()
    | st.integers(-(2**80), 2**80)
    | st.floats(allow_nan=False)
    | st.text(max_size=10)
    | st.sampled_from(["$bytes", '"$', "\ud800"])
    | st.binary(max_size=10)
    | st.builds(HandleRef, st.integers(0), st.text(max_size=5))
    | st.builds(FunctionRef, st.integers(0))
)
VALUES = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=4),
    max_leaves=20,
)


def same(one: Any, other: Any) -> bool:
    """Equal, and of the same types all the way down: True is not 1, and a reference is no list."""
    if type(one) is not type(other):
        return False
    if isinstance(one, dict):
        return one.keys() == other.keys() and all(same(one[key], other[key]) for key in one)
    if isinstance(one, list):
        return len(one) == len(other) and all(map(same, one, other))
    if isinstance(one, float):
        return one == other and math.copysign(1, one) == math.copysign(1, other)
    return bool(one == other)


@given(VALUES)
def test_every_value_comes_back_as_it_was(value: Any) -> None:
    text = dumps(value)
    assert "\n" not in text
    json.loads(text)
    assert same(loads(text), value)


def test_not_a_number_comes_back() -> None:
    assert dumps(math.nan) == '{"$float":"nan"}'
    assert math.isnan(loads(dumps([math.nan]))[0])


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (b"\x00\xff", '{"$bytes":"\\u0000\\u00ff"}'),
        (HandleRef(3, "Agent"), '{"$handle":[3,"Agent"]}'),
        (FunctionRef(7), '{"$function":7}'),
        (math.inf, '{"$float":"inf"}'),
        (-math.inf, '{"$float":"-inf"}'),
        ({"$bytes": 1}, '{"$$bytes":1}'),
        ({"a": [1, None, True]}, '{"a":[1,null,true]}'),
        ((1, 2), "[1,2]"),
        ([], "[]"),
        ({}, "{}"),
    ],
)
def test_each_kind_is_written_as_the_contract_says(value: Any, text: str) -> None:
    assert dumps(value) == text


def test_a_handle_may_come_as_its_number_alone() -> None:
    assert loads('{"$handle": 4}') == HandleRef(4, "")


@pytest.mark.parametrize(
    "text",
    [
        '{"$float": "one"}',
        '{"$float": []}',
        '{"$bytes": 5}',
        '{"$bytes": "\\u0100"}',
        '{"$handle": "x"}',
        '{"$handle": [1]}',
        '{"$handle": [1, 2, 3]}',
        '{"$handle": {"$handle": 1}}',
        '{"$function": "one"}',
        '{"$function": null}',
        '{"$what": 1}',
        '{"$bytes": "x", "a": 1}',
        '{"$$ok": 1, "$": 1}',
    ],
)
def test_a_misused_mark_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        loads(f'["outside", {text}]')


def test_a_refusal_shows_what_was_found_but_not_all_of_it() -> None:
    with pytest.raises(ValueError, match=r"^\{'\$what': .* is not a marked value$") as raised:
        loads(json.dumps({"$what": "x" * 10_000}))
    assert len(str(raised.value)) < 200


def test_what_is_not_json_is_refused() -> None:
    with pytest.raises(ValueError):
        loads("{")


@pytest.mark.parametrize("value", [object(), {1, 2}, [object()], {"a": {1}}, bytearray(b"x")])
def test_a_value_of_another_kind_is_refused(value: Any) -> None:
    with pytest.raises(TypeError, match=r"^a (object|set|bytearray) cannot be passed to a script$"):
        dumps(value)


@pytest.mark.parametrize("key", [1, None, True, 1.5, (1,), b"x"])
@pytest.mark.parametrize("beside", [{}, {"bytes": b"x"}])
def test_a_key_that_is_no_string_is_refused(key: Any, beside: Any) -> None:
    with pytest.raises(TypeError, match=r"^an object's keys must be strings, not "):
        dumps([{"inside": {key: 1}}, beside])


def test_a_value_that_holds_itself_is_refused() -> None:
    loop: list[Any] = []
    loop.append({"again": loop})
    with pytest.raises(ValueError, match=r"^the value holds itself$"):
        dumps(loop)


def test_a_value_may_stand_in_two_places() -> None:
    shared = [b"x"]
    assert loads(dumps([shared, shared])) == [[b"x"], [b"x"]]
