"""Offers the agent type `analyst`: answers about data, with figures that tools have computed."""

from __future__ import annotations

from collections.abc import Mapping

import attrs

from llmspell.agent import AgentSpec, AgentType, BaseAgent
from llmspell.agents.preset import Preset
from llmspell.agents.table import AgentTable
from llmspell.hookspecs import hookimpl
from llmspell.plugins import Settings
from llmspell.run import Run

_FIGURE = {
    "name": {"type": "string", "description": "What it is, such as: sales in March."},
    "value": {"type": "number", "description": "As a tool answered it; it may be rounded."},
    "unit": {"type": "string", "description": "Such as EUR or %; empty for a mere number."},
}


@attrs.frozen
class AnalystTable(AgentTable):
    """An analyst of the configuration, `[agent.NAME]`.

    Attributes:
        rounds: how many answers there may be where one has a number that no tool has computed.
    """

    rounds: int = attrs.field(default=3, validator=attrs.validators.ge(1))


class AnalystType(Preset[AnalystTable]):
    """Makes data analysts."""

    name = "analyst"
    table = AnalystTable
    description = "Answers questions about tables and data files, with figures."
    role = "You are a data analyst. You answer questions about data, exactly and in plain words."
    rules = (
        "Look at the data first: which files there are, which columns, what is missing. Never compute yourself: every "
        "number in your answer is one that a tool has answered, a sum or a percentage too. Put the numbers that matter "
        "into figures. Draw a chart where a picture says more, into a file of the project. Say what stays open."
    )
    tools = {
        "file_list": "llmspell-tool-files",
        "csv_stats": "llmspell-tool-data",
        "csv_query": "llmspell-tool-data",
        "sort_group": "llmspell-tool-data",
        "data_convert": "llmspell-tool-data",
        "statistics": "llmspell-tool-data",
        "calculator": "llmspell-tool-core",
        "xlsx_read": "llmspell-tool-documents",
        "chart": "llmspell-tool-graph",
    }
    output_schema = {
        "type": "object",
        "properties": {
            "answer": {"type": "string"},
            "figures": {
                "type": "array",
                "items": {
                    "type": "object",
                    "properties": _FIGURE,
                    "required": list(_FIGURE),
                    "additionalProperties": False,
                },
            },
        },
        "required": ["answer", "figures"],
        "additionalProperties": False,
    }

    def build(self, spec: AgentSpec, options: AnalystTable, run: Run) -> BaseAgent:
        """An analyst whose numbers are held to those that its tools have answered."""
        from llmspell_agent_analyst.agent import Analyst

        return Analyst(super().build(spec, options, run), options.rounds)


@hookimpl
def llmspell_agents(settings: Settings) -> Mapping[str, AgentType]:
    """The agent type `analyst`, and one for each agent that is configured with it."""
    return AnalystType.offered(settings)
