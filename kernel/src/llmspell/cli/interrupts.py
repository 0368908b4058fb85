"""Ctrl-C and termination, for a process whose main thread may be deep inside a script."""

from __future__ import annotations

import os
import signal
from threading import Thread
from typing import Protocol

INTERRUPTED = 130
"""The exit code."""


class Interruptible(Protocol):
    """A kernel, or what has several."""

    def interrupt(self, reason: str) -> None:
        """Stop what runs; safe from any thread."""


class Interrupts:
    """Within the block, the first signal stops every run of the kernel, and a second one ends the process.

    While an inline script computes, neither Python's signal handlers nor the event loop get their turn. So a thread
    waits for the byte that the interpreter writes when a signal comes, and acts from there.
    """

    def __init__(self, kernel: Interruptible) -> None:
        self._kernel = kernel
        self.count = 0

    def __enter__(self) -> None:
        self._reader, self._writer = os.pipe()
        os.set_blocking(self._writer, False)
        self._thread = Thread(target=self._watch, name="interrupts", daemon=True)
        self._thread.start()
        self._wakeup = signal.set_wakeup_fd(self._writer)
        self._handlers = {number: signal.signal(number, _ignore) for number in (signal.SIGINT, signal.SIGTERM)}

    def __exit__(self, *_: object) -> None:
        for number, handler in self._handlers.items():
            signal.signal(number, handler)
        signal.set_wakeup_fd(self._wakeup)
        os.close(self._writer)
        self._thread.join()
        os.close(self._reader)

    def _watch(self) -> None:
        while os.read(self._reader, 1):
            self.count += 1
            if self.count > 1:
                os._exit(INTERRUPTED)  # workers die with their parent
            self._kernel.interrupt("interrupted")


def _ignore(_number: int, _frame: object) -> None:
    """Only there so that the signal does not do what it does by default."""
