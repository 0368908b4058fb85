"""What docs/security.md promises is held by tests that exist."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "security.md").read_text()
NAMED = sorted(set(re.findall(r"`((?:test|nobody)_\w+)`", PAGE)))
_DEFINED = re.compile(r"^(?:    )?(?:async )?def (\w+)\(", re.MULTILINE)


def defined() -> set[str]:
    """The names of all tests and promises."""
    files = [*ROOT.glob("kernel/tests/**/*.py"), *ROOT.glob("tests/**/*.py"), *ROOT.glob("plugins/*/*/tests/**/*.py")]
    return {name for file in files for name in _DEFINED.findall(file.read_text())}


def test_the_page_names_tests() -> None:
    assert len(NAMED) >= 25


@pytest.mark.parametrize("name", NAMED)
def test_a_promise_names_a_test_that_exists(name: str) -> None:
    assert name in defined()
