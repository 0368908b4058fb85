"""The final answer: what tools answered, stated plainly, and sentences quoted from the text at hand."""

from __future__ import annotations

from collections.abc import Sequence

from llmspell.message import ToolSpec
from llmspell_provider_offline.extract import best, parts, sentences
from llmspell_provider_offline.plan import Missing, fill, mentioned
from llmspell_provider_offline.turn import ToolResult, Turn

NOTHING = "Offline, an answer quotes text that was given or states what tools answered; here is neither."


def answer(turn: Turn, tools: Sequence[ToolSpec] = ()) -> str:
    """The answer as text; never empty."""
    stated = [_stated(result) for result in turn.results if result.passed_on or result.is_short]
    stated += _not_called(turn, tools)
    quotes = quote(turn)
    return "\n".join(filter(None, ["; ".join(stated) + "." if stated else "", " ".join(quotes)])) or NOTHING


def quote(turn: Turn) -> list[str]:
    """The best sentences of what tools answered at length, else of the message, else of what was before."""
    question, given = parts(turn.asked)
    long = [result.text for result in turn.good if not result.passed_on and not result.is_short]
    if long:
        return best(question, sentences("\n".join(long)))
    if turn.results:
        return []
    return best(question, given or [said for said in sentences(turn.before) if not said.endswith("?")])


def _stated(result: ToolResult) -> str:
    if result.failed:
        return f"{result.name} failed: {result.text.rstrip('.')}"
    if result.is_short:
        return f"{result.name}: {result.text.strip() or 'nothing'}"
    return f"{result.name}: {len(result.text)} characters"


def _not_called(turn: Turn, tools: Sequence[ToolSpec]) -> list[str]:
    """Of the tools that were asked for by name, those that could not be called, and why."""
    gaps = [fill(tool, turn, named=True) for tool in mentioned(turn.request, tools) if tool.name not in turn.called]
    return [
        f"{gap.name} was not called, because the request does not spell out its {gap.argument}"
        for gap in gaps
        if isinstance(gap, Missing)
    ]
