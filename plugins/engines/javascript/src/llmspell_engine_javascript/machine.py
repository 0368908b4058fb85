"""The machine of the engine `javascript`."""

from __future__ import annotations

from typing import ClassVar

from llmspell.engine import Emit, Limits
from llmspell_engine_javascript.vm import V8Vm
from llmspell_language_javascript.machine import JavaScriptMachine


class V8Machine(JavaScriptMachine):
    """One script in V8; see `llmspell.engine.Machine`."""

    threads = True
    _spare: ClassVar[V8Vm | None] = None

    def __init__(self, limits: Limits, emit: Emit) -> None:
        vm, V8Machine._spare = V8Machine._spare or V8Vm(), None
        vm.limit(limits)
        super().__init__(limits, emit, vm)

    @classmethod
    def warm(cls) -> None:
        """Start V8, and evaluate the guest in a context for the machine to come."""
        cls._spare = cls._spare or V8Vm()
