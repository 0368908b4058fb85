"""The test kit: scripted models and servers, and contract suites for plugin authors.

    from llmspell.testing import Calls, ScriptedModel, Text

    model = ScriptedModel(Calls(("calculator", {"expression": "6*7"})), Text("It is 42."))

`ScriptedModel` answers in the process; `OpenAIServer` answers the same steps over loopback HTTP and needs the
extra `llmspell[testing]`. The suites in `llmspell.testing.contracts` are base classes for a plugin's own
tests. Every name loads on first use: importing `llmspell.testing` imports neither aiohttp nor pytest.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from llmspell.testing.model import ScriptedModel
    from llmspell.testing.server import Broken, OpenAIServer, Page, Received
    from llmspell.testing.steps import (
        Calls,
        Cut,
        Delay,
        Fail,
        Loop,
        Step,
        Text,
        Trickle,
        UnexpectedRequest,
        UnusedSteps,
    )

__all__ = [
    "Broken",
    "Calls",
    "Cut",
    "Delay",
    "Fail",
    "Loop",
    "OpenAIServer",
    "Page",
    "Received",
    "ScriptedModel",
    "Step",
    "Text",
    "Trickle",
    "UnexpectedRequest",
    "UnusedSteps",
]

_HOMES = {
    "ScriptedModel": "llmspell.testing.model",
    "Broken": "llmspell.testing.server",
    "OpenAIServer": "llmspell.testing.server",
    "Page": "llmspell.testing.server",
    "Received": "llmspell.testing.server",
}


def __getattr__(name: str) -> Any:  # Any: the value is whichever public name was asked for
    if name not in __all__:
        raise AttributeError(f"module 'llmspell.testing' has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(_HOMES.get(name, "llmspell.testing.steps")), name)
