"""Values cross the boundary unchanged, or with an error at the call."""

from __future__ import annotations

import math
from collections.abc import Callable
from enum import IntEnum, StrEnum
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from llmspell.values import FunctionRef, HandleRef

Run = Callable[..., Any]

_TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
_BINARY = st.binary(max_size=20).filter(lambda data: not _is_text(data))
_SCALARS = (
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**63 - 1)
    | st.floats(allow_nan=False)
    | _TEXT
    | _BINARY
    | st.builds(HandleRef, st.integers(1, 2**53), st.sampled_from(["Agent", "Stream"]))
)
_VALUES = st.recursive(
    _SCALARS,
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(_TEXT, inner, max_size=5),
    max_leaves=20,
)


def _is_text(data: bytes) -> bool:
    try:
        data.decode()
    except UnicodeDecodeError:
        return False
    return True


def _same(sent: Any, got: Any) -> bool:
    """Equal, with equal types throughout; a handle comes back without its type's name."""
    if isinstance(sent, HandleRef):
        return isinstance(got, HandleRef) and sent.id == got.id
    if type(sent) is not type(got):
        return False
    if isinstance(sent, dict):
        return sent.keys() == got.keys() and all(_same(sent[key], got[key]) for key in sent)
    if isinstance(sent, list):
        return len(sent) == len(got) and all(map(_same, sent, got))
    return bool(sent == got) and str(sent) == str(got)


def _echo(driver: Any, value: Any) -> Any:
    """`value`, sent to the script and returned by it to the host."""
    driver.step(("result", max(driver.waiting), value))
    return driver.calls[-1][3][0] if driver.calls[-1][3] else None


@settings(max_examples=150, deadline=None)
@given(value=_VALUES)
def test_a_value_comes_back_as_it_was_sent(value: Any, run: Run) -> None:
    driver = run("local v = Host.later() while true do v = Host.later(v) end")
    assert _same(value, _echo(driver, value))
    driver.machine.close()


def test_every_character_comes_back_as_it_was_sent(run: Run) -> None:
    driver = run("local v = Host.later() while true do v = Host.later(v) end")
    characters = [f"a{chr(code)}z" for code in range(0x180)]
    assert _echo(driver, characters) == characters


def test_not_a_number_comes_back(run: Run) -> None:
    driver = run("local v = Host.later() return { v, -v, 0/0 }")
    driver.answer(1, math.nan)
    assert all(math.isnan(item) for item in driver.value)


@pytest.mark.parametrize(
    ("source", "value"),
    [
        ("nil", None),
        ("true", True),
        ("9223372036854775807", 2**63 - 1),
        ("math.mininteger", -(2**63)),
        ("1.0", 1.0),
        ("0.1", 0.1),
        ("-0.0", -0.0),
        ("1e300", 1e300),
        ("5e-324", 5e-324),
        ("2^53", 2.0**53),
        ("1/0", math.inf),
        ("-1/0", -math.inf),
        ("''", ""),
        (r"'a\"b\\c\n\r\t\0\127'", 'a"b\\c\n\r\t\0\x7f'),
        (r"'\u{1F600}é\u{2028}'", "😀é\u2028"),
        (r"'\xff\xfe'", b"\xff\xfe"),
        (r"'\xed\xa0\x80'", b"\xed\xa0\x80"),
        ("{}", {}),
        ("Json.array{}", []),
        ("Json.array()", []),
        ("{1, 'a', {true}}", [1, "a", [True]]),
        ("{Json.null, 2}", [None, 2]),
        ("{a = Json.null}", {"a": None}),
        ("Json.null", None),
        ("{['$bytes'] = 'x', ['$$'] = 1, ['$handle'] = 2}", {"$bytes": "x", "$$": 1, "$handle": 2}),
        ("{['a\\nb'] = 1}", {"a\nb": 1}),
        ("setmetatable({x = 1}, {__index = {y = 2}})", {"x": 1}),
        ("Spell", {"name": "test", "words": ["a", "b"], "path": None}),
    ],
)
def test_a_lua_value_is_this_python_value(source: str, value: Any, run: Run) -> None:
    got = run(f"return {source}").value
    assert _same(value, got)


def test_a_list_from_the_host_stays_a_list_when_it_gets_empty(run: Run) -> None:
    source = "local v = Host.echo{1} table.remove(v) local w = Host.echo(Json.array{}) return { v = v, w = w }"
    assert run(source).value == {"v": [], "w": []}


def test_a_list_from_the_host_works_like_any_table(run: Run) -> None:
    driver = run(
        "local v = Host.echo{3, 1, 2} table.sort(v) v[#v + 1] = 9"
        " local t = setmetatable(v, { __index = { x = 5 } }) return { #v, v[1], v[4], t.x }"
    )
    assert driver.value == [4, 1, 9, 5]


def test_the_mark_of_a_list_cannot_be_reached(run: Run) -> None:
    assert run("return { getmetatable(Json.array{}) == false or getmetatable(Json.array{}) == nil }").value == [True]


def test_null_from_the_host_is_json_null_inside_and_nil_at_the_top(run: Run) -> None:
    driver = run("local v = Host.later() return { v.a == Json.null, Json.is_null(v.b[1]), Host.later() == nil }")
    driver.answer(1, {"a": None, "b": [None]}).answer(2, None)
    assert driver.value == [True, True, True]


def test_trailing_nils_are_dropped_and_inner_nils_are_null(run: Run) -> None:
    driver = run("Host.echo(nil, 1, nil, nil) Host.echo(nil) Host.echo()")
    assert [call[3] for call in driver.calls] == [[None, 1], [], []]


def test_functions_become_references_and_the_same_one_keeps_its_number(run: Run) -> None:
    driver = run("local f = function() end Host.later{ f, f, print }")
    [[first, second, third]] = driver.calls[0][3]
    assert first == second == FunctionRef(1)
    assert third == FunctionRef(2)


def test_a_function_comes_back_as_itself(run: Run) -> None:
    assert run("local f = function() end return Host.echo(f) == f and Host.echo{f}[1] == f").value is True


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("{1, 2, a = 3}", r'Host.echo: a table with both list and named keys cannot be passed \(key "a"\)'),
        ("{a = 1, [3] = 2}", r"Host.echo: (a table with both list and named keys|a list with a hole at 1)"),
        ("{1, nil, 3}", "Host.echo: a list with a hole at 2: use Json.null"),
        ("{[2] = 1}", "Host.echo: a list with a hole at 1: use Json.null"),
        ("{[0] = 1}", "Host.echo: a list with a hole at 1: use Json.null"),
        ("{[1.5] = 1}", "Host.echo: a key of type number cannot be passed"),
        ("{[true] = 1}", "Host.echo: a key of type boolean cannot be passed"),
        ("{['\\xff'] = 1}", "Host.echo: a key is not valid UTF-8"),
        ("coroutine.create(print)", "Host.echo: a thread cannot be passed"),
        ("{a = {coroutine.create(print)}}", "Host.echo: a thread cannot be passed"),
        ("Agent", "Host.echo: the global Agent cannot be passed"),
        ("Async.spawn(print)", "Host.echo: a task cannot be passed"),
        (
            "(function() local t = {} t.t = t return t end)()",
            "Host.echo: the value nests deeper than 64, or holds itself",
        ),
    ],
)
def test_what_cannot_be_passed_is_an_error_at_the_call(source: str, message: str, run: Run) -> None:
    driver = run(f"local ok, e = pcall(Host.echo, {source}) assert(not ok) return {{ e.kind, e.message, e.line }}")
    kind, text, line = driver.value
    assert (kind, line) == ("invalid_arguments", 1)
    with pytest.raises(ValueError, match=message):
        raise ValueError(text)
    assert driver.calls == []


def test_a_value_may_nest_as_deep_as_the_limit_and_no_deeper(run: Run) -> None:
    source = "local v = 'x' for i = 1, {} do v = {{ v }} end return (pcall(Host.echo, v))"
    assert run(source.format(5), value_depth=5).value is True
    assert run(source.format(6), value_depth=5).value is False


def test_a_value_larger_than_the_limit_is_refused(run: Run) -> None:
    driver = run("local ok, e = pcall(Host.echo, ('x'):rep(2000)) return e.message", value_bytes=1000)
    assert driver.value == "Host.echo: the value takes more than 1000 bytes"


def test_a_table_that_doubles_at_each_level_is_refused_soon(run: Run) -> None:
    source = "local t = {} for i = 1, 60 do t = { t, t } end local ok, e = pcall(Host.echo, t) return e.message"
    assert "the value takes more than 10000 bytes" in run(source, value_bytes=10_000).value


@pytest.mark.parametrize(
    ("value", "message"),
    [
        (2**63, "the integer 9223372036854775808 does not fit in 64 bits"),
        ([-(2**63) - 1], "the integer -9223372036854775809 does not fit in 64 bits"),
        (object(), "a object cannot be passed to a script"),
        ({1: 2}, "an object's keys must be strings, not int"),
        (FunctionRef(99), "the script has no function 99"),
        ("x" * 2000, "the value takes more than 1000 bytes"),
        (b"x" * 2000, "the value takes more than 1000 bytes"),
        ([[[[[[1]]]]]], "the value nests deeper than 5"),
        (bytearray(b"x"), "a bytearray cannot be passed to a script"),
        ({1, 2}, "a set cannot be passed to a script"),
    ],
)
def test_a_host_value_that_lua_cannot_take_fails_its_call(value: Any, message: str, run: Run) -> None:
    driver = run("local ok, e = pcall(Host.later) return { ok, e.kind, e.message }", value_bytes=1000, value_depth=5)
    driver.answer(1, value)
    assert driver.value == [False, "invalid_arguments", message]


def test_members_of_enumerations_arrive_as_their_plain_values(run: Run) -> None:
    class Colour(StrEnum):
        RED = "red"

    class Level(IntEnum):
        HIGH = 3

    class Ratio(float):
        pass

    driver = run("local v = Host.later() return { v.a, v.b, v.c, type(v.a), math.type(v.b), math.type(v.c) }")
    driver.answer(1, {"a": Colour.RED, "b": Level.HIGH, "c": Ratio(0.5)})
    assert driver.value == ["red", 3, 0.5, "string", "integer", "float"]


def test_half_a_surrogate_pair_arrives_as_the_replacement_character(run: Run) -> None:
    driver = run("return Host.later()")
    driver.answer(1, "a\ud83db\ud83d\ude00")
    assert driver.value == "a\ufffdb😀"


def test_a_list_that_appears_twice_arrives_twice(run: Run) -> None:
    driver = run("local v = Host.later() return { v, #v[1], #v[2] }")
    inner = [1, 2]
    driver.answer(1, [inner, inner])
    assert driver.value == [[[1, 2], [1, 2]], 2, 2]


def test_a_handle_is_the_same_as_long_as_the_script_holds_it(run: Run) -> None:
    driver = run("local a, b = Host.later(), Host.later() return { a == b, tostring(a), a }")
    driver.answer(1, HandleRef(5, "Agent")).answer(2, HandleRef(5, "Agent"))
    assert driver.value == [True, "Agent: 5", HandleRef(5, "")]
