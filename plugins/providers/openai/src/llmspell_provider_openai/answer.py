"""What a server answered: read whole, or delta by delta."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Iterator
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from llmspell.message import Completion, Delta, FinishDelta, TextDelta, ToolCallDelta
from llmspell_provider_openai import wire
from llmspell_provider_openai.deltas import DeltaReader
from llmspell_provider_openai.faults import Faults
from llmspell_provider_openai.sse import EventParser, ServerEvent
from llmspell_provider_openai.wire import Malformed

if TYPE_CHECKING:
    from aiohttp import ClientResponse

_END = "[DONE]"
_DRAIN_SECONDS = 0.2


async def body(response: ClientResponse, faults: Faults) -> Any:
    """The JSON of a whole answer.

    Raises:
        ProviderError: it is empty, a page, not JSON, or an error object.
    """
    data = await response.read()
    if not data.strip():
        raise faults.empty()
    if "html" in response.content_type:
        raise faults.page(response.content_type)
    try:
        answer = wire.decode(data)
    except Malformed as error:
        raise faults.malformed(error) from None
    if isinstance(answer, dict) and answer.get("error"):
        raise faults.reported(answer["error"])
    return answer


async def whole(response: ClientResponse, model: str, faults: Faults) -> Completion:
    """The completion in a whole answer."""
    answer = await body(response, faults)
    try:
        return wire.completion(answer, model)
    except Malformed as error:
        raise faults.malformed(error) from None


async def deltas(response: ClientResponse, model: str, faults: Faults) -> AsyncGenerator[Delta, None]:
    """The deltas of a streamed answer, or of a whole one where the server does not stream."""
    if "json" in response.content_type or "html" in response.content_type:
        for delta in _pieces(await whole(response, model, faults)):
            yield delta
        return
    reader, parser, empty = DeltaReader(model), EventParser(), True
    async for piece in response.content.iter_any():
        try:
            for event in parser.feed(piece):
                empty = False
                if event.data.strip() == _END:
                    yield _last(reader, faults)
                    await _drain(response)
                    return
                for delta in reader.read(_chunk(event, faults)):
                    yield delta
        except Malformed as error:
            raise faults.malformed(error) from None
    if empty:
        raise faults.empty()
    yield _last(reader, faults)


def _chunk(event: ServerEvent, faults: Faults) -> Any:
    if event.type == "error":
        raise faults.reported(_error_in(event.data))
    chunk = wire.decode(event.data)
    if isinstance(chunk, dict) and chunk.get("error"):
        raise faults.reported(chunk["error"])
    return chunk


def _error_in(data: str) -> Any:
    try:
        found = wire.decode(data)
    except Malformed:
        return data
    return found.get("error", found) if isinstance(found, dict) else found


def _last(reader: DeltaReader, faults: Faults) -> FinishDelta:
    if not reader.complete:
        raise faults.cut()
    try:
        return reader.finish()
    except Malformed as error:
        raise faults.malformed(error) from None


async def _drain(response: ClientResponse) -> None:
    """Read to the end, so that the connection can serve again; the answer itself is already complete."""
    from aiohttp import ClientError

    with suppress(ClientError, TimeoutError):
        async with asyncio.timeout(_DRAIN_SECONDS):
            await response.read()


def _pieces(completion: Completion) -> Iterator[Delta]:
    if completion.message.content:
        yield TextDelta(completion.message.content)
    for index, call in enumerate(completion.message.tool_calls):
        yield ToolCallDelta(index, call.id, call.name, call.arguments)
    yield FinishDelta(completion.finish_reason, completion.usage, completion.model, completion.cost)
