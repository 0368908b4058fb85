"""The machine of the engine `quickjs`."""

from __future__ import annotations

from llmspell_engine_quickjs.vm import QuickjsVm
from llmspell_language_javascript.machine import JavaScriptMachine


class QuickjsMachine(JavaScriptMachine):
    """One script in QuickJS; see `llmspell.engine.Machine`."""

    new_vm = QuickjsVm
