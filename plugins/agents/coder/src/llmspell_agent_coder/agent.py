"""A coder: its work is done when the check passes, not when it says so."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from typing import Any

from llmspell.agent import AgentInput, BaseAgent
from llmspell.agents.verified import Verified
from llmspell.context import Context
from llmspell.errors import LlmspellError
from llmspell.result import Result

SHOWN = 6_000
"""Characters of a failed check that the model reads, from its end: there the failures stand."""


class Coder(Verified):
    """Works until the check passes.

    Args:
        agent: who reads and writes the files.
        check: the words of the command; it must be granted, as any program.
        timeout: seconds that it may take.
        rounds: how often it may be run.
    """

    def __init__(self, agent: BaseAgent, check: Sequence[str], timeout: float, rounds: int) -> None:
        super().__init__(agent, rounds)
        self._check = list(check)
        self._timeout = timeout

    async def problem(self, result: Result, request: AgentInput, context: Context) -> str:
        """What the check has printed, unless it passed.

        Raises:
            LlmspellError: it may not be run, or there is no such program.
        """
        command = shlex.join(self._check)
        try:
            ended = await context.call_tool(
                context.find_tool("process_run"), {"argv": self._check, "timeout": self._timeout}
            )
        except LlmspellError as error:
            if error.kind != "timeout":
                raise
            return f"The check `{command}` took longer than {self._timeout:g} seconds. Mend that."
        if ended["ok"]:
            return ""
        return f"The check `{command}` failed ({_how(ended)}). Mend what is wrong.\n{_end(ended)}"


def _how(ended: dict[str, Any]) -> str:
    return f"signal {ended['signal']}" if ended.get("signal") else f"exit code {ended['code']}"


def _end(ended: dict[str, Any]) -> str:
    printed = "\n".join(filter(None, (ended["stdout"].rstrip(), ended["stderr"].rstrip())))
    return printed if len(printed) <= SHOWN else f"[...]\n{printed[-SHOWN:]}"
