"""Runs with scripted models and agents that are functions, for tests of agents that work together."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from llmspell.agent import AgentInput, AgentSpec, BaseAgent, HandoffTo
from llmspell.config import load
from llmspell.context import Context
from llmspell.kernel import Kernel, RunOptions
from llmspell.result import HandoffRequest, Result
from llmspell.testing import ScriptedModel
from llmspell.testing.steps import Step, StepFor

Answer = str | HandoffRequest | Result
Said = Answer | Callable[[AgentInput, Context], Answer | Awaitable[Answer]]


class Speaker(BaseAgent):
    """Answers as it is told to, and keeps what it was asked."""

    def __init__(self, name: str, *answers: Said, returns: bool = False) -> None:
        self.name = name
        self.return_policy = "return" if returns else "stay"
        self.asked: list[AgentInput] = []
        self._answers = answers

    async def run(self, request: AgentInput, context: Context) -> Result:
        said = self._answers[min(len(self.asked), len(self._answers) - 1)]
        self.asked.append(request)
        answer = said(request, context) if callable(said) else said
        if isinstance(answer, Awaitable):
            answer = await answer
        if isinstance(answer, HandoffRequest):
            return Result(text=f"{self.name} hands over", agent=self.name, cost=0.0, handoff=answer)
        return answer if isinstance(answer, Result) else Result(text=answer, agent=self.name, cost=0.0)


class Bench:
    """A run whose model answers with `steps`, one by one."""

    def __init__(
        self, folder: Path, *steps: Step | StepFor[Step], sets: tuple[str, ...] = (), repeat: bool = False
    ) -> None:
        self.kernel = Kernel(load(folder, {}, sets), environ={})
        self.model = ScriptedModel(*steps, repeat=repeat)
        self.kernel.models.add(self.model)
        self.run = self.kernel.open_run(RunOptions(model="scripted/model"))

    def add(self, *agents: BaseAgent) -> None:
        """Make agents known by their names."""
        for agent in agents:
            self.run.agents[agent.name] = agent

    def llm(self, name: str, *, handoffs: tuple[str, ...] = (), **spec: Any) -> BaseAgent:
        """An agent with a model, known by its name."""
        made = self.run.make_agent("llm", AgentSpec(name, handoffs=tuple(map(HandoffTo, handoffs)), **spec))
        self.add(made)
        return made

    async def ask(self, agent: BaseAgent, text: str = "go", **more: Any) -> Result:
        """What an agent, or whoever it hands over to, answers."""
        return await self.run.run_agent(agent, AgentInput(text, **more))

    def paths(self, pattern: str) -> list[str]:
        """Where the matching events happened, in order."""
        return [event.path for event in self.run.log.history(pattern)]

    async def close(self) -> None:
        """End the run, and the kernel."""
        await self.run.close()
        await self.kernel.close()
