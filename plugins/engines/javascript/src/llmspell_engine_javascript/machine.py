"""The machine of the engine `javascript`."""

from __future__ import annotations

from llmspell_engine_javascript.vm import V8Vm
from llmspell_language_javascript.machine import JavaScriptMachine


class V8Machine(JavaScriptMachine):
    """One script in V8; see `llmspell.engine.Machine`."""

    threads = True
    new_vm = V8Vm
