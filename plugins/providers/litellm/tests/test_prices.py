"""What litellm's table says of models, and what calls cost."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from llmspell.message import ModelRequest, Usage
from llmspell.provider import Capabilities
from llmspell.testing import OpenAIServer, Page, Text
from llmspell_provider_litellm import prices
from llmspell_provider_litellm.account import Account
from llmspell_provider_litellm.provider import LitellmProvider
from llmspell_provider_litellm.routes import ROUTES
from llmspell_provider_litellm.settings import LitellmSettings

from .conftest import MakeProvider


def _provider(name: str, **table: Any) -> LitellmProvider:
    return LitellmProvider(Account(name, ROUTES.get(name), LitellmSettings(**table)))


def _priced() -> Iterator[str]:
    for route in ROUTES.values():
        for name in prices.names(route.prefix):
            full_name = f"{route.prefix}/{name}"
            listed = prices.find(full_name)
            if listed is not None and listed.priced:
                yield full_name


def test_every_model_that_counts_as_priced_has_a_price(litellm: Any) -> None:
    counted = litellm.Usage(prompt_tokens=1000, completion_tokens=1000, total_tokens=2000)
    usage, found = Usage(1000, 1000), {}
    for full_name in _priced():
        found[full_name] = prices.cost(litellm, full_name, usage, counted)
    assert len(found) > 500
    assert [full_name for full_name, cost in found.items() if not cost] == []


@pytest.mark.parametrize(
    ("name", "model", "expected"),
    [
        ("anthropic", "claude-sonnet-4-5", Capabilities(tools=True, response_format=True, priced=True)),
        ("litellm", "gpt-4o", Capabilities(tools=True, response_format=True, priced=True)),
        ("litellm", "openai/gpt-4o", Capabilities(tools=True, response_format=True, priced=True)),
        ("xai", "gpt-4o", Capabilities(tools=True, response_format=False, priced=False)),
        ("groq", "of-tomorrow", Capabilities(tools=True, response_format=False, priced=False)),
    ],
)
def test_abilities_are_those_of_the_table(name: str, model: str, expected: Capabilities) -> None:
    assert _provider(name).capabilities(model) == expected


def test_a_free_model_counts_as_unpriced() -> None:
    assert prices.find("gemini/gemini-exp-1206") is not None
    assert not _provider("gemini").capabilities("gemini-exp-1206").priced


def test_the_configuration_overrules_the_table() -> None:
    provider = _provider("anthropic", tools=False, response_format=False)
    expected = Capabilities(tools=False, response_format=False, priced=True)
    assert provider.capabilities("claude-sonnet-4-5") == expected


@pytest.mark.parametrize("name", ["anthropic", "cohere", "groq", "vertex_ai"])
async def test_models_are_those_of_the_route(name: str) -> None:
    names = await _provider(name).models()
    assert names
    assert not [model for model in names if model.startswith(f"{ROUTES[name].prefix}/")]


async def test_models_of_an_unknown_server_are_the_configured_ones() -> None:
    assert await _provider("anthropic", base_url="http://lab").models() == ()
    assert await _provider("litellm", models=("openai/m",)).models() == ("openai/m",)


@pytest.mark.parametrize("how", ["complete", "stream"])
async def test_a_call_costs_what_the_table_says(provider_at: MakeProvider, how: str) -> None:
    usage = Usage(input_tokens=1_000_000, output_tokens=100_000, cached_tokens=400_000)
    async with OpenAIServer(Text("hi", usage=usage)) as server:
        cost = await _cost(provider_at(server.base_url), "openai/gpt-4o", how)
    # 0.6 million at 2.50, 0.4 million cached ones at 1.25, and 0.1 million of output at 10.00 dollars
    assert cost == pytest.approx(1.5 + 0.5 + 1.0)


@pytest.mark.parametrize("how", ["complete", "stream"])
async def test_an_unlisted_model_has_no_cost_rather_than_none_at_all(provider_at: MakeProvider, how: str) -> None:
    async with OpenAIServer(Text("hi")) as server:
        assert await _cost(provider_at(server.base_url), "openai/of-tomorrow", how) is None


async def test_tokens_that_the_server_did_not_count_are_not_guessed(provider_at: MakeProvider) -> None:
    chunk = '{"id":"1","object":"chat.completion.chunk","created":0,"model":"gpt-4o","choices":[%s]}'
    events = (
        '{"index":0,"delta":{"content":"hi"},"finish_reason":null}',
        '{"index":0,"delta":{},"finish_reason":"stop"}',
    )
    body = "".join(f"data: {chunk % event}\n\n" for event in events) + "data: [DONE]\n\n"
    async with OpenAIServer(Page(body, content_type="text/event-stream")) as server:
        provider = provider_at(server.base_url)
        *_, last = [d async for d in provider.stream(ModelRequest("openai/gpt-4o", ()), lambda *_: None)]
    assert (getattr(last, "usage", None), getattr(last, "cost", 0)) == (Usage(), None)


async def _cost(provider: LitellmProvider, model: str, how: str) -> float | None:
    request = ModelRequest(model, ())
    if how == "complete":
        return (await provider.complete(request, lambda *_: None)).cost
    *_, last = [delta async for delta in provider.stream(request, lambda *_: None)]
    cost: float | None = last.cost  # type: ignore[union-attr]  # the last delta is the finish
    return cost
