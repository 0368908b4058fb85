"""How long a file may keep a tool busy: a thread cannot be killed, so what runs in one stops itself."""

from __future__ import annotations

import ctypes
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from time import monotonic

from llmspell.errors import UsageError

SECONDS = 20.0


class Deadline:
    """A point in time that work on one file must not pass.

    Args:
        name: the file, as the caller wrote it.
        seconds: from now.
    """

    def __init__(self, name: str, seconds: float = SECONDS) -> None:
        self._name = name
        self._seconds = seconds
        self._end = monotonic() + seconds

    def check(self) -> None:
        """Stop if the time has passed.

        Raises:
            UsageError: it has (kind `timeout`).
        """
        if monotonic() > self._end:
            raise self.passed()

    def passed(self) -> UsageError:
        """The error for a file that takes too long."""
        return UsageError(
            f"{self._name!r} takes longer than {self._seconds:g} seconds to read",
            kind="timeout",
            hint="ask for a smaller part of it",
        )

    @contextmanager
    def enforced(self) -> Iterator[None]:
        """Stop what runs in this thread inside the `with`, wherever it is, when the time has passed.

        For libraries that check no deadline. CPython looks for the exception between two bytecodes, so one call of a
        C function is never cut short.

        Raises:
            UsageError: the time has passed (kind `timeout`).
        """
        alarm = Alarm(threading.get_ident())
        timer = threading.Timer(max(self._end - monotonic(), 0), alarm.ring)
        timer.daemon = True
        timer.start()
        try:
            try:
                yield
            finally:
                timer.cancel()
                alarm.switch_off()
        except _Passed:
            raise self.passed() from None


class _Passed(BaseException):
    """No library takes this for an error of its own."""


class Alarm:
    """Raises in another thread, until it is switched off.

    Args:
        thread: its number.
    """

    def __init__(self, thread: int) -> None:
        self._thread = ctypes.c_ulong(thread)
        self._lock = threading.Lock()
        self._on = True

    def ring(self) -> None:
        """Raise there, at the next bytecode."""
        with self._lock:
            if self._on:
                ctypes.pythonapi.PyThreadState_SetAsyncExc(self._thread, ctypes.py_object(_Passed))

    def switch_off(self) -> None:
        """Raise no more.

        What was raised while this waited for the lock comes up in here, since Python looks for it after each call.
        It is not taken back with a null exception: that would leave CPython 3.11 looking for one for ever.
        """
        with self._lock:
            self._on = False
