"""http_request: what is sent, what is answered, and where keys go."""

from __future__ import annotations

import gzip
import json
from base64 import b64encode
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from llmspell.config import load
from llmspell.config.settings import Settings
from llmspell.errors import ConfigError, LlmspellError, PermissionDenied, UsageError
from llmspell.plugins import Plugins

from .contract import NO_URLS, AskingContract
from .kit import BROKEN, Server, bench, called, head, saying, sending, sending_to, serving

KEY = "hunter22-hunter22"
ENVIRON = {"LAB_KEY": KEY}
SECRETS = {"secrets": ["LAB_KEY"]}


class TestHttpRequestContract(AskingContract):
    name = "http_request"
    answer = staticmethod(saying('{"a": 1}', "application/json"))
    bad = (
        *NO_URLS,
        {"url": "http://a.test/", "method": "CONNECT"},
        {"url": "http://a.test/", "json": {}, "body": "x"},
        {"url": "http://a.test/", "form": {}, "body": "x"},
        {"url": "http://a.test/", "headers": {"A": "b\r\nC: d"}},
        {"url": "http://a.test/", "headers": {"Host": "b"}},
        {"url": "http://a.test/", "headers": {"Authorization": "Bearer x"}},
        {"url": "http://a.test/", "query": {"api_key": "x"}},
        {"url": "http://a.test/", "auth": {"type": "bearer"}},
        {"url": "http://a.test/", "auth": {"type": "magic", "secret": "A"}},
        {"url": "http://a.test/", "auth": {"type": "header", "secret": "A"}},
        {"url": "http://a.test/", "auth": {"type": "basic", "secret": "A"}},
        {"url": "http://a.test/", "auth": {"type": "basic", "secret": "A", "username": "a:b"}},
        {"url": "http://a.test/", "auth": {"type": "bearer", "secret": "A", "username": "b"}},
        {"url": "http://a.test/", "timeout": 0},
        {"url": "http://a.test/", "max_bytes": 9_000_000},
    )

    def calls(self, server: Server) -> tuple[dict[str, Any], ...]:
        return ({"url": server.url()}, {"url": server.url(), "method": "POST", "json": {"a": [1, None]}})


async def test_a_request_arrives_as_it_was_described(tmp_path: Path) -> None:
    async with serving(saying("done", "text/plain", status=201, X_A="1")) as server:
        found = await bench(tmp_path, server).call(
            "http_request",
            {
                "url": server.url("/p?a=1"),
                "method": "PUT",
                "headers": {"X-Own": "v", "Idempotency-Key": "5"},
                "query": {"b": "x y", "c": True, "d": ["1", "2"], "e": 5},
                "body": "übergabe",
            },
        )
        [seen] = server.seen
    assert (seen.method, seen.path, seen.body) == ("PUT", "/p?a=1&b=x+y&c=true&d=1&d=2&e=5", "übergabe".encode())
    assert (seen.headers["x-own"], seen.headers["idempotency-key"]) == ("v", "5")
    assert found["headers"]["x-a"] == "1"
    del found["headers"]
    assert found == {
        "status": 201,
        "reason": "Created",
        "url": server.url("/p?a=1&b=x+y&c=true&d=1&d=2&e=5"),
        "text": "done",
        "truncated": False,
    }


async def test_json_and_forms_are_sent_as_such(tmp_path: Path) -> None:
    async with serving(saying()) as server:
        tool = bench(tmp_path, server)
        await tool.call("http_request", {"url": server.url(), "method": "POST", "json": {"a": "ü"}})
        await tool.call("http_request", {"url": server.url(), "method": "POST", "form": {"a": "b&c", "d": "ü"}})
    assert [seen.headers["content-type"] for seen in server.seen] == [
        "application/json",
        "application/x-www-form-urlencoded",
    ]
    assert [seen.body for seen in server.seen] == ['{"a":"ü"}'.encode(), b"a=b%26c&d=%C3%BC"]


ANSWERS: dict[str, tuple[bytes, str, dict[str, Any]]] = {
    "json": (b'{"a": [1]}', "application/json", {"json": {"a": [1]}}),
    "json of a kind": (b"[]", "application/problem+json", {"json": []}),
    "json that is none": (b"<oops>", "application/json", {"text": "<oops>"}),
    "json that is deep": (b"[" * 100_000, "application/json", {"text": "[" * 100_000}),
    "json that is empty": (b"", "application/json", {"text": ""}),
    "text": ("ü".encode("latin-1"), "text/plain; charset=latin-1", {"text": "ü"}),
    "xml": (b"<a/>", "application/atom+xml", {"text": "<a/>"}),
    "binary": (b"\x89PNG\0", "image/png", {"base64": b64encode(b"\x89PNG\0").decode()}),
    "text without a type": (b"hi", "", {"text": "hi"}),
    "binary without a type": (b"\0\xff", "", {"base64": "AP8="}),
    "NUL without a type": (b"a\0", "", {"base64": "YQA="}),
}


@pytest.mark.parametrize("name", ANSWERS)
async def test_a_body_is_answered_as_what_it_is(tmp_path: Path, name: str) -> None:
    body, kind, part = ANSWERS[name]
    answer = head(f"Content-Length: {len(body)}", *[f"Content-Type: {kind}"] * bool(kind)) + body
    async with sending(answer) as server:
        found = await bench(tmp_path, server).call("http_request", {"url": server.url()})
    assert {key: found[key] for key in ("json", "text", "base64") if key in found} == part


@pytest.mark.parametrize("status", [204, 301, 404, 429, 500, 599])
async def test_any_status_is_an_answer(tmp_path: Path, status: int) -> None:
    assert (await called(tmp_path, saying(status=status), "http_request"))["status"] == status


async def test_a_long_body_is_cut_and_says_so(tmp_path: Path) -> None:
    found = await called(tmp_path, saying('{"a": 1}', "application/json"), "http_request", max_bytes=5)
    assert (found["text"], found["truncated"]) == ('{"a":', True)
    assert "json" not in found


async def test_a_bomb_is_cut(tmp_path: Path) -> None:
    body = gzip.compress(bytes(50_000_000))
    async with sending(head(f"Content-Length: {len(body)}", "Content-Encoding: gzip") + body) as server:
        found = await bench(tmp_path, server).call("http_request", {"url": server.url(), "max_bytes": 1_000})
    assert (len(found["base64"]), found["truncated"]) == (1_336, True)


async def test_redirects_are_followed_unless_they_are_not_wanted(tmp_path: Path) -> None:
    async def answer(request: web.BaseRequest) -> web.StreamResponse:
        return await (saying("here") if request.raw_path == "/b" else sending_to("/b"))(request)

    assert (await called(tmp_path, answer, "http_request"))["text"] == "here"
    found = await called(tmp_path, answer, "http_request", redirects=False)
    assert (found["status"], found["headers"]["location"]) == (302, "/b")


@pytest.mark.parametrize("name", [name for name in BROKEN if name != "too great a promise"])
async def test_a_broken_answer_is_an_error(tmp_path: Path, name: str) -> None:
    async with sending(BROKEN[name]) as server:
        with pytest.raises(LlmspellError) as caught:
            await bench(tmp_path, server).call("http_request", {"url": server.url()})
    assert caught.value.kind == "network"


# Keys

PROOFS: dict[str, tuple[dict[str, str], str, str]] = {
    "bearer": ({"type": "bearer"}, "authorization", f"Bearer {KEY}"),
    "basic": (
        {"type": "basic", "username": "me"},
        "authorization",
        "Basic " + b64encode(f"me:{KEY}".encode()).decode(),
    ),
    "header": ({"type": "header", "name": "X-Api-Key"}, "x-api-key", KEY),
}


def asking(folder: Path, server: Server, *receivers: str, **options: Any) -> Any:
    tables = {"http_request": {"secrets": {"LAB_KEY": list(receivers)}}}
    return bench(folder, server, **{"allow": SECRETS, "environ": ENVIRON, "tables": tables, **options})


@pytest.mark.parametrize("name", PROOFS)
async def test_a_key_is_sent_by_its_name(tmp_path: Path, name: str) -> None:
    auth, header, value = PROOFS[name]
    async with serving(saying("ok")) as server:
        tool = asking(tmp_path, server, "127.0.0.1")
        await tool.call("http_request", {"url": server.url(), "auth": {"secret": "LAB_KEY", **auth}})
    assert server.seen[0].headers[header] == value
    assert KEY not in json.dumps([dict(event.data) for event in tool.events], default=str)


async def test_a_key_may_be_a_parameter(tmp_path: Path) -> None:
    async with serving(saying("ok")) as server:
        auth = {"type": "query", "secret": "LAB_KEY", "name": "key"}
        arguments = {"url": server.url("/?a=1"), "query": {"b": 2}, "auth": auth}
        await asking(tmp_path, server, server.place).call("http_request", arguments)
    assert server.seen[0].path == f"/?a=1&b=2&key={KEY}"


async def test_a_key_goes_only_where_the_configuration_says(tmp_path: Path) -> None:
    async with serving(saying("ok")) as server:
        arguments = {"url": server.url(), "auth": {"type": "bearer", "secret": "LAB_KEY"}}
        for tool in (asking(tmp_path, server, "api.example.com", "127.0.0.1:1"), asking(tmp_path, server, tables={})):
            with pytest.raises(
                PermissionDenied, match=r"the secret 'LAB_KEY' may not be sent to '127\.0\.0\.1:\d+'"
            ) as caught:
                await tool.call("http_request", arguments)
            hint = 'write into llmspell.toml: [tool.http_request.secrets] LAB_KEY = ["127.0.0.1"]'
            assert caught.value.hint == hint
        assert server.seen == []


async def test_a_key_must_be_granted_too(tmp_path: Path) -> None:
    async with serving(saying("ok")) as server:
        arguments = {"url": server.url(), "auth": {"type": "bearer", "secret": "LAB_KEY"}}
        with pytest.raises(PermissionDenied) as caught:
            await asking(tmp_path, server, "*", allow={}).call("http_request", arguments)
        assert "--allow-secret=LAB_KEY" in caught.value.hint
        assert server.seen == []


async def test_a_key_is_not_sent_in_the_clear(tmp_path: Path) -> None:
    async with serving(saying("ok")) as server:
        tool = asking(tmp_path, server, "*", allow={**SECRETS, "net": ["*"]})
        arguments = {"url": "http://example.com/", "auth": {"type": "bearer", "secret": "LAB_KEY"}}
        with pytest.raises(PermissionDenied, match=r"the secret 'LAB_KEY' may not be sent over http, which anybody"):
            await tool.call("http_request", arguments)


async def test_a_key_does_not_follow_a_redirect_to_another_server(tmp_path: Path) -> None:
    async with serving(saying("ok")) as other, serving(sending_to(other.url())) as server:
        tool = asking(tmp_path, server, "*", allow={**SECRETS, "net": [server.place, other.place]})
        auth = {"type": "header", "secret": "LAB_KEY", "name": "X-Key"}
        await tool.call("http_request", {"url": server.url(), "auth": auth})
    assert "x-key" in server.seen[0].headers
    assert "x-key" not in other.seen[0].headers


@pytest.mark.parametrize("name", ["Authorization", "Cookie", "X-Api-Key", "x-auth-token", "Proxy-Authorization"])
async def test_a_key_is_not_passed_as_text(tmp_path: Path, name: str) -> None:
    async with serving(saying("ok")) as server:
        with pytest.raises(
            UsageError, match=rf"the header '{name}' holds a key, which is not passed as text"
        ) as caught:
            await bench(tmp_path, server).call("http_request", {"url": server.url(), "headers": {name: "hunter22"}})
        assert "llmspell keys set" in caught.value.hint
        assert "hunter22" not in str(caught.value.to_dict())
        assert server.seen == []


async def test_a_server_that_is_not_granted_is_not_asked(tmp_path: Path) -> None:
    async with serving(saying()) as server, serving(saying()) as other:
        with pytest.raises(PermissionDenied) as caught:
            await bench(tmp_path, other).call("http_request", {"url": server.url()})
        assert f"--allow-net={server.place}" in caught.value.hint


@pytest.mark.parametrize(
    "option",
    ['tool.http_request.secrets.A=["http://a.test/"]', "tool.http_request.secrets=5", "tool.http_request.keys=5"],
)
def test_a_wrong_configuration_is_told(tmp_path: Path, option: str) -> None:
    with pytest.raises(ConfigError, match=r"tool\.http_request"):
        Plugins(Settings(load(tmp_path, {}, [option]))).get("tool", "http_request")
