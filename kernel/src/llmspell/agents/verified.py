"""Agents whose answers a program verifies before they count; what is wrong with one goes back to the agent."""

from __future__ import annotations

from abc import abstractmethod
from typing import ClassVar

import attrs

from llmspell.agent import AgentInput, BaseAgent
from llmspell.agents.handoff import summed
from llmspell.context import Context
from llmspell.errors import LlmspellError
from llmspell.failures import stop_reason
from llmspell.message import Message
from llmspell.result import COMPLETED, Result
from llmspell.tool import as_text


class Verified(BaseAgent):
    """Asks an agent, and asks it again with what is wrong, until nothing is or `rounds` answers were wrong.

    Then the result is the last answer, with the stop reason `budget.rounds`. The agent works as a part of this one: its
    operations stand below this one's path, and its own limits (`max_turns`, `timeout`) hold for each answer.

    Args:
        agent: who answers; this one has its name.
        rounds: how many answers there may be.
    """

    STOPPED: ClassVar[str] = "budget.rounds"

    def __init__(self, agent: BaseAgent, rounds: int) -> None:
        self.name = agent.name
        self.description = agent.description
        self._agent = agent
        self._rounds = rounds

    @abstractmethod
    async def problem(self, result: Result, request: AgentInput, context: Context) -> str:
        """What is wrong with an answer, in words to the agent; empty where it counts.

        Args:
            result: the answer, with the calls of all rounds.
            request: what the agent was asked at first.
            context: for tools that find it out.

        Raises:
            LlmspellError: it cannot be found out; the answer is kept, with the error as its reason to stop.
        """

    def finished(self, result: Result) -> Result:
        """The result of an answer that counts."""
        return result

    async def run(self, request: AgentInput, context: Context) -> Result:
        """The first answer that counts, or the last one with the reason why none does."""
        asked, before = request, list[Result]()
        while True:
            answer = await self._agent.run(asked, context)
            result = summed(answer, before)
            if answer.handoff is not None or answer.stop_reason != COMPLETED:
                return result
            try:
                problem = await self.problem(result, request, context)
            except LlmspellError as error:
                if error.kind == "cancelled":
                    raise
                return attrs.evolve(result, stop_reason=stop_reason(error), error=error.to_dict())
            if not problem:
                return self.finished(result)
            before.append(answer)
            if len(before) >= self._rounds:
                return attrs.evolve(result, stop_reason=self.STOPPED, error=self._used_up(problem).to_dict())
            asked = AgentInput(problem, conversation_of(asked, answer), request.on_event)

    def _used_up(self, problem: str) -> LlmspellError:
        return LlmspellError(
            f"agent {self.name!r} has given {self._rounds} answers, and the last is still wrong: {problem}",
            kind="budget",
            component=f"agent:{self.name}",
            hint="raise its option rounds, or ask for less at once",
            details={"budget": "rounds", "limit": self._rounds},
        )


def conversation_of(asked: AgentInput, answer: Result) -> tuple[Message, ...]:
    """All that was said up to an agent's answer; an agent that keeps no messages has said its text or its output."""
    if answer.messages:
        return tuple(answer.messages)
    said = answer.text or as_text(answer.output)
    return (*asked.conversation(), Message("assistant", said))
