"""Answers as servers really give them: litellm takes some of these for success."""

from __future__ import annotations

import asyncio
import gc
import json
from collections.abc import AsyncIterator
from contextlib import aclosing
from importlib.util import find_spec
from typing import Any

import pytest
from aiohttp import ClientSession

from llmspell.errors import ProviderError
from llmspell.message import Completion, Delta, Message, ModelRequest, ToolCall, Usage
from llmspell.provider import Folder
from llmspell.testing import Broken, Calls, Fail, OpenAIServer, Page, ScriptedModel, Text, Trickle
from llmspell.testing.server import ServerStep
from llmspell.testing.steps import Step
from llmspell_provider_litellm.account import Account
from llmspell_provider_litellm.faults import Faults
from llmspell_provider_litellm.provider import LitellmProvider
from llmspell_provider_litellm.routes import ROUTES

from .conftest import KEY, MakeProvider

_HTML = Page("<html><body>Please log in</body></html>", content_type="text/html")
_EVENTS = "text/event-stream"
_CHUNK = '{"id":"1","object":"chat.completion.chunk","created":0,"model":"m","choices":[%s]}'


def quiet(kind: str, data: Any) -> None:
    """Nobody listens."""


def _calls(*calls: dict[str, Any]) -> str:
    return json.dumps({"index": 0, "delta": {"tool_calls": calls}, "finish_reason": None})


def _events(*choices: str) -> Page:
    return Page("".join(f"data: {_CHUNK % choice}\n\n" for choice in choices), content_type=_EVENTS)


def _open_sessions() -> int:
    """How many sessions with a server anyone has not closed."""
    return sum(isinstance(it, ClientSession) and not it.closed for it in gc.get_objects())


async def ask(provider: LitellmProvider, request: ModelRequest, how: str) -> Completion:
    if how == "complete":
        return await provider.complete(request, quiet)
    folder = Folder()
    await _feed(folder, provider.stream(request, quiet))
    return folder.completion()


async def _feed(folder: Folder, deltas: AsyncIterator[Delta]) -> None:
    async for delta in deltas:
        folder.add(delta)


async def failure(provider_at: MakeProvider, step: ServerStep, request: ModelRequest, how: str) -> ProviderError:
    async with OpenAIServer(step) as server:
        with pytest.raises(ProviderError) as caught:
            await ask(provider_at(server.base_url), request, how)
    assert caught.value.component == "provider:litellm"
    assert "\n" not in caught.value.message
    return caught.value


@pytest.mark.parametrize("how", ["complete", "stream"])
@pytest.mark.parametrize(
    "step",
    [
        Text("some words in pieces", chunks=4, usage=Usage(7, 3, 2, 1)),
        Text("", usage=Usage(7, 3)),
        Calls(("add", {"a": 1}), text="Let me see."),
        Calls(("add", {"a": 1}), ("sub", '{"broken": ,'), ("add", "")),
    ],
    ids=["text", "empty", "call", "parallel"],
)
async def test_the_transcript_is_that_of_the_scripted_model(
    provider_at: MakeProvider, question: ModelRequest, step: Step, how: str
) -> None:
    with ScriptedModel(step) as scripted:
        expected = await scripted.complete(ModelRequest("gpt-test", question.messages), quiet)
    async with OpenAIServer(step) as server:
        assert await ask(provider_at(server.base_url), question, how) == expected


@pytest.mark.parametrize("how", ["complete", "stream"])
@pytest.mark.parametrize(
    "page",
    [_HTML, Page(""), Page("", content_type=_EVENTS), Page('{"choi'), Page('{"choices": []}')],
    ids=["html", "empty", "no events", "malformed", "no choice"],
)
async def test_nothing_is_not_an_answer(
    provider_at: MakeProvider, question: ModelRequest, page: Page, how: str
) -> None:
    error = await failure(provider_at, page, question, how)
    assert "answered with nothing that is an answer of the model 'openai/gpt-test'" in error.message
    assert (error.kind, error.retryable) == ("provider", False)
    assert error.hint == "check base_url under [provider.litellm]"


async def test_a_stream_without_a_finish_reason_is_cut_short(provider_at: MakeProvider, question: ModelRequest) -> None:
    step = _events('{"index":0,"delta":{"content":"half"},"finish_reason":null}')
    error = await failure(provider_at, step, question, "stream")
    assert error.message == ("litellm: the stream of the model 'openai/gpt-test' ended before its answer was complete")
    assert error.retryable


async def test_a_call_without_a_finish_reason_is_cut_short(provider_at: MakeProvider, question: ModelRequest) -> None:
    function = {"name": "add", "arguments": '{"a":'}
    step = _events(_calls({"index": 0, "id": "c", "type": "function", "function": function}))
    error = await failure(provider_at, step, question, "stream")
    assert "ended before its answer was complete" in error.message


async def test_an_error_within_a_stream_is_told(provider_at: MakeProvider, question: ModelRequest) -> None:
    page = Page('data: {"error":{"message":"the engine fell over","code":"x"}}\n\n', content_type=_EVENTS)
    error = await failure(provider_at, page, question, "stream")
    assert error.message == ("litellm: the call to the model 'openai/gpt-test' failed: the engine fell over")


@pytest.mark.parametrize("how", ["complete", "stream"])
async def test_a_lost_connection_is_a_network_error(
    provider_at: MakeProvider, question: ModelRequest, how: str
) -> None:
    error = await failure(provider_at, Broken(Text("abcdef", chunks=6), at=200), question, how)
    assert (error.kind, error.retryable) == ("network", True)
    assert "the connection to the server" in error.message or "cannot reach the server" in error.message


@pytest.mark.parametrize("how", ["complete", "stream"])
async def test_a_refused_connection_is_a_network_error(
    provider_at: MakeProvider, question: ModelRequest, how: str
) -> None:
    with pytest.raises(
        ProviderError,
        match=r"^litellm: cannot reach the server at http://127\.0\.0\.1:9/v1 \(connection refused\)$",
    ) as caught:
        await ask(provider_at("http://127.0.0.1:9/v1"), question, how)
    assert (caught.value.kind, caught.value.retryable) == ("network", True)


@pytest.mark.parametrize("how", ["complete", "stream"])
async def test_the_server_is_quoted_without_litellms_wrapping(
    provider_at: MakeProvider, question: ModelRequest, how: str
) -> None:
    body = '{"error": {"message": "max_tokens is too large"}}'
    error = await failure(provider_at, Fail(400, body=body), question, how)
    assert error.message == (
        "litellm: the server refused the model 'openai/gpt-test' (HTTP 400 Bad Request): max_tokens is too large"
    )


@pytest.mark.parametrize("how", ["complete", "stream"])
@pytest.mark.parametrize("name", sorted(name for name in ROUTES if name not in {"bedrock", "huggingface", "vertex_ai"}))
async def test_every_route_understands_a_refusal(
    provider_at: MakeProvider, question: ModelRequest, name: str, how: str
) -> None:
    """Most routes speak OpenAI's protocol; the others get a page that is not there."""
    prefix, open_before = ROUTES[name].prefix, _open_sessions()
    async with OpenAIServer(Fail(404), repeat=True) as server:
        provider = provider_at(server.base_url, options={"api_version": "2024-10-21"})
        with pytest.raises(ProviderError, match=r"\(HTTP 404 .*: (the scripted|no such page)") as caught:
            await ask(provider, ModelRequest(f"{prefix}/m", question.messages, timeout=20), how)
        await provider.close()
    assert caught.value.kind == "unknown_model"
    assert _open_sessions() <= open_before


async def test_a_page_of_an_error_is_not_quoted(provider_at: MakeProvider, question: ModelRequest) -> None:
    page = Page("<html>" + "x" * 3000, content_type="text/html", status=502)
    error = await failure(provider_at, page, question, "complete")
    assert error.message == "litellm: the server failed (HTTP 502 Bad Gateway)"
    assert error.retryable


def test_a_message_in_json_is_unwrapped(litellm: Any) -> None:
    body = '{"type": "error", "error": {"type": "x", "message": "invalid x-api-key"}}'
    error = litellm.AuthenticationError(f"AnthropicException - {body}", llm_provider="anthropic", model="m")
    fault = Faults(Account("anthropic", ROUTES["anthropic"]), "m").of(error)
    assert fault.message == ("anthropic: the server refused the API key (HTTP 401 Unauthorized): invalid x-api-key")
    assert fault.hint == "check the key in ANTHROPIC_API_KEY"


async def test_a_forbidden_call_is_an_authentication_error_that_names_the_variable(
    provider_at: MakeProvider, question: ModelRequest
) -> None:
    error = await failure(provider_at, Fail(403), question, "complete")
    assert (error.kind, error.hint) == ("authentication", "check the key in LAB_WORD")


async def test_a_key_that_the_server_repeats_is_redacted(provider_at: MakeProvider, question: ModelRequest) -> None:
    body = json.dumps({"error": {"message": f"the key {KEY} is wrong"}})
    error = await failure(provider_at, Fail(401, body=body), question, "complete")
    assert error.message.endswith(": the key [redacted] is wrong")


async def test_an_unsupported_option_is_an_error_and_not_dropped(provider_at: MakeProvider) -> None:
    request = ModelRequest("perplexity/sonar", (), seed=3)
    with pytest.raises(ProviderError, match=r"does not support parameters: \['seed'\], for model=sonar$") as caught:
        await provider_at("http://127.0.0.1:9").complete(request, quiet)
    assert caught.value.hint == "leave that option out for this model"


@pytest.mark.parametrize("model", ["no-such-service/m", "no-such-model"])
async def test_a_model_that_litellm_cannot_place_is_unknown(provider_at: MakeProvider, model: str) -> None:
    with pytest.raises(ProviderError, match=f"^litellm: litellm knows no service for the model '{model}'$") as caught:
        await provider_at("http://127.0.0.1:9").complete(ModelRequest(model, ()), quiet)
    assert caught.value.kind == "unknown_model"


async def test_a_missing_package_is_named_with_what_to_install(provider_at: MakeProvider) -> None:
    if find_spec("google") is not None:
        pytest.skip("Google's packages are installed here")
    provider = provider_at("http://127.0.0.1:9", options={"vertex_project": "p", "vertex_location": "l"})
    with pytest.raises(ProviderError, match=r"litellm needs the package 'google\S*' for the model") as caught:
        await provider.complete(ModelRequest("vertex_ai/gemini-2.5-flash", (Message("user", "hi"),)), quiet)
    assert caught.value.hint == "pip install 'llmspell-provider-litellm[vertex]'"


async def test_a_reader_who_leaves_lets_go_of_the_server(provider_at: MakeProvider, question: ModelRequest) -> None:
    async with OpenAIServer(Trickle(0.02, Text("x" * 3000, chunks=3000))) as server:
        stream = provider_at(server.base_url).stream(question, quiet)
        async with aclosing(stream):  # type: ignore[type-var]  # it is a generator
            await anext(stream)
        for _ in range(500):
            if server.abandoned:
                break
            await asyncio.sleep(0.01)
        assert server.abandoned == 1


async def test_closing_leaves_no_connection_open(
    provider_at: MakeProvider, question: ModelRequest, litellm: Any
) -> None:
    before, open_before = set(litellm.in_memory_llm_clients_cache.cache_dict), _open_sessions()
    async with OpenAIServer(Text("a"), Text("b"), Text("c")) as server:
        one, other = provider_at(server.base_url), provider_at(server.base_url)
        await one.complete(question, quiet)
        await ask(other, question, "stream")
        await one.close()
        await other.complete(question, quiet)  # what `one` gave up is still there for others
        assert set(litellm.in_memory_llm_clients_cache.cache_dict) > before
        await other.close()
    assert set(litellm.in_memory_llm_clients_cache.cache_dict) == before
    assert _open_sessions() <= open_before


async def test_calls_with_different_timeouts_share_their_connections(provider_at: MakeProvider, litellm: Any) -> None:
    before = set(litellm.in_memory_llm_clients_cache.cache_dict)
    async with OpenAIServer(Text("a"), Text("b")) as server:
        provider = provider_at(server.base_url)
        for timeout in (20.0, 30.0):
            await provider.complete(ModelRequest("openai/m", (), timeout=timeout), quiet)
    assert len(set(litellm.in_memory_llm_clients_cache.cache_dict) - before) == 1


async def test_calls_get_an_id_where_the_server_gives_none(provider_at: MakeProvider, question: ModelRequest) -> None:
    step = _events(
        _calls({"index": 0, "type": "function", "function": {"name": "add", "arguments": "{}"}}),
        '{"index":0,"delta":{},"finish_reason":"tool_calls"}',
    )
    async with OpenAIServer(step) as server:
        [made] = (await ask(provider_at(server.base_url), question, "stream")).message.tool_calls
    assert made.id.startswith("call_")
    assert made == ToolCall(made.id, "add", "{}")


async def test_a_stream_that_broke_off_keeps_what_came(provider_at: MakeProvider, question: ModelRequest) -> None:
    folder = Folder()
    async with OpenAIServer(Broken(Text("abcdef", chunks=6), at=400)) as server:
        deltas = provider_at(server.base_url).stream(question, quiet)
        with pytest.raises(ProviderError, match=r"lost the connection"):
            await _feed(folder, deltas)
    assert folder.text.startswith("ab")
