"""The scopes of one run, by name, as one operation sees them."""

from __future__ import annotations

from functools import cached_property, partial
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

from llmspell.errors import UsageError
from llmspell.state.namespaces import ScopeName, check_scope, namespace
from llmspell.state.rules import Rules
from llmspell.state.run import RunState
from llmspell.state.scope import Scope
from llmspell.state.stored import StoredScope

if TYPE_CHECKING:
    from llmspell.gate import Operation
    from llmspell.run import Run

_CALLS = ("agent", "workflow", "script")


class States:
    """The state of a run; nothing is made, and no store is opened, before it is used."""

    def __init__(self, run: Run) -> None:
        self._run = run
        self._kept: dict[str, StoredScope] = {}
        self._temp: WeakKeyDictionary[Operation, RunState] = WeakKeyDictionary()
        self._temp_rules = Rules("temp")

    @cached_property
    def run(self) -> RunState:
        """The state of the scope `run`, apart from branches of it."""
        return RunState(self._run.quota.state_bytes)

    def of(self, operation: Operation) -> RunState:
        """The state of the scope `run` as an operation sees it: the branch that it works in."""
        return operation.state or self.run

    def scope(self, name: ScopeName, operation: Operation) -> Scope:
        """The state of a scope as an operation sees it.

        Raises:
            UsageError: there is no such scope, or the run belongs to no session.
            UnknownPlugin, BrokenPlugin, ConfigError: the store cannot be had.
        """
        check_scope(name)
        match name:
            case "run":
                return self.of(operation)
            case "temp":
                return self._temp_of(operation)
        return self._stored(name, self._owner(name, operation))

    def _temp_of(self, operation: Operation) -> RunState:
        """The state of the innermost call of an agent, a workflow or a spell around an operation."""
        call = operation
        while call.kind not in _CALLS and call.parent is not None:
            call = call.parent
        if call not in self._temp:
            self._temp[call] = RunState(self._run.quota.state_bytes, self._temp_rules, name="temp")
        return self._temp[call]

    def _owner(self, name: ScopeName, operation: Operation) -> str:
        session = operation.session or self._run.session
        if name == "session" and not session:
            raise UsageError(
                "there is no state of a session: this run belongs to none",
                kind="not_found",
                component="state:session",
                hint="create or resume one first, or type: llmspell run --session NAME",
            )
        return {"user": self._run.user, "session": session}.get(name, "")

    def _stored(self, name: ScopeName, owner: str) -> StoredScope:
        place = namespace(name, owner)
        if place not in self._kept:
            charge = partial(self._run.quota.take, "write_bytes")
            self._kept[place] = StoredScope(name, self._run.store, place, self._rules(name), charge)
        return self._kept[place]

    def _rules(self, name: str) -> Rules:
        """The rules of a scope: those of `session` hold for each session that the run comes to belong to."""
        return next((kept.rules for kept in self._kept.values() if kept.name == name), None) or Rules(name)
