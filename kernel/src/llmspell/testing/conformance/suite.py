"""The cases as tests of the engines that a test class names."""

from __future__ import annotations

from abc import ABC
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import ClassVar

import pytest

from llmspell.testing.conformance.case import Case
from llmspell.testing.conformance.cases import CASES
from llmspell.testing.conformance.check import check

TRANSPORTS = {"inline": "low", "worker": "medium"}
"""The transports, and the profile that chooses each."""


class ConformanceSuite(ABC):
    """Subclass it as `Test...`; every case runs on every engine, inline and in a worker.

    Attributes:
        engines: names of installed engines whose language the cases are written in.
        cases: what to run; all, unless the subclass says otherwise.
        excused: why an engine does not show a behaviour yet, by `engine/case id`; a case that passes then fails.
    """

    engines: ClassVar[Sequence[str]]
    cases: ClassVar[Sequence[Case]] = CASES
    excused: ClassVar[Mapping[str, str]] = {}
    pytestmark = pytest.mark.asyncio

    def pytest_generate_tests(self, metafunc: pytest.Metafunc) -> None:
        """Make one test of every engine, transport and case; pytest calls it."""
        chosen = [
            pytest.param(case, engine, profile, id=f"{engine}-{transport}-{case.id}", marks=self._marks(engine, case))
            for engine in self.engines
            for transport, profile in TRANSPORTS.items()
            for case in self.cases
        ]
        metafunc.parametrize(("case", "engine", "profile"), chosen)

    def _marks(self, engine: str, case: Case) -> Sequence[pytest.MarkDecorator]:
        reason = self.excused.get(f"{engine}/{case.id}")
        return [pytest.mark.xfail(strict=True, reason=reason)] if reason else []

    async def test_case(self, case: Case, engine: str, profile: str, tmp_path: Path) -> None:
        """The engine does what the case says."""
        await check(case, engine, profile, tmp_path)
