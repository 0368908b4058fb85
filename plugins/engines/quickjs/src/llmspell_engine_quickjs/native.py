"""What the C interface of QuickJS offers and its binding does not: the binding's objects hold the pointers it needs.

The binding's own time limit is fixed when a call begins, so a running script could not be stopped before it. QuickJS
asks an interrupt handler whether to go on; this replaces that handler, which is allowed at any time, by one that says
no.

An async function that fails when no memory is left cannot even reject its promise: QuickJS forgets the error, and
whoever waits for the promise waits for ever. All that remains is that the error still counts as the current one.
"""

from __future__ import annotations

import ctypes
from functools import cache
from threading import Lock
from typing import Any

_Handler = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_void_p)
_refuse = _Handler(lambda _runtime, _opaque: 1)

# What the handler of the binding reads, when it is asked between the two writes of a replacement: that it began
# at zero, and had no time.
_EXPIRED = (ctypes.c_long * 4)()


@cache
def _library() -> Any:  # Any: functions of a C library
    import _quickjs

    library = ctypes.CDLL(_quickjs.__file__)
    library.JS_GetRuntime.restype = ctypes.c_void_p
    library.JS_GetRuntime.argtypes = [ctypes.c_void_p]
    library.JS_HasException.restype = ctypes.c_bool
    library.JS_HasException.argtypes = [ctypes.c_void_p]
    library.JS_SetInterruptHandler.restype = None
    library.JS_SetInterruptHandler.argtypes = [ctypes.c_void_p, ctypes.c_void_p, ctypes.c_void_p]
    return library


class Native:
    """A context, by the pointers in its object.

    Args:
        context: a `quickjs.Context`; its object starts, after Python's own two words, with the pointers to the
            runtime and to the context of QuickJS.

    Raises:
        RuntimeError: it does not, so this version of quickjs-ng is not one that this engine knows.
    """

    def __init__(self, context: object) -> None:
        self._library = _library()
        words = (ctypes.c_void_p * 4).from_address(id(context))
        self._runtime = words[2]
        self._context = words[3]
        if self._library.JS_GetRuntime(self._context) != self._runtime:
            raise RuntimeError("this version of quickjs-ng keeps its runtime elsewhere")
        self._lock = Lock()

    def interrupt(self) -> None:
        """Stop what runs; safe from any thread."""
        with self._lock:
            if self._runtime is not None:
                handler = ctypes.cast(_refuse, ctypes.c_void_p)
                self._library.JS_SetInterruptHandler(self._runtime, handler, ctypes.addressof(_EXPIRED))

    def has_lost_error(self) -> bool:
        """Whether an error was forgotten; to be asked on the context's own thread, when nothing runs."""
        return bool(self._library.JS_HasException(self._context))

    def reset(self) -> None:
        """Let the context run again."""
        with self._lock:
            self._library.JS_SetInterruptHandler(self._runtime, None, None)

    def close(self) -> None:
        """The context goes away: interrupt it no more."""
        with self._lock:
            self._runtime = None
