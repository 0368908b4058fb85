"""A reviewer: its verdict must follow from its findings, and its findings from what it was shown."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

import attrs

from llmspell.agent import AgentInput, BaseAgent
from llmspell.agents.verified import Verified
from llmspell.context import Context
from llmspell.result import Result
from llmspell.tool import as_text


class Reviewer(Verified):
    """Reviews until the review does not contradict itself or what was read.

    Args:
        agent: who reviews.
        blocking: the severities that an approval cannot have.
        rounds: how many reviews there may be.
    """

    def __init__(self, agent: BaseAgent, blocking: Sequence[str], rounds: int) -> None:
        super().__init__(agent, rounds)
        self._blocking = blocking

    async def problem(self, result: Result, request: AgentInput, context: Context) -> str:
        """The findings in files that it was never shown, or the verdict that they do not bear out."""
        shown = "\n".join(_shown(result, request))
        findings = result.output["findings"]
        unseen = sorted({each["file"] for each in findings if not _names(shown, each["file"].removeprefix("./"))})
        if unseen:
            return f"You were not shown, and have not read: {', '.join(unseen)}. Read it first, or leave it out."
        return self._of_verdict(result.output["verdict"], findings)

    def finished(self, result: Result) -> Result:
        """The text is the summary."""
        return attrs.evolve(result, text=result.output["summary"])

    def _of_verdict(self, verdict: str, findings: list[dict[str, Any]]) -> str:
        grave = [each["severity"] for each in findings if each["severity"] in self._blocking]
        follows = "request_changes" if grave else "approve"
        if verdict == follows:
            return ""
        found = (
            f"a finding of severity {grave[0]}" if grave else f"no finding of severity {' or '.join(self._blocking)}"
        )
        return f"The verdict is {verdict}, and there is {found}: correct the verdict or the findings."


def _names(text: str, path: str) -> bool:
    """Whether a path stands in a text, and not as a part of another name."""
    return re.search(rf"(?<![\w.-]){re.escape(path)}(?![\w-])", text) is not None


def _shown(result: Result, request: AgentInput) -> Iterator[str]:
    """All that it was told, and what its tools have answered and were asked."""
    yield from (message.content for message in request.conversation() if message.role in ("user", "tool"))
    for call in result.calls:
        if call.error is None:
            yield f"{as_text(call.arguments)}\n{as_text(call.output)}"
