"""Branches of a run's state: apart until they are merged, and no value is lost silently."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from llmspell.errors import BudgetExceeded, LlmspellError, UsageError
from llmspell.state import Rule, RunState


def branches(state: RunState, *names: str) -> list[RunState]:
    return [state.branch(name) for name in names]


def state_of(**values: Any) -> RunState:
    state = RunState(100_000)
    for key, value in values.items():
        state.set_now(key, value)
    return state


def values_of(state: RunState) -> dict[str, Any]:
    return {key: state.get_now(key) for key in state.list_now()}


async def test_a_branch_sees_what_was_there_and_is_seen_when_it_is_merged() -> None:
    state = state_of(x=1)
    a, b = branches(state, "a", "b")
    a.set_now("a", a.get_now("x") + 1)
    state.set_now("later", 1)
    assert (values_of(a), values_of(b), values_of(state)) == ({"x": 1, "a": 2}, {"x": 1}, {"x": 1, "later": 1})
    await state.merge([a, b])
    assert values_of(state) == {"x": 1, "a": 2, "later": 1}


async def test_two_branches_that_write_one_key_without_a_reducer_are_a_conflict_that_names_both() -> None:
    state = state_of(x=0)
    first, second = branches(state, "step 'first'", "step 'second'")
    first.set_now("x", 1)
    first.set_now("mine", 1)
    second.set_now("x", 1)
    with pytest.raises(
        LlmspellError, match="the state key 'x' was written by step 'first' and step 'second' at once"
    ) as caught:
        await state.merge([first, second])
    assert caught.value.kind == "conflict"
    assert caught.value.details["writers"] == ["step 'first'", "step 'second'"]
    assert 'State.define("x", { reducer = "append" })' in caught.value.hint
    assert values_of(state) == {"x": 0}


async def test_every_key_in_conflict_is_told() -> None:
    state = state_of()
    first, second = branches(state, "first", "second")
    for branch in (first, second):
        branch.set_now("x", 1)
        branch.set_now("y", 1)
    with pytest.raises(LlmspellError, match="and so it is with 1 more keys") as caught:
        await state.merge([first, second])
    assert caught.value.details["keys"] == {"x": ["first", "second"], "y": ["first", "second"]}


async def test_a_key_that_changed_here_meanwhile_is_a_conflict_too() -> None:
    state = state_of(x=0)
    [branch] = branches(state, "branch")
    branch.set_now("x", 1)
    state.set_now("x", 2)
    with pytest.raises(LlmspellError, match="was written by the run itself and branch at once"):
        await state.merge([branch])
    assert state.get_now("x") == 2


@pytest.mark.parametrize(
    ("reducer", "base", "given", "merged"),
    [
        ("append", [1], [[1, 2], [1, 3, 4]], [1, 2, 3, 4]),
        ("append", None, [["a"], ["b"], []], ["a", "b"]),
        ("add", 10, [11, 15, 8], 14),
        ("add", None, [1, 2.5], 3.5),
        ("union", ["a"], [["a", "b"], ["a", "c", "b"]], ["a", "b", "c"]),
        ("union", None, [[1], [True], [1.0]], [1, True, 1.0]),
        ("union", {"x": 1}, [{"x": 1, "a": 2}, {"x": 1, "b": 3}], {"x": 1, "a": 2, "b": 3}),
        ("max", 5, [3, 4], 4),
        ("min", None, ["b", "a"], "a"),
        ("replace", 1, [2, 3], 3),
    ],
)
async def test_a_reducer_makes_one_value_of_several(reducer: str, base: Any, given: list[Any], merged: Any) -> None:
    state = state_of() if base is None else state_of(x=base)
    state.define("x", Rule(reducer=reducer))
    made = branches(state, *map(str, range(len(given))))
    for branch, value in zip(made, given, strict=True):
        branch.set_now("x", value)
    await state.merge(made)
    assert state.get_now("x") == merged


async def test_a_function_reduces_in_the_order_of_the_branches_and_may_wait() -> None:
    state = state_of(x="-")

    async def join(base: Any, merged: Any, value: Any) -> str:
        return f"({merged}{base}{value})"

    state.define("x", Rule(reducer=join))
    made = branches(state, "a", "b", "c")
    for branch in reversed(made):
        branch.set_now("x", branch.branch_name)
    await state.merge(made)
    assert state.get_now("x") == "((a-b)-c)"


@pytest.mark.parametrize(
    ("reducer", "base", "given", "message"),
    [
        ("append", [1], [[2], [1, 3]], "append is for lists that branches only add to"),
        ("append", None, [1, [1]], "append is for lists, not a number"),
        ("add", None, ["a", 1], "add is for numbers, not a text"),
        ("add", None, [True, 1], "add is for numbers, not true or false"),
        ("union", None, [{"x": 1}, {"x": 2}], "the branches differ in 'x'"),
        ("union", None, [1, 2], "union is for lists and objects, not a number"),
        ("max", None, [1, "a"], "max is for numbers or for texts, not a number and a text"),
    ],
)
async def test_values_that_a_reducer_cannot_take_are_refused_and_change_nothing(
    reducer: str, base: Any, given: list[Any], message: str
) -> None:
    state = state_of() if base is None else state_of(x=base)
    state.define("x", Rule(reducer=reducer))
    made = branches(state, "a", "b")
    for branch, value in zip(made, given, strict=True):
        branch.set_now("x", value)
        branch.set_now(branch.branch_name, 1)
    with pytest.raises(UsageError, match=f"the state key 'x' cannot be merged: .*{message}"):
        await state.merge(made)
    assert state.get_now("x") == base
    assert state.get_now("a") is None


async def test_what_one_branch_unset_and_another_set_is_a_conflict_even_with_a_reducer() -> None:
    state = state_of(x=[1])
    state.define("x", Rule(reducer="append"))
    a, b = branches(state, "a", "b")
    a.delete_now("x")
    b.set_now("x", [1, 2])
    with pytest.raises(LlmspellError, match="was written by a and b at once"):
        await state.merge([a, b])


async def test_a_key_that_a_branch_unset_is_unset() -> None:
    state = state_of(x=1, y=1)
    [branch] = branches(state, "a")
    branch.delete_now("x")
    await state.merge([branch])
    assert values_of(state) == {"y": 1}


async def test_what_a_reducer_made_must_fit_the_schema() -> None:
    state = state_of()
    state.define("n", Rule(reducer="add", schema={"maximum": 3}))
    a, b = branches(state, "a", "b")
    a.set_now("n", 2)
    b.set_now("n", 2)
    with pytest.raises(UsageError, match="cannot have this value"):
        await state.merge([a, b])


async def test_a_rule_made_in_a_branch_holds_in_all() -> None:
    state = state_of()
    a, b = branches(state, "a", "b")
    a.define("n", Rule(reducer="add"))
    a.set_now("n", 1)
    b.set_now("n", 1)
    await state.merge([a, b])
    assert state.get_now("n") == 2


async def test_branches_of_branches_merge_step_by_step() -> None:
    state = state_of(n=0)
    state.define("n", Rule(reducer="add"))
    outer, other = branches(state, "outer", "other")
    made = branches(outer, "inner 1", "inner 2")
    for branch in (*made, other):
        await branch.update("n", lambda n: n + 1)
    await outer.merge(made)
    await state.merge([outer, other])
    assert state.get_now("n") == 3


async def test_the_branches_of_another_state_are_refused() -> None:
    with pytest.raises(UsageError, match="'a' is no branch of this state"):
        await state_of().merge([state_of().branch("a")])


async def test_a_value_with_a_time_keeps_it_when_it_is_merged() -> None:
    now = 1000.0
    state = RunState(1000, clock=lambda: now)
    branch = state.branch("a")
    branch.set_now("x", 1, ttl=10)
    now += 5
    await state.merge([branch])
    now += 4
    assert state.get_now("x") == 1
    now += 1
    assert state.get_now("x") is None


async def test_a_state_that_is_full_refuses_more_and_has_room_for_less() -> None:
    now = 1000.0
    state = RunState(20, clock=lambda: now)
    state.set_now("x", "a" * 10)
    state.set_now("short", "a", ttl=1)
    with pytest.raises(BudgetExceeded, match="the budget state_bytes of 20 bytes is used up"):
        state.set_now("y", "a" * 10)
    now += 2
    state.set_now("y", "a" * 6)
    state.set_now("x", "")
    assert values_of(state) == {"x": "", "y": "a" * 6}


async def test_a_branch_is_as_bounded_as_the_run_and_so_is_what_they_come_to() -> None:
    state = RunState(20)
    a, b = branches(state, "a", "b")
    with pytest.raises(BudgetExceeded):
        a.set_now("a", "a" * 30)
    a.set_now("a", "a" * 12)
    b.set_now("b", "b" * 12)
    with pytest.raises(BudgetExceeded):
        await state.merge([a, b])
    assert values_of(state) == {}


@given(
    base=st.lists(st.integers(), max_size=3),
    added=st.lists(st.lists(st.integers(), max_size=3), max_size=4),
)
async def test_append_loses_nothing_and_doubles_nothing(base: list[int], added: list[list[int]]) -> None:
    state = state_of(x=base)
    state.define("x", Rule(reducer="append"))
    made = branches(state, *map(str, range(len(added))))
    for branch, more in zip(made, added, strict=True):
        branch.set_now("x", base + more)
    await state.merge(made)
    assert state.get_now("x") == base + [each for more in added for each in more]


async def test_many_branches_of_a_large_state_cost_nothing_until_they_write() -> None:
    state = RunState(16 << 20)
    for number in range(2000):
        state.set_now(str(number), "x" * 100)
    made = branches(state, *map(str, range(2000)))
    assert len({id(branch._cells._cells) for branch in made}) == 1
    made[0].set_now("1", "changed")
    state.set_now("2", "changed")
    assert (made[1].get_now("1"), made[1].get_now("2")) == ("x" * 100, "x" * 100)
    await state.merge(made)
    assert (state.get_now("1"), state.get_now("2")) == ("changed", "changed")
