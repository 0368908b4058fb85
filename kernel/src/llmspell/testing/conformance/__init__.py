"""The conformance suite: behaviours that every engine must show, each written once.

case     what a case is: one behaviour, a spell for it in each language, and the one outcome
cases    the cases, one module for each subject
check    runs a case on an engine and compares
suite    the cases as tests, for the test files of an engine

    from llmspell.testing.conformance import ConformanceSuite

    class TestConformance(ConformanceSuite):
        engines = ("luau",)

It needs pytest and pytest-asyncio (`llmspell[testing]`), and an installed agent type `llm`.
"""

from __future__ import annotations

from llmspell.testing.conformance.case import Case, Fails, Happens
from llmspell.testing.conformance.check import check, same
from llmspell.testing.conformance.suite import ConformanceSuite

__all__ = ["Case", "ConformanceSuite", "Fails", "Happens", "check", "same"]
