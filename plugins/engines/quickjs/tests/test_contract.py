"""The engine `quickjs` keeps the contract of engines, inline and in a worker."""

from __future__ import annotations

from llmspell.testing.contracts.engine import EngineContract
from llmspell_language_javascript.testing import SPELLS


class TestQuickjs(EngineContract):
    """The behaviours, in JavaScript."""

    engine = "quickjs"
    spells = SPELLS
