"""Documents in a few words, and a server that tells what it was asked."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import attrs
from aiohttp import web

from llmspell.testing import loopback
from llmspell.testing.bench import Bench
from llmspell.tools.openapi import Access, Document, OperationTool, Selection, endpoints

Reply = Callable[[web.BaseRequest], web.StreamResponse]


@attrs.define
class Server:
    """A server on the loopback address; `asked` has each request as it came."""

    port: int = 0
    asked: list[dict[str, Any]] = attrs.field(factory=list)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def last(self) -> dict[str, Any]:
        return self.asked[-1]


@asynccontextmanager
async def serving(reply: Reply | None = None) -> AsyncIterator[Server]:
    """A server that answers with `reply`, or else with the request, as JSON."""
    server = Server()

    async def answer(request: web.BaseRequest) -> web.StreamResponse:
        seen: dict[str, Any] = {
            "method": request.method,
            "target": request.raw_path,
            "headers": {name.lower(): value for name, value in request.headers.items()},
            "body": await request.read(),
        }
        server.asked.append(seen)
        if reply is not None:
            return reply(request)
        return web.json_response({**seen, "body": seen["body"].decode("latin-1")})

    async with loopback.serving(answer) as real:
        server.port = real.port
        yield server


def parameter(name: str, place: str, **rest: Any) -> dict[str, Any]:
    return {"name": name, "in": place, "schema": {}, **({"required": True} if place == "path" else {}), **rest}


def operation(*parameters: Mapping[str, Any], **rest: Any) -> dict[str, Any]:
    return {"operationId": "call", "summary": "Calls it.", "parameters": list(parameters), **rest}


def document(data: Mapping[str, Any], *, path: str = "/x", method: str = "get", **rest: Any) -> Document:
    """A document of one operation."""
    said = {"openapi": "3.1.0", "servers": [{"url": "https://api.example.com"}], "paths": {path: {method: data}}}
    return Document.of({**said, **rest}, "api.json")


def tool(found: Document, access: Access = Access(), **selection: Any) -> OperationTool:  # noqa: B008 frozen
    """The only tool of a document."""
    [endpoint] = endpoints(found, Selection(**selection))
    return OperationTool(endpoint, access)


async def ask(
    server: Server,
    folder: Path,
    found: Document,
    arguments: Mapping[str, Any],
    *,
    secret: str | Mapping[str, str] = "",
    environ: Mapping[str, str] | None = None,
) -> Any:
    """What the only tool of a document answers, when its requests go to the server."""
    bench = Bench(folder, allow={"net": ["127.0.0.1"], "secrets": ["*"]}, environ=environ)
    return await bench.call(tool(found, Access(server.url, secret=secret)), arguments)


def text(data: Any) -> bytes:
    return json.dumps(data).encode()
