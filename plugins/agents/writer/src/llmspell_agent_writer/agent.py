"""A writer: what was asked of the form of a text is counted, not believed."""

from __future__ import annotations

import re
from collections.abc import Sequence

from llmspell.agent import AgentInput, BaseAgent
from llmspell.agents.verified import Verified
from llmspell.context import Context
from llmspell.result import Result

_HEADING = re.compile(r"^#{1,6}[ \t]+(.*)$", re.MULTILINE)


class Writer(Verified):
    """Writes until a draft keeps to the outline and the length.

    Args:
        agent: who writes.
        outline: the headings of the text, in order.
        words: how many words it may have; None: any number.
        rounds: how many drafts there may be.
    """

    def __init__(self, agent: BaseAgent, outline: Sequence[str], words: int | None, rounds: int) -> None:
        super().__init__(agent, rounds)
        self._outline = outline
        self._words = words

    async def problem(self, result: Result, request: AgentInput, context: Context) -> str:
        """What of the form is missing; the whole text is asked for again."""
        problems = [*self._of_headings(result.text), *self._of_length(result.text)]
        return f"{' '.join(problems)} Answer with the whole text again." if problems else ""

    def _of_headings(self, text: str) -> list[str]:
        written = iter([heading.rstrip(" \t#").casefold() for heading in _HEADING.findall(text)])
        missing = [heading for heading in self._outline if heading.casefold() not in written]  # in order: it is used up
        return [f"The text lacks the heading {missing[0]!r}, or has it in another place."] if missing else []

    def _of_length(self, text: str) -> list[str]:
        count = len(text.split())
        if self._words is None or count <= self._words:
            return []
        return [f"The text has {count} words, and may have {self._words}."]
