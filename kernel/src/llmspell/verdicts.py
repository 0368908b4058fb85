"""What hooks say: how their failure counts (`Role`), and what is to happen (`Modify`, `Replace`, `Veto`).

`llmspell.hookspecs` offers all of it; this module is apart because the gate needs it, and needs no pluggy.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeVar, overload

import attrs

_Function = TypeVar("_Function", bound=Callable[..., Any])


@attrs.frozen
class Role:
    """How a hook's own failure is treated; `timeout` is seconds for the hook's own work."""

    guard: bool = False
    timeout: float = 5.0


@overload
def observer(function: _Function) -> _Function: ...
@overload
def observer(*, timeout: float = 5.0) -> Callable[[_Function], _Function]: ...
def observer(function: _Function | None = None, *, timeout: float = 5.0) -> Any:
    """Mark an operation hook as one whose failure never changes the result (the default)."""
    return _mark(function, Role(guard=False, timeout=timeout))


@overload
def guard(function: _Function) -> _Function: ...
@overload
def guard(*, timeout: float = 5.0) -> Callable[[_Function], _Function]: ...
def guard(function: _Function | None = None, *, timeout: float = 5.0) -> Any:
    """Mark an operation hook as one whose failure stops the operation."""
    return _mark(function, Role(guard=True, timeout=timeout))


def _mark(function: _Function | None, role: Role) -> Any:  # Any: the function, or a decorator for it
    def mark(target: _Function) -> _Function:
        target.llmspell_role = role  # type: ignore[attr-defined]  # read back by the gate
        return target

    return mark if function is None else mark(function)


@attrs.frozen
class Modify:
    """Go on with these changes: for a tool its `arguments`, for a model fields of its request, for an agent `input`."""

    changes: Mapping[str, Any]


@attrs.frozen
class Replace:
    """Do not go on: this is the result."""

    result: Any


@attrs.frozen
class Veto:
    """Do not go on: the caller gets the error `vetoed` with this reason."""

    reason: str


Verdict = Modify | Replace | Veto | None
