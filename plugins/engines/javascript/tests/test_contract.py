"""The engine `javascript` keeps the contract of engines, inline and in a worker."""

from __future__ import annotations

from llmspell.testing.contracts.engine import EngineContract
from llmspell_language_javascript.testing import SPELLS


class TestV8(EngineContract):
    """The behaviours, in JavaScript."""

    engine = "javascript"
    spells = SPELLS
