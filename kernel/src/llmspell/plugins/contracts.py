"""What a component of each kind has to be."""

from __future__ import annotations

from types import ModuleType
from typing import Any

_HOMES = {
    "agent": ("llmspell.agent", "AgentType"),
    "engine": ("llmspell.engine", "Engine"),
    "provider": ("llmspell.provider", "Provider"),
    "store": ("llmspell.store", "Store"),
    "tool": ("llmspell.tool", "Tool"),
}


def standing_in(kind: str, module: ModuleType) -> dict[str, object]:
    """The components of a kind that a module has at its top level, by their names."""
    if kind not in _HOMES:
        return {}
    contract = _contract(kind)
    return {getattr(each, "name", ""): each for each in vars(module).values() if isinstance(each, contract)}


def misfit(kind: str, name: str, component: object) -> str:
    """What keeps a component from being the `kind` called `name`; empty when nothing does.

    A hook may be any object: `llmspell.plugins.registration` checks it when it is switched on.
    """
    if kind not in _HOMES:
        return ""
    if not isinstance(component, _contract(kind)):
        return f"what it offers as {name!r} is a {type(component).__name__}, not a {'.'.join(_HOMES[kind])}"
    called = getattr(component, "name", None)
    return "" if called == name else f"what it offers as {name!r} calls itself {called!r}"


def _contract(kind: str) -> Any:
    from importlib import import_module

    module, contract = _HOMES[kind]
    return getattr(import_module(module), contract)
