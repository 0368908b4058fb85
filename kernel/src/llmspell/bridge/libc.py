"""Calls into the C library, for what Python itself does not offer."""

from __future__ import annotations

import os
from functools import cache
from typing import Any


def call(function: str, *arguments: Any) -> int:  # Any: whatever ctypes passes: integers, buffers, None
    """What a function of the C library answers.

    Raises:
        OSError: it says that it failed, or there is no such function.
    """
    import ctypes

    result: int = _function(function)(*(ctypes.c_ulong(each) if isinstance(each, int) else each for each in arguments))
    if result < 0:
        code = ctypes.get_errno()
        raise OSError(code, os.strerror(code))
    return result


@cache
def _function(name: str) -> Any:  # Any: ctypes makes such functions as it goes
    import ctypes

    try:
        return getattr(ctypes.CDLL(None, use_errno=True), name)
    except (AttributeError, TypeError) as cause:  # Windows has no such library
        raise OSError(f"the C library has no {name}") from cause
