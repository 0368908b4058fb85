"""Offers the agent type `reviewer`: findings as data, and a verdict that agrees with them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

import attrs

from llmspell.agent import AgentSpec, AgentType, BaseAgent
from llmspell.agents.preset import Preset
from llmspell.agents.table import AgentTable
from llmspell.hookspecs import hookimpl
from llmspell.plugins import Settings
from llmspell.run import Run

SEVERITIES = ("note", "minor", "major", "critical")

_FINDING = {
    "file": {"type": "string", "description": "The path as it was read or given."},
    "line": {"type": ["integer", "null"], "description": "Counted from 1; null for the file as a whole."},
    "severity": {"enum": list(SEVERITIES)},
    "message": {"type": "string", "description": "What is wrong, and why it matters."},
    "suggestion": {"type": "string", "description": "What to do about it; empty for nothing in particular."},
}
_REVIEW = {
    "verdict": {"enum": ["approve", "request_changes"]},
    "summary": {"type": "string"},
    "findings": {
        "type": "array",
        "items": {
            "type": "object",
            "properties": _FINDING,
            "required": list(_FINDING),
            "additionalProperties": False,
        },
    },
}


@attrs.frozen
class ReviewerTable(AgentTable):
    """A reviewer of the configuration, `[agent.NAME]`.

    Attributes:
        focus: what to look for, such as "security"; empty for all that matters.
        blocking: with a finding of this severity or a graver one, the verdict is `request_changes`, else `approve`.
        rounds: how many reviews there may be where one contradicts itself or what was read.
    """

    focus: str = ""
    blocking: Literal["note", "minor", "major", "critical"] = "major"
    rounds: int = attrs.field(default=3, validator=attrs.validators.ge(1))


class ReviewerType(Preset[ReviewerTable]):
    """Makes reviewers."""

    name = "reviewer"
    table = ReviewerTable
    description = "Reviews code or documents, with findings and a verdict."
    role = "You are a reviewer. You find what is wrong, and say what to do about it; you do not praise."
    rules = (
        "Review what you are given, and read the files that you need. Each finding names its file and line, its "
        "severity, and what to do. Tell what you can show, not what might be. The summary is two sentences at most."
    )
    tools = {
        "file_read": "llmspell-tool-core",
        "file_list": "llmspell-tool-files",
        "file_search": "llmspell-tool-files",
    }
    output_schema = {
        "type": "object",
        "properties": _REVIEW,
        "required": list(_REVIEW),
        "additionalProperties": False,
    }

    def rules_for(self, options: ReviewerTable) -> str:
        """With the focus, and what the verdict depends on."""
        verdict = (
            f"The verdict is request_changes with a finding of severity {options.blocking} or graver, else approve."
        )
        return "\n".join(filter(None, (self.rules, verdict, options.focus and f"Look for: {options.focus}.")))

    def build(self, spec: AgentSpec, options: ReviewerTable, run: Run) -> BaseAgent:
        """A reviewer whose findings are held to what it has read."""
        from llmspell_agent_reviewer.agent import Reviewer

        blocking = SEVERITIES[SEVERITIES.index(options.blocking) :]
        return Reviewer(super().build(spec, options, run), blocking, options.rounds)


@hookimpl
def llmspell_agents(settings: Settings) -> Mapping[str, AgentType]:
    """The agent type `reviewer`, and one for each agent that is configured with it."""
    return ReviewerType.offered(settings)
