"""Values both ways."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

Run = Callable[..., Any]
# The fixture makes a machine for each example; they do not know of each other.
MANY = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=12) | st.sampled_from(
    ["", "\0", "\u2028\u2029", "a\0b", "$x", "$$", "__proto__", "constructor", "toString", "\"'\\\n", "\U0001f600"]
)
INTEGERS = st.integers(-(2**63), 2**64) | st.sampled_from(
    [0, 2**31, -(2**31) - 1, -(2**40), 2**53 - 1, 2**53, 2**53 + 1, -(2**53), -(2**53) - 1, 10**30]
)
SCALARS = st.none() | st.booleans() | INTEGERS | st.floats(allow_nan=False) | TEXT | st.binary(max_size=12)
VALUES = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXT, inner, max_size=4), max_leaves=12
)


def same(a: Any, b: Any) -> bool:
    """Equality that tells what JavaScript can tell: it has one kind of number, and -0."""
    if isinstance(a, dict) and isinstance(b, dict):
        return a.keys() == b.keys() and all(same(a[key], b[key]) for key in a)
    if isinstance(a, list) and isinstance(b, list):
        return len(a) == len(b) and all(map(same, a, b))
    if isinstance(a, bool) or isinstance(b, bool):
        return a is b
    if isinstance(a, float) and a == 0:
        return isinstance(b, float | int) and b == 0 and (math.copysign(1, a) == math.copysign(1, b))
    return bool(a == b)


@MANY
@given(value=VALUES)
def test_values_come_back_as_they_went(value: Any, run: Run) -> None:
    driver = run("return await Host.echo(await Host.later())")
    assert same(driver.answer(1, value).value, value)
    assert same(driver.calls[1][3], [value])


@MANY
@given(value=VALUES)
def test_arguments_of_callbacks_arrive_as_they_are(value: Any, run: Run) -> None:
    driver = run("await Host.echo((...args) => args)")
    number = driver.callback(driver.calls[0][3][0], value, [value])
    assert same(driver.answers[number], [value, [value]])


@pytest.mark.parametrize(
    ("value", "kind"),
    [
        (2**53 - 1, "number"),
        (2**53, "bigint"),
        (-(2**53), "bigint"),
        (2.0**60, "number"),
        (1e300, "number"),
        (10**30, "bigint"),
        (b"\0\xff", "Uint8Array"),
        ([], "Array"),
        ({}, "Object"),
        (None, "null"),
    ],
)
def test_values_arrive_as_javascripts_own(value: Any, kind: str, run: Run) -> None:
    source = "const v = await Host.later(); return v === null ? 'null' : typeof v === 'object' ? v.constructor.name : typeof v"
    assert run(source).answer(1, value).value == kind


def test_large_integers_in_the_api_are_exact(run: Run) -> None:
    driver = run("return [BIG, 9007199254740993n + 1n, -5n, 2n ** 1023n]", api={"constants": {"BIG": 2**60 + 1}})
    assert driver.value == [2**60 + 1, 2**53 + 2, -5, 2**1023]


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("undefined", None),
        ("[undefined, , 1]", [None, None, 1]),
        ("{ a: undefined, b: 1 }", {"b": 1}),
        ("-0", -0.0),
        ("2 ** 60", 2.0**60),
        ("1e21", 1e21),
        ("5.0", 5),
        ("new Date(0)", "1970-01-01T00:00:00.000Z"),
        ("new Uint8Array([1, 2, 3]).subarray(1)", b"\2\3"),
        ("new Uint8Array([9]).buffer", b"\t"),
        ("Object.create(null)", {}),
        ("new (class P { x = 1; #y = 2; get z() { return 3 } })()", {"x": 1}),
        ("{ toJSON: 1 }", {"toJSON": 1}),
        ("new (class P { toJSON() { return 'me' } })()", "me"),
        ("{ $handle: 1, $$x: 2 }", {"$handle": 1, "$$x": 2}),
        ("JSON.parse('{\"__proto__\": 1}')", {"__proto__": 1}),
        ("new Proxy({ a: 1 }, {})", {"a": 1}),
        ("new Proxy([1], {})", [1]),
        ("{ [Symbol('s')]: 1, a: 2 }", {"a": 2}),
        ("'a\\0b'", "a\0b"),
    ],
)
def test_what_json_cannot_say_is_written_as_its_nearest_value(value: str, expected: Any, run: Run) -> None:
    assert same(run(f"return ({value})").value, expected)


@pytest.mark.parametrize(("word", "expected"), [("NaN", math.nan), ("Infinity", math.inf), ("-Infinity", -math.inf)])
def test_special_floats_pass(word: str, expected: float, run: Run) -> None:
    value = run(f"const v = await Host.echo({word}); return [v, Object.is(v, {word})]").value
    assert str(value) == str([expected, True])


@pytest.mark.parametrize(
    ("value", "problem"),
    [
        ("Symbol('x')", "a symbol cannot be passed"),
        ("new Map()", "a Map cannot be passed"),
        ("new (class M extends Map {})()", "a Map cannot be passed"),
        ("/x/", "a RegExp cannot be passed"),
        ("new WeakMap()", "a WeakMap cannot be passed"),
        ("new Number(1)", "a Number cannot be passed"),
        ("new Date(NaN)", "an invalid Date cannot be passed"),
        ("new Float64Array(2)", "a Float64Array cannot be passed"),
        ("new DataView(new ArrayBuffer(1))", "a DataView cannot be passed"),
        ("'\\ud800'", "a string holds half of a surrogate pair"),
        ("{ '\\udc00': 1 }", "a string holds half of a surrogate pair"),
        ("{ get x() { return 1 } }", "'x' is a getter, which cannot be passed"),
        ("2n ** 1024n", "a BigInt of more than 1024 bits cannot be passed"),
        ("(() => { const a = []; a.push(a); return a })()", "the value nests deeper than 64, or holds itself"),
        ("'x'.repeat(5000)", "the value takes more than 4096 bytes"),
        ("Array(5000)", "the value takes more than 4096 bytes"),
        ("Array(2 ** 32 - 1)", "the value takes more than 4096 bytes"),
        ("new Uint8Array(5000)", "the value takes more than 4096 bytes"),
    ],
)
def test_what_cannot_be_passed_is_refused_at_the_call(value: str, problem: str, run: Run) -> None:
    source = f"const v = ({value}); try {{ await Host.echo(v) }} catch (e) {{ return [e.kind, e.message] }}"
    driver = run(source, value_bytes=4096)
    assert driver.value == ["invalid_arguments", f"Host.echo: {problem}"]
    assert driver.calls == []
    assert run(f"return ({value})", value_bytes=4096).error["message"] == f"the script's result: {problem}"


def test_a_getter_that_calls_the_host_does_not_mix_two_values(run: Run) -> None:
    driver = run(
        "const p = new Proxy({ a: 1 }, { ownKeys(t) { Host.echo('inner'); return Reflect.ownKeys(t) } });"
        "return await Host.echo([p, 'x'])"
    )
    assert driver.value == [{"a": 1}, "x"]


@pytest.mark.parametrize("json", ["null", "[]", "{}", '{"a": [1, null]}'])
def test_null_and_lists_are_javascripts_own(json: str, run: Run) -> None:
    assert run(f"const v = {json}; return [Json.isNull(v), Json.array().length, v === null]").value == [
        json == "null", 0, json == "null",
    ]  # fmt: skip
