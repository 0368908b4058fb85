"""All checks, in the order in which they are shown."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from importlib import import_module

from llmspell.doctor.check import Check
from llmspell.doctor.system import System

GROUPS = (
    "python",
    "configuration",
    "folders",
    "plugins",
    "engines",
    "walls",
    "keyring",
    "keys",
    "network",
    "startup",
    "providers",
)
"""The groups of checks, in the order in which they are shown; each is a module beside this one."""

ON_REQUEST = frozenset({"providers"})
"""Those that ask somebody else's server."""


def examine(system: System, groups: Iterable[str] = ()) -> Iterator[Check]:
    """What the checks find, as soon as it is known.

    Args:
        system: what to look at.
        groups: some of `GROUPS`; none means all that need no request.
    """
    for group in groups or [group for group in GROUPS if group not in ON_REQUEST]:
        yield from _examined(group, system)


def _examined(group: str, system: System) -> Iterable[Check]:
    """The checks of a group; one that breaks is an error, and keeps no other from being made."""
    try:
        yield from import_module(f"llmspell.doctor.{group}").examine(system)
    except Exception as error:
        yield Check(group, "error", f"this could not be examined: {type(error).__name__}: {error}")
