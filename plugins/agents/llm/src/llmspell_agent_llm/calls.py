"""Runs the tools that a model calls. What goes wrong in one goes back to the model, which may do better."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping, Sequence
from time import perf_counter
from typing import Any

import attrs

from llmspell.agent import AgentEvent, OnEvent
from llmspell.agents.delegation import TransferTool, answers_of_agents
from llmspell.context import Context
from llmspell.errors import BudgetExceeded, LlmspellError, UnknownPlugin, UsageError
from llmspell.message import Message, ToolCall
from llmspell.permissions import Grants
from llmspell.result import CallRecord, HandoffRequest
from llmspell.tool import Tool, as_text
from llmspell_agent_llm.conversation import Conversation

REFUSED_REPEATS = 3
"""The same calls this many turns in a row are not run again; the model is told so."""

MAX_REPEATS = 5
"""The same calls this many turns in a row end the run."""

MAX_OUTPUT = 200_000
"""Characters of a tool's answer that a model gets; the cut is marked."""

_FATAL = frozenset({"budget", "cancelled"})


class Caller:
    """The tool calls of one run of an agent; each is held to `rules`."""

    def __init__(
        self, tools: Mapping[str, Tool], context: Context, on_event: OnEvent | None, rules: Grants | None = None
    ) -> None:
        self._tools = tools
        self._context = context
        self._on_event = on_event
        self._rules = rules
        self._last: tuple[tuple[str, str], ...] = ()
        self._repeats = 0

    async def run(self, calls: Sequence[ToolCall], conversation: Conversation) -> None:
        """Run the calls of one turn at once, and add their answers in call order.

        Raises:
            BudgetExceeded, Cancelled: nothing more may run; the answers that there are were added first.
        """
        refusal = self._refusal(calls)
        with answers_of_agents(self._context.operation) as answers:
            if len(calls) == 1:
                outcomes = [await self._one(calls[0], refusal)]
            else:
                outcomes = await asyncio.gather(*(self._one(call, refusal) for call in calls))
        for answer in answers:
            conversation.spend(answer)
        for record, text, _ in outcomes:
            if isinstance(record.output, HandoffRequest):
                told_of = self._hand_over(record, record.output, conversation)
            else:
                told_of = record, text
            conversation.calls.append(told_of[0])
            conversation.add(Message("tool", told_of[1], (), record.id))
        for _, _, fatal in outcomes:
            if fatal is not None:
                raise fatal

    def _hand_over(
        self, record: CallRecord, handoff: HandoffRequest, conversation: Conversation
    ) -> tuple[CallRecord, str]:
        """Let another agent go on after this turn: the one that the first of its calls names."""
        first = conversation.handoff
        if first is None:
            conversation.hand_over(attrs.evolve(handoff, call=record.id))
            text = f"The conversation was handed over to {handoff.target}."
            return attrs.evolve(record, output={"handoff": handoff.target}), text
        error = UsageError(
            f"the conversation was handed over to {first.target!r} already, by another call of this turn"
        )
        return attrs.evolve(record, output=None, error=error.to_dict()), told(error)

    def _refusal(self, calls: Sequence[ToolCall]) -> UsageError | None:
        """Why these calls are not run: they repeat themselves.

        Raises:
            BudgetExceeded: they have done so for too long.
        """
        asked = tuple((call.name, call.arguments) for call in calls)
        self._repeats = self._repeats + 1 if asked == self._last else 1
        self._last = asked
        if self._repeats >= MAX_REPEATS:
            hint = "the model asks for the same again and again: say in the system prompt when it is done"
            raise BudgetExceeded("repeated_calls", MAX_REPEATS, unit="identical turns", hint=hint)
        if self._repeats < REFUSED_REPEATS:
            return None
        return UsageError(
            f"the same call was made {self._repeats} times in a row and would answer the same again",
            hint="answer with what you have, or call something else",
        )

    async def _one(self, call: ToolCall, refusal: UsageError | None) -> tuple[CallRecord, str, LlmspellError | None]:
        """The record of a call, what the model reads, and an error that ends the run."""
        begin = perf_counter()
        arguments: Any = call.arguments
        try:
            arguments = parse(call)
            self._tell("tool_call", {"id": call.id, "name": call.name, "arguments": arguments})
            if refusal is not None:
                raise refusal
            tool = self._find(call.name)
            output = await self._context.call_tool(tool, arguments, self._rules)
            if isinstance(tool, TransferTool):
                output = tool.wish(output) or output
        except LlmspellError as error:
            failure = error.to_dict()
            self._tell("tool_result", {"id": call.id, "name": call.name, "error": failure})
            record = CallRecord(call.id, call.name, arguments, None, failure, perf_counter() - begin)
            return record, told(error), error if error.kind in _FATAL else None
        shown = {"handoff": output.target} if isinstance(output, HandoffRequest) else output
        self._tell("tool_result", {"id": call.id, "name": call.name, "output": shown})
        record = CallRecord(call.id, call.name, arguments, output, None, perf_counter() - begin)
        return record, capped(as_text(output)), None

    def _find(self, name: str) -> Tool:
        tool = self._tools.get(name)
        if tool is None:
            raise UnknownPlugin("tool", name, sorted(self._tools), hint="call one of these tools")
        return tool

    def _tell(self, kind: str, data: Mapping[str, Any]) -> None:
        if self._on_event is not None:
            self._on_event(AgentEvent(kind, data))


def parse(call: ToolCall) -> dict[str, Any]:
    """The arguments of a call; none at all count as an empty object.

    Raises:
        UsageError: they are not a JSON object.
    """
    if not call.arguments.strip():
        return {}
    try:
        arguments = json.loads(call.arguments)
    except (ValueError, RecursionError) as cause:
        raise UsageError(
            f"the arguments of {call.name!r} are not JSON: {cause}", hint="send one JSON object"
        ) from cause
    if not isinstance(arguments, dict):
        raise UsageError(f"the arguments of {call.name!r} must be a JSON object, not {type(arguments).__name__}")
    return arguments


def told(error: LlmspellError) -> str:
    """An error as the model reads it."""
    return f"Error ({error.kind}): {error.message}" + (f"; {error.hint}" if error.hint else "")


def capped(text: str) -> str:
    """At most `MAX_OUTPUT` characters, and a note of what is missing."""
    if len(text) <= MAX_OUTPUT:
        return text
    return f"{text[:MAX_OUTPUT]}\n[cut: {len(text) - MAX_OUTPUT} more characters]"
