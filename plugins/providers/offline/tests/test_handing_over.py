"""The offline provider among agents: whom it hands over to, and what it makes of handoffs that were."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from llmspell.message import Message, ModelRequest, ToolCall, ToolSpec
from llmspell_provider_offline.plugin import OfflineProvider

ABOUT = {
    "billing": "Invoices, payments and refunds.",
    "returns": "Takes back what a customer wants to return.",
    "technical": "Why a kettle does not switch off.",
}
HANDED_OVER = "The conversation was handed over to returns."


def transfer(name: str) -> ToolSpec:
    return ToolSpec(f"transfer_to_{name}", f"Hand the conversation over to {name}. {ABOUT[name]}", {"type": "object"})


def greet() -> ToolSpec:
    schema = {"type": "object", "properties": {"name": {"type": "string"}}, "required": ["name"]}
    return ToolSpec("greet", "Greets somebody", schema)


def ignore(kind: str, data: Mapping[str, Any]) -> None:
    """Nobody listens."""


async def answer(messages: Sequence[Message], *tools: ToolSpec) -> Message:
    offered = tools or tuple(map(transfer, ABOUT))
    return (await OfflineProvider().complete(ModelRequest("extractive", tuple(messages), offered), ignore)).message


def called(tool: str, result: str) -> tuple[Message, Message]:
    """A call and its answer."""
    return Message("assistant", "", (ToolCall("call_1", tool, "{}"),)), Message("tool", result, (), "call_1")


@pytest.mark.parametrize(
    ("asked", "agent"),
    [
        ("My last invoice is wrong.", "billing"),
        ("I want to return this.", "returns"),
        ("The kettle does not switch off!", "technical"),
        ("Transfer to billing, please: my kettle does not switch off", "billing"),
    ],
)
async def test_it_hands_over_to_the_agent_whose_description_fits_best(asked: str, agent: str) -> None:
    [call] = (await answer([Message("user", asked)])).tool_calls
    assert (call.name, json.loads(call.arguments)) == (f"transfer_to_{agent}", {})


@pytest.mark.parametrize(
    "asked",
    [
        "Good morning.",
        "Give me a refund for the kettle.",  # two fit alike
        "Whom was this conversation handed over to?",  # as is said of every agent
    ],
)
async def test_it_hands_over_to_nobody_when_none_or_several_fit(asked: str) -> None:
    assert (await answer([Message("user", asked)])).tool_calls == ()


@pytest.mark.parametrize("asked", ["Good morning.", "Whom was this conversation handed over to?"])
async def test_the_only_agent_there_is_must_fit_too(asked: str) -> None:
    assert (await answer([Message("user", asked)], transfer("billing"))).tool_calls == ()


async def test_a_tool_that_fits_comes_before_a_handoff() -> None:
    asked = Message("user", 'I want to return this to "Ada".')
    [call] = (await answer([asked], greet(), transfer("returns"))).tool_calls
    assert call.name == "greet"


async def test_one_request_is_handed_over_by_words_once() -> None:
    asked = Message("user", "I want to return this kettle. The refund is late.")
    handed = called("transfer_to_returns", HANDED_OVER)
    assert (await answer([asked, *handed], transfer("billing"))).tool_calls == ()


async def test_that_the_conversation_was_handed_over_is_no_part_of_an_answer() -> None:
    asked = Message("user", "The lid is broken. I want to return it.")
    handed = called("transfer_to_returns", HANDED_OVER)
    assert "handed over" not in (await answer([asked, *handed], greet())).content
    later = [asked, *handed, Message("user", "What was handed over?")]
    assert "handed over" not in (await answer(later, greet())).content


async def test_the_answer_of_one_who_gave_the_conversation_back_is_quoted() -> None:
    told = "technical answered:\nClose the lid of the kettle firmly. A seal costs nothing."
    asked = Message("user", "How do I close the lid?")
    reply = await answer([asked, *called("transfer_to_technical", told)])
    assert (reply.tool_calls, reply.content) == ((), "Close the lid of the kettle firmly.")
