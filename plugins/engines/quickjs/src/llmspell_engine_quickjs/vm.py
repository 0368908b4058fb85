"""One QuickJS context: runs turns of the guest within the limits on time, memory and stack.

QuickJS checks its time limit, which is processor time of this process, at every loop and call, and nothing that a
script does catches the error that it raises. It calls no Python function meanwhile, which the guest does not need.
"""

from __future__ import annotations

import time
from typing import NoReturn

# The package `quickjs` starts a thread when it is imported, which would stay outside of the worker's walls.
import _quickjs as quickjs

from llmspell.engine import Limits
from llmspell_engine_quickjs.native import Native
from llmspell_language_javascript.bundle import guest_text
from llmspell_language_javascript.halt import Halted

_GUEST_MEMORY = 2 << 20  # bytes, about what the guest takes itself
_RESERVE = 4 << 20  # bytes that are left to say the last words
_STACK = 512 << 10  # bytes; a thread has several megabytes
_FOREVER = 3600.0  # seconds, for the guest's own start


class QuickjsVm:
    """A context that has evaluated the guest; see `VirtualMachine`."""

    def __init__(self) -> None:
        self._context = context = quickjs.Context()
        context.set_max_stack_size(_STACK)
        context.set_time_limit(_FOREVER)
        self._turn = context.eval(guest_text())
        self._native = Native(context)
        self._until = 0.0
        self._closed = False

    def limit(self, limits: Limits) -> None:
        """Hold the script to `limits` from now on."""
        self._limits = limits
        self._context.set_memory_limit(limits.memory + _GUEST_MEMORY)

    def run(self, turn: str, text: str = "", marks: bool = False, large: bool = False) -> str:
        """Run a turn of the guest and all reactions of promises, and give what `drain` then gives."""
        now = time.monotonic()
        if turn != "advance":  # all turns of one step share its time
            self._until = now + self._limits.slice
        if now >= self._until:
            raise Halted("cpu")
        self._context.set_time_limit(self._until - now)
        try:
            self._turn(turn, text, marks, large)
            self._run_jobs()
            if self._native.has_lost_error():
                raise Halted("memory", "an error was lost")
            drained: str = self._turn("drain")
        except quickjs.JSException as problem:
            self._halt(str(problem))
        return drained

    def salvage(self) -> str:
        """What the guest still holds."""
        self._native.reset()
        self._context.set_memory_limit(self._limits.memory + _GUEST_MEMORY + _RESERVE)
        self._context.set_time_limit(1.0)
        try:
            salvaged: str = self._turn("salvage")
        except quickjs.JSException as problem:
            self._halt(str(problem))
        return salvaged

    def syntax_line(self, source: str) -> int:
        """Unknown here; QuickJS tells the guest."""
        return 0

    def interrupt(self) -> None:
        """End what runs."""
        self._native.interrupt()

    def close(self) -> None:
        """Free the context."""
        if not self._closed:
            self._closed = True
            self._native.close()
            del self._turn, self._context

    def _run_jobs(self) -> None:
        """Run the reactions of promises; together they have the time of one slice."""
        count = 0
        while self._context.execute_pending_job():
            count += 1
            if count % 64 == 0 and time.monotonic() > self._until:
                raise Halted("cpu")

    def _halt(self, problem: str) -> NoReturn:
        if "interrupted" in problem:
            raise Halted("cpu", problem)
        if "out of memory" in problem or problem.strip() == "null":
            raise Halted("memory", problem)
        raise Halted("guest", problem)
