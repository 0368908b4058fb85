"""The contract that every provider keeps, over real HTTP, as litellm's OpenAI route speaks it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from llmspell.provider import Provider
from llmspell.testing import OpenAIServer
from llmspell.testing.contracts.provider import ProviderContract
from llmspell.testing.steps import Step
from llmspell_provider_litellm.account import Account
from llmspell_provider_litellm.provider import LitellmProvider
from llmspell_provider_litellm.settings import LitellmSettings


@pytest.mark.usefixtures("litellm")
class TestLitellm(ProviderContract):
    model = "openai/test-model"

    @asynccontextmanager
    async def serving(self, *steps: Step) -> AsyncIterator[Provider]:
        async with OpenAIServer(*steps) as server:
            settings = LitellmSettings(base_url=server.base_url, max_retries=0)
            yield LitellmProvider(Account("litellm", None, settings))
