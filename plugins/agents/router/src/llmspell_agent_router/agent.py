"""A router: a rule or a model names the agent, and the conversation is handed over to it."""

from __future__ import annotations

from collections.abc import Mapping
from fnmatch import fnmatchcase

import attrs

from llmspell.agent import AgentInput, BaseAgent, HandoffTo
from llmspell.agents.lookup import known_agent
from llmspell.context import Context
from llmspell.result import COMPLETED, HandoffRequest, Result
from llmspell_agent_router.plugin import RouterTable, Rule

NOBODY = "nobody"


class Router(BaseAgent):
    """Hands over; it answers itself only what an agent that gives conversations back has answered.

    Args:
        agent: who chooses; this one has its name.
        targets: whom it may hand over to.
        options: its rules and its fallback.
    """

    def __init__(self, agent: BaseAgent, targets: Mapping[str, HandoffTo], options: RouterTable) -> None:
        self.name = agent.name
        self.description = agent.description
        self._agent = agent
        self._targets = targets
        self._options = options

    async def run(self, request: AgentInput, context: Context) -> Result:
        """The wish that the right one goes on; where a limit kept the model from choosing, why."""
        if request.answer is not None:
            return _passed_on(request.answer, self.name)
        ruled = self._ruled(request.text)
        if ruled is not None:
            return self._to(Result(cost=0.0), ruled.to, f"it fits {ruled.match}", context)
        choice = await self._agent.run(attrs.evolve(request, on_event=None), context)  # its words are for nobody
        if choice.stop_reason == COMPLETED and choice.output["agent"] != NOBODY:
            return self._to(choice, choice.output["agent"], choice.output["reason"], context)
        if choice.stop_reason in (COMPLETED, "error") and self._options.fallback:
            return self._to(choice, self._options.fallback, "it was for nobody else", context)
        return choice

    def _ruled(self, text: str) -> Rule | None:
        said = text.casefold()
        return next((rule for rule in self._options.rules if fnmatchcase(said, rule.match.casefold())), None)

    def _to(self, choice: Result, name: str, reason: str, context: Context) -> Result:
        """The wish, without the words of the choice: they are no part of the conversation."""
        to = self._targets[name]
        if not isinstance(to.agent, str):
            known_agent(context.run, to.agent)
        return Result(
            usage=choice.usage,
            cost=choice.cost,
            agent=self.name,
            handoff=HandoffRequest(name, history=to.history, reason=reason),
        )


def _passed_on(answer: Result, name: str) -> Result:
    """Another's answer as one's own; what it used is counted where it was used."""
    return Result(answer.text, answer.output, answer.stop_reason, cost=0.0, error=answer.error, agent=name)
