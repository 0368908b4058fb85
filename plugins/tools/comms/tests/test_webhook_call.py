"""webhook_call: one signed message, and where it may go."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from llmspell.errors import LlmspellError, PermissionDenied, UsageError
from llmspell.testing.bench import Bench
from llmspell.testing.contracts.tool import ToolContract
from llmspell.testing.loopback import Server, sending, serving

KEY = "hunter22-hunter22"


def bench(folder: Path, hook: Server, *secrets: str) -> Bench:
    return Bench(folder, allow={"net": [hook.place], "secrets": secrets}, environ={"HOOK_KEY": KEY})


def hooked(**answer: Any) -> AbstractAsyncContextManager[Server]:
    """A webhook."""

    async def handle(request: web.BaseRequest) -> web.StreamResponse:
        assert request.method == "POST"
        return web.Response(**(answer or {"text": "thanks"}))

    return serving(handle)


class TestWebhookCallContract(ToolContract):
    name = "webhook_call"
    bad = (
        {},
        {"url": "https://a.test/"},
        {"url": "", "payload": 1},
        {"url": "http://a.test/", "payload": 1},
        {"url": "ftp://a.test/", "payload": 1},
        {"url": "https://user@a.test/", "payload": 1},
        {"url": "https://127.0.0.1:1/", "payload": 1},
        {"url": "https://a.test/", "payload": "x" * 1_100_000},
        {"url": "https://a.test/", "payload": 1, "headers": {"Content-Type": "a"}},
        {"url": "https://a.test/", "payload": 1, "headers": {"Authorization": "Bearer a"}},
        {"url": "https://a.test/", "payload": 1, "signature_header": "A: b"},
        {"url": "https://a.test/", "payload": 1, "timeout": 61},
    )

    @pytest.fixture(autouse=True)
    async def served(self) -> AsyncIterator[None]:
        async with hooked() as hook:
            self.good = (
                {"url": hook.url("/hook"), "payload": {"a": [1, None]}},
                {"url": hook.url("/hook"), "payload": "text"},
            )
            self.allow = {"net": [hook.place]}
            yield


async def test_a_payload_arrives_as_json_and_the_answer_comes_back(tmp_path: Path) -> None:
    payload = {"status": "done ✓", "n": [1, 2.5, None, True]}
    async with hooked(text="thänks", status=202) as hook:
        arguments = {
            "url": hook.url("/hook"),
            "payload": payload,
            "headers": {"X-Event": "build", "Idempotency-Key": "5"},
        }
        found = await bench(tmp_path, hook).call("webhook_call", arguments)
        [(headers, body)] = [(seen.headers, seen.body) for seen in hook.seen]
    assert json.loads(body) == payload
    assert (headers["content-type"], headers["x-event"], headers["idempotency-key"]) == (
        "application/json",
        "build",
        "5",
    )
    assert found == {"status": 202, "ok": True, "body": "thänks", "truncated": False, "signed": False}


@pytest.mark.parametrize("header", ["X-Signature-256", "X-Hub-Signature-256"])
async def test_a_payload_is_signed_with_a_secret_that_is_named(tmp_path: Path, header: str) -> None:
    async with hooked() as hook:
        tool = bench(tmp_path, hook, "HOOK_KEY")
        arguments = {"url": hook.url("/hook"), "payload": {"a": "ü"}, "secret": "HOOK_KEY", "signature_header": header}
        found = await tool.call("webhook_call", arguments)
        [(headers, body)] = [(seen.headers, seen.body) for seen in hook.seen]
    assert headers[header.lower()] == "sha256=" + hmac.new(KEY.encode(), body, hashlib.sha256).hexdigest()
    assert found["signed"] is True
    assert KEY not in str([dict(event.data) for event in tool.events])


async def test_a_secret_must_be_granted(tmp_path: Path) -> None:
    async with hooked() as hook:
        with pytest.raises(PermissionDenied) as caught:
            await bench(tmp_path, hook).call(
                "webhook_call", {"url": hook.url("/hook"), "payload": 1, "secret": "HOOK_KEY"}
            )
        assert "--allow-secret=HOOK_KEY" in caught.value.hint
        assert hook.seen == []


@pytest.mark.parametrize("status", [301, 307, 400, 404, 500, 503])
async def test_a_failure_is_an_answer_and_nothing_is_tried_again(tmp_path: Path, status: int) -> None:
    async with hooked(status=status, headers={"Location": "/other"}, text="no") as hook:
        found = await bench(tmp_path, hook).call("webhook_call", {"url": hook.url("/hook"), "payload": 1})
        assert (found["status"], found["ok"], found["body"]) == (status, False, "no")
        assert len(hook.seen) == 1


async def test_a_long_answer_is_cut(tmp_path: Path) -> None:
    async with hooked(text="x" * 100_000) as hook:
        found = await bench(tmp_path, hook).call("webhook_call", {"url": hook.url("/hook"), "payload": 1})
    assert (len(found["body"]), found["truncated"]) == (4_096, True)


async def test_a_message_does_not_go_in_the_clear(tmp_path: Path) -> None:
    tool = Bench(tmp_path, allow={"net": ["*"]})
    with pytest.raises(UsageError, match=r"^http://example\.com/ is not https, so anybody on the way could read"):
        await tool.call("webhook_call", {"url": "http://example.com/", "payload": 1})


async def test_a_server_that_is_not_granted_is_not_asked(tmp_path: Path) -> None:
    async with hooked() as hook, hooked() as other:
        with pytest.raises(PermissionDenied) as caught:
            await bench(tmp_path, other).call("webhook_call", {"url": hook.url("/hook"), "payload": 1})
        assert f"--allow-net={hook.place}" in caught.value.hint
        assert hook.seen == []


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"payload": "x" * 1_100_000}, r"^the payload has 1100002 bytes, and at most 1048576 are sent$"),
        ({"payload": 1, "headers": {"X-Api-Key": "hunter22"}}, r"^the header 'X-Api-Key' holds a key, which is not"),
        ({"payload": 1, "headers": {"X-A": "a\r\nHost: b"}}, r"^the header 'X-A' holds a line break"),
    ],
    ids=["payload", "key", "line break"],
)
async def test_what_cannot_be_sent_is_refused(tmp_path: Path, arguments: dict[str, Any], message: str) -> None:
    async with hooked() as hook:
        with pytest.raises(UsageError, match=message) as caught:
            await bench(tmp_path, hook).call("webhook_call", {"url": hook.url("/hook"), **arguments})
        assert "hunter22" not in str(caught.value.to_dict())
        assert hook.seen == []


@pytest.mark.parametrize("name", ["X-Signature-256", "content-type"])
async def test_a_header_of_the_tool_s_own_is_not_set(tmp_path: Path, name: str) -> None:
    async with hooked() as hook:
        arguments = {"url": hook.url("/hook"), "payload": 1, "secret": "HOOK_KEY", "headers": {name: "x"}}
        with pytest.raises(UsageError, match=rf"the header '{name}' is set by the tool"):
            await bench(tmp_path, hook, "*").call("webhook_call", arguments)


@pytest.mark.parametrize(
    "sent",
    [
        b"",
        b"SSH-2.0-OpenSSH_9.9\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Le",
        b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\nhello",
        b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello!",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 5\r\n\r\nhello",
        b"HTTP/1.1 200 OK\r\nX: " + b"a" * 20_000 + b"\r\n\r\n",
    ],
    ids=range(8),
)
async def test_a_broken_answer_is_an_error(tmp_path: Path, sent: bytes) -> None:
    async with sending(sent) as hook:
        with pytest.raises(LlmspellError) as caught:
            await bench(tmp_path, hook).call("webhook_call", {"url": hook.url("/hook"), "payload": 1})
    assert caught.value.kind == "network"
