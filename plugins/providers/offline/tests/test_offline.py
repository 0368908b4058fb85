"""The offline provider, as the agent loop sees it: conversations with real tools, streams, notices."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from llmspell.config import load
from llmspell.config.settings import Settings
from llmspell.errors import ConfigError, ProviderError
from llmspell.message import (
    Completion,
    Delta,
    FinishDelta,
    Message,
    ModelRequest,
    TextDelta,
    ToolCallDelta,
    ToolSpec,
    Usage,
)
from llmspell.plugins import Plugins
from llmspell_provider_offline.plugin import NOTICE, OfflineProvider

ESSAY = "Tides rise and fall twice a day.\nThe moon causes the tides.\nThe sun helps the moon a little.\n" + "-" * 200


def spec(name: str, /, **parameters: Any) -> ToolSpec:
    rules = {key: {"type": rule} if isinstance(rule, str) else rule for key, rule in parameters.items()}
    schema = {"type": "object", "properties": rules, "required": list(rules)}
    return ToolSpec(name, f"The tool {name}", schema)


def read(path: str) -> str:
    return ESSAY if path == "tides.txt" else f"Error (not_found): no {path}"


def compute(expression: str) -> Any:
    return eval(expression.replace("% of", "/100*"))


TOOLS: dict[str, tuple[ToolSpec, Callable[..., Any]]] = {
    "file_read": (spec("file_read", path="string"), read),
    "word_count": (spec("word_count", text="string"), lambda text: len(text.split())),
    "calculator": (spec("calculator", expression="string"), compute),
    "half": (spec("half", number="number"), lambda number: number / 2),
    "add": (spec("add", a="integer", b="integer"), lambda a, b: {"sum": a + b}),
    "greet": (spec("greet", name="string"), lambda name: f"Hello, {name}!"),
    "search": (spec("search", query="string"), lambda query: f"nothing about {query}"),
    "clock": (spec("clock", operation={"enum": ["now", "zones"]}), lambda operation: "2026-11-22"),
    "ping": (spec("ping"), lambda: "pong"),
}


def ignore(kind: str, data: Mapping[str, Any]) -> None:
    """Nobody listens."""


async def ask(messages: Sequence[Message], *tools: str, **options: Any) -> Completion:
    specs = tuple(TOOLS[name][0] for name in tools)
    return await OfflineProvider().complete(ModelRequest("extractive", tuple(messages), specs, **options), ignore)


async def talk(text: str, *tools: str, before: Sequence[Message] = (), **options: Any) -> list[Message]:
    """The whole conversation, with every call run, as an agent would."""
    messages = [*before, Message("user", text)]
    for _ in range(10):
        reply = (await ask(messages, *tools, **options)).message
        messages.append(reply)
        if not reply.tool_calls:
            return messages
        for call in reply.tool_calls:
            output = TOOLS[call.name][1](**json.loads(call.arguments))
            shown = output if isinstance(output, str) else json.dumps(output)
            messages.append(Message("tool", shown, (), call.id))
    raise AssertionError("the conversation does not end")


def calls(messages: Sequence[Message]) -> list[tuple[str, Any]]:
    return [(call.name, json.loads(call.arguments)) for message in messages for call in message.tool_calls]


QUICKSTART = (
    "Read tides.txt with file_read, count its words with word_count, then use the calculator to divide the "
    "count by 200: how many minutes does it take to read at 200 words a minute?"
)


async def test_the_quickstart_chains_three_tools_and_answers_with_all_results() -> None:
    messages = await talk(QUICKSTART, "file_read", "word_count", "calculator")
    assert calls(messages) == [
        ("file_read", {"path": "tides.txt"}),
        ("word_count", {"text": ESSAY}),
        ("calculator", {"expression": "20 / 200"}),
    ]
    assert messages[-1].content == f"file_read: {len(ESSAY)} characters; word_count: 20; calculator: 0.1."


async def test_a_rate_is_a_division_of_the_last_number() -> None:
    text = (
        "Read tides.txt with file_read, count its words with word_count, and use the calculator to work out "
        "how many minutes it takes to read at 200 words a minute."
    )
    assert calls(await talk(text, "word_count", "calculator", "file_read"))[-1] == (
        "calculator",
        {"expression": "20 / 200"},
    )


async def test_one_conversation_always_gets_the_same_deltas() -> None:
    request = ModelRequest(
        "x",
        (Message("user", QUICKSTART),),
        tuple(tool for tool, _ in TOOLS.values()),
        temperature=2.0,
        seed=1,
    )
    again = ModelRequest("y", request.messages, request.tools, temperature=0.0, seed=2)
    first = [delta async for delta in OfflineProvider().stream(request, ignore)]
    second = [delta async for delta in OfflineProvider().stream(again, ignore)]
    assert first[:-1] == second[:-1]


@pytest.mark.parametrize(
    ("text", "tools", "expected"),
    [
        ("What is 17% of 2390?", ["file_read", "calculator"], ("calculator", {"expression": "17% of 2390"})),
        ("What does tides.txt say?", ["calculator", "file_read"], ("file_read", {"path": "tides.txt"})),
        ("Use file_read on ./notes", ["file_read"], ("file_read", {"path": "./notes"})),
        ("What is half of 30? Use half.", ["half", "calculator"], ("half", {"number": 30})),
        ("Please add 2 and 3", ["add"], ("add", {"a": 2, "b": 3})),
        ('Please greet "Ada Lovelace"', ["greet"], ("greet", {"name": "Ada Lovelace"})),
        ('Who is "Ada"?', ["greet", "add"], ("greet", {"name": "Ada"})),
        ("Use search to find tides", ["search"], ("search", {"query": "Use search to find tides"})),
        ('Use search for "tides"', ["search"], ("search", {"query": "tides"})),
        ("What is the time now?", ["clock", "greet"], ("clock", {"operation": "now"})),
        ("Do a ping", ["ping"], ("ping", {})),
        ('Use word count on "one two"', ["word_count"], ("word_count", {"text": "one two"})),
    ],
)
async def test_a_call_is_made_of_what_the_request_spells_out(
    text: str, tools: list[str], expected: tuple[str, Any]
) -> None:
    assert calls(await talk(text, *tools)) == [expected]


@pytest.mark.parametrize(
    ("text", "tools"),
    [
        ("Hello there", list(TOOLS)),
        ("We meet on 2026-11-22, from 10-12.", ["calculator", "file_read", "word_count"]),
        ("What is 1 + 1 and 2 + 2?", ["calculator"]),
        ('Who is "Ada"?', ["greet", "search"]),
        ("Use half of 3 or 4", ["half"]),
        ("now or zones?", ["clock"]),
        ("tides.txt", ["word_count"]),
    ],
)
async def test_no_call_is_made_where_it_would_be_a_guess(text: str, tools: list[str]) -> None:
    assert calls(await talk(text, *tools)) == []


async def test_a_tool_is_called_once_in_a_turn_and_again_in_the_next() -> None:
    first = await talk("What is 2 + 3?", "calculator")
    second = await talk("What is 4 * 5?", "calculator", before=first)
    assert calls(second) == [("calculator", {"expression": "2 + 3"}), ("calculator", {"expression": "4 * 5"})]
    assert second[-1].content == "calculator: 20."
    assert len({call.id for message in second for call in message.tool_calls}) == 2


async def test_a_named_tool_that_cannot_be_called_is_admitted() -> None:
    messages = await talk("Use half and then ping", "half", "ping")
    assert calls(messages) == [("ping", {})]
    assert messages[-1].content == (
        "ping: pong; half was not called, because the request does not spell out its number."
    )


async def test_an_error_of_a_tool_is_stated_and_its_text_goes_nowhere() -> None:
    messages = await talk("Read gone.txt with file_read and use word_count", "file_read", "word_count")
    assert calls(messages) == [("file_read", {"path": "gone.txt"})]
    assert messages[-1].content.startswith("file_read failed: Error (not_found): no gone.txt; word_count was not")


async def test_a_long_answer_of_a_tool_is_quoted_where_it_answers() -> None:
    messages = await talk("Look at tides.txt. What causes the tides?", "file_read")
    assert messages[-1].content == "The moon causes the tides."


async def test_a_question_is_answered_from_the_message() -> None:
    text = "Lua was made in Brazil in 1993. It is small and fast. Where was Lua made?"
    assert (await talk(text))[-1].content == "Lua was made in Brazil in 1993."


async def test_a_question_is_answered_from_what_was_said_before() -> None:
    before = await talk("Lua was made in Brazil in 1993. It is small. Is it?")
    assert (await talk("Where was Lua made?", before=before))[-1].content == "Lua was made in Brazil in 1993."


async def test_the_system_prompt_is_never_quoted() -> None:
    messages = [Message("system", "The secret word is tides."), Message("user", "What is the secret word?")]
    assert "tides" not in (await ask(messages)).message.content


async def test_without_anything_to_say_the_answer_says_so() -> None:
    nothing = "Offline, an answer quotes text that was given or states what tools answered; here is neither."
    assert (await talk("Hello"))[-1].content == nothing
    assert (await ask([])).message.content == nothing


async def test_the_stream_comes_in_words_and_adds_up_to_the_completion() -> None:
    request = ModelRequest("x", (Message("user", "The tide rises.  Then\nit falls. What does the tide do?"),))
    deltas: list[Delta] = [delta async for delta in OfflineProvider().stream(request, ignore)]
    text = [delta.text for delta in deltas if isinstance(delta, TextDelta)]
    assert len(text) > 2
    assert "".join(text) == (await OfflineProvider().complete(request, ignore)).message.content
    assert deltas[-1] == FinishDelta("stop", Usage(), "x", 0.0)


async def test_a_call_is_one_delta_and_a_finish() -> None:
    request = ModelRequest("x", (Message("user", "What is 2 + 2?"),), (TOOLS["calculator"][0],))
    assert [delta async for delta in OfflineProvider().stream(request, ignore)] == [
        ToolCallDelta(0, "offline_1", "calculator", '{"expression": "2 + 2"}'),
        FinishDelta("tool_calls", Usage(), "x", 0.0),
    ]


async def test_max_tokens_counts_words_and_ends_with_length() -> None:
    text = "The moon causes the tides. What causes the tides?"
    completion = await ask([Message("user", text)], max_tokens=3)
    assert completion.message.content == "The moon causes"
    assert completion.finish_reason == "length"
    assert (await ask([Message("user", text)], max_tokens=5)).finish_reason == "stop"


async def test_a_stop_sequence_ends_the_answer() -> None:
    completion = await ask([Message("user", "The moon causes the tides. What causes them?")], stop=("the",))
    assert completion.message.content == "The moon causes "


async def test_usage_and_cost_are_zero_and_the_price_is_known() -> None:
    completion = await ask([Message("user", "Hello")])
    assert (completion.usage, completion.cost) == (Usage(), 0.0)
    assert OfflineProvider().capabilities("any").priced


async def test_the_notice_is_sent_once() -> None:
    told: list[tuple[str, Any]] = []
    provider = OfflineProvider()
    for _ in range(3):
        request = ModelRequest("x", (Message("user", "Hello"),))
        await provider.complete(request, lambda kind, data: told.append((kind, data)))
    assert told == [("offline.notice", {"message": NOTICE})]


async def test_tool_choice_is_obeyed() -> None:
    asked = [Message("user", "What is 2 + 2?")]
    assert not (await ask(asked, "calculator", tool_choice="none")).message.tool_calls
    assert (await ask(asked, "calculator", tool_choice="auto")).message.tool_calls
    assert (await ask(asked, "calculator", tool_choice="required")).message.tool_calls
    [call] = (await ask(asked, "calculator", "search", tool_choice="search")).message.tool_calls
    assert call.name == "search"
    with pytest.raises(ProviderError, match="does not spell out a call for tool_choice 'required'"):
        await ask([Message("user", "Hello")], "calculator", tool_choice="required")
    with pytest.raises(ProviderError, match="does not spell out a call for tool_choice 'half'"):
        await ask([Message("user", "Hello")], "half", tool_choice="half")


async def test_it_is_found_by_its_entry_point_and_lists_its_model() -> None:
    provider = Plugins(Settings()).get("provider", "offline")
    assert isinstance(provider, OfflineProvider)
    assert provider.name == "offline"
    assert await provider.models() == ("extractive",)


def test_it_is_the_model_of_last_resort() -> None:
    provider = OfflineProvider()
    assert provider.fallback
    assert provider.default_model() == "extractive"


def test_a_configured_name_is_a_provider_of_its_own(tmp_path: Path) -> None:
    settings = Settings(load(tmp_path, {}, ["provider.lab.plugin=offline"]))
    assert Plugins(settings).get("provider", "lab").name == "lab"


def test_a_configuration_is_refused_because_there_is_nothing_to_configure(tmp_path: Path) -> None:
    settings = Settings(load(tmp_path, {}, ["provider.offline.temperature=1"]))
    with pytest.raises(ConfigError, match=r"provider\.offline\.temperature. is not known"):
        Plugins(settings).get("provider", "offline")


async def test_a_broken_history_does_not_break_it() -> None:
    messages = [Message("tool", "stray", (), "none"), Message("assistant", "hm"), Message("user", "Hello")]
    assert (await ask([*messages, Message("tool", "stray", (), "none")])).message.content
