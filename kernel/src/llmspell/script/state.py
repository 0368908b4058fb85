"""The global `State`, and the handles of its scopes and transactions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any, Literal

import attrs

from llmspell.script.check import Function
from llmspell.script.declare import Global, Handle, method
from llmspell.script.shapes import Called

if TYPE_CHECKING:
    from llmspell.script.session import Session
    from llmspell.state import Rule, RunState, Scope, Transaction

ScopeName = Literal["app", "user", "session", "run", "temp"]  # written out, so that no state is loaded before its use
ReducerName = Literal["append", "add", "union", "max", "min", "replace"]
Update = Annotated[Function, Called(value=Any, gives=Any)]


@attrs.frozen
class SetOptions:
    """How a key is set: for `ttl` seconds; without it, for as long as its rule says, or for ever."""

    ttl: float | None = None


@attrs.frozen
class RuleOptions:
    """What holds for a key: the JSON Schema of its values, how those of parallel branches merge, how long they last.

    `reducer` is a name, or `function(merged, value, base)`: what the branches before have come to, the next one's
    value, and what the key had before they began. `ttl` is seconds.
    """

    schema: Mapping[str, Any] | None = None
    reducer: ReducerName | Annotated[Function, Called(merged=Any, value=Any, base=Any, gives=Any)] | None = None
    ttl: float | None = None

    def rule(self) -> Rule:
        """The kernel's rule."""
        from llmspell.state import Rule
        from llmspell.state.reducers import ABSENT

        chosen = self.reducer
        if not isinstance(chosen, Function):
            return Rule(self.schema, chosen, self.ttl)

        async def reduce(base: Any, merged: Any, value: Any) -> Any:
            return await chosen(merged, value, None if base is ABSENT else base)

        return Rule(self.schema, reduce, self.ttl)


class TransactionHandle(Handle):
    """Reads and writes that belong together: nobody else sees a part of them."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    @method
    async def get(self, key: str, default: Any = None) -> Any:
        """The value of a key, or the default (nothing) when it is not set."""
        return await self._transaction.get(key, default)

    @method
    def set(self, key: str, value: Any, options: SetOptions | None = None) -> None:
        """Set a key."""
        self._transaction.set(key, value, ttl=options.ttl if options else None)

    @method
    async def delete(self, key: str) -> bool:
        """Unset a key; whether it was set."""
        return await self._transaction.delete(key)

    @method
    async def list_(self, prefix: str = "") -> list[str]:
        """The keys that start with a prefix, sorted."""
        return await self._transaction.keys(prefix)


Transact = Annotated[Function, Called(transaction=TransactionHandle, gives=Any)]


class ScopeHandle(Handle):
    """The state of a scope: of `run` and `temp`, that of whichever call uses the handle."""

    def __init__(self, session: Session, name: ScopeName) -> None:
        self._session = session
        self._name = name

    @property
    def _scope(self) -> Scope:
        return self._session.run.states.scope(self._name, self._session.parent)

    @method
    async def get(self, key: str, default: Any = None) -> Any:
        """The value of a key, or the default (nothing) when it is not set."""
        return await self._scope.get(key, default)

    @method
    async def set(self, key: str, value: Any, options: SetOptions | None = None) -> None:
        """Set a key."""
        await self._scope.set(key, value, ttl=options.ttl if options else None)

    @method
    async def delete(self, key: str) -> bool:
        """Unset a key; whether it was set."""
        return await self._scope.delete(key)

    @method
    async def list_(self, prefix: str = "") -> list[str]:
        """The keys that start with a prefix, sorted."""
        return await self._scope.keys(prefix)

    @method
    async def update(self, key: str, function: Update, options: SetOptions | None = None) -> Any:
        """Set a key to `function(value)` and give the new value; nobody changes the key in between.

        The function is called again if somebody did; it must not update the same key itself.
        """
        return await _update(self._session, self._scope, key, function, options)

    @method
    async def transaction(self, function: Transact) -> Any:
        """What `function(transaction)` gives; what it writes through the transaction is written all or not at all.

        The function is called again if somebody has changed what it read.
        """
        return await _transact(self._session, self._scope, function)

    @method
    def define(self, key: str, options: RuleOptions) -> None:
        """Say what holds for a key from now on, in this run; what it has now is not checked."""
        self._scope.define(key, options.rule())


class State(Global):
    """Values by key: of this run, unless `scope` chooses another; a value that was got is a copy.

    `app` is shared by all runs of the project, `user` by those for one user, `session` by those of one session: they
    are kept. `run` is shared by the parts of one run, and gone when it ends; parallel branches of a workflow have it to
    themselves until they merge. `temp` is of one call of an agent, a workflow or a spell, with the tools that it calls.
    """

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self._scopes: dict[str, ScopeHandle] = {}

    @property
    def _run(self) -> RunState:
        return self.session.run.states.of(self.session.parent)

    @method
    def get(self, key: str, default: Any = None) -> Any:
        """The value of a key, or the default (nothing) when it is not set."""
        return self._run.get_now(key, default)

    @method
    def set(self, key: str, value: Any, options: SetOptions | None = None) -> None:
        """Set a key."""
        self._run.set_now(key, value, ttl=options.ttl if options else None)

    @method
    def delete(self, key: str) -> bool:
        """Unset a key; whether it was set."""
        return self._run.delete_now(key)

    @method
    def list_(self, prefix: str = "") -> list[str]:
        """The keys that start with a prefix, sorted."""
        return self._run.list_now(prefix)

    @method
    async def update(self, key: str, function: Update, options: SetOptions | None = None) -> Any:
        """Set a key to `function(value)` and give the new value; nobody changes the key in between.

        The function is called again if somebody did; it must not update the same key itself.
        """
        return await _update(self.session, self._run, key, function, options)

    @method
    async def transaction(self, function: Transact) -> Any:
        """What `function(transaction)` gives; what it writes through the transaction is written all or not at all.

        The function is called again if somebody has changed what it read.
        """
        return await _transact(self.session, self._run, function)

    @method
    def define(self, key: str, options: RuleOptions) -> None:
        """Say what holds for a key from now on, in this run; what it has now is not checked."""
        self._run.define(key, options.rule())

    @method
    def scope(self, name: ScopeName) -> ScopeHandle:
        """The state of a scope."""
        return self._scopes.setdefault(name, ScopeHandle(self.session, name))


async def _update(session: Session, scope: Scope, key: str, function: Function, options: SetOptions | None) -> Any:
    parent = session.parent
    return await scope.update(key, lambda value: function(value, parent=parent), ttl=options.ttl if options else None)


async def _transact(session: Session, scope: Scope, function: Function) -> Any:
    parent, bridge = session.parent, session.bridge

    async def call(transaction: Transaction) -> Any:
        handle = TransactionHandle(transaction)
        try:
            return await function(bridge.reference(handle), parent=parent)
        finally:
            bridge.forget(handle)

    return await scope.transaction(call)
