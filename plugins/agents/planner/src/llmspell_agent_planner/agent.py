"""A planner: a plan that cannot be carried out goes back to the model; one that can may be."""

from __future__ import annotations

from collections.abc import Sequence
from time import perf_counter
from typing import Any

import attrs

from llmspell.agent import AgentInput, BaseAgent
from llmspell.agents.handoff import summed
from llmspell.agents.lookup import known_agent
from llmspell.agents.verified import Verified
from llmspell.context import Context
from llmspell.result import COMPLETED, Result, StepRecord
from llmspell.tool import as_text
from llmspell_agent_planner.plan import PlanStep, in_order, plan_of, problem_of
from llmspell_agent_planner.plugin import PlannerTable


class Planner(Verified):
    """Plans until the plan can be carried out, and then has it carried out if that is wanted.

    Args:
        agent: who plans.
        agents: who can do the steps.
        options: its limits, and whether the plan is carried out.
    """

    def __init__(self, agent: BaseAgent, agents: Sequence[str | BaseAgent], options: PlannerTable) -> None:
        super().__init__(agent, options.rounds)
        self._agents = {each if isinstance(each, str) else each.name: each for each in agents}
        self._carry_out = options.carry_out

    async def problem(self, result: Result, request: AgentInput, context: Context) -> str:
        """What keeps the plan from being carried out."""
        return problem_of(plan_of(result.output))

    def finished(self, result: Result) -> Result:
        """The text is the plan in words, in an order in which it can be done."""
        return attrs.evolve(result, text="\n".join(map(_line, in_order(plan_of(result.output)))))

    async def run(self, request: AgentInput, context: Context) -> Result:
        """The plan, or what came of it: `output` has `results` by step, and `steps` of the result how each went."""
        result = await super().run(request, context)
        if result.stop_reason != COMPLETED or result.handoff is not None or not self._carry_out:
            return result
        return await self._done(result, request, context)

    async def _done(self, plan: Result, request: AgentInput, context: Context) -> Result:
        """What came of a plan: the text of its last step, or of the one that stopped early."""
        steps = in_order(plan_of(plan.output))
        texts: dict[str, str] = {}
        records: list[StepRecord] = []
        results = [plan]
        for step in steps:
            begin = perf_counter()
            agent = known_agent(context.run, self._agents[step.agent])
            result = await context.run_agent(agent, AgentInput(_asked(step, request, texts), (), request.on_event))
            results.append(result)
            texts[step.id] = result.text or as_text(result.output)
            records.append(_record(step, result, texts[step.id], perf_counter() - begin))
            if result.stop_reason != COMPLETED:
                break
        pending = [StepRecord(step.id, "agent", "pending", attempts=0) for step in steps[len(records) :]]
        *before, last = results
        return attrs.evolve(
            summed(last, before),
            text=texts[steps[len(records) - 1].id],
            output={**plan.output, "results": texts},
            messages=(),
            agent=self.name,
            steps=(*records, *pending),
        )


def _asked(step: PlanStep, request: AgentInput, texts: dict[str, str]) -> str:
    """The task of a step, with what it is for and the results that it needs."""
    parts = [step.task, f"This is a part of: {request.text}"]
    parts += [f"Result of the step {each}:\n{texts[each]}" for each in step.needs]
    return "\n\n".join(parts)


def _record(step: PlanStep, result: Result, text: str, duration: float) -> StepRecord:
    status = "completed" if result.stop_reason == COMPLETED else "failed"
    output: Any = text if result.output is None else result.output
    return StepRecord(step.id, "agent", status, output, text, result.error, duration)


def _line(step: PlanStep) -> str:
    by = f" ({step.agent})" if step.agent else ""
    after = f", after {', '.join(step.needs)}" if step.needs else ""
    return f"{step.id}: {step.task}{by}{after}"
