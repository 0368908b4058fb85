"""Offers the agent type `planner`: a plan whose steps depend on one another, carried out by other agents."""

from __future__ import annotations

from collections.abc import Mapping

import attrs

from llmspell.agent import AgentSpec, AgentType, BaseAgent
from llmspell.agents.preset import Preset
from llmspell.agents.table import AgentTable
from llmspell.errors import UsageError
from llmspell.hookspecs import hookimpl
from llmspell.plugins import Settings
from llmspell.run import Run


@attrs.frozen
class PlannerTable(AgentTable):
    """A planner of the configuration, `[agent.NAME]`.

    Attributes:
        carry_out: whether its agents carry the plan out; otherwise the plan is the answer.
        steps: how many steps a plan may have.
        rounds: how many plans there may be where one cannot be carried out.
    """

    carry_out: bool = False
    steps: int = attrs.field(default=12, validator=attrs.validators.ge(1))
    rounds: int = attrs.field(default=3, validator=attrs.validators.ge(1))


class PlannerType(Preset[PlannerTable]):
    """Makes planners."""

    name = "planner"
    table = PlannerTable
    description = "Makes a plan, and has it carried out."
    role = "You are a planner. You divide what is asked into the few steps that it takes."
    rules = (
        "Each step has an id, a task that can be understood alone, and in needs the ids of the steps whose results it "
        "uses; whoever does it reads these results. The last step's result is the answer to what is asked. Plan only; "
        "do nothing of it yourself."
    )
    refused = ("output_schema",)

    def build(self, spec: AgentSpec, options: PlannerTable, run: Run) -> BaseAgent:
        """A planner that knows its agents; they are not its model's to ask."""
        from llmspell_agent_planner.agent import Planner
        from llmspell_agent_planner.plan import plan_schema

        names = [each if isinstance(each, str) else each.name for each in spec.agents]
        if options.carry_out and not names:
            raise UsageError(
                f"agent {spec.name!r} is to carry out its plan, and has no agents for it",
                component=f"agent:{spec.name}",
                hint="give it agents, or leave carry_out out",
            )
        told = [f"- {name}: {_described(run, each)}" for name, each in zip(names, spec.agents, strict=True)]
        planning = attrs.evolve(
            spec,
            agents=(),
            output_schema=plan_schema(names, options.steps),
            system="\n".join([spec.system, *(["The agents that can do a step:", *told] if told else [])]),
        )
        return Planner(super().build(planning, options, run), spec.agents, options)


def _described(run: Run, agent: str | BaseAgent) -> str:
    known = run.agents.get(agent) if isinstance(agent, str) else agent
    return known.description if known is not None and known.description else "what its name says"


@hookimpl
def llmspell_agents(settings: Settings) -> Mapping[str, AgentType]:
    """The agent type `planner`, and one for each agent that is configured with it."""
    return PlannerType.offered(settings)
