"""A handoff between two llmspell agents: `handoff.py [transfer|tool|run]`; see `benchmarks.handoff`.

Variants: `transfer` (the model calls `transfer_to_weather`), `tool` (it calls a tool that returns the handoff), `run`
(as `transfer`, and every question has a `Run` of its own; in the others all share one).
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from benchmarks import handoff, timing
from benchmarks.ours.agent_runs import UNLIMITED
from benchmarks.ours.models import forgetful

from llmspell.agent import AgentInput, AgentSpec, BaseAgent, HandoffTo
from llmspell.config import load
from llmspell.kernel import Kernel
from llmspell.result import HandoffRequest
from llmspell.run import Run
from llmspell.testing import Calls, Text
from llmspell.tool import Tool

_TRANSFER = f"transfer_to_{handoff.SECOND}"
_DESK = "ask_the_desk"


class _Desk(Tool):
    """Hands over to the agent that knows."""

    name = _DESK
    description = handoff.SECOND_DESCRIPTION
    parameters = {"type": "object", "properties": {}}
    quick = True

    def run(self, arguments: dict[str, Any], context: object) -> HandoffRequest:
        """Always the same agent."""
        return HandoffRequest(handoff.SECOND)


def _make_kernel(tool: str) -> Kernel:
    """A kernel without budget, with a model for each agent; that of the first one calls the tool."""
    kernel = Kernel(load(Path.cwd(), {}, [*UNLIMITED, "budget.hops=1000000000"]), environ={})
    kernel.models.add(forgetful("first", Calls((tool, "{}"))))
    kernel.models.add(forgetful("second", Text(timing.ANSWER)))
    return kernel


def _make_agent(run: Run, tool: str) -> BaseAgent:
    """The first agent; the second one is in the run too."""
    spec = AgentSpec(handoff.SECOND, handoff.SECOND_DESCRIPTION, model="second/model", system=handoff.SECOND_SYSTEM)
    second = run.agents[handoff.SECOND] = run.make_agent("llm", spec)
    first = AgentSpec(
        handoff.FIRST,
        model="first/model",
        system=handoff.FIRST_SYSTEM,
        tools=(_Desk(),) if tool == _DESK else (),
        handoffs=(HandoffTo(second),) if tool == _TRANSFER else (),
    )
    return run.make_agent("llm", first)


async def _make() -> handoff.Once:
    kind = sys.argv[1]
    tool = _DESK if kind == "tool" else _TRANSFER
    kernel = _make_kernel(tool)
    run = kernel.open_run()
    agent = _make_agent(run, tool)

    async def once() -> str:
        return (await run.run_agent(agent, AgentInput(timing.PROMPT))).text

    async def once_in_a_run() -> str:
        own = kernel.open_run()
        found = await own.run_agent(agent, AgentInput(timing.PROMPT))
        await own.close()
        return found.text

    return once_in_a_run if kind == "run" else once


if __name__ == "__main__":
    handoff.main(_make)
