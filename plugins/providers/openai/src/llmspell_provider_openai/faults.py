"""Every way in which a server can fail, as one clear `ProviderError`.

No sentence holds the text of a library's exception: those name classes and internals, and may quote headers.
What the server says is quoted, with keys redacted.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from llmspell.errors import ProviderError
from llmspell.retry import retry_after
from llmspell_provider_openai.endpoint import Endpoint
from llmspell_provider_openai.wire import Malformed, decode

_QUOTED = 500
_KINDS = {401: "authentication", 403: "authentication", 404: "unknown_model", 429: "rate_limited"}
_KINDS_BY_CODE = {
    "invalid_api_key": "authentication",
    "model_not_found": "unknown_model",
    "rate_limit_exceeded": "rate_limited",
    "insufficient_quota": "rate_limited",
}
_PASSING_STATUSES = frozenset({408, 409, 429})
_PASSING_CODES = frozenset({"rate_limit_exceeded", "server_error", "overloaded_error", "internal_error", "timeout"})


class Faults:
    """Makes the errors of one call to `model` at `endpoint`."""

    def __init__(self, endpoint: Endpoint, model: str = "") -> None:
        self._endpoint = endpoint
        self._model = model

    def refused(self, status: int, headers: Mapping[str, str], text: str) -> ProviderError:
        """The server answered with a status that is no success."""
        said, code = self._quoted(*_said(text))
        if status < 400:
            said = f"it redirects to {headers.get('Location')!r}, which is not followed"
        about = f"{self._endpoint.name}: {self._subject(status)} (HTTP {status}{_reason(status)})"
        details: dict[str, Any] = {"status": status, "code": code}
        wait = retry_after(headers)
        if wait is not None:
            details["retry_after"] = wait
        return self._error(
            f"{about}: {said}" if said else about,
            kind=self._kind(status, code),
            retryable=(status in _PASSING_STATUSES or status >= 500) and code != "insufficient_quota",
            details=details,
        )

    def reported(self, error: object) -> ProviderError:
        """The server answered 200, and then with an error object."""
        said, code = self._quoted(*_described(error))
        status = int(code) if code.isdecimal() and len(code) == 3 else 0
        return self._error(
            f"{self._endpoint.name}: the server failed while it answered: {said or 'it did not say why'}",
            kind=self._kind(status, code),
            retryable=code in _PASSING_CODES or status in _PASSING_STATUSES or status >= 500,
            details={"code": code},
        )

    def unreachable(self, error: Exception) -> ProviderError:
        """The connection could not be made."""
        endpoint = self._endpoint
        return self._error(
            f"{endpoint.name}: cannot reach {endpoint.base_url} ({_os_reason(error)})",
            kind="network",
            retryable=True,
            hint=endpoint.start_hint,
        )

    def untrusted(self) -> ProviderError:
        """The server's certificate does not convince."""
        return self._error(
            f"{self._endpoint.name}: the certificate of {self._endpoint.base_url} is not trusted",
            kind="network",
            hint="check base_url; a private authority's certificate goes into SSL_CERT_FILE",
        )

    def lost(self, error: Exception) -> ProviderError:
        """The connection was made, and broke."""
        return self._error(
            f"{self._endpoint.name}: lost the connection to {self._endpoint.base_url} ({_os_reason(error)})",
            kind="network",
            retryable=True,
        )

    def late(self, seconds: float) -> ProviderError:
        """The time for the whole call is over."""
        return self._error(
            f"{self._endpoint.name}: {self._asked()} took longer than {seconds:g} seconds",
            kind="timeout",
            retryable=True,
            hint="allow more with the timeout option of the call or the agent",
        )

    def malformed(self, error: Malformed) -> ProviderError:
        """The answer is none of a chat completion."""
        told = error.told(self._endpoint.scrub)
        return self._error(f"{self._endpoint.name}: the server answered {told}", hint=self._check_url())

    def page(self, content_type: str) -> ProviderError:
        """The answer is a web page."""
        return self._error(
            f"{self._endpoint.name}: the server answered with a page ({content_type}), not with JSON",
            hint=self._check_url(),
        )

    def empty(self) -> ProviderError:
        """The answer has no content at all."""
        return self._error(f"{self._endpoint.name}: the server answered with an empty body", hint=self._check_url())

    def cut(self) -> ProviderError:
        """The stream ended in good order, but without a finish reason."""
        return self._error(
            f"{self._endpoint.name}: the stream of {self._asked()} ended before its answer was complete",
            retryable=True,
        )

    def _error(self, message: str, *, hint: str = "", kind: str = "provider", **fields: Any) -> ProviderError:
        scrub = self._endpoint.scrub
        hint = hint or self._hint(kind)
        return ProviderError(scrub(message), kind=kind, component=self._endpoint.component, hint=hint, **fields)

    def _quoted(self, said: str, code: str) -> tuple[str, str]:
        """The server's words on one line; secrets go before anything is cut, or half a key would stay."""
        said = " ".join(self._endpoint.scrub(said).split())
        return said[:_QUOTED], self._endpoint.scrub(code)[:_QUOTED]

    def _kind(self, status: int, code: str) -> str:
        if status == 404 and not self._model:
            return "provider"
        return _KINDS_BY_CODE.get(code) or _KINDS.get(status, "provider")

    def _hint(self, kind: str) -> str:
        if kind == "authentication" and self._endpoint.key_env:
            return f"check the key in {self._endpoint.key_env}"
        if kind == "unknown_model":
            return self._endpoint.model_hint.format(model=self._model)
        return ""

    def _check_url(self) -> str:
        return f"check base_url under [provider.{self._endpoint.name}]: {self._endpoint.base_url}"

    def _asked(self) -> str:
        return f"the model {self._model!r}" if self._model else "the list of models"

    def _subject(self, status: int) -> str:
        if status == 404 and self._model:
            return f"there is no model {self._model!r} at {self._endpoint.base_url}"
        if status in {401, 403}:
            return "the server refused the API key" if self._endpoint.key else "the server wants an API key"
        return f"the server refused {self._asked()}" if status < 500 else "the server failed"


def _reason(status: int) -> str:
    try:
        return f" {HTTPStatus(status).phrase}"
    except ValueError:
        return ""


def _os_reason(error: Exception) -> str:
    """The operating system's word for what happened, or ours."""
    import aiohttp

    ours = (
        (aiohttp.ClientConnectorDNSError, "the host's name is not known"),
        (aiohttp.ConnectionTimeoutError, "no connection in time"),
        (aiohttp.ServerDisconnectedError, "the server closed it"),
        (aiohttp.ClientPayloadError, "in the middle of the answer"),
        (aiohttp.ClientResponseError, "what it answers is not HTTP"),
    )
    for kind, word in ours:
        if isinstance(error, kind):
            return word
    number = error.errno if isinstance(error, OSError) else None
    return os.strerror(number).lower() if number and number > 0 else type(error).__name__


def _said(text: str) -> tuple[str, str]:
    """The message and the code in an error's body."""
    try:
        data = decode(text)
    except Malformed:
        return ("" if text.lstrip().startswith("<") else text.strip()), ""
    return _described(data.get("error", data) if isinstance(data, dict) else data)


def _described(error: object) -> tuple[str, str]:
    """The message and the code of an error object, in the forms that compatible servers use."""
    if isinstance(error, str):
        return error, ""
    if not isinstance(error, dict):
        return "", ""
    said = next((str(error[key]) for key in ("message", "detail") if error.get(key)), "")
    code = next((str(error[key]) for key in ("code", "type") if error.get(key)), "")
    return said, code
