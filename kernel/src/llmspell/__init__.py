"""llmspell runs spells: short scripts that orchestrate LLM agents, tools, workflows, hooks and events.

A plugin author needs three names from here (`hookimpl`, `observer`, `guard`) and one contract module
(`llmspell.engine`, `.provider`, `.tool`, `.agent` or `.hookspecs`). Someone who embeds llmspell needs
`Kernel`. All of them load on first use: importing `llmspell` imports nothing else, `typing` included.
"""

from __future__ import annotations

__version__ = "0.1.0"

TYPE_CHECKING = False
if TYPE_CHECKING:
    from llmspell.hookspecs import hookimpl
    from llmspell.kernel import Kernel
    from llmspell.verdicts import guard, observer

__all__ = ["Kernel", "__version__", "guard", "hookimpl", "observer"]

_HOMES = {
    "Kernel": "llmspell.kernel",
    "guard": "llmspell.verdicts",
    "hookimpl": "llmspell.hookspecs",
    "observer": "llmspell.verdicts",
}


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module 'llmspell' has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(_HOMES[name]), name)
