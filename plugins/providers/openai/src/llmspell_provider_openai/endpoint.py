"""Where a provider sends its requests, with which key, and what a person can do when that does not work."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping

import attrs

from llmspell.errors import ConfigError, ProviderError
from llmspell.secrets import Secrets
from llmspell_provider_openai.settings import OpenAISettings, check_url

OPENAI_URL = "https://api.openai.com/v1"

_OLLAMA_PORTS = defaultdict(int, {"": 11434, "http": 80, "https": 443})


@attrs.frozen
class Endpoint:
    """One server, as the provider called `name` uses it.

    Attributes:
        base_url: without a slash at its end.
        key_env: the name of the key, which is that of its variable; empty when none is wanted.
        secrets: where the key is found.
        settings: the rest of its table.
        start_hint: what to do when nothing listens there.
        model_hint: what to do when a model is not there; `{model}` stands for its name.
        usual_model: a model that the server is sure to have; empty when none is.
    """

    name: str
    base_url: str
    key_env: str = ""
    secrets: Secrets = attrs.field(factory=lambda: Secrets({}), repr=False)
    settings: OpenAISettings = attrs.field(factory=OpenAISettings)
    start_hint: str = ""
    model_hint: str = ""
    usual_model: str = ""

    @property
    def component(self) -> str:
        """The provider in an error: `provider:<name>`."""
        return f"provider:{self.name}"

    @property
    def key(self) -> str:
        """The key itself; empty when none is wanted, or there is none."""
        secret = self.secrets.get(self.key_env) if self.key_env else None
        return secret.reveal() if secret else ""

    @property
    def has_key(self) -> bool:
        """Whether there is a key, or none is wanted; opens no store."""
        return not self.key_env or self.secrets.has(self.key_env)

    async def require_key(self) -> None:
        """Find the key, where one is wanted, and check that it can be sent; it may have to be decrypted.

        Raises:
            ProviderError: there is none, its store cannot be opened, or it cannot be sent.
        """
        if not self.key_env:
            return
        try:
            await self.secrets.prepare(self.key_env)
        except ConfigError as error:
            raise self._no_key(f"no API key, because {error}", error.hint) from error
        if not self.key:
            notice = self.secrets.notices.get(self.key_env)
            raise self._no_key(
                "; ".join(filter(None, [f"no API key, because {self.key_env} is not set", notice])),
                f"llmspell keys set {self.name}, or export {self.key_env}=... ; for a server that wants no key, write "
                f'api_key_env = "" under [provider.{self.name}] in llmspell.toml',
            )
        if not self.key.isprintable():
            raise self._no_key(
                f"the key in {self.key_env} holds a line break or another control character",
                f"export {self.key_env} again, with nothing but the key, or: llmspell keys set {self.name}",
            )

    def _no_key(self, reason: str, hint: str) -> ProviderError:
        return ProviderError(
            f"{self.name}: {reason}",
            kind="authentication",
            component=self.component,
            hint=hint,
            details={"variable": self.key_env},
        )

    @property
    def default_model(self) -> str:
        """What to ask when the user chose no model; empty when the key is missing, or nothing is known."""
        if not self.has_key:
            return ""
        return self.settings.models[0] if self.settings.models else self.usual_model

    def headers(self) -> dict[str, str]:
        """What every request carries, the key included."""
        from llmspell import __version__

        common = {"User-Agent": f"llmspell/{__version__}", "Content-Type": "application/json"}
        if key := self.key:
            common["Authorization"] = f"Bearer {key}"
        return {**common, **self.settings.headers}

    def scrub(self, text: str) -> str:
        """`text` without the key and the configured headers' values."""
        for secret in (self.key, *self.settings.headers.values()):
            if len(secret) >= 4:
                text = text.replace(secret, "[redacted]")
        return text


def openai(settings: OpenAISettings, environ: Mapping[str, str], secrets: Secrets) -> Endpoint:
    """OpenAI itself, or the server that the table or `OPENAI_BASE_URL` names in its place."""
    base_url = settings.base_url or _from_environ("OPENAI_BASE_URL", environ) or OPENAI_URL
    endpoint = _endpoint("openai", base_url, settings, secrets, key_env="OPENAI_API_KEY")
    return attrs.evolve(endpoint, usual_model="gpt-4.1-mini")


def ollama(name: str, settings: OpenAISettings, environ: Mapping[str, str], secrets: Secrets) -> Endpoint:
    """A local Ollama: the table's, `OLLAMA_HOST`'s or the usual one."""
    endpoint = _endpoint(name, settings.base_url or _ollama_url(environ), settings, secrets)
    return attrs.evolve(
        endpoint, start_hint="start it with: ollama serve", model_hint="get it with: ollama pull {model}"
    )


def other(name: str, settings: OpenAISettings, secrets: Secrets) -> Endpoint:
    """Another server that speaks the same protocol. It never gets OpenAI's key unless its table says so.

    Raises:
        ConfigError: its table names no server.
    """
    if not settings.base_url:
        raise ConfigError(
            [f"`provider.{name}.base_url` is missing"],
            hint=f'write base_url = "http://host:port/v1" under [provider.{name}]',
        )
    return _endpoint(name, settings.base_url, settings, secrets)


def _endpoint(name: str, base_url: str, settings: OpenAISettings, secrets: Secrets, key_env: str = "") -> Endpoint:
    if settings.api_key_env is not None:
        key_env = settings.api_key_env
    return Endpoint(
        name,
        base_url.rstrip("/"),
        key_env,
        secrets,
        settings,
        start_hint=f"check base_url under [provider.{name}] in llmspell.toml, and the network",
        model_hint=f"llmspell models {name}",
    )


def _from_environ(variable: str, environ: Mapping[str, str]) -> str:
    value = environ.get(variable, "").strip()
    if value:
        try:
            check_url(value)
        except ValueError as error:
            raise ConfigError([f"the environment variable {variable} {error}"]) from None
    return value


def _ollama_url(environ: Mapping[str, str]) -> str:
    """The address in `OLLAMA_HOST`, as Ollama's own programs read it: host, host and port, or all of it."""
    scheme, _, rest = environ.get("OLLAMA_HOST", "").strip().rpartition("://")
    rest = rest.rstrip("/").removesuffix("/v1")
    has_port = ":" in rest.rpartition("]")[2]
    address, port = rest.rsplit(":", 1) if has_port else (rest, _OLLAMA_PORTS[scheme])
    if address in {"", "0.0.0.0", "[::]"}:  # noqa: S104  # where its server listens everywhere, it is asked here
        address = "127.0.0.1"
    return _from_environ("OLLAMA_HOST", {"OLLAMA_HOST": f"{scheme or 'http'}://{address}:{port}/v1"})
