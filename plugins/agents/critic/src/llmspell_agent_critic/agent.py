"""Draft, critique, refine: until the critic accepts, or the rounds are used up."""

from __future__ import annotations

import attrs

from llmspell.agent import AgentInput, AgentSpec, BaseAgent
from llmspell.agents.handoff import summed
from llmspell.agents.verified import conversation_of
from llmspell.context import Context
from llmspell.errors import LlmspellError, UsageError
from llmspell.message import Message
from llmspell.result import COMPLETED, Result
from llmspell.tool import as_text
from llmspell_agent_critic.plugin import CriticTable

CRITERIA = "It does what was asked, it is right and complete, and nothing in it is superfluous."


class Refined(BaseAgent):
    """An agent whose drafts another one must accept.

    Args:
        spec: its name and description.
        generator: who drafts.
        critic: who judges; its output is `{accepted, critique}`.
        options: the criteria and the rounds.
    """

    def __init__(self, spec: AgentSpec, generator: BaseAgent, critic: BaseAgent, options: CriticTable) -> None:
        self.name = spec.name
        self.description = spec.description
        self._generator = generator
        self._critic = critic
        self._criteria = options.criteria or CRITERIA
        self._rounds = options.rounds

    async def run(self, request: AgentInput, context: Context) -> Result:
        """The draft that was accepted, or the last one with the reason why none was; `output` is the draft's own."""
        asked, before = request, list[Result]()
        for number in range(1, self._rounds + 1):
            draft = await context.run_agent(self._generator, asked)
            if draft.stop_reason != COMPLETED:
                break
            verdict = await context.run_agent(self._critic, AgentInput(self._question(request, draft)))
            before.append(verdict)
            if verdict.stop_reason != COMPLETED:
                draft = attrs.evolve(draft, stop_reason=verdict.stop_reason, error=verdict.error)
                break
            critique = self._critique(verdict)
            if critique is None:
                break
            if number == self._rounds:
                draft = attrs.evolve(draft, stop_reason="budget.rounds", error=self._used_up(critique))
                break
            before.append(draft)
            told = f"Write it anew, and mend this:\n{critique}"
            asked = AgentInput(told, conversation_of(asked, draft), request.on_event)
        return self._of(draft, request, before)

    def _question(self, request: AgentInput, draft: Result) -> str:
        return (
            f"What was asked:\n{request.text}\n\nThe criteria:\n{self._criteria}\n\n"
            f"The draft:\n{draft.text or as_text(draft.output)}"
        )

    def _critique(self, verdict: Result) -> str | None:
        """What to change; None where the draft is accepted.

        Raises:
            UsageError: the critic's output is something else.
        """
        match verdict.output:
            case {"accepted": True}:
                return None
            case {"accepted": False, "critique": str() as critique}:
                return critique
        raise UsageError(
            f"the critic {self._critic.name!r} of agent {self.name!r} answered without a verdict: "
            f"{as_text(verdict.output) or verdict.text!r}",
            component=f"agent:{self._critic.name}",
            hint="its output must be { accepted, critique }",
        )

    def _of(self, draft: Result, request: AgentInput, before: list[Result]) -> Result:
        """The result: of the conversation, only what was asked and the draft are kept."""
        said = Message("assistant", draft.text or as_text(draft.output))
        messages = request.conversation().plus(said)
        return attrs.evolve(summed(draft, before), agent=self.name, messages=messages)

    def _used_up(self, critique: str) -> dict[str, object]:
        return LlmspellError(
            f"agent {self.name!r} has written {self._rounds} drafts, and the critic accepts none: {critique}",
            kind="budget",
            component=f"agent:{self.name}",
            hint="raise its option rounds, or ask for less in its criteria",
            details={"budget": "rounds", "limit": self._rounds},
        ).to_dict()
