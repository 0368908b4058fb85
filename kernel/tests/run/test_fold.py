"""Deltas become a completion again, however they were cut."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from llmspell.errors import ProviderError
from llmspell.message import Completion, Delta, FinishDelta, Message, TextDelta, ToolCall, ToolCallDelta, Usage
from llmspell.provider import Capabilities, Folder, Provider, fold

FINISH = FinishDelta("tool_calls", Usage(3, 4), "m", 0.5)


def pieces(text: str, cuts: list[int]) -> list[str]:
    edges = sorted({0, len(text), *(cut % (len(text) + 1) for cut in cuts)})
    return [text[start:end] for start, end in pairwise(edges)]


@given(
    st.text(max_size=20),
    st.lists(st.tuples(st.text(min_size=1, max_size=5), st.text(max_size=10)), max_size=3),
    st.lists(st.integers(0, 50)),
    st.randoms(use_true_random=False),
)
def test_the_pieces_of_an_answer_make_it_again(
    text: str, calls: list[tuple[str, str]], cuts: list[int], random: object
) -> None:
    streams: list[list[Delta]] = [[TextDelta(piece) for piece in pieces(text, cuts)]]
    for index, (name, arguments) in enumerate(calls):
        first = ToolCallDelta(index, f"id{index}", name)
        streams.append([first, *(ToolCallDelta(index, arguments=piece) for piece in pieces(arguments, cuts))])
    folder = Folder()
    while streams := [stream for stream in streams if stream]:
        folder.add(random.choice(streams).pop(0))  # type: ignore[attr-defined]  # a random.Random
    assert folder.text == text
    folder.add(FINISH)
    made = tuple(ToolCall(f"id{index}", name, arguments) for index, (name, arguments) in enumerate(calls))
    assert folder.completion() == Completion(Message("assistant", text, made), "tool_calls", Usage(3, 4), "m", 0.5)


async def test_a_stream_that_ends_early_is_no_answer() -> None:
    async def cut() -> object:
        yield TextDelta("half")

    with pytest.raises(ProviderError, match=r"^the model's stream ended before its answer was complete$") as raised:
        await fold(cut())  # type: ignore[arg-type]  # an async generator of deltas
    assert raised.value.retryable


class Minimal(Provider):
    """A provider that implements only what it must."""

    name = "minimal"

    async def stream(self, request, notify):  # type: ignore[no-untyped-def]  # an async generator
        yield TextDelta("hi")
        yield FinishDelta("stop")


async def test_a_provider_needs_only_a_stream() -> None:
    provider = Minimal()
    assert (await provider.complete(None, None)).message.content == "hi"  # type: ignore[arg-type]  # not looked at
    assert provider.capabilities("x") == Capabilities()
    assert await provider.models() == ()
    assert provider.default_model() == ""
    assert not provider.fallback
    await provider.close()
