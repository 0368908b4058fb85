"""The loopback server plays the same steps over real HTTP, with faults that only a network has."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Callable
from typing import Any

import aiohttp
import pytest

from llmspell.testing import (
    Broken,
    Calls,
    Cut,
    Delay,
    Fail,
    Loop,
    OpenAIServer,
    Page,
    Text,
    UnexpectedRequest,
    UnusedSteps,
)

TOOL = {"type": "function", "function": {"name": "add", "description": "", "parameters": {}}}


@pytest.fixture
async def http() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=10)) as session:
        yield session


async def post(http: aiohttp.ClientSession, server: OpenAIServer, **fields: Any) -> tuple[aiohttp.ClientResponse, str]:
    body = {"model": "m", "messages": [{"role": "user", "content": "hi"}], **fields}
    async with http.post(f"{server.base_url}/chat/completions", json=body) as response:
        return response, await response.text()


async def until(reached: Callable[[], bool]) -> None:
    async with asyncio.timeout(5):
        while not reached():  # noqa: ASYNC110  # the server has no event to wait for
            await asyncio.sleep(0.01)


def events(text: str) -> list[Any]:
    lines = [line.removeprefix("data: ") for line in text.split("\n\n") if line]
    return [line if line == "[DONE]" else json.loads(line) for line in lines]


async def test_an_answer_comes_as_json(http: aiohttp.ClientSession) -> None:
    async with OpenAIServer(Text("hello")) as server:
        _, text = await post(http, server)
    assert json.loads(text)["choices"][0]["message"] == {"role": "assistant", "content": "hello"}


async def test_a_stream_ends_with_usage_and_done(http: aiohttp.ClientSession) -> None:
    async with OpenAIServer(Text("hello", chunks=2)) as server:
        _, text = await post(http, server, stream=True, stream_options={"include_usage": True})
    *pieces, finish, usage, done = events(text)
    assert [piece["choices"][0]["delta"]["content"] for piece in pieces] == ["hel", "lo"]
    assert finish["choices"][0]["finish_reason"] == "stop"
    assert usage["usage"]["total_tokens"] == 15
    assert done == "[DONE]"


async def test_usage_is_streamed_only_when_asked_for(http: aiohttp.ClientSession) -> None:
    async with OpenAIServer(Text("hello")) as server:
        _, text = await post(http, server, stream=True)
    assert '"usage"' not in text


async def test_call_arguments_are_split_over_several_events(http: aiohttp.ClientSession) -> None:
    async with OpenAIServer(Calls(("add", {"a": 1, "b": 22}))) as server:
        _, text = await post(http, server, stream=True)
    calls = [event["choices"][0]["delta"]["tool_calls"][0] for event in events(text)[:-2]]
    assert calls[0]["id"] == "call_1"
    assert len(calls) > 2
    assert "".join(call["function"]["arguments"] for call in calls) == '{"a": 1, "b": 22}'


async def test_bodies_and_headers_are_recorded(http: aiohttp.ClientSession) -> None:
    http.headers["X-Test"] = "yes"
    async with OpenAIServer(Text("a")) as server:
        await post(http, server, temperature=0.5)
    [request] = server.requests
    assert request.headers["x-test"] == "yes"
    assert request.body["temperature"] == 0.5


async def test_a_function_step_sees_the_request_as_a_provider_would(http: aiohttp.ClientSession) -> None:
    async with OpenAIServer(lambda request: Text(request.messages[0].content * 2)) as server:
        _, text = await post(http, server)
    assert json.loads(text)["choices"][0]["message"]["content"] == "hihi"


async def test_a_failure_has_its_status_headers_and_body(http: aiohttp.ClientSession) -> None:
    async with OpenAIServer(Fail(429, headers={"Retry-After": "7"}), Fail(503, body="busy")) as server:
        limited, limited_text = await post(http, server)
        busy, busy_text = await post(http, server, stream=True)
    assert (limited.status, limited.headers["Retry-After"]) == (429, "7")
    assert json.loads(limited_text)["error"]["message"] == "the scripted model fails with status 429"
    assert (busy.status, busy_text) == (503, "busy")


async def test_a_stream_may_break_with_an_error_event(http: aiohttp.ClientSession) -> None:
    async with OpenAIServer(Cut(Text("ab", chunks=2), after=1, fail=Fail(500))) as server:
        response, text = await post(http, server, stream=True)
    assert response.status == 200
    assert "error" in events(text)[-1]


async def test_a_cut_stream_has_no_finish_reason(http: aiohttp.ClientSession) -> None:
    async with OpenAIServer(Cut(Text("abc", chunks=3), after=2), Cut(Text("abc"), after=0)) as server:
        _, text = await post(http, server, stream=True)
        _, empty = await post(http, server, stream=True)
    assert [event["choices"][0]["finish_reason"] for event in events(text)] == [None, None]
    assert empty == ""


async def test_a_cut_answer_ends_before_its_length(http: aiohttp.ClientSession) -> None:
    async with OpenAIServer(Cut(Text("abc"), after=1)) as server:
        with pytest.raises(aiohttp.ClientPayloadError):
            await post(http, server)


async def test_a_page_is_sent_as_it_is(http: aiohttp.ClientSession) -> None:
    page = Page("<html>", content_type="text/html", status=502, headers={"X-Proxy": "1"})
    async with OpenAIServer(page, Page(b"\xff{")) as server:
        response, text = await post(http, server)
        async with http.post(f"{server.base_url}/chat/completions", json={"model": "m"}) as malformed:
            assert await malformed.read() == b"\xff{"
    assert (response.status, response.content_type, text) == (502, "text/html", "<html>")
    assert response.headers["X-Proxy"] == "1"


@pytest.mark.parametrize("how", ["close", "reset"])
@pytest.mark.parametrize("stream", [True, False])
async def test_a_broken_answer_stops_after_so_many_bytes(http: aiohttp.ClientSession, how: Any, stream: bool) -> None:
    body = {"model": "m", "messages": [], "stream": stream}
    async with (
        OpenAIServer(Broken(Text("hello"), at=30, how=how)) as server,
        http.post(f"{server.base_url}/chat/completions", json=body) as response,
    ):
        assert len(await response.content.read(30)) <= 30
        with pytest.raises(aiohttp.ClientPayloadError):
            await response.content.read()


async def test_a_connection_may_break_before_the_head(http: aiohttp.ClientSession) -> None:
    async with OpenAIServer(Broken(Text("hello"))) as server:
        with pytest.raises(aiohttp.ClientConnectionError):
            await post(http, server)


async def test_a_stalled_answer_waits_until_the_client_leaves(http: aiohttp.ClientSession) -> None:
    async with OpenAIServer(Broken(Text("hello"), at=5, how="stall")) as server:
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.2):
                await post(http, server)
        await until(lambda: server.abandoned == 1)


async def test_stopping_does_not_wait_for_a_slow_answer(http: aiohttp.ClientSession) -> None:
    async with asyncio.timeout(5):
        async with OpenAIServer(Delay(60, Text("late"))) as server:
            asking = asyncio.create_task(post(http, server))
            await until(lambda: bool(server.requests))
        with pytest.raises((aiohttp.ClientError, ConnectionResetError)):
            await asking
    assert server.abandoned == 0


async def test_an_unexpected_request_is_answered_and_told_at_the_end(http: aiohttp.ClientSession) -> None:
    with pytest.raises(UnexpectedRequest, match="the scripted server has 0 steps and got request 1"):
        async with OpenAIServer() as server:
            response, text = await post(http, server)
    assert response.status == 400
    assert "got request 1" in text


async def test_an_unused_step_is_an_error_at_the_end() -> None:
    with pytest.raises(UnusedSteps, match="got 0 requests"):
        async with OpenAIServer(Text("never said")):
            pass


async def test_the_models_are_listed(http: aiohttp.ClientSession) -> None:
    async with OpenAIServer(models=("a", "b")) as server, http.get(f"{server.base_url}/models") as response:
        assert [model["id"] for model in (await response.json())["data"]] == ["a", "b"]


async def test_another_path_is_not_found(http: aiohttp.ClientSession) -> None:
    async with OpenAIServer() as server, http.get(f"{server.base_url}/nowhere") as response:
        assert response.status == 404
        assert "no such page: GET /v1/nowhere" in await response.text()


async def test_a_loop_calls_a_tool_and_then_answers(http: aiohttp.ClientSession) -> None:
    async with OpenAIServer(Loop({"a": 1}, "three"), repeat=True) as server:
        _, first = await post(http, server, tools=[TOOL])
        call = json.loads(first)["choices"][0]["message"]
        answered = [call, {"role": "tool", "tool_call_id": "call_1", "content": "3"}]
        _, second = await post(http, server, tools=[TOOL], messages=answered)
    assert call["tool_calls"][0]["function"] == {"name": "add", "arguments": '{"a": 1}'}
    assert json.loads(second)["choices"][0]["message"]["content"] == "three"


def program(*options: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "llmspell.testing.server", *options],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env=dict(os.environ),
    )


async def test_the_program_serves_until_its_input_closes(http: aiohttp.ClientSession) -> None:
    with program("--arguments", '{"x": 1}', "--text", "bye") as process:
        assert process.stdin is not None
        assert process.stdout is not None
        word, base_url = (await asyncio.to_thread(process.stdout.readline)).split()
        body = {"model": "m", "messages": [], "tools": [TOOL]}
        async with http.post(f"{base_url}/chat/completions", json=body) as response:
            answer = await response.json()
        process.stdin.close()
        assert await asyncio.to_thread(process.wait, 10) == 0
    assert word == "READY"
    assert answer["choices"][0]["message"]["tool_calls"][0]["function"]["arguments"] == '{"x": 1}'


async def test_the_program_stops_on_sigterm() -> None:
    with program() as process:
        assert process.stdout is not None
        await asyncio.to_thread(process.stdout.readline)
        process.send_signal(signal.SIGTERM)
        assert await asyncio.to_thread(process.wait, 10) == 0
