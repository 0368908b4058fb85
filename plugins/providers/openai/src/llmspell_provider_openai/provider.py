"""The provider: completions and streams from one server, with attempts repeated where that can help."""

from __future__ import annotations

import asyncio
import math
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, aclosing
from typing import TYPE_CHECKING

import attrs

from llmspell.errors import ProviderError
from llmspell.message import Completion, Delta, ModelRequest
from llmspell.provider import Capabilities, Notify, Provider
from llmspell.retry import Retries
from llmspell_provider_openai import answer, wire
from llmspell_provider_openai.client import Client
from llmspell_provider_openai.endpoint import OPENAI_URL, Endpoint
from llmspell_provider_openai.faults import Faults

if TYPE_CHECKING:
    from aiohttp import ClientResponse

_LIST_SECONDS = 30.0


@attrs.frozen
class _Call:
    """One call, whatever number of attempts it takes."""

    body: bytes
    deadline: float
    seconds: float
    faults: Faults
    retries: Retries


class OpenAIProvider(Provider):
    """The models of one server that speaks OpenAI's chat completions."""

    def __init__(self, endpoint: Endpoint) -> None:
        self.name = endpoint.name
        self._endpoint = endpoint
        self._client = Client(endpoint)
        # OpenAI's newer models refuse `max_tokens`; most other servers know nothing else.
        self._max_tokens_key = "max_completion_tokens" if endpoint.base_url == OPENAI_URL else "max_tokens"

    async def complete(self, request: ModelRequest, notify: Notify) -> Completion:
        """The whole answer, which the server sends in one piece."""
        call = await self._begin(request, notify, stream=False)
        while True:
            try:
                async with self._post(call) as response:
                    return await answer.whole(response, request.model, call.faults)
            except ProviderError as error:
                await call.retries.wait(error)

    async def stream(self, request: ModelRequest, notify: Notify) -> AsyncIterator[Delta]:
        """The answer in pieces; after the first piece a failure is final, so that nothing is said twice."""
        call = await self._begin(request, notify, stream=True)
        begun = False
        while True:
            try:
                async with (
                    self._post(call) as response,
                    aclosing(answer.deltas(response, request.model, call.faults)) as deltas,
                ):
                    async for delta in deltas:
                        begun = True
                        yield delta
                return
            except ProviderError as error:
                if begun:
                    raise
                await call.retries.wait(error)

    def capabilities(self, model: str) -> Capabilities:
        """What the configuration says of the server's models; their prices are not known."""
        settings = self._endpoint.settings
        return Capabilities(tools=settings.tools, response_format=settings.response_format)

    def default_model(self) -> str:
        """The first configured model; without one, OpenAI's own server has `gpt-4.1-mini`, given a key."""
        return self._endpoint.default_model

    async def models(self) -> tuple[str, ...]:
        """The configured names, else those that the server lists."""
        if self._endpoint.settings.models:
            return self._endpoint.settings.models
        return await self._listed()

    def key_names(self) -> tuple[str, ...]:
        """The variable of the key, where one is wanted."""
        return (self._endpoint.key_env,) if self._endpoint.key_env else ()

    async def check_key(self) -> None:
        """List the server's models, which costs nothing."""
        await self._listed()

    async def close(self) -> None:
        """Close the connections; may be called again."""
        await self._client.close()

    async def _listed(self) -> tuple[str, ...]:
        await self._endpoint.require_key()
        faults = Faults(self._endpoint)
        deadline = asyncio.get_running_loop().time() + _LIST_SECONDS
        async with self._client.send(
            "GET", "/models", None, deadline=deadline, seconds=_LIST_SECONDS, faults=faults
        ) as response:
            listed = await answer.body(response, faults)
        try:
            return wire.model_names(listed)
        except wire.Malformed as error:
            raise faults.malformed(error) from None

    async def _begin(self, request: ModelRequest, notify: Notify, *, stream: bool) -> _Call:
        await self._endpoint.require_key()
        settings = self._endpoint.settings
        seconds = min(request.timeout, settings.timeout or math.inf)
        deadline = asyncio.get_running_loop().time() + seconds
        return _Call(
            wire.request_body(request, stream=stream, max_tokens_key=self._max_tokens_key),
            deadline,
            seconds,
            Faults(self._endpoint, request.model),
            Retries(
                settings.max_retries + 1,
                settings.max_retry_wait,
                deadline,
                notify,
                setting=f"max_retry_wait under [provider.{self.name}]",
            ),
        )

    def _post(self, call: _Call) -> AbstractAsyncContextManager[ClientResponse]:
        return self._client.send(
            "POST",
            "/chat/completions",
            call.body,
            deadline=call.deadline,
            seconds=call.seconds,
            faults=call.faults,
        )
