"""What every scope can do, in memory and in a store."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from llmspell.errors import LlmspellError, UsageError
from llmspell.state import Rule, Scope, Transaction
from llmspell.state.rules import Rules
from llmspell.state.stored import StoredScope
from llmspell.store import Put, Store


async def test_a_key_that_is_not_set_gives_the_default(scope: Scope) -> None:
    assert await scope.get("x") is None
    assert await scope.get("x", [1]) == [1]
    await scope.set("x", None)
    assert await scope.get("x", [1]) is None


async def test_delete_tells_whether_the_key_was_set(scope: Scope) -> None:
    await scope.set("x", 1)
    assert [await scope.delete("x"), await scope.delete("x")] == [True, False]


async def test_keys_are_found_by_prefix_sorted(scope: Scope) -> None:
    for key in ("b", "a.b", "", "a.", "ab"):
        await scope.set(key, 1)
    assert await scope.keys() == ["", "a.", "a.b", "ab", "b"]
    assert await scope.keys("a.") == ["a.", "a.b"]


async def test_more_keys_than_a_page_are_all_found(scope: Scope) -> None:
    await scope.commit([Put(f"{number:04}", 1) for number in range(2001)])
    assert await scope.keys() == [f"{number:04}" for number in range(2001)]


async def test_a_value_that_was_got_is_a_copy(scope: Scope) -> None:
    value = [1]
    await scope.set("x", value)
    value.append(2)
    (await scope.get("x")).append(3)
    assert await scope.get("x") == [1]


async def test_updates_at_once_lose_nothing(scope: Scope) -> None:
    async def add(value: int | None) -> int:
        await asyncio.sleep(0)
        return (value or 0) + 1

    given = await asyncio.gather(*(scope.update("n", add) for _ in range(20)))
    assert sorted(given) == list(range(1, 21))
    assert await scope.get("n") == 20


async def test_updates_of_one_key_wait_for_one_another_and_for_no_other(scope: Scope) -> None:
    under_way: list[str] = []
    most: dict[str, int] = {}

    async def work(key: str) -> None:
        async def slow(_: Any) -> int:
            under_way.append(key)
            for each in (key, "any"):
                count = len(under_way) if each == "any" else under_way.count(key)
                most[each] = max(most.get(each, 0), count)
            await asyncio.sleep(0.02)
            under_way.remove(key)
            return 1

        await scope.update(key, slow)

    await asyncio.gather(*(work(key) for key in "aabb"))
    assert most == {"a": 1, "b": 1, "any": 2}


async def test_an_update_begins_again_when_the_key_was_set_meanwhile(scope: Scope) -> None:
    seen: list[Any] = []

    async def add(value: int | None) -> int:
        seen.append(value)
        if len(seen) == 1:
            await scope.set("n", 10)
        return (value or 0) + 1

    assert await scope.update("n", add) == 11
    assert seen == [None, 10]


async def test_an_update_that_sets_its_own_key_is_told_so(scope: Scope) -> None:
    async def wrong(_: Any) -> int:
        await scope.set("n", 1)
        return 2

    with pytest.raises(LlmspellError, match=r"the update of the key 'n' \(\w+\) was overtaken 100 times") as caught:
        await scope.update("n", wrong)
    assert (caught.value.kind, caught.value.retryable) == ("conflict", True)
    assert "must not change the same keys by itself" in caught.value.hint


async def test_a_conflict_of_the_functions_own_is_not_tried_again(scope: Scope) -> None:
    calls = 0

    def conflict(_: Any) -> None:
        nonlocal calls
        calls += 1
        raise LlmspellError("mine", kind="conflict")

    with pytest.raises(LlmspellError, match="mine"):
        await scope.update("n", conflict)
    assert calls == 1


async def test_an_update_that_fails_changes_nothing_and_lets_the_next_one_in(scope: Scope) -> None:
    await scope.set("n", 1)
    with pytest.raises(ZeroDivisionError):
        await scope.update("n", lambda n: n / 0)
    assert await scope.update("n", lambda n: n + 1) == 2


async def test_a_transaction_writes_everything_or_nothing(scope: Scope) -> None:
    await scope.set("a", 1)

    async def work(tx: Transaction) -> list[str]:
        tx.set("b", 2)
        assert await tx.delete("a")
        assert not await tx.delete("a")
        assert await scope.get("a") == 1
        assert await tx.get("a", "gone") == "gone"
        return await tx.keys()

    async def broken(tx: Transaction) -> None:
        tx.set("c", 3)
        raise ValueError("ouch")

    assert await scope.transaction(work) == ["b"]
    with pytest.raises(ValueError, match="ouch"):
        await scope.transaction(broken)
    assert await scope.keys() == ["b"]


async def test_a_transaction_begins_again_when_what_it_read_has_changed(scope: Scope) -> None:
    await scope.set("read", 1)
    seen: list[Any] = []

    async def work(tx: Transaction) -> None:
        seen.append(await tx.get("read"))
        if len(seen) == 1:
            await scope.set("read", 2)
            seen.append(await tx.get("read"))
        tx.set("written", seen[-1])

    await scope.transaction(work)
    assert seen == [1, 1, 2]
    assert await scope.get("written") == 2


async def test_a_transaction_never_writes_over_what_it_has_not_seen(scope: Scope) -> None:
    await scope.set("n", 1)
    seen: list[int] = []

    async def add(tx: Transaction) -> None:
        seen.append(await tx.get("n"))
        if len(seen) == 1:
            await scope.set("n", 10)
        tx.set("n", seen[-1] + 1)

    await scope.transaction(add)
    assert (seen, await scope.get("n")) == ([1, 10], 11)


async def test_a_transaction_that_only_reads_writes_nothing(scope: Scope) -> None:
    assert await scope.transaction(lambda tx: tx.get("x", "nothing")) == "nothing"
    assert await scope.keys() == []


async def test_a_transaction_that_is_over_is_refused(scope: Scope) -> None:
    kept: list[Transaction] = []
    await scope.transaction(kept.append)
    with pytest.raises(LlmspellError, match="the transaction is over"):
        await kept[0].get("x")


@pytest.mark.parametrize("write", ["set", "update", "transaction"])
async def test_a_value_that_does_not_fit_the_schema_is_refused_however_it_is_written(scope: Scope, write: str) -> None:
    scope.define("n", Rule(schema={"type": "integer"}))
    await scope.set("n", 1)
    writing: dict[str, Callable[[], Awaitable[Any]]] = {
        "set": lambda: scope.set("n", "a"),
        "update": lambda: scope.update("n", lambda _: "a"),
        "transaction": lambda: scope.transaction(lambda tx: tx.set("n", "a")),
    }
    with pytest.raises(UsageError, match=r"the state key 'n' \(\w+\) cannot have this value: \$: expected integer"):
        await writing[write]()
    assert await scope.get("n") == 1


async def test_a_schema_that_is_none_is_refused_when_it_is_defined(scope: Scope) -> None:
    with pytest.raises(UsageError, match="invalid JSON Schema"):
        scope.define("n", Rule(schema={"type": "intger"}))


async def test_a_rule_takes_the_place_of_the_one_before(scope: Scope) -> None:
    scope.define("n", Rule(schema={"type": "integer"}))
    scope.define("n", Rule())
    await scope.set("n", "a")


async def test_a_keys_rule_says_how_long_its_values_last(scope: Scope) -> None:
    scope.define("short", Rule(ttl=0.02))
    await scope.set("short", 1)
    await scope.set("longer", 1, ttl=60)
    await asyncio.sleep(0.05)
    assert await scope.keys() == ["longer"]


@pytest.mark.parametrize("ttl", [0, -1, float("nan"), float("inf")])
async def test_a_time_that_makes_no_sense_is_refused(scope: Scope, ttl: float) -> None:
    with pytest.raises(UsageError, match=r"ttl must be more than 0"):
        await scope.set("x", 1, ttl=ttl)
    with pytest.raises(UsageError, match=r"ttl must be more than 0"):
        scope.define("x", Rule(ttl=ttl))


async def test_what_cannot_be_kept_is_refused(scope: Scope) -> None:
    with pytest.raises(UsageError, match="the value of the state key 'x' cannot be kept, because it is not JSON-like"):
        await scope.set("x", {1, 2})


async def test_what_is_kept_is_charged(store: Store, charged: Any) -> None:
    scope = StoredScope("app", store, "state/app", Rules("app"), charged)
    await scope.set("x", "a" * 98)
    assert charged.bytes == 100


async def test_what_may_not_be_written_any_more_is_not(store: Store) -> None:
    def refuse(_: int) -> None:
        raise LlmspellError("no room", kind="budget")

    scope = StoredScope("app", store, "state/app", Rules("app"), refuse)
    with pytest.raises(LlmspellError, match="no room"):
        await scope.set("x", 1)
    assert await scope.keys() == []
