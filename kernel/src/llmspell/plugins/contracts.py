"""What a component of each kind has to be."""

from __future__ import annotations

_HOMES = {
    "agent": ("llmspell.agent", "AgentType"),
    "engine": ("llmspell.engine", "Engine"),
    "provider": ("llmspell.provider", "Provider"),
    "tool": ("llmspell.tool", "Tool"),
}


def misfit(kind: str, name: str, component: object) -> str:
    """What keeps a component from being the `kind` called `name`; empty when nothing does.

    A hook may be any object: `llmspell.plugins.registration` checks it when it is switched on.
    """
    if kind not in _HOMES:
        return ""
    from importlib import import_module

    module, contract = _HOMES[kind]
    if not isinstance(component, getattr(import_module(module), contract)):
        return f"what it offers as {name!r} is a {type(component).__name__}, not a {module}.{contract}"
    called = getattr(component, "name", None)
    return "" if called == name else f"what it offers as {name!r} calls itself {called!r}"
