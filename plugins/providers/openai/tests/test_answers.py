"""Answers that are not what they should be: mended where that is harmless, one clear sentence otherwise."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

import pytest

from llmspell.errors import ProviderError
from llmspell.message import Completion, Delta, ModelRequest, ToolCall, Usage
from llmspell.provider import fold
from llmspell.testing import OpenAIServer, Page
from llmspell_provider_openai.provider import OpenAIProvider

MakeProvider = Callable[..., OpenAIProvider]
EVENTS = "text/event-stream"


def quiet(kind: str, data: Mapping[str, Any]) -> None:
    """Nobody listens."""


def answer(message: Any, finish_reason: Any = "stop", **fields: Any) -> Page:
    return Page(json.dumps({"choices": [{"message": message, "finish_reason": finish_reason}], **fields}))


def chunks(*deltas: Any, finish_reason: Any = "stop", end: str = "data: [DONE]\n\n") -> Page:
    said = [{"choices": [{"delta": delta, "finish_reason": None}]} for delta in deltas]
    said.append({"choices": [{"delta": {}, "finish_reason": finish_reason}]})
    return Page("".join(f"data: {json.dumps(chunk)}\n\n" for chunk in said) + end, content_type=EVENTS)


def call(**fields: Any) -> dict[str, Any]:
    return {"tool_calls": [fields]}


async def whole(make: MakeProvider, request: ModelRequest, page: Page) -> Completion:
    async with OpenAIServer(page) as server:
        return await make(server.base_url).complete(request, quiet)


async def streamed(make: MakeProvider, request: ModelRequest, page: Page) -> list[Delta]:
    async with OpenAIServer(page) as server:
        return [delta async for delta in make(server.base_url).stream(request, quiet)]


async def folded(make: MakeProvider, request: ModelRequest, page: Page) -> Completion:
    async with OpenAIServer(page) as server:
        return await fold(make(server.base_url).stream(request, quiet))


HTML = Page("<html><h1>Bad gateway</h1>", content_type="text/html; charset=utf-8")
FUNCTION = {"name": "add", "arguments": "{}"}


@pytest.mark.parametrize(
    ("page", "sentence"),
    [
        (Page(""), r"openai: the server answered with an empty body"),
        (Page("  \n"), r"openai: the server answered with an empty body"),
        (HTML, r"openai: the server answered with a page \(text/html\), not with JSON"),
        (Page('{"choices": ['), r"openai: the server answered with malformed JSON: '\{\"choices\": \['"),
        (Page("[" * 100_000), r"openai: the server answered with malformed JSON: '\[\["),
        (Page(b"\xff\xfe\x00"), r"openai: the server answered with malformed JSON"),
        (Page('{"usage": ' + "9" * 5000 + "}"), r"openai: the server answered with malformed JSON"),
        (Page("[]"), r"openai: the server answered with \[\], where the answer must be an object"),
        (Page("null"), r"openai: the server answered with None, where the answer must be an object"),
        (Page("{}"), r"openai: the server answered without any choice"),
        (Page('{"choices": []}'), r"openai: the server answered without any choice"),
        (Page('{"choices": {}}'), r"openai: the server answered with \{\}, where `choices` must be a list"),
        (Page('{"choices": [7]}'), r"openai: the server answered with 7, where a choice must be an object"),
        (answer(None), r"openai: the server answered with None, where `message` must be an object"),
        (answer({"content": 5}), r"openai: the server answered with 5 where text belongs"),
        (answer({"tool_calls": 5}), r"openai: the server answered with 5, where `tool_calls` must be a list"),
        (answer(call(id="a")), r"openai: the server answered with None, where a tool call's `function` must"),
        (answer(call(function={})), r"openai: the server answered with a tool call that has no name"),
        (answer(call(id=5, function=FUNCTION)), r"openai: the server answered with 5 where text belongs"),
    ],
)
async def test_a_malformed_answer_is_one_clear_sentence(
    provider_at: MakeProvider, question: ModelRequest, page: Page, sentence: str
) -> None:
    with pytest.raises(ProviderError, match=f"^{sentence}") as caught:
        await whole(provider_at, question, page)
    assert (caught.value.kind, caught.value.retryable) == ("provider", False)
    assert caught.value.hint.startswith("check base_url under [provider.openai]: http://127.0.0.1:")


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        (None, ""),
        ("", ""),
        ("{}", "{}"),
        ('{"a": NaN}', '{"a": NaN}'),
        ('{"a": 1, "a": 2}', '{"a": 1, "a": 2}'),
        ('{"a": ' + "9" * 5000 + "}", '{"a": ' + "9" * 5000 + "}"),
        ('{"a": "tru', '{"a": "tru'),
        ({"a": 1}, '{"a": 1}'),
        ([1], "[1]"),
        (7, "7"),
    ],
)
async def test_arguments_are_kept_whatever_they_are(
    provider_at: MakeProvider, question: ModelRequest, said: Any, kept: str
) -> None:
    function = {"name": "add", "arguments": said}
    completion = await whole(provider_at, question, answer(call(id="a", function=function)))
    assert completion.message.tool_calls == (ToolCall("a", "add", kept),)
    completion = await folded(provider_at, question, chunks(call(index=0, id="a", function=function)))
    assert completion.message.tool_calls == (ToolCall("a", "add", kept),)


async def test_missing_and_repeated_call_ids_become_unique(provider_at: MakeProvider, question: ModelRequest) -> None:
    deltas = [call(index=number, id=said, function=FUNCTION) for number, said in enumerate(["", "a", "a", None])]
    made = (await folded(provider_at, question, chunks(*deltas))).message.tool_calls
    message = {"tool_calls": [{"id": said, "function": FUNCTION} for said in ("", "a", "a", None)]}
    whole_made = (await whole(provider_at, question, answer(message))).message.tool_calls
    for calls in (made, whole_made):
        assert len({made_call.id for made_call in calls}) == 4
        assert all(made_call.id for made_call in calls)
        assert calls[1].id == "a"


async def test_calls_that_share_an_index_are_told_apart_by_their_ids(
    provider_at: MakeProvider, question: ModelRequest
) -> None:
    page = chunks(
        call(index=0, id="a", function={"name": "add", "arguments": '{"n"'}),
        call(index=0, function={"arguments": ": 1}"}),
        call(index=0, id="b", function={"name": "sub", "arguments": "{}"}),
    )
    made = (await folded(provider_at, question, page)).message.tool_calls
    assert made == (ToolCall("a", "add", '{"n": 1}'), ToolCall("b", "sub", "{}"))


async def test_calls_without_an_index_go_on_with_the_latest(provider_at: MakeProvider, question: ModelRequest) -> None:
    page = chunks(
        call(id="a", function={"name": "add", "arguments": "{"}),
        call(function={"arguments": "}"}),
        call(id="b", function={"name": "sub", "arguments": "{}"}),
    )
    made = (await folded(provider_at, question, page)).message.tool_calls
    assert made == (ToolCall("a", "add", "{}"), ToolCall("b", "sub", "{}"))


async def test_a_name_and_id_repeated_in_every_chunk_make_one_call(
    provider_at: MakeProvider, question: ModelRequest
) -> None:
    pieces = [call(index=0, id="a", function={"name": "add", "arguments": part}) for part in ("{", "}")]
    assert (await folded(provider_at, question, chunks(*pieces))).message.tool_calls == (ToolCall("a", "add", "{}"),)


async def test_arguments_that_come_before_the_name_wait_for_it(
    provider_at: MakeProvider, question: ModelRequest
) -> None:
    page = chunks(
        call(index=0, id="a", function={"arguments": '{"n"'}),
        call(index=0, function={"name": "add", "arguments": ": 1}"}),
    )
    first, *_ = await streamed(provider_at, question, page)
    assert attributes(first) == {"index": 0, "id": "a", "name": "add", "arguments": '{"n": 1}'}


def attributes(delta: Delta) -> dict[str, Any]:
    import attrs

    return attrs.asdict(delta)


async def test_a_streamed_call_without_a_name_is_an_error(provider_at: MakeProvider, question: ModelRequest) -> None:
    with pytest.raises(ProviderError, match="the server answered with a tool call that has no name"):
        await streamed(provider_at, question, chunks(call(index=0, id="a", function={"arguments": "{}"})))


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("stop", "stop"),
        ("length", "length"),
        ("max_tokens", "length"),
        ("content_filter", "content_filter"),
        ("function_call", "tool_calls"),
        ("eos_token", "stop"),
        (None, "stop"),
        (7, "stop"),
    ],
)
async def test_finish_reasons_are_told_in_our_words(
    provider_at: MakeProvider, question: ModelRequest, said: Any, kept: str
) -> None:
    assert (await whole(provider_at, question, answer({"content": "x"}, said))).finish_reason == kept


async def test_stop_with_calls_means_tool_calls(provider_at: MakeProvider, question: ModelRequest) -> None:
    one = call(index=0, id="a", function=FUNCTION)
    assert (await whole(provider_at, question, answer(one, "stop"))).finish_reason == "tool_calls"
    assert (await folded(provider_at, question, chunks(one, finish_reason="stop"))).finish_reason == "tool_calls"


async def test_a_refusal_is_text_with_a_reason(provider_at: MakeProvider, question: ModelRequest) -> None:
    said = {"content": None, "refusal": "I will not."}
    for completion in (
        await whole(provider_at, question, answer(said)),
        await folded(provider_at, question, chunks(said)),
    ):
        assert (completion.message.content, completion.finish_reason) == ("I will not.", "content_filter")


async def test_text_in_parts_is_joined(provider_at: MakeProvider, question: ModelRequest) -> None:
    message = {"content": [{"type": "text", "text": "a"}, {"type": "text", "text": "b"}]}
    assert (await whole(provider_at, question, answer(message))).message.content == "ab"


@pytest.mark.parametrize("said", [None, [], {}, {"prompt_tokens": None, "completion_tokens": "5"}])
async def test_usage_that_is_missing_or_odd_counts_as_nothing(
    provider_at: MakeProvider, question: ModelRequest, said: Any
) -> None:
    assert (await whole(provider_at, question, answer({"content": "x"}, usage=said))).usage == Usage()


async def test_the_servers_model_name_is_told(provider_at: MakeProvider, question: ModelRequest) -> None:
    assert (await whole(provider_at, question, answer({"content": "x"}, model="dated"))).model == "dated"
    assert (await whole(provider_at, question, answer({"content": "x"}))).model == "gpt-test"


async def test_a_byte_order_mark_is_ignored(provider_at: MakeProvider, question: ModelRequest) -> None:
    page = answer({"content": "x"})
    assert isinstance(page.body, str)
    marked = Page(b"\xef\xbb\xbf" + page.body.encode())
    assert (await whole(provider_at, question, marked)).message.content == "x"


async def test_a_server_that_does_not_stream_is_read_whole(provider_at: MakeProvider, question: ModelRequest) -> None:
    page = answer({"content": "hi", **call(id="a", function=FUNCTION)}, usage={"prompt_tokens": 3})
    completion = await folded(provider_at, question, page)
    assert completion == await whole(provider_at, question, page)
    assert completion.usage.input_tokens == 3


@pytest.mark.parametrize(
    ("page", "sentence"),
    [
        (HTML, r"the server answered with a page \(text/html\)"),
        (Page("", content_type=EVENTS), r"the server answered with an empty body"),
        (Page("data: {oops\n\n", content_type=EVENTS), r"the server answered with malformed JSON: '\{oops'"),
        (Page("data: 5\n\n", content_type=EVENTS), r"answered with 5, where a chunk must be an object"),
        (chunks({"content": "a"}, finish_reason=None), r"the stream of the model 'gpt-test' ended before"),
        (
            chunks({"content": "a"}, finish_reason=None, end=""),
            r"the stream of the model 'gpt-test' ended bef",
        ),
        (chunks("text"), r"answered with 'text', where `delta` must be an object"),
        (chunks({"tool_calls": [5]}), r"answered with 5, where a tool call must be an object"),
    ],
)
async def test_a_malformed_stream_is_one_clear_sentence(
    provider_at: MakeProvider, question: ModelRequest, page: Page, sentence: str
) -> None:
    with pytest.raises(ProviderError, match=f"^openai: .*{sentence}") as caught:
        await streamed(provider_at, question, page)
    assert caught.value.kind == "provider"


async def test_a_stream_without_an_end_mark_is_complete_when_it_says_why_it_ended(
    provider_at: MakeProvider, question: ModelRequest
) -> None:
    assert (await folded(provider_at, question, chunks({"content": "a"}, end=""))).message.content == "a"


@pytest.mark.parametrize(
    ("event", "kind_and_retryable", "sentence"),
    [
        ('data: {"error": {"message": "full", "type": "server_error"}}', ("provider", True), "full"),
        ('data: {"error": {"message": "slow down", "code": 429}}', ("rate_limited", True), "slow down"),
        ('data: {"error": {"message": "odd", "code": "²²²"}}', ("provider", False), "odd"),
        ('data: {"error": "no memory"}', ("provider", False), "no memory"),
        (
            'event: error\ndata: {"message": "gone", "code": "model_not_found"}',
            ("unknown_model", False),
            "gone",
        ),
        ("event: error\ndata: plain words", ("provider", False), "plain words"),
        ('event: error\ndata: {"x": 1}', ("provider", False), "it did not say why"),
    ],
)
async def test_an_error_in_a_stream_is_told(
    provider_at: MakeProvider, question: ModelRequest, event: str, kind_and_retryable: Any, sentence: str
) -> None:
    page = Page(f"{event}\n\n", content_type=EVENTS)
    with pytest.raises(ProviderError, match=f"^openai: the server failed while it answered: {sentence}$") as caught:
        await streamed(provider_at, question, page)
    assert (caught.value.kind, caught.value.retryable) == kind_and_retryable


async def test_an_error_with_status_200_is_told(provider_at: MakeProvider, question: ModelRequest) -> None:
    with pytest.raises(ProviderError, match="the server failed while it answered: no memory"):
        await whole(provider_at, question, Page('{"error": {"message": "no memory"}}'))


@pytest.mark.parametrize("body", ['{"data": 5}', "[]", '{"data": [5]}', '{"data": [{"id": 5}]}'])
async def test_a_malformed_list_of_models_is_an_error(provider_at: MakeProvider, body: str) -> None:
    async with OpenAIServer(models=Page(body)) as server:
        with pytest.raises(ProviderError, match="openai: the server answered with"):
            await provider_at(server.base_url).models()
