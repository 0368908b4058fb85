"""The tool `http_request`: one HTTP request, with a key that only its name is told of."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Mapping
from typing import Annotated, Any, Literal
from urllib.parse import urlencode

import attrs

from llmspell.context import Context
from llmspell.errors import UsageError
from llmspell.hookspecs import hookimpl
from llmspell.http import Response
from llmspell.permissions.hosts import host_matcher
from llmspell.plugins import Settings
from llmspell.tool import Tool
from llmspell.tools import Example, FunctionTool, tool
from llmspell_tool_web.authorization import Auth, Proof, check_names, proof
from llmspell_tool_web.charset import decoded
from llmspell_tool_web.pages import media_type, phrase

MAX_BYTES = 8 * 1024 * 1024
_TEXTS = ("application/javascript", "application/x-www-form-urlencoded", "application/xml", "application/yaml")


def _check_hosts(_: object, __: object, value: Mapping[str, tuple[str, ...]]) -> None:
    for patterns in value.values():
        for pattern in patterns:
            try:
                host_matcher(pattern, deny=False)
            except UsageError as error:
                raise ValueError(error.message) from error


@attrs.frozen
class Options:
    """The table `[tool.http_request]`.

    `secrets` says which key may be sent to which hosts: `GITHUB_TOKEN = ["api.github.com"]`. Others are sent nowhere,
    so that a page that a model reads cannot have it send a key to somebody else.
    """

    secrets: Mapping[str, tuple[str, ...]] = attrs.field(factory=dict, validator=_check_hosts)


def make(options: Options) -> FunctionTool:
    """The tool, configured."""

    @tool(
        category="web",
        tags=("api", "fetch", "get", "json", "post", "rest", "url"),
        needs=("net",),
        timeout=150.0,
        output_bytes=16 << 20,
        examples=(Example({"url": "https://api.example.com/items", "query": {"page": 2}}, "asks an API for JSON"),),
    )
    async def http_request(
        context: Context,
        *,
        url: Annotated[str, {"minLength": 1}],
        method: Literal["DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"] = "GET",
        headers: dict[str, str] | None = None,
        query: dict[str, str | int | float | bool | list[str]] | None = None,
        json: Any = None,  # Any: JSON-like data
        form: dict[str, str] | None = None,
        body: str | None = None,
        auth: Auth | None = None,
        max_bytes: Annotated[int, {"minimum": 0, "maximum": MAX_BYTES}] = 1024 * 1024,
        timeout: Annotated[float, {"exclusiveMinimum": 0, "maximum": 120}] = 30.0,
        redirects: bool = True,
    ) -> dict[str, Any]:
        """Makes an HTTP request and answers status, headers and body, whatever the status.

        The body is answered as `json`, as `text`, or as `base64` where it is neither.

        Args:
            context: what the call may use.
            url: http or https.
            method: what to do there.
            headers: to send; a key or token goes into `auth`.
            query: parameters that are added to the URL.
            json: sent as the body, as JSON.
            form: sent as the body, as a web form is.
            body: sent as the body, as UTF-8 text.
            auth: the key to send, by its name.
            max_bytes: of the answer's body; a longer one is cut, and `truncated` says so.
            timeout: seconds for the whole request.
            redirects: whether they are followed.
        """
        check_names([*(headers or {})], "header")
        check_names([*(query or {})], "parameter")
        sent, content = _content(headers or {}, json, form, body)
        added = Proof() if auth is None else await proof(context, auth, url, options.secrets)
        answer = await context.http.request(
            method,
            url,
            headers={**sent, **added.headers},
            params={**_parameters(query or {}), **added.parameters},
            body=content,
            json=json,
            timeout=timeout,
            max_bytes=max_bytes,
            max_redirects=5 if redirects else 0,
            cut=True,
        )
        return {
            "status": answer.status,
            "reason": phrase(answer.status),
            "url": answer.url,
            "headers": dict(answer.headers),
            **_body(answer),
            "truncated": answer.truncated,
        }

    return http_request


def _parameters(query: Mapping[str, Any]) -> dict[str, Any]:
    written = {True: "true", False: "false"}
    return {name: written[value] if isinstance(value, bool) else value for name, value in query.items()}


def _content(
    headers: Mapping[str, str], json: Any, form: Mapping[str, str] | None, body: str | None
) -> tuple[dict[str, str], bytes | str | None]:
    """The headers with what the body needs, and the body unless it is JSON."""
    given = [name for name, value in (("json", json), ("form", form), ("body", body)) if value is not None]
    if len(given) > 1:
        raise UsageError(f"a request has one body, and not {' and '.join(given)}", hint="pass one of them")
    if form is None:
        return dict(headers), body
    typed = any(name.lower() == "content-type" for name in headers)
    added = {} if typed else {"Content-Type": "application/x-www-form-urlencoded"}
    return {**headers, **added}, urlencode(form).encode()


def _body(answer: Response) -> dict[str, Any]:
    kind = media_type(answer)
    if kind == "application/json" or kind.endswith("+json"):
        from json import loads

        if answer.body and not answer.truncated:
            try:
                return {"json": loads(answer.body)}
            except (ValueError, RecursionError):
                pass  # a server may call anything JSON; its text is answered
        return {"text": decoded(answer.body, answer.headers.get("content-type", ""))[0]}
    if kind.startswith("text/") or kind in _TEXTS or kind.endswith("+xml") or (not kind and _is_text(answer)):
        return {"text": decoded(answer.body, answer.headers.get("content-type", ""))[0]}
    return {"base64": b64encode(answer.body).decode()}


def _is_text(answer: Response) -> bool:
    try:
        return "\0" not in answer.body.decode()
    except UnicodeDecodeError:
        return False


@hookimpl
def llmspell_tools(settings: Settings) -> Mapping[str, Tool]:
    """The tool, configured by `[tool.http_request]`."""
    return {"http_request": make(settings.table("tool", "http_request", Options))}
