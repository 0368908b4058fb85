"""Whose key goes where: what one provider passes to litellm with every call."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import attrs

from llmspell.errors import ConfigError, ProviderError
from llmspell.redaction import Redactor, secret_name
from llmspell.secrets import Secrets
from llmspell_provider_litellm.routes import ROUTES, Route, route_of
from llmspell_provider_litellm.settings import LitellmSettings

# Without a key litellm would look for one in the environment, and find OpenAI's for many a stranger's server.
_NO_KEY = "no-key"


@attrs.frozen
class Account:
    """One provider's way to its service.

    Attributes:
        name: the provider's name.
        route: its service; None when the model's own prefix decides.
        settings: its table.
        environ: where addresses and regions come from.
        secrets: where keys come from; the same environment first.
    """

    name: str
    route: Route | None
    settings: LitellmSettings = attrs.field(factory=LitellmSettings)
    environ: Mapping[str, str] = attrs.field(factory=dict, repr=False)
    secrets: Secrets = attrs.field(
        default=attrs.Factory(lambda self: Secrets(self.environ), takes_self=True), repr=False
    )

    @property
    def component(self) -> str:
        """The provider in an error: `provider:<name>`."""
        return f"provider:{self.name}"

    def full_name(self, model: str) -> str:
        """The model's name as litellm knows it."""
        return f"{self.route.prefix}/{model}" if self.route else model

    async def unlock(self, model: str) -> None:
        """Find what a call to `model` needs in the stores of keys, which may have to be decrypted.

        Raises:
            ProviderError: a store that has it cannot be opened.
        """
        route = self.route or route_of(model)
        names = self.key_variables(route)
        if route:
            parameters = (name for variables in route.parameters.values() for name in variables)
            names += tuple(filter(secret_name, parameters))
        try:
            await self.secrets.prepare(*names)
        except ConfigError as error:
            raise self._error(f"{self.name}: no API key, because {error}", "authentication", error.hint) from error

    def parameters(self, model: str) -> dict[str, Any]:
        """The parameters of a call to `model` that say who asks whom.

        Raises:
            ProviderError: no key, or no address, is set.
        """
        route = self.route or route_of(model)
        found = {**self._from_environ(route), **self.settings.options}
        if self.settings.base_url:
            found["api_base"] = self.settings.base_url
        self._require(route, found)
        key = self._key(route)
        if key:
            found["api_key"] = key
        elif not route.ambient if route else self.settings.base_url:
            found["api_key"] = _NO_KEY
        return found

    def has_key(self) -> bool:
        """Whether a call would find a key, or needs none."""
        if self.settings.api_key_env == "":
            return True
        return any(map(self.secrets.has, self.key_variables(self.route))) or self._is_ambient(self.route)

    def key_variables(self, route: Route | None) -> tuple[str, ...]:
        """The variables that may hold the key; none when no key is wanted, or only litellm knows which."""
        if self.settings.api_key_env is not None:
            return (self.settings.api_key_env,) if self.settings.api_key_env else ()
        if route is None or (self.settings.base_url and self.name not in ROUTES):
            return ()  # the service's key is not for a server that somebody else gave a name
        return route.keys

    def redactor(self) -> Redactor:
        """What keeps keys out of messages."""
        own = Redactor.of_environment(self.environ)
        named = self.settings.api_key_env
        key = self._value(named) if named else ""
        return attrs.evolve(own, values=own.values | {key}) if key else own

    def _from_environ(self, route: Route | None) -> dict[str, str]:
        if route is None:
            return {}
        found = {
            parameter: next(filter(None, map(self._parameter, variables)), "")
            for parameter, variables in route.parameters.items()
        }
        return {parameter: value for parameter, value in found.items() if value}

    def _require(self, route: Route | None, found: Mapping[str, Any]) -> None:
        variables = self.key_variables(route)
        wanted = variables or (route.ambient if route and self.settings.api_key_env is None else ())
        if wanted and not self._key(route) and not self._is_ambient(route):
            notices = filter(None, map(self.secrets.notices.get, wanted))
            raise self._error(
                "; ".join([f"{self.name}: no API key, because {' or '.join(wanted)} is not set", *notices]),
                "authentication",
                f"llmspell keys set {self.name if variables else wanted[0]}, or export {wanted[0]}=...; where no key "
                f'is wanted, write api_key_env = "" under [provider.{self.name}] in llmspell.toml',
            )
        missing = [parameter for parameter in (route.needs if route else ()) if not found.get(parameter)]
        if route and missing:
            variable = route.parameters[missing[0]][0]
            raise self._error(
                f"{self.name}: no address, because {variable} is not set",
                "config",
                f"export {variable}=https://..., or write base_url under [provider.{self.name}]",
            )

    def _key(self, route: Route | None) -> str:
        return next(filter(None, map(self._value, self.key_variables(route))), "")

    def _parameter(self, name: str) -> str:
        """A variable's value; a region or an address is no secret, and must not be filtered like one."""
        return self._value(name) if secret_name(name) else self.environ.get(name, "")

    def _value(self, name: str) -> str:
        secret = self.secrets.get(name)
        return secret.reveal() if secret else ""

    def _is_ambient(self, route: Route | None) -> bool:
        """Whether the cloud's own library finds credentials; a variable that the table names comes first."""
        if route is None or self.settings.api_key_env is not None:
            return False
        return any(map(self.secrets.has, route.ambient))

    def _error(self, message: str, kind: str, hint: str) -> ProviderError:
        return ProviderError(message, kind=kind, component=self.component, hint=hint)
