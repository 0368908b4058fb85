"""What `[provider.litellm]`, `[provider.anthropic]` and the tables of the other routes may say."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import attrs

from llmspell.redaction import secret_name

_OURS = frozenset(
    "api_base base_url custom_llm_provider drop_params extra_body max_retries messages model num_retries "  # noqa: SIM905 words read better than quotes
    "stream stream_options timeout tools".split()
)
_positive = attrs.validators.optional(attrs.validators.gt(0))


def _refuse_key(instance: LitellmSettings, field: attrs.Attribute[str], value: str) -> None:
    if value:
        raise ValueError(
            "a key does not belong in a file; put it into an environment variable and name that one: "
            'api_key_env = "MY_KEY"'
        )


def _check_url(instance: LitellmSettings, field: attrs.Attribute[str], value: str) -> None:
    if not value:
        return
    from urllib.parse import urlsplit

    parts = urlsplit(value)
    if "@" in parts.netloc:
        raise ValueError("base_url must not hold a user or a password")
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise ValueError(f"base_url must look like https://host/path, found {value!r}")


def _check_options(
    instance: LitellmSettings, field: attrs.Attribute[Mapping[str, Any]], value: Mapping[str, Any]
) -> None:
    for name in value:
        if secret_name(name):
            raise ValueError(f"{name!r} looks like a secret, which does not belong in a file; use api_key_env")
        if name in _OURS:
            raise ValueError(f"{name!r} is set by llmspell; options are for parameters such as api_version")


@attrs.frozen
class LitellmSettings:
    """One table of the configuration; every key may be left out.

    Attributes:
        base_url: another server in place of the service's own, written as litellm wants it for the route.
        api_key_env: the variable that holds the key; empty when litellm is to go without one.
        api_key: refused, so that no key stands in a file.
        options: further parameters for litellm (`api_version`, `vertex_project`, `aws_region_name`, ...).
        models: the model names to list, the first of which is the default; litellm's own list when empty.
        timeout: seconds for one call, retries included; the call's own timeout counts where it is shorter.
        max_retries: further attempts after the first, while nothing of the answer has arrived.
        max_retry_wait: seconds of waiting between the attempts of one call, all together.
        tools: whether the models can call tools; litellm's table says it when left out.
        response_format: whether the models can be held to a JSON Schema; as above.
    """

    base_url: str = attrs.field(default="", validator=_check_url)
    api_key_env: str | None = None
    api_key: str = attrs.field(default="", repr=False, validator=_refuse_key)
    # Any: whatever litellm takes.
    options: Mapping[str, Any] = attrs.field(factory=dict, validator=_check_options)
    models: tuple[str, ...] = ()
    timeout: float | None = attrs.field(default=None, validator=_positive)
    max_retries: int = attrs.field(default=3, validator=attrs.validators.ge(0))
    max_retry_wait: float = attrs.field(default=60.0, validator=attrs.validators.ge(0))
    tools: bool | None = None
    response_format: bool | None = None
