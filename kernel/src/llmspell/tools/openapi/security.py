"""Which keys an operation wants, and where they are put.

Keys are named, never given: their texts are looked up for each call, with the permission of whoever calls.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Literal

import attrs

from llmspell.errors import LlmspellError, UsageError, did_you_mean
from llmspell.tools.openapi import styles
from llmspell.tools.openapi.document import Document
from llmspell.tools.openapi.endpoints import Endpoint

if TYPE_CHECKING:
    from llmspell.context import Context


@attrs.frozen
class Credential:
    """One key of a request.

    Attributes:
        secret: the key's name.
        place: `header`, `query` or `cookie`.
        name: of that header, parameter or cookie.
        scheme: what goes before it: `Bearer`, `Basic`, or nothing.
    """

    secret: str
    place: Literal["header", "query", "cookie"]
    name: str
    scheme: str = ""


@attrs.frozen
class Security:
    """What an operation wants.

    Attributes:
        credentials: the keys that are sent.
        lacking: the schemes that it cannot do without, and that no key was named for.
    """

    credentials: tuple[Credential, ...] = ()
    lacking: tuple[str, ...] = ()


@attrs.frozen
class Sent:
    """The keys of one request, where they go; not to be shown."""

    headers: dict[str, str] = attrs.field(factory=dict, repr=False)
    query: styles.Pairs = attrs.field(factory=list, repr=False)
    cookies: styles.Pairs = attrs.field(factory=list, repr=False)


def by_scheme(document: Document, secret: str | Mapping[str, str]) -> dict[str, str]:
    """The names of keys by security scheme.

    Args:
        document: where the schemes are.
        secret: the key of the only scheme, or those of some by their names.

    Raises:
        UsageError: there is no such scheme, or more than one for a single key.
    """
    schemes = sorted(_schemes(document))
    if isinstance(secret, str):
        if not secret:
            return {}
        if len(schemes) != 1:
            hint = f'write a table: secret = {{ {schemes[0]} = "{secret}" }}' if schemes else "take secret away"
            listed = ", ".join(schemes) or "none"
            raise document.wrong("securitySchemes", f"are not one, for the key {secret!r}, but: {listed}", hint=hint)
        return {schemes[0]: secret}
    for name in secret:
        if name not in schemes:
            raise document.wrong("securitySchemes", f"has no {name!r:.60}", hint=did_you_mean(name, schemes))
    return dict(secret)


def security(endpoint: Endpoint, secrets: Mapping[str, str]) -> Security:
    """What an operation wants, of the first of its alternatives that keys are named for.

    Raises:
        UsageError: the document is wrong about it.
    """
    document, where = endpoint.document, f"{endpoint.where}: security"
    said = endpoint.data.get("security", document.data.get("security"))
    alternatives = [document.table(each, where) for each in document.items(said, where)]
    for names in sorted(alternatives, key=lambda names: not names):  # without any key comes last
        if all(name in secrets for name in names):
            return Security(tuple(_credential(document, name, secrets[name]) for name in names))
    return Security(lacking=tuple(alternatives[0]) if alternatives else ())


async def send(credentials: Sequence[Credential], context: Context) -> Sent:
    """The keys of a request.

    Raises:
        PermissionDenied: one of them may not be used.
        ConfigError: nobody has it.
        LlmspellError: it is not of the form that its scheme wants.
    """
    sent = Sent()
    for each in credentials:
        text = (await context.secret(each.secret)).reveal()
        if each.scheme == "Basic":
            text = _basic(each, text)
        text = f"{each.scheme} {text}" if each.scheme else text
        if each.place == "header":
            sent.headers[each.name] = text
        else:
            pairs = sent.query if each.place == "query" else sent.cookies
            pairs.append((styles.encoded(each.name), styles.encoded(text)))
    return sent


def _basic(credential: Credential, text: str) -> str:
    if ":" not in text:
        raise LlmspellError(
            f"the key {credential.secret} is no user name and password",
            kind="authentication",
            hint=f"set it again as user:password with llmspell keys set {credential.secret}",
        )
    return base64.b64encode(text.encode()).decode()


def _schemes(document: Document) -> Mapping[str, Any]:
    components = document.table(document.data.get("components"), "components")
    return document.table(components.get("securitySchemes"), "securitySchemes")


def _credential(document: Document, name: str, secret: str) -> Credential:
    where = f"securitySchemes: {name!r:.60}"
    data = document.table(_schemes(document).get(name), where)
    match data.get("type"), str(data.get("scheme", "")).lower(), data.get("in"), data.get("name"):
        case "apiKey", _, ("header" | "query" | "cookie") as place, str(of):
            return Credential(secret, place, of)
        case ("http", "bearer", _, _) | (("oauth2" | "openIdConnect"), _, _, _):  # a token that was got elsewhere
            return Credential(secret, "header", "Authorization", "Bearer")
        case "http", "basic", _, _:
            return Credential(secret, "header", "Authorization", "Basic")
    kinds = "apiKey, http bearer and basic, oauth2 and openIdConnect are known"
    raise document.wrong(where, f"is of a type that is not supported: {data.get('type')!r:.40}", hint=kinds)


def check_lacking(tool: str, found: Security) -> None:
    """Refuse a call that would be sent without the keys that it needs.

    Raises:
        UsageError: no key was named for it; of kind `authentication`.
    """
    if found.lacking:
        raise UsageError(
            f"tool {tool!r} needs a key for {' and '.join(found.lacking)}",
            kind="authentication",
            hint=f'name one: secret = {{ {found.lacking[0]} = "NAME" }}',
        )
