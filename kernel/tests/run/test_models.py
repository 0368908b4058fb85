"""Asking a model through a run: requests, streams, failures, and what is written down."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest

from llmspell.errors import ProviderError, UnknownPlugin
from llmspell.message import Completion, Delta, FinishDelta, Message, ModelRequest, TextDelta, Usage
from llmspell.provider import Capabilities, Notify, Provider
from llmspell.testing import Calls, Cut, Fail, ScriptedModel, Text

from .kit import ask, events, kinds, open_run, request, scripted


async def test_a_request_reaches_the_model_by_the_name_it_knows() -> None:
    model = scripted("hi")
    assert await ask(open_run(model), "scripted/some/model") == "hi"
    assert [each.model for each in model.requests] == ["some/model"]


async def test_a_request_that_names_its_model_goes_out_as_it_is() -> None:
    model = scripted("hi")
    asked = ModelRequest("m", (Message("user", "hi"),))
    run = open_run(model)
    await run.complete("scripted/m", asked, run.root)
    assert model.requests == [asked]
    assert model.requests[0] is asked


async def test_the_events_of_a_call_tell_what_it_used() -> None:
    run = open_run(ScriptedModel(Text("hi", usage=Usage(3, 4))))
    await ask(run)
    started, finished = events(run)
    assert (started.kind, started.path, started.data["name"]) == ("llm.started", "run/llm", "scripted/m")
    assert finished.kind == "llm.finished"
    assert finished.data["usage"]["total_tokens"] == 7
    assert finished.data["cost"] is None
    assert finished.data["finish_reason"] == "stop"
    assert finished.data["message"] == Message("assistant", "hi")
    assert run.budget.usage == Usage(3, 4)


async def test_a_stream_is_heard_piece_by_piece_and_comes_back_whole() -> None:
    run = open_run(ScriptedModel(Text("hello", chunks=3)))
    heard: list[Delta] = []
    completion = await run.complete("scripted/m", request(), run.root, heard.append)
    assert completion.message.content == "hello"
    assert [delta.text for delta in heard if isinstance(delta, TextDelta)] == ["he", "ll", "o"]
    assert isinstance(heard[-1], FinishDelta)


async def test_a_stream_of_calls_alone_has_no_text_added() -> None:
    run = open_run(ScriptedModel(Calls(("add", {"a": 1}))))
    heard: list[Delta] = []
    await run.complete("scripted/m", request(), run.root, heard.append)
    assert not any(isinstance(delta, TextDelta) for delta in heard)


@pytest.mark.parametrize("streamed", [False, True])
async def test_a_failing_model_raises_its_own_error(streamed: bool) -> None:
    run = open_run(ScriptedModel(Fail(429)))
    with pytest.raises(ProviderError) as raised:
        await run.complete("scripted/m", request(), run.root, print if streamed else None)
    assert raised.value.kind == "rate_limited"
    assert kinds(run) == ["llm.started", "llm.failed"]


async def test_a_stream_that_breaks_keeps_what_was_said() -> None:
    run = open_run(ScriptedModel(Cut(Text("one two three", chunks=3), after=2, fail=Fail(500))))
    with pytest.raises(ProviderError):
        await run.complete("scripted/m", request(), run.root, lambda delta: None)
    [partial] = events(run, "llm.partial")
    assert partial.data == {"name": "scripted/m", "text": "one two th"}
    assert run.partial_text == "one two th"


async def test_a_stream_that_breaks_before_the_first_word_has_nothing_to_keep() -> None:
    run = open_run(ScriptedModel(Fail(500)))
    with pytest.raises(ProviderError):
        await run.complete("scripted/m", request(), run.root, lambda delta: None)
    assert kinds(run, "llm.partial") == []


async def test_a_listener_that_fails_stops_the_stream() -> None:
    def fail(delta: Delta) -> None:
        raise KeyError("listener")

    run = open_run(ScriptedModel(Text("hi")))
    with pytest.raises(ProviderError, match="KeyError: 'listener'"):
        await run.complete("scripted/m", request(), run.root, fail)


class Odd(Provider):
    """A provider by a stranger."""

    name = "odd"

    def __init__(self, failure: Exception | None = None) -> None:
        self.failure = failure
        self.ended = False

    async def stream(self, request: ModelRequest, notify: Notify) -> AsyncIterator[Delta]:
        notify("llm.retry", {"attempt": 2})
        try:
            if self.failure:
                raise self.failure
            yield TextDelta("odd")
            yield FinishDelta("stop", cost=0.25)
        finally:
            self.ended = True

    def capabilities(self, model: str) -> Capabilities:
        return Capabilities(tools=model == "tools")


@pytest.mark.parametrize("streamed", [False, True])
async def test_a_provider_that_breaks_is_named(streamed: bool) -> None:
    run = open_run(Odd(KeyError("no")))
    with pytest.raises(ProviderError, match=r"^provider 'odd' broke: KeyError: 'no'$") as raised:
        await run.complete("odd/m", request(), run.root, print if streamed else None)
    assert raised.value.component == "provider:odd"
    assert isinstance(raised.value.__cause__, KeyError)


async def test_what_a_provider_notifies_is_an_event_of_the_call() -> None:
    run = open_run(Odd())
    await ask(run, "odd/m")
    [event] = events(run, "llm.retry")
    assert (event.path, event.data) == ("run/llm", {"attempt": 2})
    assert run.budget.cost == 0.25


async def test_a_stream_is_closed_when_its_reader_fails() -> None:
    provider = Odd()
    run = open_run(provider)

    def fail(delta: Delta) -> None:
        raise KeyError

    with pytest.raises(ProviderError):
        await run.complete("odd/m", request(), run.root, fail)
    assert provider.ended


async def test_the_capabilities_of_a_model_are_its_providers() -> None:
    run = open_run(Odd())
    assert run.capabilities("odd/tools").tools
    assert not run.capabilities("odd/other").tools
    run.model = "odd/tools"
    assert run.capabilities("").tools


async def test_an_unknown_provider_is_told_before_anything_starts() -> None:
    run = open_run()
    with pytest.raises(UnknownPlugin):
        await ask(run, "nobody/m")
    assert len(run.log) == 0


async def test_a_completion_that_is_none_is_the_providers_fault() -> None:
    class Nothing(Odd):
        async def complete(self, request: ModelRequest, notify: Notify) -> Any:
            return None

    run = open_run(Nothing())
    with pytest.raises(ProviderError, match=r"^provider 'odd' broke: "):
        await run.complete("odd/m", request(), run.root)


async def test_the_answer_is_the_whole_completion() -> None:
    run = open_run(ScriptedModel(Text("hi", finish_reason="length")))
    completion = await run.complete("scripted/m", request(), run.root)
    assert isinstance(completion, Completion)
    assert completion.finish_reason == "length"
