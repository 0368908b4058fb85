"""Providers wired to loopback servers."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest

from llmspell.message import Message, ModelRequest
from llmspell.secrets import Secrets
from llmspell_provider_openai.endpoint import Endpoint
from llmspell_provider_openai.provider import OpenAIProvider
from llmspell_provider_openai.settings import OpenAISettings

MakeProvider = Callable[..., OpenAIProvider]
KEY = "sk-a-very-secret-key"


@pytest.fixture
async def provider_at() -> AsyncIterator[MakeProvider]:
    """Makes providers for a base address, with settings; they are closed at the end."""
    made: list[OpenAIProvider] = []

    def make(base_url: str, **settings: Any) -> OpenAIProvider:
        settings = {"max_retries": 0, **settings}
        endpoint = Endpoint(
            "openai",
            base_url,
            key_env="OPENAI_API_KEY",
            secrets=Secrets({"OPENAI_API_KEY": KEY}),
            settings=OpenAISettings(**settings),
            start_hint="start it",
            model_hint="llmspell models openai",
        )
        made.append(OpenAIProvider(endpoint))
        return made[-1]

    yield make
    for provider in made:
        await provider.close()


@pytest.fixture
def question() -> ModelRequest:
    return ModelRequest("gpt-test", (Message("user", "hi"),), timeout=20)
