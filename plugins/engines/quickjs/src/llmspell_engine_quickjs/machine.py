"""The machine of the engine `quickjs`."""

from __future__ import annotations

from typing import ClassVar

from llmspell.engine import Emit, Limits
from llmspell_engine_quickjs.vm import QuickjsVm
from llmspell_language_javascript.machine import JavaScriptMachine


class QuickjsMachine(JavaScriptMachine):
    """One script in QuickJS; see `llmspell.engine.Machine`."""

    _spare: ClassVar[QuickjsVm | None] = None

    def __init__(self, limits: Limits, emit: Emit) -> None:
        vm, QuickjsMachine._spare = QuickjsMachine._spare or QuickjsVm(), None
        vm.limit(limits)
        super().__init__(limits, emit, vm)

    @classmethod
    def warm(cls) -> None:
        """Evaluate the guest in a context for the machine to come."""
        cls._spare = cls._spare or QuickjsVm()
