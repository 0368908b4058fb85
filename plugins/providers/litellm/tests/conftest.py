"""Providers wired to loopback servers; litellm is imported once for all tests."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest

from llmspell.message import Message, ModelRequest
from llmspell_provider_litellm.account import Account
from llmspell_provider_litellm.library import import_quietly
from llmspell_provider_litellm.provider import LitellmProvider
from llmspell_provider_litellm.settings import LitellmSettings

# litellm silences these two itself, in filters that pytest takes back before each test.
_SILENCED = (
    "ignore:.*`ReadOnly` qualifier",
    "ignore:Accessing the .* attribute on the instance is deprecated",
)

MakeProvider = Callable[..., LitellmProvider]
KEY = "an-entirely-unremarkable-word"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let litellm's filters hold in the tests of this folder, and nowhere else."""
    for item in items:
        if item.path.is_relative_to(Path(__file__).parent):
            for rule in _SILENCED:
                item.add_marker(pytest.mark.filterwarnings(rule))


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
