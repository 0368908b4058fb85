"""Calling the functions that steps and conditions are."""

from __future__ import annotations

import inspect
from collections.abc import Awaitable, Callable
from typing import Any

from llmspell.errors import LlmspellError
from llmspell.threads import in_thread
from llmspell.workflow.frame import StepContext

Call = Callable[[StepContext], Awaitable[Any]]
"""What a function gives; raises an `LlmspellError` if it does (kind `script_failed`, or its own)."""


def calling(function: Callable[..., Any], where: str) -> Call:
    """What calls a function: in a thread if it is not async, as it may block."""
    is_async = _is_async(function)

    async def call(context: StepContext) -> Any:
        try:
            if is_async:
                return await function(context)
            found = await in_thread(function, context)
            return await found if inspect.isawaitable(found) else found
        except LlmspellError:
            raise
        except Exception as cause:
            message = f"the function of {where} failed: {type(cause).__name__}: {cause}"
            raise LlmspellError(message, kind="script_failed") from cause

    return call


def _is_async(function: Callable[..., Any]) -> bool:
    return inspect.iscoroutinefunction(function) or inspect.iscoroutinefunction(getattr(function, "__call__", None))  # noqa: B004 an object may be called, and its method be async
