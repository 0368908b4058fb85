"""Operations of a web API as tools: keys, permissions, and what is made of answers."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from llmspell.errors import ConfigError, LlmspellError, PermissionDenied, ToolFailed, UsageError
from llmspell.redaction import Redactor
from llmspell.testing.bench import Bench
from llmspell.tools.openapi import Access, Document

from .openapi_kit import Server, ask, document, operation, parameter, serving, tool

KEY = "k3y-of-the-tests-0001"
SCHEMES: Mapping[str, Any] = {
    "head": {"type": "apiKey", "in": "header", "name": "X-Key"},
    "query": {"type": "apiKey", "in": "query", "name": "api key"},
    "cookie": {"type": "apiKey", "in": "cookie", "name": "sid"},
    "bearer": {"type": "http", "scheme": "Bearer"},
    "basic": {"type": "http", "scheme": "basic"},
    "oauth": {"type": "oauth2", "flows": {}},
}


def secured(*names: str, security: Any = None, **schemes: Any) -> Document:
    """A document whose operation wants these schemes."""
    wanted = [dict.fromkeys(names, ())] if security is None else security
    components = {"securitySchemes": {**{name: SCHEMES[name] for name in names}, **schemes}}
    return document(operation(parameter("q", "query")), security=wanted, components=components)


@pytest.mark.parametrize(
    ("scheme", "expected"),
    [
        ("head", {"x-key": KEY}),
        ("cookie", {"cookie": f"sid={KEY}"}),
        ("bearer", {"authorization": f"Bearer {KEY}"}),
        ("oauth", {"authorization": f"Bearer {KEY}"}),
    ],
)
async def test_a_key_goes_where_its_scheme_says(scheme: str, expected: dict[str, str], tmp_path: Path) -> None:
    async with serving() as server:
        await ask(server, tmp_path, secured(scheme), {"q": 1}, secret="THE_KEY", environ={"THE_KEY": KEY})
    assert expected.items() <= server.last["headers"].items()
    assert server.last["target"] == "/x?q=1"


async def test_a_key_goes_into_the_query(tmp_path: Path) -> None:
    async with serving() as server:
        await ask(server, tmp_path, secured("query"), {"q": 1}, secret="THE_KEY", environ={"THE_KEY": KEY + "&x"})
    assert server.last["target"] == f"/x?q=1&api%20key={KEY}%26x"


async def test_a_user_name_and_a_password_are_one_key(tmp_path: Path) -> None:
    async with serving() as server:
        environ = {"THE_KEY": "user:password-1"}
        await ask(server, tmp_path, secured("basic"), {}, secret="THE_KEY", environ=environ)
        coded = base64.b64encode(b"user:password-1").decode()
        assert server.last["headers"]["authorization"] == f"Basic {coded}"
        assert coded not in Redactor().text(f"Basic {coded}")
        with pytest.raises(LlmspellError, match=r"^the key THE_KEY is no user name and password$"):
            await ask(server, tmp_path, secured("basic"), {}, secret="THE_KEY", environ={"THE_KEY": "only-a-token"})


async def test_keys_of_several_schemes_are_sent_together(tmp_path: Path) -> None:
    secrets = {"head": "ONE_KEY", "bearer": "TWO_KEY"}
    async with serving() as server:
        environ = {"ONE_KEY": "first-key-1", "TWO_KEY": "second-key-2"}
        await ask(server, tmp_path, secured("head", "bearer"), {}, secret=secrets, environ=environ)
    headers = server.last["headers"]
    assert (headers["x-key"], headers["authorization"]) == ("first-key-1", "Bearer second-key-2")


async def test_the_first_alternative_that_has_its_keys_is_taken(tmp_path: Path) -> None:
    found = secured("head", "bearer", "cookie", security=[{}, {"head": [], "cookie": []}, {"bearer": []}])
    async with serving() as server:
        await ask(server, tmp_path, found, {}, secret={"bearer": "THE_KEY"}, environ={"THE_KEY": KEY})
        assert server.last["headers"]["authorization"] == f"Bearer {KEY}"
        await ask(server, tmp_path, found, {})
        assert not {"authorization", "x-key", "cookie"} & server.last["headers"].keys()


async def test_without_a_key_that_it_needs_nothing_is_sent(tmp_path: Path) -> None:
    async with serving() as server:
        with pytest.raises(UsageError, match=r"^tool 'call' needs a key for head$") as caught:
            await ask(server, tmp_path, secured("head"), {})
    assert (caught.value.kind, caught.value.hint) == ("authentication", 'name one: secret = { head = "NAME" }')
    assert server.asked == []


async def test_a_key_that_nobody_has_is_named(tmp_path: Path) -> None:
    async with serving() as server:
        with pytest.raises(ConfigError, match=r"^tool:call needs the key THE_KEY; run: llmspell keys set THE_KEY$"):
            await ask(server, tmp_path, secured("head"), {}, secret="THE_KEY")
    assert server.asked == []


async def test_a_key_needs_permission(tmp_path: Path) -> None:
    bench = Bench(tmp_path, allow={"net": ["127.0.0.1"], "secrets": ["OTHER"]}, environ={"THE_KEY": KEY})
    async with serving() as server:
        with pytest.raises(
            PermissionDenied, match=r"^secrets of 'THE_KEY' is not allowed in profile 'high'$"
        ) as caught:
            await bench.call(tool(secured("head"), Access(server.url, secret="THE_KEY")), {})
    assert caught.value.hint == "run again with --allow-secret=THE_KEY"
    assert server.asked == []


async def test_a_server_needs_permission(tmp_path: Path) -> None:
    bench = Bench(tmp_path, allow={"net": ["api.example.com"]})
    async with serving() as server:
        with pytest.raises(PermissionDenied, match=r"^net of '127\.0\.0\.1:\d+' is not allowed in profile 'high'$"):
            await bench.call(tool(document(operation()), Access(server.url)), {})
        with pytest.raises(PermissionDenied, match=r"^tool 'call' uses net, which is not allowed in profile 'high'$"):
            await Bench(tmp_path).call(tool(document(operation()), Access(server.url)), {})
    assert server.asked == []


@pytest.mark.parametrize("url", ["http://169.254.169.254", "http://localhost:9", "http://[::ffff:127.0.0.1]:9"])
async def test_a_server_on_a_private_address_is_not_reached_by_a_wide_grant(url: str, tmp_path: Path) -> None:
    bench = Bench(tmp_path, allow={"net": ["*"]})
    with pytest.raises(PermissionDenied):
        await bench.call(tool(document(operation(), servers=[{"url": url}])), {})


def test_a_key_is_not_an_argument_even_where_the_document_says_so() -> None:
    said = operation(parameter("X-KEY", "header", required=True), parameter("Authorization", "header"))
    components = {"securitySchemes": {"head": SCHEMES["head"]}}
    found = tool(document(said, security=[{"head": []}], components=components), Access(secret="THE_KEY"))
    assert found.parameters["properties"] == {}
    assert found.needs == ("net", "secrets")


def test_one_key_for_several_schemes_is_refused() -> None:
    with pytest.raises(UsageError, match=r"securitySchemes are not one, for the key 'K', but: bearer, head$") as caught:
        tool(secured("head", "bearer"), Access(secret="K"))
    assert caught.value.hint == 'write a table: secret = { bearer = "K" }'
    with pytest.raises(UsageError, match=r"securitySchemes are not one, for the key 'K', but: none$"):
        tool(document(operation()), Access(secret="K"))
    with pytest.raises(UsageError, match=r"securitySchemes has no 'haed'$") as caught:
        tool(secured("head"), Access(secret={"haed": "K"}))
    assert caught.value.hint == "did you mean 'head'?"


def test_a_scheme_that_is_not_supported_says_so() -> None:
    with pytest.raises(UsageError, match=r"securitySchemes: 'tls' is of a type that is not supported: 'mutualTLS'$"):
        tool(secured(security=[{"tls": []}], tls={"type": "mutualTLS"}), Access(secret="K"))


def reply(status: int = 200, body: bytes = b"", kind: str = "application/json") -> Any:
    return lambda request: web.Response(status=status, body=body, content_type=kind)


@pytest.mark.parametrize(
    ("body", "kind", "expected"),
    [
        (b'{"a": [1, null]}', "application/json", {"a": [1, None]}),
        (b'{"a": 1}', "application/problem+json", {"a": 1}),
        ("grün".encode(), "text/plain", "grün"),
        (b"<a/>", "application/xml", "<a/>"),
        (b"", "application/json", None),
        (b"\0\1", "image/png", {"content_type": "image/png", "size_bytes": 2, "base64": "AAE="}),
    ],
)
async def test_an_answer_is_data_text_or_bytes(body: bytes, kind: str, expected: Any, tmp_path: Path) -> None:
    async with serving(reply(200, body, kind)) as server:
        assert await ask(server, tmp_path, document(operation()), {}) == expected


async def test_a_head_request_answers_with_headers(tmp_path: Path) -> None:
    async with serving(reply(200, b"", "text/plain")) as server:
        found = await ask(server, tmp_path, document(operation(), method="head"), {})
    assert (found["status"], found["headers"]["content-type"]) == (200, "text/plain")


@pytest.mark.parametrize(
    ("status", "kind", "retryable", "said"),
    [
        (400, "tool_failed", False, "400 Bad Request"),
        (401, "authentication", False, "401 Unauthorized"),
        (404, "not_found", False, "404 Not Found"),
        (429, "rate_limited", True, "429 Too Many Requests"),
        (503, "tool_failed", True, "503 Service Unavailable"),
        (599, "tool_failed", False, "599"),
    ],
)
async def test_a_status_that_is_no_success_is_an_error(
    status: int, kind: str, retryable: bool, said: str, tmp_path: Path
) -> None:
    async with serving(reply(status, b'{"why":\n "no"}')) as server:
        with pytest.raises(ToolFailed, match=rf'^GET /x answered {said}: {{"why": "no"}}$') as caught:
            await ask(server, tmp_path, document(operation()), {})
    error = caught.value
    assert (error.kind, error.retryable, error.component) == (kind, retryable, "tool:call")
    assert error.details == {"status": status, "body": '{"why": "no"}'}


async def test_only_the_beginning_of_a_long_error_is_told(tmp_path: Path) -> None:
    async with serving(reply(500, b"x" * 100_000)) as server:
        with pytest.raises(ToolFailed) as caught:
            await ask(server, tmp_path, document(operation()), {})
    assert len(caught.value.message) < 600
    assert caught.value.message.endswith("x…")


@pytest.mark.parametrize("body", [b"{", b"[" * 100_000, b"NaN", b"\xff\xfe"])
async def test_an_answer_that_is_not_json_is_an_error(body: bytes, tmp_path: Path) -> None:
    async with serving(reply(200, body)) as server:
        with pytest.raises(ToolFailed, match=r"^GET /x answered 200 with what is not JSON: "):
            await ask(server, tmp_path, document(operation()), {})


async def test_a_long_answer_is_an_error(tmp_path: Path) -> None:
    async with serving(reply(200, b'"' + b"x" * (2 << 20) + b'"')) as server:
        with pytest.raises(LlmspellError, match="1048576"):
            await ask(server, tmp_path, document(operation()), {})


@pytest.mark.parametrize("status", [200, 400])
async def test_a_key_that_the_server_repeats_is_not_passed_on(status: int, tmp_path: Path) -> None:
    def echo(request: web.BaseRequest) -> web.StreamResponse:
        return web.json_response({"sent": request.headers["X-Key"]}, status=status)

    async def answered(server: Server) -> str:
        try:
            found = await ask(server, tmp_path, secured("head"), {}, secret="THE_KEY", environ={"THE_KEY": KEY})
        except ToolFailed as error:
            return f"{error.message} {error.details}"
        return str(found)

    async with serving(echo) as server:
        said = await answered(server)
    assert server.last["headers"]["x-key"] == KEY
    assert KEY not in said
    assert "[redacted]" in said


async def test_a_key_does_not_follow_a_redirect_to_another_server(tmp_path: Path) -> None:
    async with serving() as other:

        def away(request: web.BaseRequest) -> web.StreamResponse:
            return web.Response(status=307, headers={"Location": f"{other.url}/else"})

        async with serving(away) as server:
            await ask(server, tmp_path, secured("head"), {}, secret="THE_KEY", environ={"THE_KEY": KEY})
    assert server.last["headers"]["x-key"] == KEY
    assert "x-key" not in other.last["headers"]


@pytest.mark.parametrize(
    ("method", "idempotent"),
    [
        ("get", True),
        ("head", True),
        ("put", True),
        ("delete", True),
        ("options", True),
        ("post", False),
        ("patch", False),
    ],
)
async def test_each_method_is_sent_and_may_be_repeated_or_not(method: str, idempotent: bool, tmp_path: Path) -> None:
    found = document(operation(), method=method)
    async with serving() as server:
        await ask(server, tmp_path, found, {})
    assert server.last["method"] == method.upper()
    assert tool(found).idempotent is idempotent


async def test_events_tell_of_a_request_without_its_key(tmp_path: Path) -> None:
    bench = Bench(tmp_path, allow={"net": ["127.0.0.1"], "secrets": ["*"]}, environ={"THE_KEY": KEY})
    async with serving() as server:
        await bench.call(tool(secured("query"), Access(server.url, secret="THE_KEY")), {})
    [event] = [event for event in bench.events if event.kind == "http.request"]
    assert KEY not in str(event)
    assert KEY in server.last["target"]
