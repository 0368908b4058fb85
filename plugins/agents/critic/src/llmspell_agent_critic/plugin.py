"""Offers the agent type `critic`: a draft is criticised and refined until it is accepted."""

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

VERDICT = {
    "type": "object",
    "properties": {
        "accepted": {"type": "boolean"},
        "critique": {"type": "string", "description": "What to change; empty once it is accepted."},
    },
    "required": ["accepted", "critique"],
    "additionalProperties": False,
}


@attrs.frozen
class CriticTable(AgentTable):
    """A pair of the configuration, `[agent.NAME]`.

    Attributes:
        generator: who drafts: the name of an agent of the run, or of an agent type; empty for the type `llm`. One that
            is made of a type gets what the specification says: model, system, tools and so on.
        critic: who criticises, named likewise. Its output is `{accepted, critique}`.
        criteria: what a draft must be to be accepted, for the critic.
        rounds: how many drafts there may be.
    """

    generator: str = ""
    critic: str = ""
    criteria: str = ""
    rounds: int = attrs.field(default=3, validator=attrs.validators.ge(1))


class CriticType(Preset[CriticTable]):
    """Makes agents that are two: one drafts, the other criticises."""

    name = "critic"
    table = CriticTable
    description = "Answers with a draft that was criticised and refined."
    refused = ("handoffs",)

    def build(self, spec: AgentSpec, options: CriticTable, run: Run) -> BaseAgent:
        """The pair; each is found or made now, so that a wrong name fails early."""
        from llmspell_agent_critic.agent import Refined

        return Refined(spec, self._generator(spec, options, run), self._critic(spec, options, run), options)

    def _generator(self, spec: AgentSpec, options: CriticTable, run: Run) -> BaseAgent:
        drafting = attrs.evolve(spec, name=f"{spec.name}-generator", description="Drafts.", return_policy="stay")
        if options.generator not in run.agents:
            return run.make_agent(options.generator or self.base, drafting)
        given = attrs.asdict(spec, recurse=False)
        own = ("name", "description", "permissions", "return_policy")
        nothing = attrs.asdict(AgentSpec(""), recurse=False)
        useless = [name for name in given if name not in own and given[name] != nothing[name]]
        if useless:
            raise UsageError(
                f"agent {spec.name!r}: its generator {options.generator!r} exists already, and takes no {useless[0]}",
                component=f"agent:{spec.name}",
                hint=f"say it where {options.generator!r} is made, or name an agent type",
            )
        return run.agents[options.generator]

    def _critic(self, spec: AgentSpec, options: CriticTable, run: Run) -> BaseAgent:
        if options.critic in run.agents:
            return run.agents[options.critic]
        judging = AgentSpec(
            f"{spec.name}-critic",
            "Criticises.",
            spec.model,
            "You are a critic. You read what was asked and a draft of the answer, and judge the draft by the criteria. "
            "Accept it once it meets them; otherwise say what to change, most important first. Praise nothing.",
            output_schema=VERDICT,
            timeout=spec.timeout,
        )
        return run.make_agent(options.critic or self.base, judging)


@hookimpl
def llmspell_agents(settings: Settings) -> Mapping[str, AgentType]:
    """The agent type `critic`, and one for each agent that is configured with it."""
    return CriticType.offered(settings)
