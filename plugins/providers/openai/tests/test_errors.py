"""Every way to fail is one clear sentence with a kind, and no key is ever in it."""

from __future__ import annotations

import asyncio
import json
import pickle
import socket
import ssl
import time
import traceback
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from llmspell.errors import ProviderError
from llmspell.message import ModelRequest
from llmspell.redaction import Redactor
from llmspell.secrets import Secrets
from llmspell.testing import Broken, Delay, Fail, OpenAIServer, Page, Text
from llmspell_provider_openai.endpoint import Endpoint
from llmspell_provider_openai.provider import OpenAIProvider

MakeProvider = Callable[..., OpenAIProvider]
KEY = "sk-a-very-secret-key"  # as in conftest.py


def quiet(kind: str, data: Mapping[str, Any]) -> None:
    """Nobody listens."""


def said(message: str, code: str | None = None) -> str:
    return json.dumps({"error": {"message": message, "type": "some_type", "code": code}})


async def failure(make: MakeProvider, request: ModelRequest, step: Any, **settings: Any) -> ProviderError:
    async with OpenAIServer(step) as server:
        with pytest.raises(ProviderError) as caught:
            await make(server.base_url, **settings).complete(request, quiet)
    return caught.value


STATUSES = [
    (400, "provider", False, r"the server refused the model 'gpt-test' \(HTTP 400 Bad Request\): told"),
    (401, "authentication", False, r"the server refused the API key \(HTTP 401 Unauthorized\): told"),
    (403, "authentication", False, r"the server refused the API key \(HTTP 403 Forbidden\): told"),
    (404, "unknown_model", False, r"there is no model 'gpt-test' at http://.* \(HTTP 404 Not Found\): told"),
    (408, "provider", True, r"the server refused the model 'gpt-test' \(HTTP 408 Request Timeout\): told"),
    (409, "provider", True, r"the server refused the model 'gpt-test' \(HTTP 409 Conflict\): told"),
    (413, "provider", False, r"the server refused the model 'gpt-test' \(HTTP 413 .*\): told"),
    (422, "provider", False, r"the server refused the model 'gpt-test' \(HTTP 422 .*\): told"),
    (
        429,
        "rate_limited",
        True,
        r"the server refused the model 'gpt-test' \(HTTP 429 Too Many Requests\): told",
    ),
    (500, "provider", True, r"the server failed \(HTTP 500 Internal Server Error\): told"),
    (502, "provider", True, r"the server failed \(HTTP 502 Bad Gateway\): told"),
    (503, "provider", True, r"the server failed \(HTTP 503 Service Unavailable\): told"),
    (504, "provider", True, r"the server failed \(HTTP 504 Gateway Timeout\): told"),
    (529, "provider", True, r"the server failed \(HTTP 529\): told"),
]


@pytest.mark.parametrize(("status", "kind", "retryable", "sentence"), STATUSES)
async def test_each_status_has_its_kind_and_sentence(
    provider_at: MakeProvider,
    question: ModelRequest,
    *,
    status: int,
    kind: str,
    retryable: bool,
    sentence: str,
) -> None:
    error = await failure(provider_at, question, Fail(status, body=said("told")))
    assert (error.kind, error.retryable, error.component) == (kind, retryable, "provider:openai")
    with pytest.raises(ProviderError, match=f"^openai: {sentence}$"):
        raise error
    assert error.details["status"] == status


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (said("plain"), ": plain"),
        ('{"error": "as text"}', ": as text"),
        ('{"message": "at the top"}', ": at the top"),
        ('{"detail": "as FastAPI says it"}', ": as FastAPI says it"),
        ("no JSON at all", ": no JSON at all"),
        ("<html><body>Bad gateway</body></html>", ""),
        ("", ""),
        ("[1]", ""),
        ('{"error": {"message": "' + "x" * 9000 + '"}}', ": " + "x" * 500),
    ],
)
async def test_what_the_server_says_is_quoted_in_whatever_form(
    provider_at: MakeProvider, question: ModelRequest, body: str, message: str
) -> None:
    page = Page(body, status=502)
    error = await failure(provider_at, question, page)
    assert error.message == f"openai: the server failed (HTTP 502 Bad Gateway){message}"


async def test_a_used_up_quota_is_not_worth_another_try(provider_at: MakeProvider, question: ModelRequest) -> None:
    error = await failure(provider_at, question, Fail(429, body=said("no money", "insufficient_quota")))
    assert (error.kind, error.retryable, error.details["code"]) == (
        "rate_limited",
        False,
        "insufficient_quota",
    )


async def test_a_refused_key_names_its_variable(provider_at: MakeProvider, question: ModelRequest) -> None:
    error = await failure(provider_at, question, Fail(401))
    assert error.hint == "check the key in OPENAI_API_KEY"


async def test_an_unknown_model_tells_how_to_list_them(provider_at: MakeProvider, question: ModelRequest) -> None:
    assert (await failure(provider_at, question, Fail(404))).hint == "llmspell models openai"


async def test_a_server_without_a_list_of_models_is_told(provider_at: MakeProvider) -> None:
    async with OpenAIServer(models=Page(said("no such page"), status=404)) as server:
        with pytest.raises(ProviderError, match=r"the server refused the list of models \(HTTP 404 Not") as caught:
            await provider_at(server.base_url).models()
    assert caught.value.kind == "provider"


async def test_an_endless_error_page_is_not_read_to_its_end(provider_at: MakeProvider, question: ModelRequest) -> None:
    page = Page("x" * 5_000_000, status=500)
    async with OpenAIServer(Broken(page, at=1_000_000, how="stall")) as server:
        with pytest.raises(ProviderError, match=r"^openai: the server failed \(HTTP 500"):
            await provider_at(server.base_url, timeout=5).complete(question, quiet)


async def test_a_redirect_is_not_followed(provider_at: MakeProvider, question: ModelRequest) -> None:
    async with OpenAIServer() as elsewhere:
        target = f"{elsewhere.base_url}/chat/completions"
        error = await failure(provider_at, question, Page("", status=307, headers={"Location": target}))
    assert elsewhere.requests == []
    assert error.message.endswith(f"it redirects to '{target}', which is not followed")


async def test_a_closed_port_says_where_and_what_to_do(provider_at: MakeProvider, question: ModelRequest) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        base_url = f"http://127.0.0.1:{unused.getsockname()[1]}/v1"
        with pytest.raises(ProviderError) as caught:
            await provider_at(base_url).complete(question, quiet)
    error = caught.value
    assert error.message == f"openai: cannot reach {base_url} (connection refused)"
    assert (error.kind, error.retryable, error.hint) == ("network", True, "start it")


async def test_an_unknown_host_is_told(provider_at: MakeProvider, question: ModelRequest) -> None:
    with pytest.raises(ProviderError, match=r"cannot reach http://no\.invalid/v1 \(the host's name is not known\)"):
        await provider_at("http://no.invalid/v1").complete(question, quiet)


async def test_a_server_that_does_not_accept_is_not_waited_for(
    provider_at: MakeProvider, question: ModelRequest
) -> None:
    started = time.monotonic()
    with socket.socket() as full:  # nobody accepts, and the queue is full after the first connections
        full.bind(("127.0.0.1", 0))
        full.listen(0)
        waiting = [socket.socket() for _ in range(4)]
        for client in waiting:
            client.setblocking(False)
            client.connect_ex(full.getsockname())
        base_url = f"http://127.0.0.1:{full.getsockname()[1]}/v1"
        with pytest.raises(ProviderError, match=r"cannot reach .* \(no connection in time\)") as caught:
            await provider_at(base_url, connect_timeout=0.3).complete(question, quiet)
        for client in waiting:
            client.close()
    assert caught.value.kind == "network"
    assert time.monotonic() - started < 5


async def test_an_answer_that_is_no_http_is_told(provider_at: MakeProvider, question: ModelRequest) -> None:
    async def babble(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(100)
        writer.write(b"SSH-2.0-OpenSSH_9.6\r\n")
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(babble, "127.0.0.1", 0)
    async with server:
        base_url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/v1"
        with pytest.raises(
            ProviderError, match=f"^openai: lost the connection to {base_url} .what it answers is not HTTP.$"
        ) as caught:
            await provider_at(base_url).complete(question, quiet)
    assert caught.value.__cause__ is None  # it holds the request, and that the key
    assert caught.value.__suppress_context__


async def test_a_certificate_that_nobody_vouches_for_is_told(provider_at: MakeProvider, question: ModelRequest) -> None:
    async def never(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        raise AssertionError("the client went on with a certificate that it cannot trust")

    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(Path(__file__).parent / "data" / "self-signed.pem")
    server = await asyncio.start_server(never, "127.0.0.1", 0, ssl=tls)
    async with server:
        base_url = f"https://127.0.0.1:{server.sockets[0].getsockname()[1]}/v1"
        with pytest.raises(ProviderError, match=f"^openai: the certificate of {base_url} is not trusted$") as caught:
            await provider_at(base_url, max_retries=3).complete(question, quiet)
    assert (caught.value.kind, caught.value.retryable) == ("network", False)


async def test_plain_http_where_tls_is_expected_is_told(provider_at: MakeProvider, question: ModelRequest) -> None:
    async with OpenAIServer() as server:
        base_url = server.base_url.replace("http:", "https:")
        with pytest.raises(ProviderError, match=f"^openai: cannot reach {base_url} ") as caught:
            await provider_at(base_url).complete(question, quiet)
    assert caught.value.kind == "network"


async def test_a_connection_that_closes_before_the_head_is_told(
    provider_at: MakeProvider, question: ModelRequest
) -> None:
    error = await failure(provider_at, question, Broken(Text("x"), how="close"))
    assert error.message.endswith("(the server closed it)")
    assert (error.kind, error.retryable) == ("network", True)


@pytest.mark.parametrize("step", [Delay(30, Text("late")), Broken(Text("x" * 99), at=40, how="stall")])
@pytest.mark.parametrize("how", ["the call", "the settings"])
async def test_the_shorter_timeout_counts(
    provider_at: MakeProvider, question: ModelRequest, step: Any, how: str
) -> None:
    import attrs

    started = time.monotonic()
    mine, configured = (0.3, 20.0) if how == "the call" else (20.0, 0.3)
    error = await failure(provider_at, attrs.evolve(question, timeout=mine), step, timeout=configured)
    assert error.message == "openai: the model 'gpt-test' took longer than 0.3 seconds"
    assert (error.kind, error.retryable) == ("timeout", True)
    assert time.monotonic() - started < 5


async def test_a_time_of_nothing_asks_nobody(provider_at: MakeProvider, question: ModelRequest) -> None:
    import attrs

    async with OpenAIServer() as server:
        with pytest.raises(ProviderError, match="took longer than 0 seconds"):
            await provider_at(server.base_url).complete(attrs.evolve(question, timeout=0), quiet)


async def test_cancelling_a_stream_hangs_up(provider_at: MakeProvider, question: ModelRequest) -> None:
    async with OpenAIServer(Broken(Text("x" * 99, chunks=9), at=400, how="stall")) as server:
        provider = provider_at(server.base_url)

        async def read() -> None:
            async for _ in provider.stream(question, quiet):
                pass

        task = asyncio.create_task(read())
        await asyncio.sleep(0.2)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        async with asyncio.timeout(5):
            while server.abandoned == 0:  # noqa: ASYNC110  # the server has no event to wait for
                await asyncio.sleep(0.01)


@pytest.mark.parametrize("stream", [True, False])
async def test_a_missing_key_is_told_before_anything_is_sent(question: ModelRequest, stream: bool) -> None:
    async with OpenAIServer() as server:
        provider = OpenAIProvider(Endpoint("openai", server.base_url, key_env="OPENAI_API_KEY"))
        asking = provider.stream(question, quiet).__anext__() if stream else provider.complete(question, quiet)
        with pytest.raises(ProviderError, match=r"^openai: no API key, because OPENAI_API_KEY is not set$") as caught:
            await asking
        with pytest.raises(ProviderError, match="no API key"):
            await provider.models()
    assert server.requests == []
    assert caught.value.kind == "authentication"
    assert caught.value.hint.startswith("llmspell keys set openai, or export OPENAI_API_KEY=... ;")
    assert Redactor().text(caught.value.hint) == caught.value.hint


async def test_a_key_that_no_header_can_carry_is_told(question: ModelRequest) -> None:
    provider = OpenAIProvider(Endpoint("openai", "http://127.0.0.1:9/v1", key_env="K", secrets=Secrets({"K": "a\nb"})))
    with pytest.raises(ProviderError, match=r"^openai: the key in K holds a line break") as caught:
        await provider.complete(question, quiet)
    assert "a\nb" not in str(caught.value)


@pytest.mark.parametrize(
    "step",
    [
        Fail(401, body=said(f"Incorrect API key provided: {KEY}.")),
        Fail(500, body=f"Traceback: Authorization: Bearer {KEY}"),
        Page(json.dumps({"error": {"message": f"bad {KEY}"}})),
        Page(f"{{{KEY}"),
        Page("{" + "x" * 70 + KEY),
        Fail(500, body="x" * 490 + KEY),
        Fail(400, body=said("no", KEY)),
        Page(json.dumps({"choices": f"{KEY}"})),
        Page("", status=302, headers={"Location": f"https://evil.invalid/?key={KEY}"}),
        Broken(Text("x"), at=10),
    ],
)
async def test_a_key_that_the_server_repeats_is_redacted(
    provider_at: MakeProvider, question: ModelRequest, step: Any
) -> None:
    error = await failure(provider_at, question, step)
    shown = [str(error), repr(error), str(error.to_dict()), *traceback.format_exception(error)]
    assert not any(KEY[:8] in text for text in shown)
    assert KEY[:8].encode() not in pickle.dumps(error)


async def test_configured_headers_are_redacted_too(provider_at: MakeProvider, question: ModelRequest) -> None:
    step = Fail(400, body=said("the token hunter22 is bad"))
    error = await failure(provider_at, question, step, headers={"X-Token": "hunter22"})
    assert error.message.endswith("the token [redacted] is bad")


async def test_no_representation_shows_the_key(provider_at: MakeProvider) -> None:
    provider = provider_at("http://127.0.0.1:9/v1", headers={"X-Token": "hunter22"})
    shown = repr(provider) + repr(provider._endpoint) + repr(provider._endpoint.settings)
    assert KEY not in shown
    assert "hunter22" not in shown
