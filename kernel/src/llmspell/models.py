"""Models by their full name, `provider/model`."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from llmspell.errors import AmbiguousPlugin, BrokenPlugin, UsageError, did_you_mean
from llmspell.provider import Provider

if TYPE_CHECKING:
    from llmspell.config import LoadedConfig
    from llmspell.plugins import Plugins
    from llmspell.router import Routers


ROUTER = "router"
"""The provider whose models choose among others; there is one when the configuration has any."""


class Models:
    """The models of the installed providers, and of those that an embedder adds.

    Args:
        plugins: where providers come from; they load on first use.
    """

    def __init__(self, plugins: Plugins) -> None:
        self._plugins = plugins
        self._added: dict[str, Provider] = {}
        self._found: dict[str, tuple[Provider, str]] = {}
        self._routers: Routers | None = None
        self._checked = False

    def add(self, provider: Provider) -> None:
        """Offer a provider that is not installed, such as `llmspell.testing.ScriptedModel`."""
        self._added[provider.name] = provider
        self._found.clear()
        self._checked = False

    def add_routers(self, loaded: LoadedConfig) -> None:
        """Offer the models that the configuration composes of others.

        Raises:
            ConfigError: they are composed wrongly.
        """
        if loaded.config.router:
            from llmspell.router import Routers

            self._routers = Routers(loaded, self)
            self.add(self._routers)

    def check(self) -> None:
        """Look whether every model of a router has a provider; those that were added count.

        Raises:
            ConfigError: one has none.
        """
        if self._routers is not None and not self._checked:
            self._routers.check()
            self._checked = True

    def names(self) -> list[str]:
        """The names of all providers."""
        return sorted({*self._added, *self._plugins.names("provider")})

    def provider(self, name: str) -> Provider:
        """The provider of this name.

        Raises:
            UnknownPlugin, BrokenPlugin: it is not installed, or does not load.
        """
        if name in self._added:
            return self._added[name]
        if name == ROUTER:
            raise UsageError(
                "no router is configured",
                kind="unknown_model",
                hint="write [router.NAME] with its models into llmspell.toml; see docs/router.md",
            )
        found: Provider = self._plugins.get("provider", name)
        return found

    def find(self, model: str) -> tuple[Provider, str]:
        """The provider of a `provider/model`, and the name that it knows the model by.

        Raises:
            UsageError: there is no provider in the name.
            UnknownPlugin: the provider is not installed.
        """
        if model not in self._found:
            prefix, slash, name = model.partition("/")
            if not slash or not name:
                raise self._unnamed(model)
            self._found[model] = (self.provider(prefix), name)
        return self._found[model]

    def _unnamed(self, model: str) -> UsageError:
        if not model:
            return UsageError(
                "no model is configured, and no installed provider offers one by default",
                kind="unknown_model",
                hint="choose one with --model PROVIDER/MODEL, or set run.model in llmspell.toml",
            )
        prefix, slash, _ = model.partition("/")
        if slash and prefix in self.names():
            return UsageError(
                f"{model!r} names no model of the provider {prefix!r}",
                kind="unknown_model",
                hint=f"`llmspell models {prefix}` lists them",
            )
        return UsageError(
            f"model {model!r} does not name its provider",
            kind="unknown_model",
            hint=f"write PROVIDER/MODEL; {did_you_mean(model, self.names())}",
        )

    def default(self) -> str:
        """The `provider/model` to use when the user chose none; empty when no provider is set up.

        Providers that are set up come first, in the order of their names; a fallback provider comes last. A broken or
        ambiguous provider is passed over.
        """
        fallback = ""
        for name in self.names():
            try:
                provider = self.provider(name)
            except (AmbiguousPlugin, BrokenPlugin):
                continue  # nobody asked for it by name; `llmspell providers` shows that it is broken
            model = provider.default_model()
            if model and not provider.fallback:
                return f"{name}/{model}"
            if model:
                fallback = fallback or f"{name}/{model}"
        return fallback

    async def close(self) -> None:
        """Close every provider that was used; one that does not close keeps no other from it."""
        used = {id(each): each for each in (*self._added.values(), *self._plugins.loaded("provider"))}
        ends = await asyncio.gather(*(each.close() for each in used.values()), return_exceptions=True)
        for error in ends:
            if error is not None:
                raise error
