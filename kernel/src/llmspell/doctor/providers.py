"""Whether the servers of the providers that are set up answer. This is asked only on request."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

from llmspell.doctor.check import Check
from llmspell.doctor.system import System
from llmspell.errors import LlmspellError, UsageError
from llmspell.provider import Provider

_PATIENCE = 20.0  # seconds for one provider


def examine(system: System) -> Iterator[Check]:
    """One check per provider that is set up and no fallback."""
    yield from asyncio.run(_ask_all(system))


async def _ask_all(system: System) -> list[Check]:
    providers: list[Provider] = []
    for name in system.plugins.names("provider"):
        try:
            provider = system.plugins.get("provider", name)
        except LlmspellError:
            continue  # the checks of plugins and keys say what is wrong with it
        if provider.default_model() and not provider.fallback:
            providers.append(provider)
    try:
        found = await asyncio.gather(*map(_ask, providers))
    finally:
        for provider in providers:
            await provider.close()
    return found or [Check("providers", "warning", "none is set up, so no model answers", "llmspell keys set NAME")]


async def _ask(provider: Provider) -> Check:
    name = f"provider:{provider.name}"
    try:
        async with asyncio.timeout(_PATIENCE):
            await provider.check_key()
    except UsageError as error:
        return Check(name, "warning", str(error), error.hint)
    except LlmspellError as error:
        return Check(name, "error", str(error), error.hint)
    except TimeoutError:
        return Check(name, "error", f"its server does not answer within {_PATIENCE:g} seconds")
    return Check(name, "ok", "its server answers, and takes the key")
