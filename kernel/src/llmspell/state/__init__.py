"""State: values by key, in scopes that differ in who shares them and how long they last.

app        every run of the project                                      kept in the store
user       every run for one user, `[run] user`                          kept in the store
session    every run of one session                                      kept in the store
run        all parts of one run                                          in memory, gone with the run
temp       one call of an agent, workflow or spell, with all below it    in memory, gone with the call

Scope         what can be done with each: get, set, delete, list, update, transaction, and rules for single keys
RunState      the values of `run`, and the branches of them that parallel work has to itself until they are merged
States        the scopes of one run, by name, as one operation sees them
"""

from llmspell.state.namespaces import KEPT, SCOPES, ScopeName, namespace
from llmspell.state.reducers import Reduce, reducer
from llmspell.state.rules import Rule
from llmspell.state.run import RunState
from llmspell.state.scope import Scope
from llmspell.state.states import States
from llmspell.state.transaction import Transaction

__all__ = [
    "KEPT",
    "SCOPES",
    "Reduce",
    "Rule",
    "RunState",
    "Scope",
    "ScopeName",
    "States",
    "Transaction",
    "namespace",
    "reducer",
]
