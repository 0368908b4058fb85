"""Work that may block, in a thread that nobody has to wait for."""

from __future__ import annotations

import asyncio
import contextlib
import contextvars
from collections.abc import Callable
from threading import Thread
from typing import Any, TypeVar

_Answer = TypeVar("_Answer")


async def in_thread(function: Callable[..., _Answer], *args: Any) -> _Answer:
    """What `function` returns or raises.

    Unlike `asyncio.to_thread`, it runs in a daemon thread of its own: a function that never returns holds up neither
    a cancelled caller, nor the event loop's shutdown, nor the process's end.
    """
    loop = asyncio.get_running_loop()
    answer: asyncio.Future[_Answer] = loop.create_future()
    context = contextvars.copy_context()

    def settle(finish: Callable[[Any], None], value: Any) -> None:
        if not answer.done():  # the caller may have been cancelled
            finish(value)

    def work() -> None:
        finish: Callable[[Any], None] = answer.set_result
        value: Any
        try:
            value = context.run(function, *args)
        except StopIteration as cause:  # a future refuses it, and its caller would wait for ever
            finish, value = answer.set_exception, RuntimeError(f"StopIteration: {cause}")
        except BaseException as cause:
            finish, value = answer.set_exception, cause
        with contextlib.suppress(RuntimeError):  # the loop is closed: nobody waits any more
            loop.call_soon_threadsafe(settle, finish, value)

    Thread(target=work, name=f"llmspell {getattr(function, '__qualname__', function)}", daemon=True).start()
    return await answer
