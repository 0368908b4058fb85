"""Offers the agent type `writer`: text from a brief, in a style, after an outline, within a length."""

from __future__ import annotations

from collections.abc import Mapping

import attrs

from llmspell.agent import AgentSpec, AgentType, BaseAgent
from llmspell.agents.preset import Preset
from llmspell.agents.table import AgentTable
from llmspell.hookspecs import hookimpl
from llmspell.plugins import Settings
from llmspell.run import Run


@attrs.frozen
class WriterTable(AgentTable):
    """A writer of the configuration, `[agent.NAME]`.

    Attributes:
        style: how it writes, such as "plain and short sentences".
        audience: for whom.
        outline: the headings that the text must have, in this order.
        words: how many words there may be at most; None: any number.
        rounds: how many drafts there may be where one does not keep to the outline or the length.
    """

    style: str = ""
    audience: str = ""
    outline: tuple[str, ...] = ()
    words: int | None = attrs.field(default=None, validator=attrs.validators.optional(attrs.validators.ge(1)))
    rounds: int = attrs.field(default=3, validator=attrs.validators.ge(1))


class WriterType(Preset[WriterTable]):
    """Makes writers."""

    name = "writer"
    table = WriterTable
    description = "Writes a text from a brief."
    role = "You are a writer. You turn a brief into a text that is clear, well ordered and a pleasure to read."
    rules = "Use the facts of the brief and invent none. Answer with the text alone, in Markdown."
    refused = ("output_schema",)

    def rules_for(self, options: WriterTable) -> str:
        """What the options ask for, in words."""
        wanted = [self.rules]
        if options.style:
            wanted.append(f"Style: {options.style}.")
        if options.audience:
            wanted.append(f"Readers: {options.audience}.")
        if options.outline:
            headings = "\n".join(f"# {heading}" for heading in options.outline)
            wanted.append(f"The text has these headings, in this order:\n{headings}")
        if options.words is not None:
            wanted.append(f"It has at most {options.words} words.")
        return "\n".join(wanted)

    def build(self, spec: AgentSpec, options: WriterTable, run: Run) -> BaseAgent:
        """A writer whose drafts are held to the outline and the length."""
        from llmspell_agent_writer.agent import Writer

        return Writer(super().build(spec, options, run), options.outline, options.words, options.rounds)


@hookimpl
def llmspell_agents(settings: Settings) -> Mapping[str, AgentType]:
    """The agent type `writer`, and one for each agent that is configured with it."""
    return WriterType.offered(settings)
