"""Agent types that are another one with a role: `Preset`, on which the ready-made agents are built.

    class Poet(Preset[AgentTable]):
        name = "poet"
        table = AgentTable
        role = "You are a poet."
        rules = "Answer in verse."

    @hookimpl
    def llmspell_agents(settings):
        return Poet.offered(settings)

What a spell says comes before the configuration (`[agent.poet]`), and that before the preset. `system` takes the place
of the role, and the rules stay behind it. `tools` take the place of the preset's own.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Generic, TypeVar

import attrs

from llmspell.agent import AgentSpec, AgentType, BaseAgent
from llmspell.agents.table import AgentTable, filled
from llmspell.errors import LlmspellError, UnknownPlugin, UsageError, did_you_mean

if TYPE_CHECKING:
    from llmspell.agents.compaction import Compaction
    from llmspell.plugins import Settings
    from llmspell.run import Run

T = TypeVar("T", bound=AgentTable)

_COMMON = tuple(field.name for field in attrs.fields(AgentTable))


class Preset(AgentType, Generic[T]):
    """An agent type that makes agents of the type `base`, which is found by its name.

    Override `build` where an agent is to be more than that, and `rules_for` where its rules depend on its options.

    Args:
        name: the type's own, or that of an agent of the configuration (`[agent.NAME] plugin = "..."`).
        settled: what the configuration says about it.

    Attributes:
        table: the class of its table in the configuration; the fields that `AgentTable` lacks are its options.
        base: the type that it is built on.
        description: of its agents, for models that may ask them.
        role: what its agents are; `system` takes its place.
        rules: what they keep to, whatever their role.
        tools: what they have unless they are given others, each with the distribution that it comes from.
        output_schema: the shape of their answers; with one, they take no other.
        compaction: when their conversations are made shorter.
        refused: the fields of a specification that they have no use for.
    """

    table: type[T]
    base: str = "llm"
    description: str = ""
    role: str = ""
    rules: str = ""
    tools: Mapping[str, str] = {}
    output_schema: Mapping[str, Any] | None = None
    compaction: Compaction | None = None
    refused: tuple[str, ...] = ()

    def __init__(self, name: str = "", settled: T | None = None) -> None:
        self.name = name or type(self).name
        self._settled = settled or self.table()

    @classmethod
    def offered(cls, settings: Settings) -> dict[str, AgentType]:
        """What a plugin offers: the type, and the agents that the configuration makes of it.

        Raises:
            ConfigError: a table does not fit.
        """
        names = [cls.name, *settings.named("agent", cls.name)]
        return {name: cls(name, settings.table("agent", name, cls.table)) for name in names}

    def create(self, spec: AgentSpec) -> BaseAgent:
        """Refused: what an agent is built on is found in a run, so `Run.make_agent` makes it."""
        raise UsageError(
            f"agents of type {type(self).name} are made in a run",
            component=f"agent:{spec.name}",
            hint="call run.make_agent(type, spec)",
        )

    def make(self, spec: AgentSpec, run: Run) -> BaseAgent:
        """A new agent.

        Raises:
            UsageError: an option is unknown or wrong, the type has no use for what is given, or `base` refuses it.
            UnknownPlugin: `base` is not installed.
        """
        options = self._options(spec)
        spec = self._settled.fill(spec)
        self._check_useful(spec)
        agent = self.build(self._preset(spec, options, run), options, run)
        agent.return_policy = spec.return_policy
        return agent

    def build(self, spec: AgentSpec, options: T, run: Run) -> BaseAgent:
        """The agent, of a specification that is complete; by itself it is one of the type `base`."""
        return run.make_agent(self.base, spec)

    def rules_for(self, options: T) -> str:
        """The rules of an agent with these options."""
        return self.rules

    def need(self, run: Run, tool: str, distribution: str) -> None:
        """Make sure of a tool before the agent is first asked.

        Raises:
            UsageError: it is not installed (kind `unknown_tool`); the hint says what to install.
        """
        try:
            run.find_tool(tool)
        except UnknownPlugin as error:
            raise UsageError(
                f"agents of type {type(self).name} use the tool {tool!r}, which is not installed",
                kind=error.kind,
                component=f"agent:{self.name}",
                hint=f"pip install {distribution}",
            ) from error

    def _preset(self, spec: AgentSpec, options: T, run: Run) -> AgentSpec:
        """The specification with all that it leaves to the preset."""
        if not spec.tools:
            for tool, distribution in self.tools.items():
                self.need(run, tool, distribution)
        said = (spec.system or self.role, self.rules_for(options))
        return filled(
            attrs.evolve(spec, options={}, system="\n\n".join(filter(None, said))),
            description=self.description,
            tools=tuple(self.tools),
            output_schema=self.output_schema,
            compaction=self.compaction,
        )

    def _options(self, spec: AgentSpec) -> T:
        """The options of the configuration, and those of the specification over them."""
        own = [field.name for field in attrs.fields(self.table) if field.name not in _COMMON]
        given = {_snake(name): value for name, value in spec.options.items()}
        if len(given) < len(spec.options):
            raise self._wrong(spec, "take each option once, in snake_case or in camelCase")
        for name in sorted(given.keys() - set(own)):
            hint = "it stands beside options, not in them" if name in _COMMON else did_you_mean(name, own)
            what = f"have no option {name!r}" if own else f"take no options, found {name!r}"
            raise self._wrong(spec, what, hint=hint, kind="unknown_option")
        if not given:
            return self._settled
        from llmspell.config.structure import Misfit, fit, sentences

        found = fit(given, self.table)
        if isinstance(found, Misfit):
            raise UsageError(
                f"agent {spec.name!r}: options: {'; '.join(sentences(found))}",
                kind="unknown_option" if any(problem.known for problem in found.problems) else None,
                component=f"agent:{spec.name}",
            )
        return attrs.evolve(self._settled, **{name: getattr(found, name) for name in given})

    def _check_useful(self, spec: AgentSpec) -> None:
        """Refuse what would have no effect."""
        nothing = AgentSpec("")
        refused = self.refused if self.output_schema is None else ("output_schema", *self.refused)
        for name in refused:
            if getattr(spec, name) != getattr(nothing, name):
                raise self._wrong(spec, f"take no {name}", hint="leave it out, or use the type llm")

    def _wrong(self, spec: AgentSpec, what: str, *, hint: str = "", kind: str | None = None) -> LlmspellError:
        return UsageError(
            f"agent {spec.name!r}: agents of type {type(self).name} {what}",
            kind=kind,
            component=f"agent:{spec.name}",
            hint=hint,
        )


def _snake(name: str) -> str:
    """An option's name as the table has it; a script may write it as its language does."""
    return re.sub("[A-Z]", lambda found: f"_{found[0].lower()}", name)
