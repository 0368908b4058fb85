"""What a URL answers, for tools that want its content and not its status."""

from __future__ import annotations

from http import HTTPStatus
from urllib.parse import urljoin

from llmspell.context import Context
from llmspell.errors import LlmspellError
from llmspell.http import Response
from llmspell.http.url import parse_url

TIMEOUT = 30.0
_MISSING = (404, 410)
_PASSING = (429, 502, 503, 504)


async def fetched(
    context: Context, url: str, *, accept: str, max_bytes: int, cut: bool = False, timeout: float = TIMEOUT
) -> Response:
    """The answer of a URL, after all redirects.

    Raises:
        UsageError: it is no URL to ask.
        PermissionDenied: it may not be reached.
        LlmspellError: it says failure (kind `not_found` or `network`), or cannot be reached.
    """
    headers = {"Accept": accept}
    answer = await context.http.get(url, headers=headers, max_bytes=max_bytes, cut=cut, timeout=timeout)
    check(answer)
    return answer


def check(answer: Response) -> None:
    """Refuse an answer that says failure.

    Raises:
        LlmspellError: it does.
    """
    if answer.ok:
        return
    raise LlmspellError(
        f"{shown(answer.url)} answered {answer.status} {phrase(answer.status)}".rstrip(),
        kind="not_found" if answer.status in _MISSING else "network",
        retryable=answer.status in _PASSING,
        details={"status": answer.status},
    )


def phrase(status: int) -> str:
    """What a status means, in the words of the standard; empty for one that it does not know."""
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return ""


def media_type(answer: Response) -> str:
    """The type of an answer without parameters, in small letters; empty when it has none."""
    return answer.headers.get("content-type", "").partition(";")[0].strip().lower()


def shown(url: str) -> str:
    """The URL for people: without what looks secret."""
    return parse_url(url).shown


def joined(base: str, reference: str) -> str:
    """The http or https URL that a reference means; empty when it means none."""
    try:
        found = urljoin(base, reference.strip())
    except ValueError:
        return ""
    return found if found.lower().startswith(("http://", "https://")) else ""
