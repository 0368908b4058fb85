"""A model server on the loopback interface, for tests of what really goes over the wire.

`OpenAIServer` speaks OpenAI's chat completions, as JSON and as a stream of events, and answers the steps of
`llmspell.testing.steps`. Two more steps exist only here: `Page` answers with any bytes, and `Broken` loses
the connection. Needs the extra `llmspell[testing]`.

    async with OpenAIServer(Text("hi")) as server:
        ...  # server.base_url, server.requests

As a program, for command lines and benchmarks, it answers like `Loop` until its standard input closes:

    python -m llmspell.testing.server --port 0
    READY http://127.0.0.1:40213/v1
"""

from __future__ import annotations

import argparse
import asyncio
import json
import signal
import socket
import struct
import sys
from collections.abc import Mapping
from threading import Thread
from types import TracebackType
from typing import Any, Literal

import attrs
from aiohttp import web

from llmspell.errors import ProviderError
from llmspell.provider import Folder
from llmspell.testing import chat
from llmspell.testing.steps import Calls, Fail, Loop, Pause, Script, Step, StepFor, Text, UnexpectedRequest

_How = Literal["close", "reset", "stall"]
_EVENTS = "text/event-stream"


@attrs.frozen
class Page:
    """An answer that no model gave: a proxy's HTML page, malformed JSON, nothing at all."""

    body: str | bytes
    content_type: str = attrs.field(default="application/json", kw_only=True)
    status: int = attrs.field(default=200, kw_only=True)
    headers: Mapping[str, str] = attrs.field(factory=dict, kw_only=True)


@attrs.frozen
class Broken:
    """The answer of `step`, of which only the first `at` bytes arrive; None: not even its head does.

    `how` is what the connection does then: `close` in good order, `reset`, or `stall` while the client waits.
    """

    step: Text | Calls | Page
    at: int | None = attrs.field(default=None, kw_only=True)
    how: _How = attrs.field(default="reset", kw_only=True)


ServerStep = Step | Page | Broken


@attrs.frozen
class Received:
    """One request as it arrived: header names in lower case, and the client's `port`, one per connection."""

    headers: Mapping[str, str]
    body: dict[str, Any]
    port: int


class OpenAIServer:
    """A server on 127.0.0.1 that answers the next of `steps` to each chat completion.

    Leaving the block stops it and checks that every step was used.

    Args:
        steps: steps, or functions from the request to a step.
        repeat: begin again after the last step.
        models: what `GET /v1/models` lists, or a page to answer instead.
        port: 0 picks a free one.
        record: keep the requests; off for long benchmarks.

    Attributes:
        requests: the chat completion requests so far.
        abandoned: how many of them the client left before they were answered.
    """

    def __init__(
        self,
        *steps: ServerStep | StepFor[ServerStep],
        repeat: bool = False,
        models: tuple[str, ...] | Page = ("test-model",),
        port: int = 0,
        record: bool = True,
    ) -> None:
        self.requests: list[Received] = []
        self.abandoned = 0
        self._script: Script[ServerStep] = Script(steps, repeat=repeat, who="the scripted server")
        self._models = models
        self._port = port
        self._record = record
        self._runner: web.ServerRunner | None = None

    @property
    def base_url(self) -> str:
        """The address up to and including `/v1`; known once the server has started."""
        return f"http://127.0.0.1:{self._port}/v1"

    def assert_complete(self) -> None:
        """Check that there were exactly as many requests as steps.

        Raises:
            AssertionError: a step was not used, or a request had no step.
        """
        self._script.assert_complete()

    async def start(self) -> None:
        """Begin to listen."""
        server = web.Server(self._handle, handler_cancellation=True, access_log=None)
        self._runner = web.ServerRunner(server, shutdown_timeout=0.1)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", self._port, backlog=1024).start()
        self._port = self._runner.addresses[0][1]

    async def stop(self) -> None:
        """Stop listening, and drop what is still being answered."""
        if self._runner is not None:
            runner, self._runner = self._runner, None
            await runner.cleanup()

    async def __aenter__(self) -> OpenAIServer:
        await self.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.stop()
        if error is None:
            self.assert_complete()

    async def _handle(self, http: web.BaseRequest) -> web.StreamResponse:
        match http.method, http.path:
            case "POST", "/v1/chat/completions":
                return await self._chat(http)
            case "GET", "/v1/models":
                return self._list()
        return _json(404, {"error": {"message": f"no such page: {http.method} {http.path}"}})

    def _list(self) -> web.StreamResponse:
        if isinstance(self._models, Page):
            return _page(self._models)
        listed = [{"id": name, "object": "model"} for name in self._models]
        return _json(200, {"object": "list", "data": listed})

    async def _chat(self, http: web.BaseRequest) -> web.StreamResponse:
        body = await http.json()
        if self._record:
            self.requests.append(_received(http, body))
        try:
            step = self._script.next(chat.parse_request(body))
        except UnexpectedRequest as unexpected:
            return _json(400, {"error": {"message": str(unexpected)}})
        try:
            return await _answer(http, step, body)
        except asyncio.CancelledError:
            self.abandoned += self._runner is not None
            raise


def _received(http: web.BaseRequest, body: dict[str, Any]) -> Received:
    headers = {name.lower(): value for name, value in http.headers.items()}
    port = http.transport.get_extra_info("peername")[1] if http.transport else 0
    return Received(headers, body, port)


async def _answer(http: web.BaseRequest, step: ServerStep, body: Mapping[str, Any]) -> web.StreamResponse:
    if isinstance(step, Page):
        return _page(step)
    if isinstance(step, Broken):
        return await _break(http, step, body)
    if body.get("stream"):
        return await _stream(http, step, body)
    return await _whole(http, step, body["model"])


async def _whole(http: web.BaseRequest, step: Step, model: str) -> web.StreamResponse:
    if isinstance(step, Text | Calls):
        return _json(200, chat.completion_body(step.completion(model)))
    folder = Folder()
    for beat in step.beats(model):
        if isinstance(beat, Pause):
            await asyncio.sleep(beat.seconds)
        elif isinstance(beat, Fail):
            return _failure(beat)
        else:
            folder.add(beat)
    try:
        return _json(200, chat.completion_body(folder.completion()))
    except ProviderError:  # a cut answer: the head promises more than comes
        return await _send_part(http, Page('{"choices": []}'), at=10, how="close")


async def _stream(http: web.BaseRequest, step: Step, body: Mapping[str, Any]) -> web.StreamResponse:
    model, include_usage = body["model"], _wants_usage(body)
    response = web.StreamResponse(headers={"Content-Type": _EVENTS})
    for beat in step.beats(model):
        if isinstance(beat, Pause):
            await asyncio.sleep(beat.seconds)
            continue
        if isinstance(beat, Fail):
            if not response.prepared:
                return _failure(beat)
            await response.write(chat.event(chat.error_body(beat)))
            break
        if not response.prepared:
            await response.prepare(http)
        for event in chat.events(beat, model, include_usage=include_usage):
            await response.write(event)
    if not response.prepared:
        await response.prepare(http)
    return response


async def _break(http: web.BaseRequest, broken: Broken, body: Mapping[str, Any]) -> web.StreamResponse:
    step, model = broken.step, body["model"]
    if isinstance(step, Page):
        page = step
    elif body.get("stream"):
        page = Page(chat.stream_bytes(step, model, include_usage=_wants_usage(body)), content_type=_EVENTS)
    else:
        page = Page(json.dumps(chat.completion_body(step.completion(model))))
    return await _send_part(http, page, at=broken.at, how=broken.how)


async def _send_part(http: web.BaseRequest, page: Page, *, at: int | None, how: _How) -> web.StreamResponse:
    """Send the first `at` bytes of `page`, and then none."""
    data = _bytes(page)
    response = web.StreamResponse(status=page.status, headers=_head(page))
    if page.content_type != _EVENTS:
        response.content_length = len(data)
    if at is not None:
        await response.prepare(http)
        await response.write(data[:at])
    if how == "stall":
        await asyncio.Event().wait()
    _drop(http, how)
    return response


def _drop(http: web.BaseRequest, how: _How) -> None:
    transport = http.transport
    if transport is None:  # the client was quicker
        return
    if how == "close":
        transport.close()
        return
    connection: socket.socket = transport.get_extra_info("socket")
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    transport.abort()


def _page(page: Page) -> web.StreamResponse:
    return web.Response(status=page.status, body=_bytes(page), headers=_head(page))


def _failure(fail: Fail) -> web.StreamResponse:
    page = Page(fail.body or json.dumps(chat.error_body(fail)), status=fail.status, headers=fail.headers)
    return _page(page)


def _json(status: int, data: chat.Json) -> web.StreamResponse:
    return web.Response(status=status, body=json.dumps(data).encode(), headers={"Content-Type": "application/json"})


def _bytes(page: Page) -> bytes:
    return page.body.encode() if isinstance(page.body, str) else page.body


def _head(page: Page) -> dict[str, str]:
    return {"Content-Type": page.content_type, **page.headers}


def _wants_usage(body: Mapping[str, Any]) -> bool:
    return bool((body.get("stream_options") or {}).get("include_usage"))


async def _serve(port: int, loop: Loop) -> None:
    """Answer like `loop` until standard input closes or SIGTERM comes."""
    stop = asyncio.Event()
    events = asyncio.get_running_loop()
    events.add_signal_handler(signal.SIGTERM, stop.set)
    Thread(target=lambda: (sys.stdin.read(), events.call_soon_threadsafe(stop.set)), daemon=True).start()
    server = OpenAIServer(loop, repeat=True, port=port, record=False)
    await server.start()
    sys.stdout.write(f"READY {server.base_url}\n")
    sys.stdout.flush()
    await stop.wait()
    await server.stop()


def main() -> None:
    """Run the server as a program."""
    parser = argparse.ArgumentParser(prog="python -m llmspell.testing.server", description=main.__doc__)
    parser.add_argument("--port", type=int, default=0, help="0 picks a free one")
    parser.add_argument("--arguments", default="{}", help="JSON arguments of the tool call")
    parser.add_argument("--text", default="done", help="the final answer")
    options = parser.parse_args()
    asyncio.run(_serve(options.port, Loop(options.arguments, options.text)))


if __name__ == "__main__":
    main()
