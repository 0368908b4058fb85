"""Offers the agent type `coder`: changes the files of a project until a check passes."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from typing import Any

import attrs

from llmspell.agent import AgentSpec, AgentType, BaseAgent
from llmspell.agents.preset import Preset
from llmspell.agents.table import AgentTable
from llmspell.hookspecs import hookimpl
from llmspell.plugins import Settings
from llmspell.run import Run


def words(command: str | tuple[str, ...]) -> list[str]:
    """A command as its words; a text is divided as a shell would, and no shell is used.

    Raises:
        ValueError: a quotation mark is open.
    """
    return shlex.split(command) if isinstance(command, str) else list(command)


def _is_command(instance: object, field: object, value: Any) -> None:  # Any: attrs gives what it was given
    """Refuse a command that cannot be divided into words."""
    words(value)


@attrs.frozen
class CoderTable(AgentTable):
    """A coder of the configuration, `[agent.NAME]`.

    Attributes:
        check: the command that must succeed before the work is done, such as `pytest -q`; empty for none. It is the
            user's: the model has no say in it.
        check_timeout: seconds that the check may take.
        rounds: how often the check may be run.
    """

    check: str | tuple[str, ...] = attrs.field(default="", validator=_is_command)
    check_timeout: float = attrs.field(default=120.0, validator=attrs.validators.gt(0))
    rounds: int = attrs.field(default=4, validator=attrs.validators.ge(1))


class CoderType(Preset[CoderTable]):
    """Makes coders."""

    name = "coder"
    table = CoderTable
    description = "Reads and changes the files of the project."
    role = "You are a programmer. You make the smallest change that does what is asked, in the style that you find."
    rules = (
        "Look before you change: list, search and read the files that matter. Write whole files, and read a file "
        "before you replace it. Paths are relative to the project folder. End with two sentences on what you changed."
    )
    tools = {
        "file_read": "llmspell-tool-core",
        "file_list": "llmspell-tool-files",
        "file_search": "llmspell-tool-files",
        "file_write": "llmspell-tool-files",
        "file_diff": "llmspell-tool-files",
    }
    refused = ("output_schema",)

    def rules_for(self, options: CoderTable) -> str:
        """With the check, if there is one."""
        if not options.check:
            return self.rules
        command = shlex.join(words(options.check))
        return f"{self.rules}\nWhen you are done, `{command}` is run, and must succeed. You need not run it."

    def build(self, spec: AgentSpec, options: CoderTable, run: Run) -> BaseAgent:
        """A coder whose work must pass the check; without one, its word counts."""
        coder = super().build(spec, options, run)
        if not options.check:
            return coder
        from llmspell_agent_coder.agent import Coder

        self.need(run, "process_run", "llmspell-tool-system")
        return Coder(coder, words(options.check), options.check_timeout, options.rounds)


@hookimpl
def llmspell_agents(settings: Settings) -> Mapping[str, AgentType]:
    """The agent type `coder`, and one for each agent that is configured with it."""
    return CoderType.offered(settings)
