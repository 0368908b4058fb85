"""The state of a run, and the branches of it that parallel work has to itself."""

from __future__ import annotations

import inspect
import time
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from llmspell.errors import UsageError
from llmspell.state.cells import Cell, Cells
from llmspell.state.conflicts import branches_differ
from llmspell.state.reducers import ABSENT, Reduce
from llmspell.state.rules import Rules
from llmspell.state.scope import Scope
from llmspell.store import Change, Delete, Put
from llmspell.values import loads


class RunState(Scope):
    """Values in memory.

    Its `get`, `set`, `delete` and `list` need not be awaited under the names `get_now`, `set_now`, `delete_now` and
    `list_now`.

    Args:
        room: bytes that its values may take; each branch may take as many.
        rules: what holds for single keys, in its branches too.
        name: the scope's.
        clock: seconds since 1970.
    """

    def __init__(
        self, room: int, rules: Rules | None = None, *, name: str = "run", clock: Callable[[], float] = time.time
    ) -> None:
        super().__init__(name, f"{name}/{id(self)}", rules or Rules(name))
        self.branch_name = ""
        self._parent: RunState | None = None
        self._cells = Cells(room, clock)
        self._base = self._cells  # what it began with: the same object until the first change
        self._written: set[str] = set()

    def get_now(self, key: str, default: Any = None) -> Any:
        """The value of a key, or the default when it is not set."""
        cell = self._cells.get(key)
        return default if cell is None else loads(cell.text)

    def set_now(self, key: str, value: Any, *, ttl: float | None = None) -> None:
        """Set a key, for `ttl` seconds if given.

        Raises:
            UsageError: the value cannot be kept, or does not fit the key's schema.
            BudgetExceeded: there is no room for it.
        """
        self._change([self.put(key, value, ttl=ttl)])

    def delete_now(self, key: str) -> bool:
        """Unset a key; whether it was set."""
        there = self._cells.get(key) is not None
        if there:
            self._change([Delete(key)])
        return there

    def list_now(self, prefix: str = "") -> list[str]:
        """The keys that start with a prefix, sorted."""
        return self._cells.keys(prefix)

    async def read(self, key: str) -> tuple[Any, int]:
        """As the scope's; at once."""
        cell = self._cells.get(key)
        return (ABSENT, 0) if cell is None else (loads(cell.text), cell.version)

    async def commit(self, changes: Sequence[Change]) -> None:
        """As the scope's; at once."""
        self._change(changes)

    async def keys(self, prefix: str = "") -> list[str]:
        """As the scope's; at once."""
        return self._cells.keys(prefix)

    def _change(self, changes: Sequence[Change]) -> None:
        if self._cells is self._base:
            self._cells = self._base.copy()
        self._cells.change(changes)
        self._written.update(change.key for change in changes if isinstance(change, Put | Delete))

    # Branches

    def branch(self, name: str) -> RunState:
        """A copy that is changed apart from this one, until `merge`; what is never merged is forgotten.

        Args:
            name: whom errors call the writer of what is written there, such as `step 'facts'`.
        """
        branch = RunState(self._cells.room, self.rules, name=self.name, clock=self._cells.clock)
        branch.branch_name = name
        branch._parent = self
        branch._base = branch._cells = self._cells.copy()
        return branch

    async def merge(self, branches: Sequence[RunState]) -> None:
        """Take over what the branches have written, all of it or nothing.

        A key that one branch has written gets its value, or is unset. A key that several have written, or that has
        changed here meanwhile, gets what its reducer makes of the values, in the order of `branches`.

        Raises:
            LlmspellError: several have written a key without a reducer, or some unset what others set (`conflict`).
            UsageError: a branch is not one of this state, the reducer cannot take the values, or what comes of it
                does not fit the key's schema.
        """
        for branch in branches:
            if branch._parent is not self:
                raise UsageError(f"{branch.branch_name or 'the state'!r} is no branch of this state")
        await self._repeated(partial(self._merge, branches), "merge")  # a reducer may wait, and others write meanwhile

    async def _merge(self, branches: Sequence[RunState]) -> None:
        writers = {key: self._writers(key, branches) for branch in branches for key in sorted(branch._written)}
        self._check_conflicts(writers)
        self._change([await self._merged(key, writing) for key, writing in writers.items()])

    def _writers(self, key: str, branches: Sequence[RunState]) -> list[RunState]:
        """Those that have written a key: the branches, and before them this state if it has changed meanwhile."""
        writing = [branch for branch in branches if key in branch._written]
        base = writing[0]._base.get(key)
        mine = self._cells.get(key)
        return writing if mine == base else [self, *writing]

    def _check_conflicts(self, writers: dict[str, list[RunState]]) -> None:
        several = {key: found for key, found in writers.items() if len(found) > 1}
        unclear = {
            key: [each.branch_name or "the run itself" for each in found]
            for key, found in several.items()
            if self.rules.reducer(key) is None or _unset_by_some(key, found)
        }
        if unclear:
            raise branches_differ(unclear)

    async def _merged(self, key: str, writing: Sequence[RunState]) -> Change:
        mine = self._cells.get(key)
        version = mine.version if mine else 0
        cells = [branch._cells.get(key) for branch in writing]
        found = [cell for cell in cells if cell is not None]
        if not found:
            return Delete(key, version)
        now = self._cells.clock()
        lasts = [None if cell.expires is None else cell.expires - now for cell in found]
        ttl = None if None in lasts else max(each for each in lasts if each is not None)
        if len(found) == 1:
            return Put(key, loads(found[0].text), ttl, version)
        reduce = self.rules.reducer(key)
        assert reduce is not None
        value = await _reduced(reduce, key, writing[-1]._base.get(key), found)
        self.rules.check(key, value)
        return Put(key, value, ttl, version)


def _unset_by_some(key: str, writing: Sequence[RunState]) -> bool:
    """Whether some have unset what others have set: no reducer can take a value that is not there."""
    return len({branch._cells.get(key) is None for branch in writing}) > 1


async def _reduced(reduce: Reduce, key: str, base: Cell | None, found: Sequence[Cell]) -> Any:
    merged = loads(found[0].text)
    for cell in found[1:]:
        try:
            merged = reduce(ABSENT if base is None else loads(base.text), merged, loads(cell.text))
        except UsageError as error:
            raise UsageError(f"the state key {key!r} cannot be merged: {error.message}") from error
        if inspect.isawaitable(merged):
            merged = await merged
    return merged
