"""Providers wired to loopback servers; litellm is imported once for all tests."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest
from llmspell.message import Message, ModelRequest
from llmspell_provider_litellm.account import Account
from llmspell_provider_litellm.library import import_quietly
from llmspell_provider_litellm.provider import LitellmProvider
from llmspell_provider_litellm.settings import LitellmSettings

MakeProvider = Callable[..., LitellmProvider]
KEY = "an-entirely-unremarkable-word"


@pytest.fixture(scope="session")
def litellm() -> Any:
    """The module; no test pays for its import within a deadline."""
    return import_quietly()


@pytest.fixture
async def provider_at(litellm: Any) -> AsyncIterator[MakeProvider]:
    """Makes catch-all providers for a base address, with settings; they are closed at the end."""
    made: list[LitellmProvider] = []

    def make(base_url: str, **settings: Any) -> LitellmProvider:
        settings = {"base_url": base_url, "max_retries": 0, "api_key_env": "LAB_WORD", **settings}
        made.append(LitellmProvider(Account("litellm", None, LitellmSettings(**settings), {"LAB_WORD": KEY})))
        return made[-1]

    yield make
    for provider in made:
        await provider.close()


@pytest.fixture
def question() -> ModelRequest:
    return ModelRequest("openai/gpt-test", (Message("user", "hi"),), timeout=20)
