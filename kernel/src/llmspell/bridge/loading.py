"""Gives the machine class that an engine names; a worker process imports this module."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from llmspell.engine import Machine


def machine_class(reference: str) -> Callable[..., Machine]:
    """The class that `reference`, as in `package.module:Class`, names.

    Raises:
        ImportError: there is no such module, it does not load, or it has no such class.
    """
    from importlib import import_module

    module, _, name = reference.partition(":")
    found: Any = getattr(import_module(module), name, None)
    if not isinstance(found, type):
        raise ImportError(f"module {module!r} has no class {name!r}")
    return found
