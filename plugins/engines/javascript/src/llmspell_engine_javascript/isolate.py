"""One V8 context with a thread of its own, spoken to from this thread without an event loop.

The public methods of mini-racer cannot stop what runs after an `await`: they wait for ever, or need an event loop,
and some of them block it. So this uses the library that they are made of, and of its Python parts only those that
turn values into handles and back.
"""

from __future__ import annotations

import re
import time
from itertools import count
from queue import Empty, SimpleQueue
from typing import Any, cast

from py_mini_racer import JSEvalException, JSOOMException, init_mini_racer
from py_mini_racer._context import Context
from py_mini_racer._dll import mr_callback_func
from py_mini_racer._objects import ObjectFactoryImpl

from llmspell_language_javascript.halt import Halted

# A small heap to begin with makes V8 look at its memory limit earlier.
_FLAGS = ("--single-threaded", "--initial-heap-size=16")
_TASK = 1  # the id of every task; results come in the order of the tasks
_PLACE = re.compile(r"^[^\n]*?:(\d+): ")


class Isolate:
    """A context; every method but `wake` and `close` is called from one thread."""

    def __init__(self) -> None:
        self._library: Any = init_mini_racer(flags=_FLAGS, ignore_duplicate_init=True)
        self._results: SimpleQueue[Any] = SimpleQueue()
        results = self._results
        # It runs on the thread of V8, which waits for it. The attribute keeps it alive.
        self._callback = mr_callback_func(lambda _task, handle: results.put(handle))
        self._number = self._library.mr_init_context(self._callback)
        no_loop = cast("Any", None)  # only the methods that are not used here want one
        self._values = Context(self._library, self._number, no_loop, ObjectFactoryImpl(), count())

    def post(self, code: str) -> None:
        """Let V8 run a program once it has run those before."""
        handle = self._values._python_to_value_handle(code)
        self._library.mr_eval(self._number, cast("Any", handle.raw), _TASK)

    def wait(self, until: float) -> str:
        """The text that the next of the posted programs gives.

        Raises:
            Halted: it gives none before `until`, on the clock of `time.monotonic`; or `wake` was called; or the
                memory is full; or the program threw.
        """
        try:
            raw = self._results.get(timeout=max(0.0, until - time.monotonic()))
        except Empty:
            raise Halted("cpu") from None
        if raw is None:
            raise Halted("interrupt")
        try:
            value = self._values._value_handle_to_python(self._values._wrap_raw_handle(raw))
        except JSOOMException:
            raise Halted("memory") from None
        except JSEvalException as problem:
            raise Halted("memory" if self.is_full() else "guest", str(problem)) from None
        return str(value)

    def wake(self) -> None:
        """Make `wait` raise `Halted`; safe from any thread."""
        self._results.put(None)

    def limit_memory(self, size: int) -> None:
        """End what runs once the values take more than `size` bytes; V8 looks when it collects garbage."""
        self._values.set_hard_memory_limit(size)

    def is_full(self) -> bool:
        """Whether what ran was ended because the values took too much memory."""
        return self._values.was_hard_memory_limit_reached()

    def close(self) -> None:
        """Free the context, and end what runs in it."""
        self._library.mr_free_context(self._number)


def line_of(problem: str) -> int:
    """The line that a problem of the parser names; 0 when it names none."""
    found = _PLACE.match(problem)
    return int(found[1]) if found else 0
