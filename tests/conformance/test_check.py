"""The runner of the conformance suite notices whatever is not as a case says."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from llmspell.testing import Text, UnusedSteps
from llmspell.testing.conformance import Case, Fails, Happens, check, same


def case(lua: str, **outcome: Any) -> Case:
    return Case("x", lua=lua, javascript="", **outcome)


@pytest.mark.parametrize(
    "fits",
    [
        case("return { 1, { a = 2.0 } }", value=[1, {"a": 2}]),
        case('\nprint("a")\nerror("ouch")', error=Fails("script_failed", "ouch", line=2), output="a\n", exit_code=1),
        case('Event.publish("a.x", { n = 1, m = 2 })', events=(Happens("a.*", ("a.x", {"n": 1})),)),
        case('Event.publish("now") Async.sleep(9)', interrupt="now", error=Fails("cancelled"), stop_reason="cancelled"),
    ],
)
async def test_what_is_as_the_case_says_passes(fits: Case, tmp_path: Path) -> None:
    await check(fits, "lua", "low", tmp_path)


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        (case("return 1", value=2), "the value is 1, not 2"),
        (case("return 1"), "the value is 1, not None"),
        (case("return true", value=1), "the value is True, not 1"),
        (case("return 1", error=Fails("script_failed")), "completed with 1 instead of failing"),
        (case('error("ouch")'), "ScriptFailed of kind script_failed: ouch"),
        (case('error("ouch")', error=Fails("not_found")), "the kind is 'script_failed', not 'not_found'"),
        (case('error("ouch")', error=Fails("script_failed", "aah")), "the message 'ouch' lacks 'aah'"),
        (case("State.gett()", error=Fails("invalid_arguments", hint="set")), "lacks 'set'"),
        (case('error("ouch")', error=Fails("script_failed", component="tool:t")), "component: '', not 'tool:t'"),
        (case('error("ouch")', error=Fails("script_failed", line=2)), "line: 1, not 2"),
        (case("", stop_reason="cancelled"), "stop reason: 'completed', not 'cancelled'"),
        (case("", exit_code=1), "exit code: 0, not 1"),
        (case('print("a")', output="b\n"), r"output: 'a\n', not 'b\n'"),
        (case('Event.publish("a.x")', events=(Happens("a.*"),)), "events a.*: ['a.x'], not []"),
        (case("", events=(Happens("a.*", "a.x"),)), "events a.*: [], not ['a.x']"),
        (case('Event.publish("a", { n = 1 })', events=(Happens("a", ("a", {"n": 2})),)), "which lacks {'n': 2}"),
    ],
)
async def test_what_is_not_as_the_case_says_fails(wrong: Case, message: str, tmp_path: Path) -> None:
    with pytest.raises(AssertionError) as raised:
        await check(wrong, "lua", "low", tmp_path)
    assert message in str(raised.value)


async def test_a_model_that_is_not_asked_fails_the_case(tmp_path: Path) -> None:
    with pytest.raises(UnusedSteps):
        await check(case("", steps=(Text("unused"),)), "lua", "low", tmp_path)


def test_a_case_without_a_spell_in_the_language_says_so() -> None:
    with pytest.raises(LookupError, match="written in lua and javascript, not in basic"):
        case("").spell("basic")


@pytest.mark.parametrize(
    ("one", "other", "equal"),
    [
        (1, 1.0, True),
        (1, True, False),
        (0, None, False),
        ("1", 1, False),
        ([1, [2]], [1, [2.0]], True),
        ([1], [1, 2], False),
        ({"a": 1}, {"a": 1.0}, True),
        ({"a": 1}, {"a": 1, "b": 2}, False),
        ([], {}, False),
    ],
)
def test_values_are_the_same_or_not(one: Any, other: Any, equal: bool) -> None:
    assert same(one, other) is equal
