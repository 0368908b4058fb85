"""V8 as the guest's virtual machine: runs its turns within the limits on time and memory.

V8 runs the reactions of promises after the program that began them, where nothing but closing the context can end
them. So each turn is two programs: the turn, and `drain`, which finds what the reactions brought about. When the two
take too long, the context is closed.
"""

from __future__ import annotations

import json
import secrets
import time

from llmspell.engine import Limits
from llmspell_engine_javascript.isolate import Isolate, line_of
from llmspell_language_javascript.bundle import guest_text
from llmspell_language_javascript.halt import Halted

_GUEST_MEMORY = 8 << 20  # bytes, what an empty context takes
_START = 60.0  # seconds, for the guest's own start


class V8Vm:
    """A context that has evaluated the guest; see `VirtualMachine`."""

    def __init__(self) -> None:
        self._isolate = Isolate()
        self._slice = _START
        self._until = 0.0
        self._closed = False
        # Scripts cannot guess the name, nor list the names that other programs declared.
        self._guest = f"llmspell_{secrets.token_hex(16)}"
        self._isolate.run(f"const {self._guest} = {guest_text()}; ''", until=time.monotonic() + _START)

    def limit(self, limits: Limits) -> None:
        """Hold the script to `limits` from now on."""
        self._slice = limits.slice
        self._isolate.limit_memory(limits.memory + _GUEST_MEMORY)

    def run(self, turn: str, text: str = "", marks: bool = False, large: bool = False) -> str:
        """Run a turn of the guest and all reactions of promises, and give what `drain` then gives."""
        if turn != "advance":  # all turns of one step share its time
            self._until = time.monotonic() + self._slice
        arguments = json.dumps((turn, text, marks, large))[1:-1]
        drained = self._isolate.run(f"{self._guest}({arguments});''", f"{self._guest}('drain')", until=self._until)
        if self._isolate.is_full():
            raise Halted("memory")
        return drained

    def salvage(self) -> str:
        """Nothing: what runs does not end before the context is closed."""
        raise Halted("guest")

    def syntax_line(self, source: str) -> int:
        """The line of a syntax error in a file, which V8 does not tell the guest."""
        program = f"throw 0; async function f() {{{source}\n}}"  # nothing of it is ever run
        try:
            self._isolate.run(program, until=time.monotonic() + self._slice)
        except Halted as halted:
            return line_of(halted.stack)
        return 0

    def interrupt(self) -> None:
        """End the wait for what runs; closing ends that itself."""
        self._isolate.wake()

    def close(self) -> None:
        """Free the context, and end what runs in it."""
        if not self._closed:
            self._closed = True
            self._isolate.close()
