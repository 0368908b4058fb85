"""Every way in which a call through litellm can fail, as one clear `ProviderError`.

litellm's classes alone do not tell: a refused connection, a malformed body and a missing package all come as
an error with status 500. What really happened is in the chain of causes.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator, Mapping
from http import HTTPStatus
from typing import Any

from llmspell.errors import ProviderError
from llmspell.retry import retry_after
from llmspell_provider_litellm.account import Account
from llmspell_provider_litellm.answer import Cut, Nothing
from llmspell_provider_litellm.routes import route_of

_QUOTED = 300
_KINDS = {401: "authentication", 403: "authentication", 404: "unknown_model", 429: "rate_limited"}
_PASSING = frozenset({408, 409, 425, 429})
_PACKAGES = {"google": "pip install 'llmspell-provider-litellm[vertex]'"}
# What follows the server's words in a message of litellm's.
_AFTER = (
    "Original exception:",
    "Traceback (most recent",
    "Handle with `litellm",
    "To drop these, set",
    "Received Model Group",
)
_CLASS = re.compile(r"^(?:litellm\.)?\w*(?:Error|Exception|Timeout)(?: \w+Error)?(?: -|:) ")
_NO_ROUTE = "LLM Provider NOT provided"
_NO_ANSWER = "Empty or invalid response"


class Faults:
    """Makes the errors of one call to `model` on `account`."""

    def __init__(self, account: Account, model: str) -> None:
        self._account = account
        self._model = model

    def of(self, error: Exception) -> ProviderError:
        """What `error` means, whatever litellm or a library below it raised."""
        from httpx import HTTPStatusError, TransportError

        causes = tuple(_chain(error))
        for cause in causes:
            if isinstance(cause, HTTPStatusError):
                return self._refused(cause.response.status_code, _said(error), cause.response.headers)
        for cause in causes:
            if isinstance(cause, json.JSONDecodeError | Nothing):
                return self._nothing()
            if isinstance(cause, TransportError | OSError):
                return self._unreachable(error)
            if isinstance(cause, ModuleNotFoundError) and str(cause) in str(error):
                return self._missing(cause.name or str(cause))
        return self._unexplained(error)

    def late(self, seconds: float) -> ProviderError:
        """The time for the whole call is over."""
        return self._error(
            f"the model {self._model!r} took longer than {seconds:g} seconds",
            kind="timeout",
            retryable=True,
            hint="allow more with the timeout option of the call or the agent",
        )

    def _missing(self, package: str) -> ProviderError:
        return self._error(
            f"litellm needs the package {package!r} for the model {self._model!r}, and it is not installed",
            hint=_PACKAGES.get(package, f"pip install {package}"),
        )

    def _refused(self, status: int, said: str, headers: Mapping[str, str]) -> ProviderError:
        details: dict[str, Any] = {"status": status}
        wait = retry_after(headers)
        if wait is not None:
            details["retry_after"] = wait
        return self._error(
            f"{self._subject(status)} (HTTP {status}{_phrase(status)}){': ' + said if said else ''}",
            kind=_KINDS.get(status, "provider"),
            retryable=status in _PASSING or status >= 500,
            hint=self._hint(status),
            details=details,
        )

    def _unexplained(self, error: Exception) -> ProviderError:
        text, status = str(error), getattr(error, "status_code", None)
        if isinstance(error, Cut):
            return self._error(
                f"the stream of the model {self._model!r} ended before its answer was complete",
                retryable=True,
            )
        if _NO_ROUTE in text:
            return self._error(
                f"litellm knows no service for the model {self._model!r}",
                kind="unknown_model",
                hint=f"write {self._account.name}/SERVICE/MODEL, with a service that litellm knows",
            )
        if _NO_ANSWER in text:
            return self._nothing()
        if type(error).__name__ == "UnsupportedParamsError":
            return self._error(_said(error), hint="leave that option out for this model")
        if status in _KINDS:
            return self._refused(status, _said(error), {})
        said = _said(error) or type(error).__name__
        return self._error(
            f"the call to the model {self._model!r} failed: {said}",
            retryable=type(error).__name__ in {"MidStreamFallbackError", "Timeout", "ServiceUnavailableError"},
        )

    def _nothing(self) -> ProviderError:
        return self._error(
            f"the server answered with nothing that is an answer of the model {self._model!r}",
            hint=f"check base_url under [provider.{self._account.name}]" if self._at else "",
        )

    def _unreachable(self, error: Exception) -> ProviderError:
        began = type(error).__name__ == "MidStreamFallbackError"
        return self._error(
            f"{'lost the connection to' if began else 'cannot reach'} the server{self._at}{_reason(error)}",
            kind="network",
            retryable=True,
            hint=f"check the network, or base_url under [provider.{self._account.name}]",
        )

    @property
    def _at(self) -> str:
        base_url = self._account.settings.base_url
        return f" at {base_url}" if base_url else ""

    def _subject(self, status: int) -> str:
        if status == 404:
            return f"there is no model {self._model!r}{self._at}"
        if status in {401, 403}:
            return "the server refused the API key"
        return "the server failed" if status >= 500 else f"the server refused the model {self._model!r}"

    def _hint(self, status: int) -> str:
        variables = self._account.key_variables(self._account.route or route_of(self._model))
        if status in {401, 403}:
            names = " or ".join(variables)
            return (
                f"check the key in {names}"
                if names
                else f"name the key's variable: api_key_env under [provider.{self._account.name}]"
            )
        return f"llmspell models {self._account.name}" if status == 404 else ""

    def _error(self, message: str, *, kind: str = "provider", **fields: Any) -> ProviderError:
        text = self._account.redactor().text(f"{self._account.name}: {message}")
        return ProviderError(text, kind=kind, component=self._account.component, **fields)


def _chain(error: BaseException) -> Iterator[BaseException]:
    """`error` and what it came from, outermost first."""
    seen: set[int] = set()
    found: BaseException | None = error
    while found is not None and id(found) not in seen:
        seen.add(id(found))
        yield found
        found = found.__cause__ or found.__context__


def _said(error: Exception) -> str:
    """What the server said, in one line, without the wrappings of libraries."""
    text = str(error)
    for after in _AFTER:
        text = text.partition(after)[0].strip()
    while shorter := _CLASS.sub("", text):
        if shorter == text:
            break
        text = shorter
    text = _message_in(text)
    return "" if text.startswith("<") else " ".join(text.split())[:_QUOTED].rstrip(" .")


def _message_in(text: str) -> str:
    """The message of a JSON error body, or `text` itself."""
    try:
        found = json.loads(text.removeprefix("b'").removesuffix("'"))
    except ValueError:
        return text
    inner = found.get("error", found) if isinstance(found, dict) else found
    said = inner.get("message", text) if isinstance(inner, dict) else inner
    return str(said)


def _phrase(status: int) -> str:
    return f" {HTTPStatus(status).phrase}" if status in HTTPStatus._value2member_map_ else ""


def _reason(error: Exception) -> str:
    """The operating system's word for what happened, in brackets."""
    numbers = (cause.errno for cause in _chain(error) if isinstance(cause, OSError))
    number = next((number for number in numbers if number is not None and number > 0), 0)
    return f" ({os.strerror(number).lower()})" if number else ""
