"""Failed attempts are repeated while that can help and nothing was said yet; each wait is announced."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Mapping
from typing import Any

import attrs
import pytest

from llmspell.errors import ProviderError
from llmspell.message import ModelRequest
from llmspell.provider import fold
from llmspell.testing import Broken, Cut, Fail, OpenAIServer, Text
from llmspell_provider_openai.provider import OpenAIProvider

MakeProvider = Callable[..., OpenAIProvider]
NOW = {"Retry-After": "0"}


class Heard:
    """What a provider announced."""

    def __init__(self) -> None:
        self.notices: list[tuple[str, Mapping[str, Any]]] = []

    def __call__(self, kind: str, data: Mapping[str, Any]) -> None:
        self.notices.append((kind, data))


@pytest.mark.parametrize("status", [408, 409, 429, 500, 503])
@pytest.mark.parametrize("how", ["complete", "stream"])
async def test_a_passing_failure_is_repeated(
    provider_at: MakeProvider, question: ModelRequest, status: int, how: str
) -> None:
    heard = Heard()
    async with OpenAIServer(Fail(status, headers=NOW), Fail(status, headers=NOW), Text("at last")) as server:
        provider = provider_at(server.base_url, max_retries=2)
        if how == "complete":
            answer = await provider.complete(question, heard)
        else:
            answer = await fold(provider.stream(question, heard))
    assert answer.message.content == "at last"
    assert [(kind, data["attempt"], data["of"], data["wait"]) for kind, data in heard.notices] == [
        ("llm.retry", 2, 3, 0.0),
        ("llm.retry", 3, 3, 0.0),
    ]
    assert f"HTTP {status}" in heard.notices[0][1]["reason"]


@pytest.mark.parametrize("status", [400, 401, 403, 404, 413, 422])
async def test_a_lasting_failure_is_not_repeated(
    provider_at: MakeProvider, question: ModelRequest, status: int
) -> None:
    heard = Heard()
    async with OpenAIServer(Fail(status, headers=NOW)) as server:
        with pytest.raises(ProviderError) as caught:
            await provider_at(server.base_url, max_retries=3).complete(question, heard)
    assert caught.value.details["attempts"] == 1
    assert heard.notices == []


async def test_the_last_failure_is_told_with_the_number_of_attempts(
    provider_at: MakeProvider, question: ModelRequest
) -> None:
    async with OpenAIServer(Fail(503, headers=NOW), Fail(503, headers=NOW), Fail(500, headers=NOW)) as server:
        with pytest.raises(ProviderError, match="HTTP 500") as caught:
            await provider_at(server.base_url, max_retries=2).complete(question, Heard())
    assert caught.value.details["attempts"] == 3


@pytest.mark.parametrize("at", [None, 5])
@pytest.mark.parametrize("how", ["complete", "stream"])
async def test_a_lost_connection_is_repeated_while_nothing_was_said(
    provider_at: MakeProvider, question: ModelRequest, at: int | None, how: str
) -> None:
    async with OpenAIServer(Broken(Text("x"), at=at), Text("at last")) as server:
        provider = provider_at(server.base_url, max_retries=1)
        if how == "complete":
            answer = await provider.complete(question, Heard())
        else:
            answer = await fold(provider.stream(question, Heard()))
    assert answer.message.content == "at last"


@pytest.mark.parametrize(
    "step",
    [
        Cut(Text("abc", chunks=3), after=1),
        Cut(Text("abc", chunks=3), after=1, fail=Fail(429)),
        Broken(Text("abc", chunks=3), at=200),
    ],
)
async def test_nothing_is_repeated_once_something_was_said(
    provider_at: MakeProvider, question: ModelRequest, step: Any
) -> None:
    heard = Heard()
    async with OpenAIServer(step) as server:
        stream = aiter(provider_at(server.base_url, max_retries=3).stream(question, heard))
        await anext(stream)
        with pytest.raises(ProviderError):
            await anext(stream)
    assert heard.notices == []


async def test_the_server_decides_how_long_to_wait(provider_at: MakeProvider, question: ModelRequest) -> None:
    heard = Heard()
    started = time.monotonic()
    async with OpenAIServer(Fail(429, headers={"retry-after-ms": "200"}), Text("ok")) as server:
        await provider_at(server.base_url, max_retries=1).complete(question, heard)
    assert 0.2 <= heard.notices[0][1]["wait"] <= 0.22
    assert time.monotonic() - started >= 0.2


async def test_a_wait_longer_than_allowed_is_not_begun(provider_at: MakeProvider, question: ModelRequest) -> None:
    started = time.monotonic()
    async with OpenAIServer(Fail(429, headers={"Retry-After": "120"})) as server:
        with pytest.raises(ProviderError) as caught:
            await provider_at(server.base_url, max_retries=3, max_retry_wait=10).complete(question, Heard())
    assert caught.value.details["retry_after"] == 120.0
    assert "allow that with max_retry_wait under [provider.openai]" in caught.value.hint
    assert time.monotonic() - started < 5


async def test_the_allowance_is_for_all_waits_together(provider_at: MakeProvider, question: ModelRequest) -> None:
    heard = Heard()
    busy = Fail(429, headers={"retry-after-ms": "60"})
    async with OpenAIServer(busy, busy) as server:
        with pytest.raises(ProviderError, match="HTTP 429"):
            await provider_at(server.base_url, max_retries=5, max_retry_wait=0.1).complete(question, heard)
    assert len(heard.notices) == 1


async def test_a_wait_beyond_the_calls_timeout_is_not_begun(provider_at: MakeProvider, question: ModelRequest) -> None:
    started = time.monotonic()
    async with OpenAIServer(Fail(429, headers={"Retry-After": "30"})) as server:
        with pytest.raises(ProviderError, match="HTTP 429"):
            await provider_at(server.base_url, max_retries=3).complete(attrs.evolve(question, timeout=5), Heard())
    assert time.monotonic() - started < 4


async def test_attempts_and_answer_share_one_deadline(provider_at: MakeProvider, question: ModelRequest) -> None:
    slow = Broken(Text("x"), at=5, how="stall")
    started = time.monotonic()
    async with OpenAIServer(Fail(503, headers={"retry-after-ms": "300"}), slow) as server:
        with pytest.raises(ProviderError, match=r"took longer than 0\.6 seconds"):
            await provider_at(server.base_url, max_retries=5).complete(attrs.evolve(question, timeout=0.6), Heard())
    assert time.monotonic() - started < 4


async def test_a_wait_can_be_cancelled(provider_at: MakeProvider, question: ModelRequest) -> None:
    async with OpenAIServer(Fail(429, headers={"Retry-After": "15"})) as server:
        heard = Heard()
        task = asyncio.create_task(provider_at(server.base_url, max_retries=1).complete(question, heard))
        async with asyncio.timeout(5):
            while not heard.notices:  # noqa: ASYNC110  # what is heard has no event to wait for
                await asyncio.sleep(0.01)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
