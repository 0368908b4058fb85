"""A bench for each test, closed at its end."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest
from kernel.tests.agents.kit import Bench

MakeBench = Callable[..., Bench]


@pytest.fixture
async def bench(tmp_path: Path) -> AsyncIterator[MakeBench]:
    """All steps must be used, unless they repeat."""
    made: list[Bench] = []

    def make(*steps: Any, **options: Any) -> Bench:
        made.append(Bench(tmp_path, *steps, **options))
        return made[-1]

    yield make
    for each in made:
        await each.close()
        each.model.assert_complete()
