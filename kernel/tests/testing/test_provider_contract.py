"""The scripted model keeps the contract that every provider keeps."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from llmspell.provider import Provider
from llmspell.testing import ScriptedModel, Step
from llmspell.testing.contracts.provider import ProviderContract


class TestScriptedModel(ProviderContract):
    @asynccontextmanager
    async def serving(self, *steps: Step) -> AsyncIterator[Provider]:
        with ScriptedModel(*steps) as model:
            yield model
