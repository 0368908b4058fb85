"""What goes to the server, and when it goes again."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from llmspell.errors import ProviderError
from llmspell.message import Message, ModelRequest, ToolCall, ToolSpec
from llmspell.testing import Cut, Fail, OpenAIServer, Text

from .conftest import KEY, MakeProvider
from .test_answers import ask, quiet


class Heard:
    """Remembers what it is notified of."""

    def __init__(self) -> None:
        self.events: list[tuple[str, Mapping[str, Any]]] = []

    def __call__(self, kind: str, data: Mapping[str, Any]) -> None:
        self.events.append((kind, data))


async def _sent(provider_at: MakeProvider, request: ModelRequest, how: str = "complete") -> dict[str, Any]:
    async with OpenAIServer(Text("x")) as server:
        await ask(provider_at(server.base_url), request, how)
        [received] = server.requests
    assert received.headers["authorization"] == f"Bearer {KEY}"
    return received.body


async def test_a_conversation_with_tools_is_written_as_openai_wants_it(provider_at: MakeProvider) -> None:
    schema = {"type": "object", "properties": {"a": {"type": "integer"}}}
    request = ModelRequest(
        "openai/gpt-test",
        (
            Message("system", "Be brief."),
            Message("user", "1+1?"),
            Message("assistant", "", (ToolCall("c1", "add", '{"a":  1}'),)),
            Message("tool", "2", tool_call_id="c1"),
        ),
        (ToolSpec("add", "Adds", schema),),
        tool_choice="add",
    )
    body = await _sent(provider_at, request)
    call = {"id": "c1", "type": "function", "function": {"name": "add", "arguments": '{"a":  1}'}}
    assert body["model"] == "gpt-test"
    assert body["messages"] == [
        {"role": "system", "content": "Be brief."},
        {"role": "user", "content": "1+1?"},
        {"role": "assistant", "tool_calls": [call]},
        {"role": "tool", "tool_call_id": "c1", "content": "2"},
    ]
    function = {"name": "add", "description": "Adds", "parameters": schema}
    assert body["tools"] == [{"type": "function", "function": function}]
    assert body["tool_choice"] == {"type": "function", "function": {"name": "add"}}


async def test_options_that_are_set_are_sent_and_no_others(provider_at: MakeProvider) -> None:
    form = {"type": "json_schema", "json_schema": {"name": "x", "schema": {"type": "object"}}}
    request = ModelRequest(
        "openai/gpt-test",
        (Message("user", "hi"),),
        response_format=form,
        temperature=0.0,
        max_tokens=9,
        stop=("END",),
        seed=0,
    )
    body = await _sent(provider_at, request)
    assert body == {
        "model": "gpt-test",
        "messages": [{"role": "user", "content": "hi"}],
        "response_format": form,
        "temperature": 0.0,
        "max_tokens": 9,
        "stop": ["END"],
        "seed": 0,
    }


async def test_a_stream_asks_for_its_usage(provider_at: MakeProvider, question: ModelRequest) -> None:
    body = await _sent(provider_at, question, "stream")
    assert (body["stream"], body["stream_options"]) == (True, {"include_usage": True})


async def test_extra_goes_to_the_server_and_never_to_litellm(provider_at: MakeProvider) -> None:
    extra = {"mock_response": "no server", "api_base": "http://elsewhere.test", "min_p": 0.1, "top_p": 0.5}
    body = await _sent(provider_at, ModelRequest("openai/gpt-test", (), extra=extra))
    assert {name: body[name] for name in extra} == extra


@pytest.mark.parametrize("how", ["complete", "stream"])
async def test_a_passing_failure_is_tried_again_as_the_server_asks(
    provider_at: MakeProvider, question: ModelRequest, how: str
) -> None:
    heard = Heard()
    async with OpenAIServer(Fail(429, headers={"Retry-After": "0.2"}), Text("hi")) as server:
        provider = provider_at(server.base_url, max_retries=2)
        if how == "complete":
            await provider.complete(question, heard)
        else:
            assert [delta async for delta in provider.stream(question, heard)]
    [(kind, data)] = heard.events
    assert kind == "llm.retry"
    assert (data["attempt"], data["of"]) == (2, 3)
    assert 0.2 <= data["wait"] <= 0.22
    assert data["reason"].startswith("litellm: the server refused the model 'openai/gpt-test' (HTTP 429")


async def test_the_last_attempts_error_is_raised(provider_at: MakeProvider, question: ModelRequest) -> None:
    async with OpenAIServer(Fail(500), Fail(503)) as server:
        with pytest.raises(ProviderError, match=r"HTTP 503") as caught:
            await provider_at(server.base_url, max_retries=1).complete(question, quiet)
    assert caught.value.details["attempts"] == 2


async def test_a_refusal_is_not_tried_again(provider_at: MakeProvider, question: ModelRequest) -> None:
    async with OpenAIServer(Fail(400)) as server:
        with pytest.raises(ProviderError, match=r"HTTP 400"):
            await provider_at(server.base_url, max_retries=5).complete(question, quiet)


async def test_a_longer_wait_than_allowed_is_an_error_that_says_so(
    provider_at: MakeProvider, question: ModelRequest
) -> None:
    async with OpenAIServer(Fail(429, headers={"retry-after": "50"})) as server:
        with pytest.raises(ProviderError, match=r"HTTP 429") as caught:
            await provider_at(server.base_url, max_retries=3, max_retry_wait=40.0).complete(question, quiet)
    assert "allow that with max_retry_wait under [provider.litellm]" in caught.value.hint


async def test_a_stream_that_has_begun_is_not_tried_again(provider_at: MakeProvider, question: ModelRequest) -> None:
    async with OpenAIServer(Cut(Text("abcdef", chunks=6), after=3)) as server:
        with pytest.raises(ProviderError, match=r"ended before"):
            await ask(provider_at(server.base_url, max_retries=3), question, "stream")


async def test_the_timeout_of_the_table_counts_where_it_is_shorter(
    provider_at: MakeProvider, question: ModelRequest
) -> None:
    async with OpenAIServer(Fail(503, headers={"retry-after": "5"})) as server:
        provider = provider_at(server.base_url, max_retries=1, timeout=2.0)
        with pytest.raises(ProviderError, match=r"HTTP 503"):  # a wait beyond the deadline is not begun
            await provider.complete(question, quiet)
