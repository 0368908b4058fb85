"""How a text is divided into what can be quoted."""

from __future__ import annotations

import pytest

from llmspell_provider_offline.extract import sentences

LONG = "A line of prose that goes on for long enough to be wrapped"


def test_wrapped_prose_is_one_sentence() -> None:
    assert sentences(f"{LONG}\n{LONG.lower()}\nends here. Next.") == [f"{LONG} {LONG.lower()} ends here.", "Next."]


@pytest.mark.parametrize(
    "text",
    [
        f"{LONG}\n\nA paragraph",
        f"{LONG}\n- an item",
        f"{LONG}:\ncode()",
        "| a | row | of | a | table | with | many | cells | here |\nText",
        "Short line\nanother line",
    ],
)
def test_lines_that_were_not_wrapped_stay_apart(text: str) -> None:
    assert len(sentences(text)) == 2
