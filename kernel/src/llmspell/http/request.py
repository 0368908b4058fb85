"""One request as it is sent, and what a redirect makes of it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import attrs

from llmspell.errors import LlmspellError, PermissionDenied, UsageError
from llmspell.http.url import Url, parse_url

METHODS = ("DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT")
REDIRECTS = frozenset({301, 302, 303, 307, 308})

_NAME = re.compile(r"[a-z0-9!#$%&'*+.^_`|~-]+")  # RFC 9110, section 5.6.2
_MOST_HEADERS = 64
_LONGEST_HEADER = 8_000  # bytes
# What frames a message and what the connection is about is ours; so is the encoding, because the bounds depend on it.
_OURS = frozenset(
    "accept-encoding connection content-length expect host keep-alive te trailer transfer-encoding upgrade".split()  # noqa: SIM905 words read better than quotes
)
# Of what the caller sent, only this goes to another origin: any other header may hold a key, whatever it is called.
_HARMLESS = frozenset({"accept", "accept-language", "content-language", "content-type", "user-agent"})
_OF_BODY = frozenset({"content-encoding", "content-language", "content-location", "content-type"})


@attrs.frozen
class Request:
    """What is sent; header names are in small letters."""

    method: str
    url: Url
    headers: Mapping[str, str] = attrs.field(repr=False)
    body: bytes | None = attrs.field(default=None, repr=False)


def make_request(
    method: str,
    url: str,
    *,
    headers: Mapping[str, str] | None = None,
    params: Mapping[str, object] | None = None,
    body: bytes | str | None = None,
    json: Any = None,  # Any: JSON-like data
) -> Request:
    """The request that these arguments describe; see `Http.request`.

    Raises:
        UsageError: one of them cannot be sent.
    """
    if method not in METHODS:
        raise UsageError(f"the method is {method!r}", hint=f"use one of {', '.join(METHODS)}")
    if body is not None and json is not None:
        raise UsageError("a request has both body and json", hint="pass one of them")
    wanted = _checked(headers or {})
    if json is not None:
        body = _encoded(json)
        wanted.setdefault("content-type", "application/json")
    content = body.encode() if isinstance(body, str) else body
    if content is not None and type(content) is not bytes:
        raise UsageError(f"a body is bytes or text, and not {type(content).__name__}", hint="pass data as json")
    return Request(method, parse_url(url, params), {**_usual(), **wanted}, content)


def redirected(request: Request, status: int, location: str) -> Request:
    """What is asked next; credentials stay with the origin that they were meant for.

    After 303 it is a GET, after 301 and 302 a POST becomes a GET, and after 307 and 308 all stays as it was (RFC 9110,
    section 15.4), the body too: who redirects has seen it.

    Raises:
        LlmspellError: the location is no URL to ask; of kind `network`.
        PermissionDenied: it leads from https to http.
    """
    try:
        url = request.url.join(location)
    except UsageError as cause:
        raise LlmspellError(
            f"{request.url.shown} redirects to what is no URL: {cause.message}", kind="network"
        ) from cause
    if request.url.scheme == "https" and url.scheme != "https":
        raise PermissionDenied(
            f"{request.url.shown} redirects from https to {url.shown}, which anybody on the way could read",
            hint="ask that URL itself, if it is meant",
        )
    headers = request.headers
    if url.origin != request.url.origin:
        headers = {name: value for name, value in headers.items() if name in _HARMLESS}
    if (status == 303 and request.method != "HEAD") or (status in (301, 302) and request.method == "POST"):
        kept = {name: value for name, value in headers.items() if name not in _OF_BODY}
        return Request("GET", url, kept)
    return attrs.evolve(request, url=url, headers=headers)


def _usual() -> dict[str, str]:
    from llmspell import __version__

    return {"accept": "*/*", "user-agent": f"llmspell/{__version__}"}


def _checked(headers: Mapping[str, str]) -> dict[str, str]:
    """The headers with their names in small letters."""
    if len(headers) > _MOST_HEADERS:
        raise UsageError(f"a request has {len(headers)} headers, and at most {_MOST_HEADERS} are sent")
    found: dict[str, str] = {}
    for written, value in headers.items():
        name = written.lower() if isinstance(written, str) else ""
        if not _NAME.fullmatch(name):
            raise UsageError(f"{written!r:.100} is no name of a header")
        if name in _OURS or name.startswith("proxy-"):
            raise UsageError(f"the header {written!r} cannot be set: it is worked out for each connection")
        if name in found:
            raise UsageError(f"the header {written!r} is there twice")
        found[name] = _value(written, value)
    return found


def _value(name: str, value: object) -> str:
    # Never quoted: it may be a key.
    if type(value) is not str:
        raise UsageError(f"the header {name!r} is no text, but {type(value).__name__}")
    if not value.replace("\t", " ").isprintable():
        raise UsageError(f"the header {name!r} holds a line break or another hidden character")
    if len(value.encode()) > _LONGEST_HEADER:
        raise UsageError(f"the header {name!r} has more than {_LONGEST_HEADER} bytes")
    return value


def _encoded(data: Any) -> bytes:
    from json import dumps

    try:
        return dumps(data, ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode()
    except (TypeError, ValueError, RecursionError) as cause:
        raise UsageError(f"the request's json cannot be written: {cause}") from cause
