"""The provider: completions and streams through litellm, in time, tried again where that can help."""

from __future__ import annotations

import asyncio
import math
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Mapping
from contextlib import aclosing
from typing import Any, TypeVar

import attrs

from llmspell.errors import ProviderError, UsageError
from llmspell.message import Completion, Delta, Message, ModelRequest
from llmspell.provider import Capabilities, Notify, Provider
from llmspell.retry import Retries
from llmspell_provider_litellm import answer, library, prices, wire
from llmspell_provider_litellm.account import Account
from llmspell_provider_litellm.answer import Asked, Incomplete, StreamReader
from llmspell_provider_litellm.faults import Faults

_T = TypeVar("_T")
_END: Any = object()


@attrs.frozen
class _Limit:
    """The time of one call: `seconds` in all, over at the loop's time `deadline`."""

    seconds: float
    deadline: float
    faults: Faults

    async def within(self, awaitable: Awaitable[_T]) -> _T:
        """What `awaitable` gives, in time; every failure of a library is translated."""
        try:
            async with asyncio.timeout_at(self.deadline) as limit:
                return await awaitable
        except ProviderError:
            raise
        except Exception as error:
            fault = self.faults.late(self.seconds) if limit.expired() else self.faults.of(error)
            raise fault from error


@attrs.frozen
class _Call:
    """One call, whatever number of attempts it takes."""

    arguments: dict[str, Any]
    asked: Asked
    limit: _Limit
    attempts: Retries


class LitellmProvider(Provider):
    """The models of one account, reached through litellm; litellm is imported at the first call."""

    def __init__(self, account: Account) -> None:
        self.name = account.name
        self._account = account

    async def complete(self, request: ModelRequest, notify: Notify) -> Completion:
        """The whole answer, which the server sends in one piece."""
        call = await self._begin(request, notify, stream=False)
        while True:
            try:
                return await call.limit.within(_whole(call))
            except ProviderError as error:
                await call.attempts.wait(error)

    async def stream(self, request: ModelRequest, notify: Notify) -> AsyncIterator[Delta]:
        """The answer in pieces; after the first piece a failure is final, so that nothing is said twice."""
        call = await self._begin(request, notify, stream=True)
        begun = False
        while True:
            try:
                async with aclosing(_pieces(call)) as deltas:
                    async for delta in deltas:
                        begun = True
                        yield delta
                return
            except ProviderError as error:
                if begun:
                    raise
                await call.attempts.wait(error)

    def capabilities(self, model: str) -> Capabilities:
        """What litellm's table says; an unlisted model counts as unpriced, and as able to call tools."""
        settings = self._account.settings
        listed = prices.find(self._account.full_name(model))
        tools = listed is None or listed.tools
        response_format = listed is not None and listed.response_format
        return Capabilities(
            tools=tools if settings.tools is None else settings.tools,
            response_format=response_format if settings.response_format is None else settings.response_format,
            priced=listed is not None and listed.priced,
        )

    async def models(self) -> tuple[str, ...]:
        """The configured names, else those of litellm's table; none where the service is not known."""
        account = self._account
        if account.settings.models or account.settings.base_url or account.route is None:
            return account.settings.models
        return tuple(sorted(set(prices.names(account.route.prefix))))

    def default_model(self) -> str:
        """The first configured model, where there is a key."""
        models = self._account.settings.models
        return models[0] if models and self._account.has_key() else ""

    def key_names(self) -> tuple[str, ...]:
        """The variables of the route's key, or the one that the table names."""
        return self._account.key_variables(self._account.route)

    async def check_key(self) -> None:
        """Have the first configured model say one word: litellm has no listing that every service answers."""
        models = self._account.settings.models
        if not models:
            raise UsageError(
                f"{self.name}: no model to test the key with",
                hint=f'name one: models = ["..."] under [provider.{self.name}] in llmspell.toml',
            )
        await self.complete(ModelRequest(models[0], (Message("user", "Say yes."),), max_tokens=1), _quiet)

    async def close(self) -> None:
        """Close the connections, once no other provider of the loop needs them."""
        await library.release(self)

    async def _begin(self, request: ModelRequest, notify: Notify, *, stream: bool) -> _Call:
        account, settings = self._account, self._account.settings
        full_name = account.full_name(request.model)
        await account.unlock(request.model)
        arguments = wire.arguments(request, full_name, stream=stream) | account.parameters(request.model)
        seconds = min(request.timeout, settings.timeout or math.inf)
        deadline = asyncio.get_running_loop().time() + seconds
        limit = _Limit(seconds, deadline, Faults(account, request.model))
        litellm = await limit.within(library.load(self))
        attempts = Retries(
            settings.max_retries + 1,
            settings.max_retry_wait,
            deadline,
            notify,
            setting=f"max_retry_wait under [provider.{self.name}]",
        )
        return _Call(arguments, Asked(litellm, request.model, full_name), limit, attempts)


def _quiet(kind: str, data: Mapping[str, Any]) -> None:
    """Nobody wants to see what happens while a key is tested."""


async def _whole(call: _Call) -> Completion:
    response = await call.asked.litellm.acompletion(**call.arguments)
    return answer.completion(response, call.asked)


async def _pieces(call: _Call) -> AsyncGenerator[Delta, None]:
    """The deltas of one attempt."""
    stream = await call.limit.within(call.asked.litellm.acompletion(**call.arguments))
    try:
        reader = StreamReader(stream, call.asked)
        while (chunk := await call.limit.within(anext(stream, _END))) is not _END:
            for delta in reader.read(chunk):
                yield delta
        try:
            last = reader.finish()
        except Incomplete as error:
            raise call.limit.faults.of(error) from error
        yield last
    finally:
        await stream.aclose()
