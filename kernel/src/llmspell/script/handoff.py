"""Handoffs that a script's functions return: `return Agent.handoff("billing", { input = "..." })`.

What a function gets from `Agent.handoff` is a mark that nobody can guess, and the kernel keeps what it stands for. So
data that a tool or an agent merely passes on, wherever it comes from, never moves a conversation.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Annotated, Any, TypedDict

import attrs

from llmspell.agents.history import check_history
from llmspell.errors import LlmspellError, UsageError
from llmspell.export import message_dict
from llmspell.message import Message
from llmspell.result import HandoffRequest, History
from llmspell.script.check import Function, checker
from llmspell.script.convert import MessageOptions, to_messages
from llmspell.script.shapes import Called, MessageShape

if TYPE_CHECKING:
    from llmspell.bridge.host import Bridge

_MOST = 1000
_MARK = re.compile(r"[0-9a-f]{32}")
_CAMEL = {"toolCalls": "tool_calls", "toolCallId": "tool_call_id"}

HistoryFunction = Annotated[Function, Called(messages=list[MessageShape], gives=list[MessageShape])]


class HandoffShape(TypedDict):
    """A handoff, to be returned as it is by an agent's or a tool's function."""

    handoff: str


@attrs.frozen
class HandoffOptions:
    """What goes along with a handoff.

    `input` is what the other agent is asked; without it, what the user said last. `history` is what of the conversation
    goes along: `all`, `none`, how many messages from the end, or a function that gets them all and gives those.
    `state` has values that are set in the run's state before; `reason` is for people and events.
    """

    input: str = ""
    history: str | int | HistoryFunction = "all"
    state: Mapping[str, Any] = attrs.field(factory=dict)
    reason: str = ""


class Pending:
    """The handoffs that a script has asked for; one may be returned more than once."""

    def __init__(self) -> None:
        self._asked: dict[str, HandoffRequest] = {}
        self._returned: dict[str, None] = {}  # the longest ago first

    def add(self, request: HandoffRequest) -> HandoffShape:
        """The mark to return in the handoff's place.

        Raises:
            LlmspellError: of kind `budget`: too many were never returned.
        """
        if len(self._asked) >= _MOST:
            self._make_room()
        mark = os.urandom(16).hex()
        self._asked[mark] = request
        return {"handoff": mark}

    def _make_room(self) -> None:
        if not self._returned:
            raise LlmspellError(
                f"the script has asked for {_MOST} handoffs that it did not return",
                kind="budget",
                component="global:Agent",
                hint="return what Agent.handoff gives",
                details={"budget": "handoffs", "limit": _MOST},
            )
        oldest = next(iter(self._returned))
        del self._returned[oldest], self._asked[oldest]

    def redeem(self, answer: Any) -> Any:
        """The handoff that a function's answer stands for; any other answer as it is."""
        if not isinstance(answer, Mapping) or answer.keys() != {"handoff"}:
            return answer
        mark = answer["handoff"]
        found = self._asked.get(mark) if isinstance(mark, str) else None
        if found is None:
            return answer
        self._returned.pop(mark, None)
        self._returned[mark] = None
        return found


def refuse_mark(answer: Any, who: str) -> None:
    """Refuse an answer that asks for a handoff where none can be carried out.

    Raises:
        UsageError: it is one of the marks that `Pending.add` gives.
    """
    if isinstance(answer, Mapping) and answer.keys() == {"handoff"} and _MARK.fullmatch(str(answer["handoff"])):
        raise UsageError(f"{who} asks for a handoff, which only agents and their tools can", hint="use an agent step")


def to_history(history: str | int | Function, bridge: Bridge) -> History:
    """The kernel's form of what goes along.

    Raises:
        UsageError: it is a text that means nothing, or a number below 0.
    """
    if not isinstance(history, Function):
        check_history(history)
        return history
    check = checker(tuple[MessageOptions, ...])

    async def made(messages: Sequence[Message]) -> tuple[Message, ...]:
        given = await history([message_dict(message) for message in messages])
        named = [_snake(message) for message in given] if isinstance(given, list) else given
        return to_messages(check(named, "the history function's result", bridge))

    return made


def _snake(message: Any) -> Any:
    """A message with the names of its keys as in the kernel: a function's result comes as its language writes it."""
    if not isinstance(message, dict):
        return message
    return {_CAMEL.get(key, key): value for key, value in message.items()}
