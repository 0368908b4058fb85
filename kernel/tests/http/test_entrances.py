"""Whichever way a request is made, and whatever the environment says, the same guard is asked."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest

from llmspell.context import Context
from llmspell.errors import Cancelled, PermissionDenied, UsageError
from llmspell.permissions import Grants
from llmspell.threads import in_thread
from llmspell.tool import Tool

from .kit import asking, open_run, saying, sending, serving

WAYS = {
    "get": lambda http, url: http.get(url),
    "post": lambda http, url: http.post(url, json={"a": 1}),
    "request": lambda http, url: http.request("PUT", url, body=b"content"),
    "download": lambda http, url: http.download(url, lambda _: None, max_bytes=1),
}
PLACES = {
    "private": "http://192.168.0.1/",
    "metadata": "http://169.254.169.254/",
    "localhost": "http://localhost/",
    "inside": "http://inside.test/",
}


@pytest.mark.parametrize("way", WAYS, ids=[f"fetcher-{way}" for way in WAYS])
@pytest.mark.parametrize("place", PLACES)
async def test_every_way_to_ask_goes_through_the_guard(way: str, place: str) -> None:
    async with asking("*", names={"inside.test": [["10.0.0.1"]]}) as tool:
        with pytest.raises(PermissionDenied, match="not reached unless it is granted by name"):
            await WAYS[way](tool.http, PLACES[place])
        [event] = tool.events()
        assert (event.data["status"], event.data["error"]) == (None, "permission")


@pytest.mark.parametrize(
    "variable",
    ["HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy", "HTTPS_PROXY", "https_proxy"],
    ids=lambda variable: f"proxy-{variable}",
)
async def test_no_proxy_of_the_environment_is_used(variable: str, monkeypatch: pytest.MonkeyPatch) -> None:
    async with serving(saying("proxy")) as proxy, serving(saying("direct")) as server:
        monkeypatch.setenv(variable, f"http://127.0.0.1:{proxy.port}")
        async with asking(f"127.0.0.1:{server.port}") as tool:
            assert (await tool.http.get(f"http://127.0.0.1:{server.port}/")).text() == "direct"
        assert proxy.seen == []


async def test_no_password_of_the_user_s_is_sent(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / ".netrc").write_text(
        "machine 127.0.0.1 login me password hunter22\ndefault login me password hunter22\n"
    )
    (tmp_path / ".netrc").chmod(0o600)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("NETRC", str(tmp_path / ".netrc"))
    async with serving(saying()) as server, asking(f"127.0.0.1:{server.port}") as tool:
        await tool.http.get(f"http://127.0.0.1:{server.port}/")
        assert "authorization" not in server.seen[0].headers


class Asks(Tool):
    """Asks one URL."""

    name = "asks"
    description = "Asks one URL."
    parameters: Any = {"type": "object"}
    needs = ("net",)

    async def run(self, arguments: dict[str, Any], context: Context) -> str:
        return (await context.http.get(arguments["url"])).text()


async def test_a_tool_asks_through_its_context() -> None:
    async with serving(saying("hello")) as server:
        run = open_run([f"localhost:{server.port}"])
        tool = Asks()
        operation = run.operation("tool", tool.name, {}, run.root)
        url = f"http://localhost:{server.port}/"
        assert await tool.run({"url": url}, Context(run, operation)) == "hello"
        [event] = run.log.history("http.request")
        await run.close()
    assert event.path == "run/tool:asks"
    assert (event.data["method"], event.data["url"], event.data["status"], event.data["bytes"]) == ("GET", url, 200, 5)
    assert 0 < event.data["seconds"] < 30
    assert "error" not in event.data


async def test_operations_of_a_run_share_connections_and_not_permissions() -> None:
    async with serving(saying("hello")) as server:
        run = open_run([f"127.0.0.1:{server.port}"])
        bound = Grants.of({"net": ["a.test"]}, origin="agent 'a'", base=Path("/nowhere"))
        held = run.operation("tool", "held", {}, run.root, permissions=bound)
        url = f"http://127.0.0.1:{server.port}/"
        assert (await Context(run, run.root).http.get(url)).ok
        with pytest.raises(PermissionDenied, match="is not among the permissions of agent 'a'"):
            await Context(run, held).http.get(url)
        await run.close()
    assert len(server.seen) == 1


async def test_a_request_outside_the_run_s_event_loop_is_refused() -> None:
    run = open_run(["127.0.0.1"])
    context = Context(run, run.root)
    with pytest.raises(UsageError, match="outside the run's event loop") as caught:
        await in_thread(lambda: asyncio.run(context.http.get("http://127.0.0.1:1/")))
    assert caught.value.hint == "make the tool's run an async def"
    await run.close()


async def test_a_connection_that_the_server_closed_meanwhile_is_replaced() -> None:
    async with sending(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok") as port, asking("127.0.0.1") as tool:
        for _ in range(3):
            assert (await tool.http.get(f"http://127.0.0.1:{port}/")).text() == "ok"


async def test_connections_are_kept_for_the_next_request_and_closed_with_the_run() -> None:
    closed = asyncio.Event()
    opened: list[object] = []

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        opened.append(writer)
        while await reader.readline():
            await reader.readuntil(b"\r\n\r\n")
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
        writer.close()
        closed.set()

    server = await asyncio.start_server(handle, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    async with server:
        run = open_run([f"127.0.0.1:{port}"])
        context = Context(run, run.root)
        for _ in range(3):
            assert (await context.http.get(f"http://127.0.0.1:{port}/")).text() == "ok"
        assert len(opened) == 1
        await run.close()
        await asyncio.wait_for(closed.wait(), 10)
        with pytest.raises(Cancelled, match="the run has ended"):
            await context.http.get(f"http://127.0.0.1:{port}/")
