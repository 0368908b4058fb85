"""What can be done with the state of a scope, wherever its values are."""

from __future__ import annotations

import asyncio
import inspect
import random
from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable, Sequence
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary, WeakValueDictionary

from llmspell.errors import LlmspellError
from llmspell.state.conflicts import Overtaken
from llmspell.state.reducers import ABSENT
from llmspell.state.rules import Rule, Rules
from llmspell.store import Change, Delete, Put

if TYPE_CHECKING:
    from llmspell.state.transaction import Transaction

_ATTEMPTS = 100
_LONGEST_PAUSE = 0.02  # seconds between attempts


class Scope(ABC):
    """Values by key. A value that was got is the caller's own: changing it changes nothing here.

    Attributes:
        name: which scope it is.
        place: what it shares turns by with other objects of the same values.
        rules: what holds for single keys.
    """

    def __init__(self, name: str, place: str, rules: Rules) -> None:
        self.name = name
        self.place = place
        self.rules = rules

    @abstractmethod
    async def read(self, key: str) -> tuple[Any, int]:
        """The value and its version; `ABSENT` and 0 when it is not set."""

    @abstractmethod
    async def commit(self, changes: Sequence[Change]) -> None:
        """Make all changes, or none.

        Raises:
            Overtaken: a version is not what it must have been.
        """

    @abstractmethod
    async def keys(self, prefix: str = "") -> list[str]:
        """The keys that start with a prefix, sorted."""

    async def get(self, key: str, default: Any = None) -> Any:
        """The value of a key, or the default when it is not set."""
        value, _ = await self.read(key)
        return default if value is ABSENT else value

    async def set(self, key: str, value: Any, *, ttl: float | None = None) -> None:
        """Set a key, for `ttl` seconds if given.

        Raises:
            UsageError: the value cannot be kept, or does not fit the key's schema.
            BudgetExceeded: there is no room for it.
        """
        await self.commit([self.put(key, value, ttl=ttl)])

    async def delete(self, key: str) -> bool:
        """Unset a key; whether it was set."""
        _, version = await self.read(key)
        if version:
            await self.commit([Delete(key)])
        return bool(version)

    def put(self, key: str, value: Any, *, ttl: float | None = None, version: int | None = None) -> Put:
        """What sets a key, once the rules have been asked."""
        self.rules.check(key, value)
        return Put(key, value, self.rules.ttl(key, ttl), version)

    def define(self, key: str, rule: Rule) -> None:
        """Say what holds for a key, to this run; what it has now is not checked."""
        self.rules.define(key, rule)

    async def update(self, key: str, function: Callable[[Any], Any], *, ttl: float | None = None) -> Any:
        """Set a key to `function(value)`, and give the new value.

        Nobody changes the key in between: the function is called again if somebody did, and in this process updates
        of one key wait for one another, so that it must not update the same key itself. `value` is None when the key
        is not set.

        Raises:
            LlmspellError: others were quicker each time (kind `conflict`).
        """

        async def attempt() -> Any:
            value, version = await self.read(key)
            new = await _result(function(None if value is ABSENT else value))
            await self.commit([self.put(key, new, ttl=ttl, version=version)])
            return new

        async with _turn(self.place, key):
            return await self._repeated(attempt, f"update of the key {key!r}")

    async def transaction(self, function: Callable[[Transaction], Any]) -> Any:
        """What `function(transaction)` gives; what it writes is written when it returns, all of it or nothing.

        What it has read by then has not changed, or the function is called again.

        Raises:
            LlmspellError: others were quicker each time (kind `conflict`).
        """
        from llmspell.state.transaction import Transaction

        async def attempt() -> Any:
            transaction = Transaction(self)
            try:
                answer = await _result(function(transaction))
                changes = transaction.changes()
            finally:
                transaction.over = True
            if changes:
                await self.commit(changes)
            return answer

        return await self._repeated(attempt, "transaction")

    async def _repeated(self, attempt: Callable[[], Awaitable[Any]], what: str) -> Any:
        for count in range(_ATTEMPTS):
            try:
                return await attempt()
            except Overtaken:
                pause = min(_LONGEST_PAUSE, 0.0001 * 2**count)
                await asyncio.sleep(random.uniform(0, pause))  # noqa: S311 it keeps the rivals out of step
        raise LlmspellError(
            f"the {what} ({self.name}) was overtaken {_ATTEMPTS} times",
            kind="conflict",
            component=f"state:{self.name}",
            retryable=True,
            hint="its function must not change the same keys by itself: let it return the new value",
        )


async def _result(value: Any) -> Any:
    return await value if inspect.isawaitable(value) else value


_locks: WeakKeyDictionary[asyncio.AbstractEventLoop, WeakValueDictionary[tuple[str, str], asyncio.Lock]] = (
    WeakKeyDictionary()
)


def _turn(place: str, key: str) -> asyncio.Lock:
    """The lock of a key, which lasts for as long as somebody has it or waits for it."""
    locks = _locks.setdefault(asyncio.get_running_loop(), WeakValueDictionary())
    return locks.setdefault((place, key), asyncio.Lock())
