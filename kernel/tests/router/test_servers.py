"""Routers over HTTP: two servers on the loopback interface, and the installed provider that speaks to them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

import pytest

from llmspell.config import Config
from llmspell.config.routing import Router
from llmspell.run import Run
from llmspell.testing import Fail, OpenAIServer, Text, Trickle

from ..run.kit import make_kernel
from .kit import asked, never, said, streamed, told

MODELS = ("one/m", "two/m")


@asynccontextmanager
async def served(one: OpenAIServer, two: OpenAIServer, table: Router) -> AsyncIterator[Run]:
    """A run with the router `r` between two servers."""
    async with one, two:
        tables: Mapping[str, Mapping[str, Any]] = {
            name: {"plugin": "openai", "base_url": server.base_url, "api_key_env": "", "max_retries": 0}
            for name, server in (("one", one), ("two", two))
        }
        async with make_kernel(config=Config(provider=tables, router={"r": table}), entries=None) as kernel:
            yield kernel.open_run()


async def until_left(server: OpenAIServer) -> None:
    """Wait until the client has left a request of the server."""
    async with asyncio.timeout(20):
        while not server.abandoned:  # noqa: ASYNC110 the server has nothing to wait for
            await asyncio.sleep(0.01)


async def test_the_second_server_answers_when_the_first_is_busy() -> None:
    one, two = OpenAIServer(Fail(503)), OpenAIServer(Text("from two"))
    async with served(one, two, Router(MODELS)) as run:
        assert await said(run) == "from two"
        assert told(run, "router.failed_over", "from", "to") == [("one/m", "two/m")]


async def test_the_second_server_answers_when_there_is_no_first() -> None:
    two = OpenAIServer(Text("from two"))
    one = OpenAIServer()
    async with served(one, two, Router(MODELS)) as run:
        await one.stop()
        assert await said(run) == "from two"


async def test_the_request_to_the_slower_server_is_given_up() -> None:
    one, two = OpenAIServer(never()), OpenAIServer(Trickle(0.2, Text("quick")))
    async with served(one, two, Router(MODELS, "fastest")) as run:
        assert await said(run) == "quick"
        await until_left(one)


@pytest.mark.parametrize("strategy", ["fastest", "hedged"])
async def test_a_stream_of_one_server_is_heard_and_the_other_is_given_up(strategy: Any) -> None:
    one, two = OpenAIServer(never()), OpenAIServer(Trickle(0.1, Text("abc", chunks=3)))
    table = Router(MODELS, strategy, delay=0.05 if strategy == "hedged" else None)
    async with served(one, two, table) as run:
        assert await streamed(run) == ("abc", ["a", "b", "c"])
        await until_left(one)


async def test_servers_vote() -> None:
    one, two = OpenAIServer(Text("Yes.")), OpenAIServer(Text("yes"))
    async with served(one, two, Router(MODELS, "consensus")) as run:
        completion = await asked(run)
        assert completion.message.content == "Yes."
        assert completion.usage.total_tokens == 30
