"""What a response means: data, text, or an error."""

from __future__ import annotations

import base64
import json
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from llmspell.errors import ToolFailed
from llmspell.redaction import Redactor

if TYPE_CHECKING:
    from llmspell.http.response import Response

_SHOWN = 500
_KINDS = {401: "authentication", 404: "not_found", 429: "rate_limited"}
_RETRYABLE = frozenset({408, 425, 429, 500, 502, 503, 504})


def answer(response: Response, method: str, where: str) -> Any:
    """What a tool answers: JSON as data, text as text, other bytes in base64; nothing where there is nothing.

    A key that the server repeats is not passed on.

    Args:
        response: what came.
        method: that it answers.
        where: the request, for people.

    Raises:
        ToolFailed: the status says that it failed; the beginning of the body is in the message.
    """
    if not response.ok:
        raise _failure(response, where)
    if method == "HEAD":
        return {"status": response.status, "headers": Redactor().data(dict(response.headers))}
    if not response.body:
        return None
    kind = response.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind.endswith(("/json", "+json")):
        return _data(response, where)
    if kind.startswith("text/") or kind.endswith(("/xml", "+xml", "yaml", "/javascript")) or not kind:
        return Redactor().exact(response.text())
    return {"content_type": kind, "size_bytes": len(response.body), "base64": base64.b64encode(response.body).decode()}


def _data(response: Response, where: str) -> Any:
    try:
        return json.loads(Redactor().exact(response.text()), parse_constant=_refuse)
    except (ValueError, RecursionError) as cause:
        raise ToolFailed(f"{where} answered {response.status} with what is not JSON: {str(cause)[:200]}") from None


def _refuse(word: str) -> Any:
    raise ValueError(f"{word} is no number of JSON")


def _failure(response: Response, where: str) -> ToolFailed:
    status = response.status
    reason = HTTPStatus(status).phrase if status in HTTPStatus.__members__.values() else ""
    said = " ".join(Redactor().text(response.text()[: 4 * _SHOWN]).split())
    said = said if len(said) <= _SHOWN else f"{said[: _SHOWN - 1]}…"
    return ToolFailed(
        f"{where} answered {status} {reason}".rstrip() + (f": {said}" if said else ""),
        kind=_KINDS.get(status),
        retryable=status in _RETRYABLE,
        details={"status": status, "body": said},
    )
