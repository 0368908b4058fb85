"""What one run of an agent has said, called and used so far."""

from __future__ import annotations

from typing import Any

import attrs

from llmspell.agent import AgentInput
from llmspell.errors import LlmspellError, ProviderError
from llmspell.message import Completion, Message, Usage
from llmspell.result import COMPLETED, CallRecord, Result


@attrs.define
class Conversation:
    """Grows turn by turn; `result` can be asked for at any time, so that a limit keeps what there is."""

    messages: list[Message]
    calls: list[CallRecord] = attrs.field(factory=list)
    usage: Usage = Usage()
    cost: float | None = 0.0
    text: str = ""
    output: Any = None
    stop_reason: str = "interrupted"
    error: dict[str, Any] | None = None

    @classmethod
    def begin(cls, system: str, request: AgentInput) -> Conversation:
        """The conversation before the first turn: the system prompt, the history without one, and the input."""
        history = [message for message in request.history if message.role != "system" or not system]
        first = [Message("system", system)] if system else []
        return cls([*first, *history, Message("user", request.text)])

    def add_completion(self, completion: Completion) -> None:
        """Take in a model's answer."""
        self.messages.append(completion.message)
        self.text = completion.message.content or self.text
        self.usage = self.usage + completion.usage
        self.cost = None if completion.cost is None or self.cost is None else self.cost + completion.cost

    def finish(self, output: Any) -> None:
        """End well, with structured output."""
        self.output = output
        self.stop_reason = COMPLETED

    def stop(self, reason: str, error: LlmspellError | None) -> None:
        """End for a reason."""
        self.stop_reason = reason
        self.error = error.to_dict() if error else None

    def fail(self, agent: str, problem: str) -> None:
        """End because the answer still does not fit the schema."""
        sentence = f"agent {agent!r}: the model's answer does not fit output_schema: {problem}"
        self.stop("error", ProviderError(sentence, component=f"agent:{agent}"))

    def result(self, agent: str) -> Result:
        """What the run came to."""
        return Result(
            self.text,
            self.output,
            self.stop_reason,
            self.usage,
            self.cost,
            tuple(self.messages),
            tuple(self.calls),
            self.error,
            agent,
        )
