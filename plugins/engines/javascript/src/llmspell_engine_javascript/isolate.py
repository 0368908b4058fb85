"""One V8 context with a thread of its own, spoken to from this thread without an event loop.

The public methods of mini-racer cannot stop what runs after an `await`: they wait for ever, or need an event loop,
and some of them block it. So this uses the library that they are made of, and of its Python parts only those that
turn values into handles and back.
"""

from __future__ import annotations

import re
import time
from itertools import count
from typing import Any, cast

from py_mini_racer import JSEvalException, JSOOMException, init_mini_racer
from py_mini_racer._context import Context
from py_mini_racer._objects import ObjectFactoryImpl

from llmspell_engine_javascript.handover import Handover, new_handover
from llmspell_language_javascript.halt import Halted

# A small heap to begin with makes V8 look at its memory limit earlier.
_FLAGS = ("--single-threaded", "--initial-heap-size=16")
_LOOK = 0.01  # seconds between two looks at whether somebody wants the wait to end
_PLACE = re.compile(r"^[^\n]*?:(\d+): ")


class Isolate:
    """A context; every method but `wake` is called from one thread.

    Args:
        handover: how results arrive; None takes the quickest way.
    """

    def __init__(self, handover: Handover | None = None) -> None:
        self._library: Any = init_mini_racer(flags=_FLAGS, ignore_duplicate_init=True)
        self._handover = handover or new_handover()
        self._woken = False
        self._number = self._library.mr_init_context(self._handover.callback)
        no_loop = cast("Any", None)  # only the methods that are not used here want one
        self._values = Context(self._library, self._number, no_loop, ObjectFactoryImpl(), count())

    def run(self, *programs: str, until: float) -> str:
        """Run one or two programs, each with all reactions of promises, and give the text that the last one gives.

        Raises:
            Halted: they did not end before `until`, on the clock of `time.monotonic`; or `wake` was called; or the
                memory is full; or a program threw.
        """
        for number, program in zip(self._handover.numbers(len(programs)), programs, strict=True):
            handle = self._values._python_to_value_handle(program)
            self._library.mr_eval(self._number, cast("Any", handle.raw), number)
        texts = [self._text(result) for result in self._wait(until)]
        return texts[-1]

    def wake(self) -> None:
        """Make `run` raise `Halted` soon; safe from any thread."""
        self._woken = True

    def limit_memory(self, size: int) -> None:
        """End what runs once the values take more than `size` bytes; V8 looks when it collects garbage."""
        self._values.set_hard_memory_limit(size)

    def is_full(self) -> bool:
        """Whether what ran was ended because the values took too much memory."""
        return self._values.was_hard_memory_limit_reached()

    def close(self) -> None:
        """Free the context, and end what runs in it."""
        self._library.mr_free_context(self._number)
        self._handover.close()

    def _wait(self, until: float) -> list[Any]:
        while not self._woken:
            left = until - time.monotonic()
            if results := self._handover.take(min(_LOOK, max(left, 0))):
                return results
            if left <= 0:
                raise Halted("cpu")
        raise Halted("interrupt")

    def _text(self, result: Any) -> str:
        try:
            return str(self._values._value_handle_to_python(self._values._wrap_raw_handle(result)))
        except JSOOMException:
            raise Halted("memory") from None
        except JSEvalException as problem:
            raise Halted("memory" if self.is_full() else "guest", str(problem)) from None


def line_of(problem: str) -> int:
    """The line that a problem of the parser names; 0 when it names none."""
    found = _PLACE.match(problem)
    return int(found[1]) if found else 0
