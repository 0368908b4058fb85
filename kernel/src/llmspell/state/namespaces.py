"""The names of the scopes, and where in a store those that are kept have their values."""

from __future__ import annotations

from typing import Literal, get_args

from llmspell.errors import UsageError, did_you_mean

ScopeName = Literal["app", "user", "session", "run", "temp"]
SCOPES: tuple[ScopeName, ...] = get_args(ScopeName)
KEPT: tuple[ScopeName, ...] = ("app", "user", "session")
"""The scopes whose values are in the store."""


def check_scope(name: str) -> None:
    """Refuse what is not the name of a scope (`UsageError`)."""
    if name not in SCOPES:
        raise UsageError(f"there is no scope {name!r}", hint=did_you_mean(name, SCOPES))


def namespace(scope: ScopeName, owner: str = "") -> str:
    """The store's namespace of a scope that is kept.

    Args:
        scope: which.
        owner: the user, or the session's id; nobody owns `app`.
    """
    return f"state/{scope}/{owner}" if owner else f"state/{scope}"
