"""The kinds of events that are llmspell's own are nobody else's."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from llmspell.errors import UsageError
from llmspell.script.event import check_kind

ROOT = Path(__file__).parents[2]
_TOLD = re.compile(r'(?:append|event|_?tell|notify)\((?:[\w.]+, )?"([a-z_]+)\.[a-z_]+"')
PREFIXES = sorted(
    {
        prefix
        for folder in ("kernel/src", "plugins")
        for path in (ROOT / folder).rglob("src/**/*.py" if folder == "plugins" else "*.py")
        for prefix in _TOLD.findall(path.read_text())
    }
)


def test_the_sources_tell_of_events() -> None:
    assert len(PREFIXES) >= 10
    assert {"approval", "http", "permission"} <= set(PREFIXES)


@pytest.mark.parametrize("prefix", PREFIXES)
def test_a_script_cannot_publish_what_llmspell_does(prefix: str) -> None:
    with pytest.raises(UsageError, match=f"^event kinds that start with '{prefix}' are llmspell's own$"):
        check_kind(f"{prefix}.done")
