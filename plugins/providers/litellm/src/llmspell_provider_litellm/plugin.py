"""The providers offered here: `litellm`, one for each route, and whatever else the configuration names."""

from __future__ import annotations

from llmspell import hookimpl
from llmspell.plugins import Settings
from llmspell.provider import Provider
from llmspell_provider_litellm.account import Account
from llmspell_provider_litellm.provider import LitellmProvider
from llmspell_provider_litellm.routes import CATCH_ALL, ROUTES
from llmspell_provider_litellm.settings import LitellmSettings


@hookimpl
def llmspell_providers(settings: Settings) -> dict[str, Provider]:
    """One provider for each name; `[provider.work] plugin = "anthropic"` makes a second one of a route."""
    plugins = (CATCH_ALL, *ROUTES)
    names = {plugin: plugin for plugin in plugins} | {
        name: plugin for plugin in plugins for name in settings.named("provider", plugin)
    }
    return {
        name: LitellmProvider(
            Account(
                name,
                ROUTES.get(plugin),
                settings.table("provider", name, LitellmSettings),
                settings.environ,
                settings.secrets,
            )
        )
        for name, plugin in names.items()
    }
