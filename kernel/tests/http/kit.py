"""Runs with permissions, a resolver that follows a script, and servers on the loopback that do as they are told."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Iterable, Mapping
from contextlib import asynccontextmanager
from ipaddress import ip_address
from pathlib import Path
from ssl import SSLContext
from typing import Any

import attrs
from aiohttp import web

from llmspell.config import LoadedConfig, Settings
from llmspell.errors import LlmspellError
from llmspell.events import Event
from llmspell.http import Http
from llmspell.http.connections import Connections
from llmspell.http.egress import Egress
from llmspell.http.url import Address, parse_url
from llmspell.kernel import Kernel, RunOptions
from llmspell.permissions import Grants
from llmspell.plugins import Plugins
from llmspell.run import Run
from llmspell.testing import loopback
from llmspell.testing.loopback import Answer, Seen, Server, serving

__all__ = ["Answer", "Seen", "Server", "asking", "failure", "open_run", "saying", "sending", "sending_to", "serving"]


class Names:
    """A resolver: each name has a list of answers, of which the last is given for ever."""

    def __init__(self, script: Mapping[str, list[list[str]]] | None = None) -> None:
        self._script = {name: list(answers) for name, answers in (script or {}).items()}
        self.asked: list[str] = []

    async def __call__(self, host: str, port: int) -> tuple[Address, ...]:
        self.asked.append(host)
        answers = self._script[host]
        answer = answers.pop(0) if len(answers) > 1 else answers[0]
        return tuple(map(ip_address, answer))


@attrs.frozen
class Asking:
    """A tool's view of the network."""

    http: Http
    egress: Egress
    run: Run
    names: Names

    def events(self, pattern: str = "http.request") -> list[Event]:
        return self.run.log.history(pattern)

    async def permit(self, url: str) -> list[str]:
        return [str(address) for address in await self.egress.permit(parse_url(url))]


def open_run(net: Iterable[str], deny: Iterable[str] = ()) -> Run:
    loaded = LoadedConfig(project=Path("/nowhere"))
    grants = Grants.of({"net": net}, {"net": deny}, origin="flag", base=Path("/nowhere"))
    kernel = Kernel(loaded, environ={}, plugins=Plugins(Settings(loaded, {}), entries=()))
    return kernel.open_run(RunOptions(profile="high", permissions=(grants,)))


@asynccontextmanager
async def asking(
    *net: str,
    deny: Iterable[str] = (),
    names: Mapping[str, list[list[str]]] | None = None,
    held_to: Iterable[str] | None = None,
    tls: SSLContext | None = None,
) -> AsyncIterator[Asking]:
    """What a tool has that is granted `net`, and held to less where `held_to` says so."""
    run = open_run(net, deny)
    bound = None if held_to is None else Grants.of({"net": held_to}, origin="agent 'a'", base=Path("/nowhere"))
    operation = run.operation("tool", "probe", {}, run.root, permissions=bound)

    def tell(kind: str, data: Mapping[str, Any]) -> None:
        run.log.append(kind, operation.path, data)

    resolver, connections = Names(names), Connections(run.spawn, asyncio.get_running_loop(), tls)
    try:
        yield Asking(Http(operation, tell, connections, resolver), Egress(operation, tell, resolver), run, resolver)
    finally:
        await run.close()


@asynccontextmanager
async def sending(*parts: bytes, pause: float = 0.0) -> AsyncIterator[int]:
    """The port of a server that answers anything with these bytes, and then closes the connection."""
    async with loopback.sending(*parts, pause=pause) as server:
        yield server.port


def saying(text: str = "hello", **options: Any) -> Answer:
    async def answer(request: web.BaseRequest) -> web.StreamResponse:
        return web.Response(text=text, **options)

    return answer


def sending_to(location: str, status: int = 302) -> Answer:
    """A redirect from `/`; other paths are answered."""

    async def answer(request: web.BaseRequest) -> web.StreamResponse:
        if request.raw_path == "/":
            return web.Response(status=status, headers={"Location": location})
        return web.Response(text="arrived")

    return answer


async def failure(waiting: Awaitable[object]) -> LlmspellError | None:
    """The error that something ends with; None when it succeeds."""
    try:
        await waiting
    except LlmspellError as error:
        return error
    return None
