"""Where the provider finds its key, and what it says when it cannot."""

from __future__ import annotations

from pathlib import Path

import pytest

from llmspell.config import Settings
from llmspell.errors import ProviderError
from llmspell.message import ModelRequest
from llmspell.secrets import Secrets
from llmspell.secrets.folder import PrivateFolder
from llmspell.secrets.passphrase import VARIABLE, Passphrase
from llmspell.secrets.sealing import Cost
from llmspell.secrets.vault import Vault
from llmspell.testing import OpenAIServer, Text
from llmspell_provider_openai.endpoint import Endpoint
from llmspell_provider_openai.plugin import llmspell_providers
from llmspell_provider_openai.provider import OpenAIProvider
from llmspell_provider_openai.settings import OpenAISettings

KEY = "kf-of-the-key-file-0123"
WORD = {VARIABLE: "correct horse"}


@pytest.fixture
def keys(tmp_path: Path) -> Path:
    """A folder whose key file has OpenAI's key."""
    folder = tmp_path / "keys"
    Vault(PrivateFolder(folder), Passphrase(WORD), Cost(19 * 1024, 2, 1)).update({"OPENAI_API_KEY": KEY})
    return folder


def provider_at(base_url: str, secrets: Secrets) -> OpenAIProvider:
    settings = OpenAISettings(max_retries=0)
    return OpenAIProvider(Endpoint("openai", base_url, "OPENAI_API_KEY", secrets, settings))


def quiet(kind: str, data: object) -> None:
    """Nobody listens."""


async def test_a_key_of_the_key_file_goes_with_the_request(keys: Path, question: ModelRequest) -> None:
    async with OpenAIServer(Text("hi")) as server:
        provider = provider_at(server.base_url, Secrets(WORD, keys))
        await provider.complete(question, quiet)
        await provider.close()
    assert server.requests[0].headers["authorization"] == f"Bearer {KEY}"


async def test_a_key_file_that_cannot_be_opened_is_the_providers_error(keys: Path, question: ModelRequest) -> None:
    provider = provider_at("http://127.0.0.1:9/v1", Secrets({VARIABLE: "wrong"}, keys))
    with pytest.raises(ProviderError, match=r"^openai: no API key, because the passphrase does not open") as caught:
        await provider.complete(question, quiet)
    assert (caught.value.kind, caught.value.component) == ("authentication", "provider:openai")
    assert caught.value.hint.startswith("check LLMSPELL_KEYS_PASSPHRASE;")


async def test_a_stored_key_makes_the_provider_the_default_without_being_opened(keys: Path) -> None:
    settings = Settings(environ={}, secrets=Secrets({}, keys))
    assert llmspell_providers(settings)["openai"].default_model() == "gpt-4.1-mini"


async def test_checking_a_key_asks_the_server_even_where_models_are_configured() -> None:
    settings = OpenAISettings(max_retries=0, models=("m",))
    provider = OpenAIProvider(Endpoint("openai", "http://127.0.0.1:9/v1", settings=settings))
    assert await provider.models() == ("m",)
    with pytest.raises(ProviderError, match=r"^openai: cannot reach http://127\.0\.0\.1:9/v1"):
        await provider.check_key()
    await provider.close()


def test_the_names_of_its_keys_are_the_variables() -> None:
    offered = llmspell_providers(Settings(environ={}))
    assert {name: provider.key_names() for name, provider in offered.items()} == {
        "openai": ("OPENAI_API_KEY",),
        "ollama": (),
    }
