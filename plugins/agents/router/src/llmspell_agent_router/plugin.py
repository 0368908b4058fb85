"""Offers the agent type `router`: it hands a conversation over to the agent that it is for."""

from __future__ import annotations

from collections.abc import Mapping

import attrs

from llmspell.agent import AgentSpec, AgentType, BaseAgent, HandoffTo
from llmspell.agents.preset import Preset
from llmspell.agents.table import AgentTable
from llmspell.errors import UsageError, did_you_mean
from llmspell.hookspecs import hookimpl
from llmspell.plugins import Settings
from llmspell.run import Run


@attrs.frozen
class Rule:
    """Hand what fits a pattern over without asking a model.

    Attributes:
        match: a pattern for the whole text, with `*` and `?`, such as `*invoice*`; small and capital letters are one.
        to: whom to.
    """

    match: str
    to: str


@attrs.frozen
class RouterTable(AgentTable):
    """A router of the configuration, `[agent.NAME]`.

    Attributes:
        rules: what needs no model; the first that fits holds.
        fallback: who gets what is for nobody, or what the model cannot place; empty: the model must choose one.
    """

    rules: tuple[Rule, ...] = ()
    fallback: str = ""


class RouterType(Preset[RouterTable]):
    """Makes routers; `handoffs` are those that they hand over to."""

    name = "router"
    table = RouterTable
    description = "Hands a conversation over to the agent that it is for."
    role = "You decide who answers. You do not answer yourself."
    rules = "Choose the one that what was said last is for, in the light of what was said before."
    refused = ("agents", "approve", "compaction", "output_schema", "tool_choice", "tools")

    def build(self, spec: AgentSpec, options: RouterTable, run: Run) -> BaseAgent:
        """A router; its model is asked for a name and nothing else."""
        from llmspell_agent_router.agent import NOBODY, Router

        targets = {to.name: to for to in spec.handoffs}
        self._check(spec, options, targets)
        names = [*targets, NOBODY] if options.fallback else [*targets]
        told = [f"- {name}: {_described(run, to)}" for name, to in targets.items()]
        if options.fallback:
            told.append(f"- {NOBODY}: it is for none of these")
        choosing = attrs.evolve(
            spec,
            handoffs=(),
            system="\n".join([spec.system, *told]),
            output_schema=_choice(names),
        )
        return Router(super().build(choosing, options, run), targets, options)

    def _check(self, spec: AgentSpec, options: RouterTable, targets: Mapping[str, HandoffTo]) -> None:
        if not targets:
            raise UsageError(
                f"agent {spec.name!r} is a router, and has nobody to hand over to",
                component=f"agent:{spec.name}",
                hint='give it handoffs, such as { "billing", "support" }',
            )
        named = {"fallback": options.fallback} if options.fallback else {}
        named |= {f"rules[{number}].to": rule.to for number, rule in enumerate(options.rules)}
        for where, name in named.items():
            if name not in targets:
                raise UsageError(
                    f"agent {spec.name!r}: {where} is {name!r}, which is none of its handoffs",
                    component=f"agent:{spec.name}",
                    hint=did_you_mean(name, list(targets)),
                )


def _choice(names: list[str]) -> dict[str, object]:
    """The JSON Schema of the model's choice."""
    return {
        "type": "object",
        "properties": {
            "agent": {"enum": names},
            "reason": {"type": "string", "description": "Why, in a few words."},
        },
        "required": ["agent", "reason"],
        "additionalProperties": False,
    }


def _described(run: Run, to: HandoffTo) -> str:
    known = run.agents.get(to.agent) if isinstance(to.agent, str) else to.agent
    return to.description or (known.description if known is not None else "") or "what its name says"


@hookimpl
def llmspell_agents(settings: Settings) -> Mapping[str, AgentType]:
    """The agent type `router`, and one for each agent that is configured with it."""
    return RouterType.offered(settings)
