"""litellm itself: imported late, kept quiet, and its connections closed again.

Importing it takes seconds and some 200 MB. Left alone it would also fetch a price list, and read any `.env`
file it finds into the environment; variables that it reads while it is imported forbid that.
"""

from __future__ import annotations

import asyncio
import logging
import os
import sys
from threading import Lock
from types import ModuleType
from typing import Any
from weakref import WeakKeyDictionary, WeakSet

_ENVIRONMENT = {
    "LITELLM_LOCAL_MODEL_COST_MAP": "True",  # the price list of the package, not one from the network
    "LITELLM_OFFLINE_MODE": "true",  # the same, for newer versions
    "LITELLM_MODE": "PRODUCTION",  # no .env file
}
_LOGGERS = ("LiteLLM", "LiteLLM Router", "LiteLLM Proxy")
_importing = Lock()
# litellm's clients belong to a loop, not to a provider.
_users: WeakKeyDictionary[asyncio.AbstractEventLoop, WeakSet[object]] = WeakKeyDictionary()


async def load(user: object) -> Any:  # Any: a module without types
    """litellm, imported in a thread on first use so that the loop lives on; `release` gives `user` free."""
    module = await asyncio.to_thread(import_quietly)
    _users.setdefault(asyncio.get_running_loop(), WeakSet()).add(user)
    return module


def import_quietly() -> ModuleType:
    """litellm, with neither network, files nor output; what the user has set in the environment stays.

    A program that has imported it before keeps its own arrangements.
    """
    with _importing:
        fresh = "litellm" not in sys.modules
        if fresh:
            for name, value in _ENVIRONMENT.items():
                os.environ.setdefault(name, value)
        import litellm

        if fresh:
            _silence(litellm)
            _warm(litellm)
        module: ModuleType = litellm
        return module


def _silence(litellm: Any) -> None:
    litellm.suppress_debug_info = True  # it would print
    litellm.telemetry = False
    for name in _LOGGERS:
        logger = logging.getLogger(name)
        for handler in tuple(logger.handlers):
            logger.removeHandler(handler)  # it writes to stderr; the program's own handlers still hear it
        logger.addHandler(logging.NullHandler())


def _warm(litellm: Any) -> None:
    """Make litellm import now what it would put off to the first call, where that would hold up the loop."""
    import openai.resources.chat
    import openai.types

    assert openai.types
    tool = {"type": "function", "function": {"name": "none", "parameters": {"type": "object"}}}
    pieces = litellm.completion(
        "openai/none",
        [{"role": "user", "content": "hi"}],
        tools=[tool],
        mock_response="hi",
        stream=True,
        api_key="none",
    )
    for _ in pieces:
        pass


async def release(user: object) -> None:
    """Close the running loop's connections when `user` was the last one to need them."""
    loop = asyncio.get_running_loop()
    users = _users.get(loop, WeakSet())
    if user not in users:
        return
    users.remove(user)
    if not users:
        await _close_clients(f"-{id(loop)}")
        await _close_shared_session(loop)


async def _close_clients(suffix: str) -> None:
    """Close the clients whose keys in litellm's cache end in `suffix`, which is how it marks a loop."""
    import litellm

    cache = litellm.in_memory_llm_clients_cache
    for key in [key for key in cache.cache_dict if key.endswith(suffix)]:
        client = cache.cache_dict.pop(key)
        cache.ttl_dict.pop(key, None)
        close = getattr(client, "aclose", None) or getattr(client, "close", None)
        closing = close() if close else None
        if asyncio.iscoroutine(closing):
            await closing


async def _close_shared_session(loop: asyncio.AbstractEventLoop) -> None:
    """Close the connections of the one client that all loops share; it opens new ones where it is used next.

    Some routes stream through it. No public name leads to its connections.
    """
    import litellm

    client = vars(litellm).get("module_level_aclient")
    transport = getattr(getattr(client, "client", None), "_transport", None)
    session = getattr(transport, "client", None)
    if session is not None and getattr(session, "_loop", None) is loop:
        await session.close()
