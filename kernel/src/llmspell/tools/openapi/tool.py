"""An operation of a web API as a tool."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import attrs

from llmspell.errors import ToolFailed
from llmspell.tool import Tool
from llmspell.tools.openapi import parameters as sent
from llmspell.tools.openapi.answers import answer
from llmspell.tools.openapi.bodies import Body, body, encode
from llmspell.tools.openapi.endpoints import Endpoint
from llmspell.tools.openapi.parameters import BODY, Parameter
from llmspell.tools.openapi.schemas import Schemas, TooLarge, plain
from llmspell.tools.openapi.security import Security, by_scheme, check_lacking, security, send
from llmspell.tools.openapi.servers import base_url
from llmspell.tools.openapi.styles import joined

if TYPE_CHECKING:
    from llmspell.context import Context

_IDEMPOTENT = frozenset({"get", "head", "put", "delete", "options"})
_LONGEST = 2_000  # characters of a description
_UNSENT = "trace"  # it repeats what was sent, keys included


@attrs.frozen
class Access:
    """How the operations of a document are reached.

    Attributes:
        base_url: where requests go; empty: to the document's server.
        variables: of that server's URL.
        secret: the name of the key, or the names of keys by security scheme.
        timeout: seconds for one call.
    """

    base_url: str = ""
    variables: Mapping[str, str] = attrs.field(factory=dict)
    secret: str | Mapping[str, str] = ""
    timeout: float = 60.0


class OperationTool(Tool):
    """A tool that sends the request of one operation.

    Args:
        endpoint: the operation.
        access: how it is reached.

    Raises:
        UsageError: the document is wrong about it, or it needs what is not supported.
    """

    category = "api"

    def __init__(self, endpoint: Endpoint, access: Access = Access()) -> None:
        if endpoint.method == _UNSENT:
            raise endpoint.document.wrong(
                endpoint.where, "is no request that is sent", hint="leave it out with include"
            )
        self.name = endpoint.name
        self.description = description(endpoint)
        self.tags = endpoint.tags
        self.idempotent = endpoint.method in _IDEMPOTENT
        self.timeout = access.timeout
        self._endpoint = endpoint
        self._url = base_url(endpoint, access.base_url, access.variables)
        self._security = security(endpoint, by_scheme(endpoint.document, access.secret))
        self._parameters, self._body, self.parameters = _takes(endpoint, self._security)
        self.needs = ("net", "secrets") if self._security.credentials else ("net",)

    async def run(self, arguments: dict[str, Any], context: Context) -> Any:
        """What the server answers.

        Raises:
            UsageError: an argument cannot be sent.
            ToolFailed: the server says that it failed.
            LlmspellError: it may not be reached, or does not answer.
        """
        check_lacking(self.name, self._security)
        path = sent.fill_path(self._endpoint, self._parameters, arguments)
        content, headers = self._content(arguments)
        keys = await send(self._security.credentials, context)
        query = joined([*sent.query_of(self._parameters, arguments), *keys.query])
        cookies = [*sent.cookies_of(self._parameters, arguments), *keys.cookies]
        if cookies:
            headers["Cookie"] = "; ".join(f"{name}={value}" for name, value in cookies)
        method = self._endpoint.method.upper()
        response = await context.http.request(
            method,
            f"{self._url}{path}{'?' if query else ''}{query}",
            headers={**headers, **keys.headers},
            body=content,
            timeout=self.timeout,
            max_bytes=self.output_bytes,
        )
        try:
            return answer(response, method, f"{method} {self._endpoint.path}")
        except ToolFailed as error:
            error.component = f"tool:{self.name}"
            raise

    def _content(self, arguments: Mapping[str, Any]) -> tuple[bytes | None, dict[str, str]]:
        """The body, and the headers but for keys and cookies."""
        headers = {"Accept": "application/json, */*;q=0.5", **sent.headers_of(self._parameters, arguments)}
        if self._body is None or BODY not in arguments:
            return None, headers
        content, kind = encode(self._body, arguments[BODY])
        return content, {**headers, "Content-Type": kind}


def _takes(endpoint: Endpoint, wanted: Security) -> tuple[list[Parameter], Body | None, dict[str, Any]]:
    """The parameters and the body of an operation, and the JSON Schema of both together."""
    try:
        return _written(endpoint, wanted, Schemas(endpoint.document, inline=True))
    except TooLarge:
        return _written(endpoint, wanted, Schemas(endpoint.document, inline=False))


def _written(
    endpoint: Endpoint, wanted: Security, schemas: Schemas
) -> tuple[list[Parameter], Body | None, dict[str, Any]]:
    keys = [(each.place, each.name) for each in wanted.credentials]
    found = sent.parameters(endpoint, schemas, keys)
    content = body(endpoint, schemas)
    properties = {each.argument: each.schema for each in found}
    required = [each.argument for each in found if each.required]
    if content is not None:
        properties[BODY] = content.schema
        required += [BODY] if content.required else []
    schema = {"type": "object", "properties": properties, "required": required, "additionalProperties": False}
    defs = schemas.finish()
    return found, content, {**schema, "$defs": defs} if defs else schema


def description(endpoint: Endpoint) -> str:
    """What an operation does, for a model: its summary and its description.

    Raises:
        UsageError: they are no texts.
    """
    document, data = endpoint.document, endpoint.data
    said = [document.text(data.get(key), f"{endpoint.where}: {key}").strip() for key in ("summary", "description")]
    summary, more = said
    if summary and more and not summary.endswith((".", "!", "?")):
        summary += "."
    text = f"{summary} {more}".strip() if summary != more else summary
    return plain(text, _LONGEST) or endpoint.where
