"""The agent type `writer`."""

from __future__ import annotations

from pathlib import Path

import pytest

from llmspell.testing import Text
from llmspell.testing.agents import AgentBench
from llmspell.testing.contracts.agent import AgentContract

OUTLINE = ["Tides", "Winds"]
GOOD = "# Tides\n\nThey rise.\n\n## Winds ##\n\nThey blow."


class TestWriter(AgentContract):
    """What every agent type must do."""

    type_name = "writer"


async def test_style_readers_outline_and_length_are_what_it_is_told(tmp_path: Path) -> None:
    options = {"style": "plain", "audience": "sailors", "outline": OUTLINE, "words": 20}
    async with AgentBench(tmp_path, Text(GOOD)) as bench:
        result = await bench.ask("writer", "the sea", options=options)
        told = bench.requests[0].messages[0].content
    assert result.text == GOOD
    for line in ("Style: plain.", "Readers: sailors.", "# Tides\n# Winds", "It has at most 20 words."):
        assert line in told


@pytest.mark.parametrize(
    ("draft", "problem"),
    [
        ("# Tides\n\nThey rise.", "The text lacks the heading 'Winds', or has it in another place."),
        ("# Winds\n\n# Tides", "The text lacks the heading 'Winds', or has it in another place."),
        ("# Tides\n\n# Winds\n\n" + "word " * 30, "The text has 34 words, and may have 20."),
    ],
)
async def test_a_draft_of_another_form_goes_back(tmp_path: Path, draft: str, problem: str) -> None:
    async with AgentBench(tmp_path, Text(draft), Text(GOOD)) as bench:
        result = await bench.ask("writer", options={"outline": OUTLINE, "words": 20})
        assert bench.requests[1].messages[-1].content == f"{problem} Answer with the whole text again."
    assert (result.text, result.stop_reason) == (GOOD, "completed")


async def test_a_text_that_stays_too_long_is_no_success_and_is_kept(tmp_path: Path) -> None:
    async with AgentBench(tmp_path, Text("a b c"), Text("a b c d")) as bench:
        result = await bench.ask("writer", options={"words": 2, "rounds": 2})
    assert (result.text, result.stop_reason) == ("a b c d", "budget.rounds")
