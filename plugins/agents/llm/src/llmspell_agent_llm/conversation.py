"""What one run of an agent has said, called and used so far."""

from __future__ import annotations

from typing import Any

import attrs

from llmspell.agent import AgentInput
from llmspell.agents.history import NOT_RUN, answered
from llmspell.errors import LlmspellError, ProviderError
from llmspell.message import Completion, Message, Usage
from llmspell.messages import Messages
from llmspell.result import COMPLETED, CallRecord, HandoffRequest, Result

_TAKEN = "Taken as the answer."


@attrs.define
class Conversation:
    """Grows turn by turn; `result` can be asked for at any time, so that a limit keeps what there is.

    `counted` is how many tokens the provider has counted of the first `counted_messages`.
    """

    messages: Messages
    calls: list[CallRecord] = attrs.field(factory=list)
    usage: Usage = Usage()
    cost: float | None = 0.0
    text: str = ""
    output: Any = None
    stop_reason: str = "interrupted"
    error: dict[str, Any] | None = None
    handoff: HandoffRequest | None = None
    counted: int = 0
    counted_messages: int = 0

    @classmethod
    def begin(cls, system: str, request: AgentInput) -> Conversation:
        """The conversation before the first turn; without a system prompt of its own, that of the history stays."""
        first = request.history[0] if request.history else None
        kept = first.content if first is not None and first.role == "system" else ""
        return cls(request.conversation(system or kept))

    def add_completion(self, completion: Completion) -> None:
        """Take in a model's answer."""
        self.add(completion.message)
        self.text = completion.message.content or self.text
        self.spend(completion)
        self.counted = completion.usage.total_tokens
        self.counted_messages = len(self.messages)

    def add(self, *messages: Message) -> None:
        """Take in what else was said."""
        self.messages = self.messages.plus(*messages)

    def spend(self, used: Completion | Result) -> None:
        """Count what a model call used, or an agent that was asked."""
        self.usage = self.usage + used.usage
        self.cost = None if used.cost is None or self.cost is None else self.cost + used.cost

    def finish(self, output: Any) -> None:
        """End well, with structured output."""
        self.output = output
        self.stop_reason = COMPLETED

    def stop(self, reason: str, error: LlmspellError | None) -> None:
        """End for a reason."""
        self.stop_reason = reason
        self.handoff = None
        self.error = error.to_dict() if error else None

    def hand_over(self, handoff: HandoffRequest) -> None:
        """End, because another agent is to go on."""
        self.handoff = handoff
        self.stop_reason = COMPLETED

    def fail(self, agent: str, problem: str) -> None:
        """End because the answer is still not as it was asked for."""
        self.stop("error", ProviderError(f"agent {agent!r}: {problem}", component=f"agent:{agent}"))

    def result(self, agent: str) -> Result:
        """What the run came to. The conversation can go on: calls that a limit left without an answer get one."""
        missing = answered(self.messages, _TAKEN if self.stop_reason == COMPLETED else NOT_RUN)
        return Result(
            self.text,
            self.output,
            self.stop_reason,
            self.usage,
            self.cost,
            self.messages.plus(*missing) if missing else self.messages,
            tuple(self.calls),
            self.error,
            agent,
            handoff=self.handoff,
        )
