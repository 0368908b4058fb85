"""The provider keeps the contract of every provider."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from llmspell.provider import Provider
from llmspell.testing import OpenAIServer, Step
from llmspell.testing.contracts.provider import ProviderContract
from llmspell_provider_openai.endpoint import Endpoint
from llmspell_provider_openai.provider import OpenAIProvider
from llmspell_provider_openai.settings import OpenAISettings


class TestOpenAI(ProviderContract):
    @asynccontextmanager
    async def serving(self, *steps: Step) -> AsyncIterator[Provider]:
        async with OpenAIServer(*steps) as server:
            yield OpenAIProvider(Endpoint("openai", server.base_url, settings=OpenAISettings(max_retries=0)))
