"""The tool `url_check`: whether URLs answer, and where they lead."""

from __future__ import annotations

import asyncio
from time import perf_counter
from typing import Annotated, Any

import attrs

from llmspell.approvals.clocks import Stoppable
from llmspell.context import Context
from llmspell.errors import LlmspellError, PermissionDenied, UsageError
from llmspell.http import Response
from llmspell.http.url import parse_url
from llmspell.tools import Example, tool
from llmspell_tool_web.pages import media_type, phrase, shown

_AT_ONCE = 8
_REDIRECTS = frozenset({301, 302, 303, 307, 308})


@tool(
    category="web",
    tags=("alive", "dead", "head", "link", "redirect", "status"),
    needs=("net",),
    idempotent=True,
    timeout=300.0,
    examples=(Example({"urls": ["https://example.com/"]}, "status and redirects of a URL"),),
)
async def url_check(
    context: Context,
    urls: Annotated[list[Annotated[str, {"minLength": 1}]], {"minItems": 1, "maxItems": 50}],
    timeout: Annotated[float, {"exclusiveMinimum": 0, "maximum": 60}] = 10.0,
    max_redirects: Annotated[int, {"minimum": 0, "maximum": 10}] = 5,
) -> list[dict[str, Any]]:
    """Checks whether URLs answer: status, final URL, the redirects on the way, type, size and time of each.

    It asks with HEAD, and with GET where HEAD is answered with a failure; no body is read.

    Args:
        context: what the call may use.
        urls: up to 50, http or https; the answer has one entry for each, in this order.
        timeout: seconds for each of them.
        max_redirects: how many redirects are followed for each.
    """
    for url in urls:
        parse_url(url)
    gate = asyncio.Semaphore(_AT_ONCE)

    async def check(url: str) -> tuple[_Visit, LlmspellError | None]:
        async with gate:
            return await _checked(context, url, timeout, max_redirects)

    visits = await asyncio.gather(*map(check, urls))
    denied = [error for visit, error in visits if isinstance(error, PermissionDenied) and visit.answer is None]
    if len(denied) == len(visits):
        raise denied[0]  # nothing was asked, so there is nothing to tell
    return [visit.to_dict(error) for visit, error in visits]


@attrs.define
class _Visit:
    """What became of a URL so far."""

    url: str
    final: str
    method: str = "HEAD"
    answer: Response | None = None
    redirects: list[dict[str, Any]] = attrs.field(factory=list)
    seconds: float = 0.0

    def to_dict(self, error: LlmspellError | None) -> dict[str, Any]:
        found: dict[str, Any] = {
            "url": self.url,
            "ok": error is None and self.answer is not None and self.answer.ok,
            "status": self.answer.status if self.answer else None,
            "final_url": self.final,
            "redirects": self.redirects,
            "method": self.method,
            "seconds": round(self.seconds, 4),
        }
        if self.answer is not None:
            found["reason"] = phrase(self.answer.status)
            found["content_type"] = media_type(self.answer)
            found["content_length"] = _length(self.answer)
        if error is not None:
            found["error"] = {"kind": error.kind, "message": error.message, "hint": error.hint}
        return found


async def _checked(
    context: Context, url: str, timeout: float, max_redirects: int
) -> tuple[_Visit, LlmspellError | None]:
    visit, begin = _Visit(url, url), perf_counter()
    try:
        async with asyncio.timeout(timeout) as clock:
            with Stoppable(clock):  # while somebody thinks about an approval
                await _follow(context, visit, timeout, max_redirects)
    except TimeoutError:
        if not clock.expired():
            raise
        return visit, LlmspellError(f"no answer within {timeout:g} seconds", kind="timeout", retryable=True)
    except LlmspellError as error:
        if error.kind in ("budget", "cancelled"):
            raise
        return visit, error
    finally:
        visit.seconds = perf_counter() - begin
    return visit, None


async def _follow(context: Context, visit: _Visit, timeout: float, max_redirects: int) -> None:
    seen = {visit.final}
    while True:
        answer = await _asked(context, visit, timeout)
        visit.answer = answer
        location = answer.headers.get("location")
        if answer.status not in _REDIRECTS or location is None:
            return
        following = _target(visit.final, location)
        visit.redirects.append({"status": answer.status, "url": following})
        if following in seen:
            raise LlmspellError(f"it redirects in a circle, to {shown(following)}", kind="network")
        if len(visit.redirects) > max_redirects:
            raise LlmspellError(f"it redirects more than {max_redirects} times", kind="network")
        visit.final = following
        seen.add(following)


async def _asked(context: Context, visit: _Visit, timeout: float) -> Response:
    """The answer to HEAD, or to GET where that fails: many servers answer HEAD as if it were an attack."""
    options: dict[str, Any] = {"timeout": timeout, "max_redirects": 0, "max_bytes": 0, "cut": True}
    if visit.method == "HEAD":
        try:
            answer = await context.http.request("HEAD", visit.final, **options)
        except LlmspellError as error:
            if error.kind != "network":
                raise
        else:
            if answer.status < 400:
                return answer
        visit.method = "GET"
    return await context.http.request("GET", visit.final, **options)


def _target(url: str, location: str) -> str:
    try:
        return str(parse_url(url).join(location))
    except UsageError as cause:
        raise LlmspellError(f"it redirects to what is no URL: {cause.message}", kind="network") from cause


def _length(answer: Response) -> int | None:
    text = answer.headers.get("content-length", "")
    return int(text) if text.isdecimal() and text.isascii() and len(text) < 20 else None
