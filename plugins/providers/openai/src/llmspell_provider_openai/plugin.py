"""The providers offered here: `openai`, `ollama`, and every further server that the configuration names."""

from __future__ import annotations

from llmspell import hookimpl
from llmspell.plugins import Settings
from llmspell.provider import Provider
from llmspell_provider_openai.endpoint import ollama, openai, other
from llmspell_provider_openai.provider import OpenAIProvider
from llmspell_provider_openai.settings import OpenAISettings

_OWN_NAMES = frozenset({"openai", "ollama"})


@hookimpl
def llmspell_providers(settings: Settings) -> dict[str, Provider]:
    """One provider for each server; `[provider.lab] plugin = "openai"` makes one called `lab`."""

    def table(name: str) -> OpenAISettings:
        return settings.table("provider", name, OpenAISettings)

    environ, secrets = settings.environ, settings.secrets
    endpoints = [
        openai(table("openai"), environ, secrets),
        ollama("ollama", table("ollama"), environ, secrets),
        *(other(name, table(name), secrets) for name in _further(settings, "openai")),
        *(ollama(name, table(name), environ, secrets) for name in _further(settings, "ollama")),
    ]
    return {endpoint.name: OpenAIProvider(endpoint) for endpoint in endpoints}


def _further(settings: Settings, plugin: str) -> list[str]:
    return [name for name in settings.named("provider", plugin) if name not in _OWN_NAMES]
