"""url_check: whether URLs answer, and where they lead."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from llmspell.errors import PermissionDenied, UsageError

from .contract import AskingContract
from .kit import BROKEN, Handler, Server, bench, saying, sending, sending_to, serving, site


class TestUrlCheckContract(AskingContract):
    name = "url_check"
    answer = staticmethod(saying("hello"))
    bad = (
        {},
        {"urls": []},
        {"urls": [""]},
        {"urls": "http://a.test/"},
        {"urls": ["http://a.test/"] * 51},
        {"urls": ["ftp://a.test/"]},
        {"urls": ["http://127.0.0.1:1/"]},
        {"urls": ["http://a.test/"], "timeout": 0},
        {"urls": ["http://a.test/"], "max_redirects": 11},
    )

    def calls(self, server: Server) -> tuple[dict[str, Any], ...]:
        return ({"urls": [server.url(), server.url("/b")]},)


async def checked(folder: Path, answer: Handler, *paths: str, **arguments: Any) -> tuple[Server, list[dict[str, Any]]]:
    async with serving(answer) as server:
        urls = [server.url(path) for path in paths or ("/",)]
        return server, await bench(folder, server).call("url_check", {"urls": urls, **arguments})


async def test_a_url_that_answers_is_ok(tmp_path: Path) -> None:
    server, [found] = await checked(tmp_path, saying("hello"))
    assert 0 < found.pop("seconds") < 10
    assert found == {
        "url": server.url(),
        "ok": True,
        "status": 200,
        "final_url": server.url(),
        "redirects": [],
        "method": "HEAD",
        "reason": "OK",
        "content_type": "text/html",
        "content_length": 5,
    }
    assert [seen.method for seen in server.seen] == ["HEAD"]


async def test_redirects_are_told_one_by_one(tmp_path: Path) -> None:
    pages = {"/": sending_to("/a", 301), "/a": sending_to("b?x=1", 307), "/b?x=1": saying("here")}
    server, [found] = await checked(tmp_path, site(pages))
    assert found["redirects"] == [
        {"status": 301, "url": server.url("/a")},
        {"status": 307, "url": server.url("/b?x=1")},
    ]
    assert (found["final_url"], found["ok"]) == (server.url("/b?x=1"), True)


@pytest.mark.parametrize("status", [400, 403, 404, 405, 500, 501])
async def test_where_head_fails_get_is_asked(tmp_path: Path, status: int) -> None:
    async def answer(request: web.BaseRequest) -> web.StreamResponse:
        return web.Response(status=status if request.method == "HEAD" else 200, text="x")

    server, [found] = await checked(tmp_path, answer)
    assert (found["ok"], found["status"], found["method"]) == (True, 200, "GET")
    assert [seen.method for seen in server.seen] == ["HEAD", "GET"]


async def test_urls_are_answered_in_their_order_whatever_becomes_of_them(tmp_path: Path, unused_tcp_port: int) -> None:
    closed = f"http://127.0.0.1:{unused_tcp_port}/"
    async with serving(site({"/": "x"})) as server:
        tool = bench(tmp_path, server, allow={"net": [server.place, f"127.0.0.1:{unused_tcp_port}"]})
        urls = [closed, server.url(), server.url("/none"), "http://10.0.0.1/"]
        found = await tool.call("url_check", {"urls": urls})
    assert [(each["url"], each["ok"], each["status"]) for each in found] == [
        (urls[0], False, None),
        (urls[1], True, 200),
        (urls[2], False, 404),
        (urls[3], False, None),
    ]
    assert "cannot be reached: connection refused" in found[0]["error"]["message"]
    assert found[3]["error"]["kind"] == "permission"
    assert "--allow-net=10.0.0.1:80" in found[3]["error"]["hint"]


async def test_where_nothing_is_granted_nothing_is_asked(tmp_path: Path) -> None:
    async with serving(saying()) as server, serving(saying()) as other:
        with pytest.raises(PermissionDenied) as caught:
            await bench(tmp_path, other).call("url_check", {"urls": [server.url(), server.url("/b")]})
        assert f"--allow-net={server.place}" in caught.value.hint
        assert server.seen == []


@pytest.mark.parametrize(
    ("location", "message"),
    [
        ("/", "it redirects in a circle, to http"),
        ("http://10.0.0.1/", "10.0.0.1"),
        ("http://169.254.169.254/latest", "169.254.169.254"),
        ("file:///etc/passwd", "it redirects to what is no URL"),
        ("http://user:hunter22@a.test/", "it redirects to what is no URL"),
        ("http:///x", "it redirects to what is no URL"),
    ],
)
async def test_a_redirect_that_leads_nowhere_is_told(tmp_path: Path, location: str, message: str) -> None:
    server, [found] = await checked(tmp_path, sending_to(location))
    assert found["ok"] is False
    assert message in found["error"]["message"]
    assert "hunter22" not in str(found)
    assert len(server.seen) == 1


async def test_redirects_are_counted(tmp_path: Path) -> None:
    async def on(request: web.BaseRequest) -> web.StreamResponse:
        return web.Response(status=302, headers={"Location": f"/{len(request.raw_path)}{request.raw_path[1:]}"})

    server, [found] = await checked(tmp_path, on, max_redirects=2)
    assert found["error"]["message"] == "it redirects more than 2 times"
    assert len(server.seen) == 3


async def test_a_slow_server_is_given_up(tmp_path: Path) -> None:
    async with sending(b"HTTP/1.1 ", b"200", pause=1) as server:
        [found] = await bench(tmp_path, server).call("url_check", {"urls": [server.url()], "timeout": 0.2})
    assert found["error"] == {"kind": "timeout", "message": found["error"]["message"], "hint": ""}
    assert "longer than 0.2 seconds" in found["error"]["message"] or "within 0.2" in found["error"]["message"]


async def test_a_great_body_is_not_read(tmp_path: Path) -> None:
    async def answer(request: web.BaseRequest) -> web.StreamResponse:
        return web.Response(status=405) if request.method == "HEAD" else web.Response(body=bytes(20_000_000))

    _, [found] = await checked(tmp_path, answer)
    assert (found["ok"], found["content_length"]) == (True, 20_000_000)


@pytest.mark.parametrize("name", ["nothing", "no HTTP", "half a head", "two lengths", "many headers", "a long header"])
async def test_a_broken_answer_is_told(tmp_path: Path, name: str) -> None:
    async with sending(BROKEN[name]) as server:
        [found] = await bench(tmp_path, server).call("url_check", {"urls": [server.url()]})
    assert (found["ok"], found["error"]["kind"]) == (False, "network")


async def test_a_text_that_is_no_url_refuses_all(tmp_path: Path) -> None:
    async with serving(saying()) as server:
        with pytest.raises(UsageError, match=r"'example.com' is no URL to ask: it has no scheme and host"):
            await bench(tmp_path, server).call("url_check", {"urls": [server.url(), "example.com"]})
        assert server.seen == []
