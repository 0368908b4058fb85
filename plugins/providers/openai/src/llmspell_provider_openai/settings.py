"""What `[provider.openai]`, `[provider.ollama]` and tables with `plugin = "openai"` may say."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import attrs

if TYPE_CHECKING:
    from urllib.parse import SplitResult

_positive = attrs.validators.optional(attrs.validators.gt(0))


def _check_url(instance: OpenAISettings, field: attrs.Attribute[str], value: str) -> None:
    if value:
        check_url(value)


def _check_headers(
    instance: OpenAISettings, field: attrs.Attribute[Mapping[str, str]], value: Mapping[str, str]
) -> None:
    for name, text in value.items():
        if not text.isprintable():
            raise ValueError(f"holds a header {name!r} with a character that no header can carry")


def check_url(value: str) -> None:
    """Check that `value` can be a server's base address.

    Raises:
        ValueError: it is not an http or https address, or holds a password; the text goes on after its name.
    """
    from urllib.parse import urlsplit

    parts = urlsplit(value)
    if "@" in parts.netloc:
        raise ValueError("must not hold a user or a password; use api_key_env or headers")
    if parts.scheme not in {"http", "https"} or parts.query or parts.fragment or not _has_host(parts):
        raise ValueError(f"must look like https://host/v1, found {value!r}")


def _has_host(parts: SplitResult) -> bool:
    try:
        return bool(parts.hostname) and (parts.port is None or parts.port > 0)
    except ValueError:  # the port is no number
        return False


@attrs.frozen
class OpenAISettings:
    """One table of the configuration; every key may be left out.

    Attributes:
        base_url: the server, up to and including `/v1`.
        api_key_env: the variable that holds the key; empty for a server that wants none.
        api_key: refused: a key in a file gets copied and committed.
        headers: sent with every request; their values are treated as secrets.
        models: the model names to list; asked of the server when empty.
        timeout: seconds for one call, retries included; the call's own timeout counts where it is shorter.
        connect_timeout: seconds to reach the server, once.
        max_retries: further attempts after the first, while nothing of the answer has arrived.
        max_retry_wait: seconds of waiting between the attempts of one call, all together.
        trust_env: take proxies from the environment.
        tools: whether the models can call tools.
        response_format: whether the models can be held to a JSON Schema.
    """

    base_url: str = attrs.field(default="", validator=_check_url)
    api_key_env: str | None = None
    api_key: str = attrs.field(default="", repr=False)
    headers: Mapping[str, str] = attrs.field(factory=dict, repr=False, validator=_check_headers)
    models: tuple[str, ...] = ()
    timeout: float | None = attrs.field(default=None, validator=_positive)
    connect_timeout: float = attrs.field(default=10.0, validator=attrs.validators.gt(0))
    max_retries: int = attrs.field(default=3, validator=attrs.validators.ge(0))
    max_retry_wait: float = attrs.field(default=60.0, validator=attrs.validators.ge(0))
    trust_env: bool = False
    tools: bool = True
    response_format: bool = True

    def __attrs_post_init__(self) -> None:
        if self.api_key:  # no validator: what is wrong with a secret-looking field is not shown in full
            raise ValueError(
                "a key does not belong in a file; export it as a variable, and write that variable's name: "
                "api_key_env = ..."
            )
