"""The scopes that are kept: a namespace of the store."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from llmspell.errors import LlmspellError
from llmspell.state.conflicts import Overtaken
from llmspell.state.reducers import ABSENT
from llmspell.state.rules import Rules
from llmspell.state.scope import Scope
from llmspell.store import Change, Put, Store

_PAGE = 1000


class StoredScope(Scope):
    """State in a store.

    Args:
        name: the scope's.
        store: where it is.
        namespace: where in it.
        rules: what holds for single keys.
        charge: called with the bytes of what is to be written.
    """

    def __init__(self, name: str, store: Store, namespace: str, rules: Rules, charge: Callable[[int], None]) -> None:
        super().__init__(name, f"{id(store)}/{namespace}", rules)
        self._store = store
        self._namespace = namespace
        self._charge = charge

    async def read(self, key: str) -> tuple[Any, int]:
        """As the scope's; the store's own answer."""
        entry = await self._store.get(self._namespace, key)
        return (ABSENT, 0) if entry is None else (entry.value, entry.version)

    async def commit(self, changes: Sequence[Change]) -> None:
        """As the scope's; one write of the store."""
        from llmspell.stores import encode

        for change in changes:
            if isinstance(change, Put):
                self._charge(len(encode(f"the value of the state key {change.key!r}", change.value)))
        try:
            await self._store.write(self._namespace, changes)
        except LlmspellError as error:
            if error.kind == "conflict":
                raise Overtaken(error.message, component=f"state:{self.name}", retryable=True) from error
            raise

    async def keys(self, prefix: str = "") -> list[str]:
        """As the scope's; read page by page."""
        found: list[str] = []
        while True:
            page = await self._store.scan(self._namespace, prefix, found[-1] if found else None, _PAGE)
            found += [entry.key for entry in page]
            if len(page) < _PAGE:
                return found
