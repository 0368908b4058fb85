"""Workflows as drawings: the same workflow gives the same text, to the byte."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from llmspell.workflow.definition import Definition
from llmspell.workflow.mermaid import mermaid
from llmspell.workflow.outline import outline
from llmspell.workflow.svg import svg

Format = Literal["mermaid", "svg"]


def drawn(definitions: Sequence[Definition], form: Format = "mermaid") -> str:
    """One drawing of all the workflows.

    Raises:
        UsageError: the steps of one have names that do not go together.
    """
    outlines = [outline(definition) for definition in definitions]
    return svg(outlines) if form == "svg" else mermaid(outlines)
