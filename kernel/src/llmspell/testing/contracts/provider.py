"""What every provider must do, as tests.

from llmspell.testing.contracts.provider import ProviderContract

class TestMyProvider(ProviderContract):
    @asynccontextmanager
    async def serving(self, *steps):
        async with OpenAIServer(*steps) as server:
            yield MyProvider(server.base_url)
"""

from __future__ import annotations

import asyncio
import time
from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Mapping
from contextlib import AbstractAsyncContextManager, aclosing, asynccontextmanager
from typing import Any

import pytest

from llmspell.errors import KINDS, ProviderError
from llmspell.message import (
    Delta,
    FinishDelta,
    FinishReason,
    Message,
    ModelRequest,
    TextDelta,
    ToolCall,
    ToolCallDelta,
    ToolSpec,
    Usage,
)
from llmspell.provider import Folder, Provider
from llmspell.testing.steps import Calls, Cut, Fail, Step, Text, Trickle

_TOOL = ToolSpec("add", "Adds two numbers", {"type": "object", "properties": {"a": {"type": "integer"}}})
_PROMPT = 2.0  # seconds in which a provider must have stopped; generous, for slow machines
_SLOW = Trickle(0.02, Text("x" * 3000, chunks=3000))  # a minute of answer


def quiet(kind: str, data: Mapping[str, Any]) -> None:
    """Nobody listens."""


class ProviderContract(ABC):
    """Subclass it as `Test...` and give `serving`.

    Attributes:
        model: a model name that the provider accepts, without its prefix.
    """

    model = "test-model"
    pytestmark = pytest.mark.asyncio

    @abstractmethod
    def serving(self, *steps: Step) -> AbstractAsyncContextManager[Provider]:
        """A provider whose server answers `steps`, and that does not retry; the suite closes it."""

    @asynccontextmanager
    async def provider(self, *steps: Step) -> AsyncIterator[Provider]:
        """`serving`, with the provider closed at the end."""
        async with self.serving(*steps) as provider:
            try:
                yield provider
            finally:
                await provider.close()

    def request(self, *, timeout: float = 30.0) -> ModelRequest:
        """A plain question that offers one tool."""
        return ModelRequest(self.model, (Message("user", "hi"),), (_TOOL,), timeout=timeout)

    async def test_text_arrives_as_it_was_said(self) -> None:
        """Text is not changed, whatever it holds."""
        said = 'Zwölf Boxkämpfer, 日本 👍\n\tand "quotes" \\ data: [DONE]'
        async with self.provider(Text(said)) as provider:
            assert (await provider.complete(self.request(), quiet)).message == Message("assistant", said)

    @pytest.mark.parametrize(
        "step",
        [
            Text("some words in pieces", chunks=5, usage=Usage(7, 3, 2, 1)),
            Text("cut off", finish_reason="length"),
            Calls(("add", {"a": 1}), text="Let me see."),
            Calls(("add", {"a": 1}), ("add", {"a": "ü" * 40})),
        ],
        ids=["text", "length", "call", "calls"],
    )
    async def test_the_stream_folds_to_the_completion(self, step: Step) -> None:
        """Both ways of asking give the same answer."""
        async with self.provider(step, step) as provider:
            whole = await provider.complete(self.request(), quiet)
            assert await self._folded(provider) == whole

    async def test_a_stream_ends_in_exactly_one_finish(self) -> None:
        """The finish is the last delta, and there is one."""
        async with self.provider(Text("a b c", chunks=3)) as provider:
            deltas = [delta async for delta in provider.stream(self.request(), quiet)]
        assert [isinstance(delta, FinishDelta) for delta in deltas].count(True) == 1
        assert isinstance(deltas[-1], FinishDelta)

    async def test_arguments_stay_verbatim(self) -> None:
        """Arguments are the model's own text, valid JSON or not."""
        broken = '{"a": 1,, "b":\t"ü"'
        async with self.provider(Calls(("add", broken))) as provider:
            [call] = (await provider.complete(self.request(), quiet)).message.tool_calls
        assert call == ToolCall("call_1", "add", broken)

    async def test_parallel_calls_keep_their_order(self) -> None:
        """Calls come in the order in which the model made them, in a stream too."""
        step = Calls(*((f"tool_{number}", {"n": number}) for number in range(12)))
        async with self.provider(step, step) as provider:
            whole = await provider.complete(self.request(), quiet)
            streamed = await self._folded(provider)
        names = [f"tool_{number}" for number in range(12)]
        assert [call.name for call in whole.message.tool_calls] == names
        assert [call.name for call in streamed.message.tool_calls] == names

    async def test_the_first_delta_of_a_call_names_it(self) -> None:
        """Id and name come first, so that a reader can show the call at once."""
        async with self.provider(Calls(("add", {"a": 1}), ("sub", {"b": 2}))) as provider:
            deltas = [delta async for delta in provider.stream(self.request(), quiet)]
        first: dict[int, ToolCallDelta] = {}
        for delta in deltas:
            if isinstance(delta, ToolCallDelta):
                first.setdefault(delta.index, delta)
        assert [(delta.id, delta.name) for delta in first.values()] == [("call_1", "add"), ("call_2", "sub")]

    async def test_usage_is_what_the_server_counted(self) -> None:
        """Cached and reasoning tokens included."""
        usage = Usage(input_tokens=100, output_tokens=20, cached_tokens=64, reasoning_tokens=12)
        async with self.provider(Text("x", usage=usage), Text("x", usage=usage)) as provider:
            assert (await provider.complete(self.request(), quiet)).usage == usage
            assert (await self._folded(provider)).usage == usage

    @pytest.mark.parametrize("reason", ["stop", "length", "content_filter"])
    async def test_the_finish_reason_is_told(self, reason: FinishReason) -> None:
        """Each reason is kept."""
        async with self.provider(Text("x", finish_reason=reason)) as provider:
            assert (await provider.complete(self.request(), quiet)).finish_reason == reason

    async def test_calls_finish_as_tool_calls(self) -> None:
        """An answer with calls says so."""
        async with self.provider(Calls(("add", {}))) as provider:
            assert (await provider.complete(self.request(), quiet)).finish_reason == "tool_calls"

    @pytest.mark.parametrize("how", ["complete", "stream"])
    @pytest.mark.parametrize(
        ("status", "kind", "retryable"),
        [
            (400, "provider", False),
            (401, "authentication", False),
            (404, "unknown_model", False),
            (429, "rate_limited", True),
            (500, "provider", True),
        ],
    )
    async def test_a_refusal_is_a_provider_error(self, status: int, kind: str, retryable: bool, how: str) -> None:
        """Kind, component and whether to try again are told, in one sentence."""
        async with self.provider(Fail(status)) as provider:
            with pytest.raises(ProviderError) as caught:
                await self._ask(provider, how)
        error = caught.value
        assert (error.kind, error.retryable) == (kind, retryable)
        assert error.component == f"provider:{provider.name}"
        assert error.message
        assert "\n" not in error.message

    @pytest.mark.parametrize("how", ["complete", "stream"])
    async def test_an_answer_cut_short_is_an_error(self, how: str) -> None:
        """Half an answer is never taken for a whole one."""
        async with self.provider(Cut(Text("abcdef", chunks=6), after=3)) as provider:
            with pytest.raises(ProviderError) as caught:
                await self._ask(provider, how)
        assert caught.value.kind in KINDS
        assert caught.value.retryable

    async def test_what_came_before_the_cut_is_told(self) -> None:
        """The partial text can be kept."""
        folder = Folder()
        async with self.provider(Cut(Text("abcdef", chunks=6), after=3)) as provider:
            with pytest.raises(ProviderError):
                await _feed(folder, provider.stream(self.request(), quiet))
        assert folder.text == "abc"

    @pytest.mark.parametrize("how", ["complete", "stream"])
    async def test_the_timeout_bounds_the_whole_answer(self, how: str) -> None:
        """A server that keeps talking does not get around it."""
        started = time.monotonic()
        async with self.provider(_SLOW) as provider:
            with pytest.raises(ProviderError, match=r"took longer than 0\.3 seconds") as caught:
                await self._ask(provider, how, timeout=0.3)
        assert caught.value.kind == "timeout"
        assert time.monotonic() - started < 0.3 + _PROMPT

    @pytest.mark.parametrize("how", ["complete", "stream"])
    async def test_cancelling_stops_promptly(self, how: str) -> None:
        """The cancellation comes through, and is not made into an error."""
        async with self.provider(_SLOW) as provider:
            task = asyncio.create_task(self._ask(provider, how))
            await asyncio.sleep(0.2)
            task.cancel()
            started = time.monotonic()
            with pytest.raises(asyncio.CancelledError):
                await task
        assert time.monotonic() - started < _PROMPT

    async def test_a_reader_may_leave_a_stream(self) -> None:
        """Leaving early neither waits for the rest nor fails."""
        started = time.monotonic()
        async with self.provider(_SLOW) as provider:
            stream = provider.stream(self.request(), quiet)
            async with aclosing(stream):  # type: ignore[type-var]  # every provider's stream is a generator
                assert isinstance(await anext(stream), TextDelta)
        assert time.monotonic() - started < _PROMPT

    async def test_many_requests_at_once_are_answered_each(self) -> None:
        """Concurrent requests do not disturb each other."""
        async with self.provider(*(Text("same") for _ in range(20))) as provider:
            asked = (provider.complete(self.request(), quiet) for _ in range(20))
            answers = await asyncio.gather(*asked)
        assert [answer.message.content for answer in answers] == ["same"] * 20

    async def test_models_are_named_without_the_prefix(self) -> None:
        """`models()` gives what goes after the slash."""
        async with self.provider() as provider:
            names = await provider.models()
        assert isinstance(names, tuple)
        assert all(name and not name.startswith(f"{provider.name}/") for name in names)

    async def test_closing_twice_is_harmless(self) -> None:
        """Also after use, and without use."""
        async with self.provider(Text("x")) as provider:
            await provider.complete(self.request(), quiet)
            await provider.close()
            await provider.close()

    async def _ask(self, provider: Provider, how: str, *, timeout: float = 30.0) -> None:
        request = self.request(timeout=timeout)
        if how == "complete":
            await provider.complete(request, quiet)
        else:
            await _feed(Folder(), provider.stream(request, quiet))

    async def _folded(self, provider: Provider) -> Any:
        folder = Folder()
        await _feed(folder, provider.stream(self.request(), quiet))
        return folder.completion()


async def _feed(folder: Folder, stream: AsyncIterator[Delta]) -> None:
    async for delta in stream:
        folder.add(delta)
