"""What goes over the wire, and what a whole answer is read as."""

from __future__ import annotations

import asyncio
import json
import socket
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from types import MappingProxyType
from typing import Any

import attrs
import pytest

from llmspell.errors import UsageError
from llmspell.message import Message, ModelRequest, ToolCall, ToolSpec
from llmspell.provider import fold
from llmspell.testing import OpenAIServer, Text
from llmspell.testing.chat import parse_request
from llmspell_provider_openai.endpoint import Endpoint
from llmspell_provider_openai.provider import OpenAIProvider
from llmspell_provider_openai.wire import request_body

MakeProvider = Callable[..., OpenAIProvider]
ADD = ToolSpec("add", "Adds", {"type": "object", "properties": {"a": {"type": "integer"}}})


def quiet(kind: str, data: Mapping[str, Any]) -> None:
    """Nobody listens."""


def written(request: ModelRequest, *, stream: bool = False) -> dict[str, Any]:
    body: dict[str, Any] = json.loads(request_body(request, stream=stream, max_tokens_key="max_tokens"))
    return body


def test_a_plain_request_holds_nothing_but_model_and_messages() -> None:
    assert written(ModelRequest("m", (Message("system", "Be brief."), Message("user", "hi")))) == {
        "model": "m",
        "messages": [{"role": "system", "content": "Be brief."}, {"role": "user", "content": "hi"}],
    }


def test_a_conversation_with_calls_is_written_as_openai_wants_it() -> None:
    broken = '{"a": 1,,'
    messages = (
        Message("user", "add"),
        Message("assistant", "", (ToolCall("c1", "add", broken), ToolCall("c2", "add", "{}"))),
        Message("tool", "bad arguments", tool_call_id="c1"),
    )
    assert written(ModelRequest("m", messages))["messages"][1:] == [
        {
            "role": "assistant",
            "content": None,
            "tool_calls": [
                {"id": "c1", "type": "function", "function": {"name": "add", "arguments": broken}},
                {"id": "c2", "type": "function", "function": {"name": "add", "arguments": "{}"}},
            ],
        },
        {"role": "tool", "tool_call_id": "c1", "content": "bad arguments"},
    ]


def test_tools_are_written_with_their_schema() -> None:
    frozen = attrs.evolve(ADD, parameters=MappingProxyType({"type": "object"}))
    assert written(ModelRequest("m", (), (ADD, frozen)))["tools"] == [
        {
            "type": "function",
            "function": {"name": "add", "description": "Adds", "parameters": ADD.parameters},
        },
        {
            "type": "function",
            "function": {"name": "add", "description": "Adds", "parameters": {"type": "object"}},
        },
    ]


@pytest.mark.parametrize("choice", ["auto", "none", "required"])
def test_a_general_tool_choice_is_a_word(choice: str) -> None:
    assert written(ModelRequest("m", (), (ADD,), tool_choice=choice))["tool_choice"] == choice


def test_what_is_written_reads_back_as_the_same_request() -> None:
    call = Message("assistant", "so", (ToolCall("c1", "add", "{"),))
    request = ModelRequest(
        "m",
        (Message("system", "s"), Message("user", "u"), call, Message("tool", "t", tool_call_id="c1")),
        (ADD,),
        tool_choice="add",
        response_format={"type": "json_object"},
        temperature=0.5,
        max_tokens=7,
        stop=("a",),
        seed=3,
    )
    assert parse_request(written(request)) == request


def test_a_tool_choice_by_name_is_an_object() -> None:
    choice = written(ModelRequest("m", (), (ADD,), tool_choice="add"))["tool_choice"]
    assert choice == {"type": "function", "function": {"name": "add"}}


def test_options_are_written_under_their_names() -> None:
    form = {"type": "json_schema", "json_schema": {"name": "x", "schema": {}}}
    request = ModelRequest(
        "m",
        (),
        response_format=form,
        temperature=0.0,
        max_tokens=7,
        stop=("a", "b"),
        seed=0,
        extra={"reasoning_effort": "low"},
    )
    body = written(request)
    del body["model"], body["messages"]
    assert body == {
        "response_format": form,
        "temperature": 0.0,
        "max_tokens": 7,
        "stop": ["a", "b"],
        "seed": 0,
        "reasoning_effort": "low",
    }


def test_a_stream_asks_for_its_usage() -> None:
    body = written(ModelRequest("m", ()), stream=True)
    assert (body["stream"], body["stream_options"]) == (True, {"include_usage": True})


@pytest.mark.parametrize("value", [object(), float("nan"), {1, 2}])
def test_what_json_cannot_say_is_a_usage_error(value: object) -> None:
    with pytest.raises(UsageError, match=r"the request to 'm' cannot be written as JSON"):
        written(ModelRequest("m", (), extra={"x": value}))


async def test_openai_itself_gets_the_new_name_of_max_tokens(provider_at: MakeProvider) -> None:
    official = provider_at("https://api.openai.com/v1")
    call = await official._begin(ModelRequest("m", (), max_tokens=5), quiet, stream=False)
    assert json.loads(call.body)["max_completion_tokens"] == 5


async def test_every_request_carries_the_key_and_the_configured_headers(
    provider_at: MakeProvider, question: ModelRequest
) -> None:
    async with OpenAIServer(Text("hi")) as server:
        await provider_at(server.base_url, headers={"X-Team": "blue"}).complete(question, quiet)
    [request] = server.requests
    assert request.headers["authorization"] == "Bearer sk-a-very-secret-key"
    assert request.headers["x-team"] == "blue"
    assert request.headers["user-agent"].startswith("llmspell/")
    assert request.headers["content-type"] == "application/json"


async def test_the_servers_models_are_listed(provider_at: MakeProvider) -> None:
    async with OpenAIServer(models=("a", "b/c")) as server:
        assert await provider_at(server.base_url).models() == ("a", "b/c")


async def test_configured_models_need_no_server(provider_at: MakeProvider) -> None:
    assert await provider_at("http://127.0.0.1:9/v1", models=("mine",)).models() == ("mine",)


async def test_capabilities_are_what_the_configuration_says(provider_at: MakeProvider) -> None:
    found = provider_at("http://127.0.0.1:9/v1", tools=False, response_format=False).capabilities("m")
    assert (found.tools, found.response_format, found.priced) == (False, False, False)


async def test_a_connection_serves_again_after_a_stream(provider_at: MakeProvider, question: ModelRequest) -> None:
    async with OpenAIServer(Text("one"), Text("two"), Text("three")) as server:
        provider = provider_at(server.base_url)
        await fold(provider.stream(question, quiet))
        await fold(provider.stream(question, quiet))
        await provider.complete(question, quiet)
    assert len({request.port for request in server.requests}) == 1


async def test_a_provider_serves_again_after_it_was_closed(provider_at: MakeProvider, question: ModelRequest) -> None:
    async with OpenAIServer(Text("one"), Text("two")) as server:
        provider = provider_at(server.base_url)
        await provider.complete(question, quiet)
        await provider.close()
        assert (await provider.complete(question, quiet)).message.content == "two"


def test_a_provider_serves_one_loop_after_the_other(question: ModelRequest) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    provider = OpenAIProvider(Endpoint("openai", f"http://127.0.0.1:{port}/v1"))

    async def once() -> str:
        async with OpenAIServer(Text("hi"), port=port):
            answer = await provider.complete(question, quiet)
            await provider.close()
            return answer.message.content

    assert [asyncio.run(once()), asyncio.run(once())] == ["hi", "hi"]


async def test_closing_reaches_the_connections_of_another_loop(question: ModelRequest) -> None:
    async with OpenAIServer(Text("hi")) as server:
        provider = OpenAIProvider(Endpoint("openai", server.base_url))
        with ThreadPoolExecutor(1) as pool:
            other = asyncio.new_event_loop()
            running = pool.submit(other.run_forever)
            asked = asyncio.run_coroutine_threadsafe(provider.complete(question, quiet), other)
            await asyncio.wrap_future(asked)
            await provider.close()
            other.call_soon_threadsafe(other.stop)
            await asyncio.wrap_future(running)
            other.close()


async def test_a_reader_who_leaves_closes_the_connection(provider_at: MakeProvider, question: ModelRequest) -> None: ...
