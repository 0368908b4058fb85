"""The tool `webhook_call`: a JSON message to another program's URL, signed where that wants it."""

from __future__ import annotations

import hashlib
import hmac
import json
from typing import Annotated, Any

from llmspell.context import Context
from llmspell.errors import UsageError
from llmspell.http.url import Url, parse_url
from llmspell.redaction import secret_name
from llmspell.tools import Example, tool

_MOST = 1024 * 1024  # bytes of a payload
_ANSWERED = 4_096  # bytes of an answer
_OWN = frozenset({"content-type"})
# Their names look like those of keys.
_NO_KEYS = frozenset({"idempotency-key"})


@tool(
    category="comms",
    tags=("callback", "event", "hmac", "http", "notify", "post"),
    needs=("net",),
    timeout=90.0,
    examples=(
        Example(
            {"url": "https://hooks.example.com/build", "payload": {"status": "done"}, "secret": "HOOK_SECRET"},
            "tells another program, signed",
        ),
    ),
)
async def webhook_call(
    context: Context,
    *,
    url: Annotated[str, {"minLength": 1}],
    payload: Any,  # Any: JSON-like data
    secret: str = "",
    signature_header: Annotated[str, {"pattern": "^[A-Za-z0-9-]{1,100}$"}] = "X-Signature-256",
    headers: dict[str, str] | None = None,
    timeout: Annotated[float, {"exclusiveMinimum": 0, "maximum": 60}] = 15.0,
) -> dict[str, Any]:
    """Posts JSON to a webhook once and answers its status and the beginning of what it says.

    With a secret, a header holds `sha256=` and the HMAC-SHA256 of the body in hexadecimal, so that the receiver can
    prove who sent it. Redirects are not followed, and nothing is tried again.

    Args:
        context: what the call may use.
        url: the webhook; https, but for this machine itself.
        payload: the message.
        secret: the name of the key to sign with, never the key itself; empty for no signature.
        signature_header: the header of the signature, such as `X-Hub-Signature-256`.
        headers: more headers, such as the name of the event.
        timeout: seconds for the whole call.
    """
    _check_url(parse_url(url))
    _check_headers(headers or {}, signature_header if secret else "")
    body = _encoded(payload)
    sent = {**(headers or {}), "Content-Type": "application/json"}
    if secret:
        key = (await context.secret(secret)).reveal().encode()
        sent[signature_header] = f"sha256={hmac.new(key, body, hashlib.sha256).hexdigest()}"
    answer = await context.http.post(
        url, body=body, headers=sent, timeout=timeout, max_redirects=0, max_bytes=_ANSWERED, cut=True
    )
    return {
        "status": answer.status,
        "ok": answer.ok,
        "body": answer.text(),
        "truncated": answer.truncated,
        "signed": bool(secret),
    }


def _check_url(url: Url) -> None:
    here = url.host == "localhost" or (url.address is not None and url.address.is_loopback)
    if url.scheme != "https" and not here:
        raise UsageError(f"{url.shown} is not https, so anybody on the way could read and change it", hint="use https")


def _check_headers(headers: dict[str, str], signature: str) -> None:
    for name in headers:
        if name.lower() in (*_OWN, signature.lower()):
            raise UsageError(f"the header {name!r:.100} is set by the tool")
        if secret_name(name) and name.lower() not in _NO_KEYS:
            hint = "sign with secret, or use http_request with auth"
            raise UsageError(f"the header {name!r:.100} holds a key, which is not passed as text", hint=hint)


def _encoded(payload: Any) -> bytes:
    try:
        body = json.dumps(payload, ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode()
    except (TypeError, ValueError, RecursionError) as cause:
        raise UsageError(f"the payload cannot be written as JSON: {cause}") from cause
    if len(body) > _MOST:
        raise UsageError(f"the payload has {len(body)} bytes, and at most {_MOST} are sent", hint="send less")
    return body
