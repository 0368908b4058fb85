"""How a request proves who sends it: with a key that is named and never passed, sent only where it belongs."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Mapping, Sequence
from typing import Annotated, Literal, NotRequired, TypedDict

import attrs

from llmspell.context import Context
from llmspell.errors import PermissionDenied, UsageError
from llmspell.http.url import Url, parse_url
from llmspell.permissions.hosts import host_matcher
from llmspell.redaction import secret_name

Receivers = Mapping[str, Sequence[str]]
"""The hosts that a key may be sent to, as patterns by the key's name."""

# Their names look like those of keys.
_NO_KEYS = frozenset({"idempotency-key", "sec-websocket-key"})


class Auth(TypedDict):
    """How the request proves who sends it.

    Args:
        type: `bearer` and `basic` use the Authorization header; `header` and `query` another header or a parameter.
        secret: the name of the key or password, never the text itself.
        username: for `basic`.
        name: of the header or the parameter, for `header` and `query`.
    """

    type: Literal["bearer", "basic", "header", "query"]
    secret: Annotated[str, {"minLength": 1}]
    username: NotRequired[str]
    name: NotRequired[str]


@attrs.frozen(repr=False)
class Proof:
    """The headers and parameters that are added to a request."""

    headers: Mapping[str, str] = attrs.field(factory=dict)
    parameters: Mapping[str, str] = attrs.field(factory=dict)


def check_names(names: Sequence[str], what: str) -> None:
    """Refuse a key that is passed as text.

    Args:
        names: of headers or parameters.
        what: `header` or `parameter`.

    Raises:
        UsageError: one of them is the name of a key.
    """
    for name in names:
        if secret_name(name) and name.lower() not in _NO_KEYS:
            hint = "store it with `llmspell keys set NAME`, and pass auth with that name as its secret"
            raise UsageError(f"the {what} {name!r:.100} holds a key, which is not passed as text", hint=hint)


async def proof(context: Context, auth: Auth, url: str, receivers: Receivers) -> Proof:
    """What proves who sends a request.

    Raises:
        UsageError: it is not said how.
        PermissionDenied: the key may not be read, or not be sent to this host.
    """
    kind, name = auth["type"], auth.get("name", "")
    if kind in ("header", "query") and not name:
        raise UsageError(f"auth of type {kind!r} needs the name of the {'header' if kind == 'header' else 'parameter'}")
    if (kind == "basic") != ("username" in auth):
        raise UsageError("auth has a username for type 'basic', and for no other")
    if kind == "basic" and ":" in auth["username"]:
        raise UsageError("a username has no colon")
    _check_receiver(auth["secret"], parse_url(url), receivers)
    text = (await context.secret(auth["secret"])).reveal()
    match kind:
        case "bearer":
            return Proof({"Authorization": f"Bearer {text}"})
        case "basic":
            pair = b64encode(f"{auth['username']}:{text}".encode()).decode()
            return Proof({"Authorization": f"Basic {pair}"})
        case "header":
            return Proof({name: text})
        case "query":
            return Proof({}, {name: text})


def _check_receiver(secret: str, url: Url, receivers: Receivers) -> None:
    if not any(host_matcher(pattern, deny=False)(url.place) for pattern in receivers.get(secret, ())):
        raise PermissionDenied(
            f"the secret {secret!r:.100} may not be sent to {url.place!r}",
            hint=f'write into llmspell.toml: [tool.http_request.secrets] {secret:.100} = ["{url.host}"]',
        )
    here = url.host == "localhost" or (url.address is not None and url.address.is_loopback)
    if url.scheme != "https" and not here:
        raise PermissionDenied(
            f"the secret {secret!r:.100} may not be sent over http, which anybody on the way can read", hint="use https"
        )
