"""Reads and writes that belong together."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from llmspell.errors import LlmspellError
from llmspell.state.reducers import ABSENT
from llmspell.store import Change, Check, Delete, Put

if TYPE_CHECKING:
    from llmspell.state.scope import Scope


class Transaction:
    """A scope as it would be once the transaction is done; nobody else sees it until then.

    What `get` has read holds until the transaction is written; the keys that `list` names may be more or fewer by then.
    """

    def __init__(self, scope: Scope) -> None:
        self._scope = scope
        self._versions: dict[str, int] = {}
        self._values: dict[str, Any] = {}
        self._writes: dict[str, Put | None] = {}
        self.over = False

    async def get(self, key: str, default: Any = None) -> Any:
        """The value of a key, or the default when it is not set."""
        self._check()
        if key in self._writes:
            write = self._writes[key]
            value = ABSENT if write is None else write.value
        else:
            value = await self._read(key)
        return default if value is ABSENT else value

    def set(self, key: str, value: Any, *, ttl: float | None = None) -> None:
        """Set a key, for `ttl` seconds if given.

        Raises:
            UsageError: the value does not fit the key's schema.
        """
        self._check()
        self._writes[key] = self._scope.put(key, value, ttl=ttl)

    async def delete(self, key: str) -> bool:
        """Unset a key; whether it was set."""
        there = await self.get(key, ABSENT) is not ABSENT
        self._writes[key] = None
        return there

    async def keys(self, prefix: str = "") -> list[str]:
        """The keys that start with a prefix, sorted."""
        self._check()
        found = set(await self._scope.keys(prefix))
        for key, write in self._writes.items():
            if write is None:
                found.discard(key)
            elif key.startswith(prefix):
                found.add(key)
        return sorted(found)

    def changes(self) -> list[Change]:
        """What must be done to the scope; nothing when nothing was written."""
        if not self._writes:
            return []
        unchanged = [Check(key, version) for key, version in self._versions.items() if key not in self._writes]
        return [*unchanged, *(self._change(key, write) for key, write in self._writes.items())]

    def _change(self, key: str, write: Put | None) -> Change:
        version = self._versions.get(key)  # None where it was never read: whatever it is, is replaced
        return Delete(key, version) if write is None else Put(key, write.value, write.ttl, version)

    async def _read(self, key: str) -> Any:
        value, version = await self._scope.read(key)
        if self._versions.setdefault(key, version) == version:
            self._values.setdefault(key, value)
        return self._values[key]  # the same each time: a later change ends the transaction, and is not seen before

    def _check(self) -> None:
        if self.over:
            raise LlmspellError("the transaction is over", kind="not_found", component=f"state:{self._scope.name}")
