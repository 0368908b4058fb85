"""The configuration that docs/router.md shows is valid, and the page names every strategy, setting and event."""

from __future__ import annotations

import re
from pathlib import Path
from typing import get_args, get_type_hints

import attrs

from llmspell.config import load
from llmspell.config.routing import CircuitBreaker, Pacing, Router
from llmspell.kernel import Kernel

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "router.md").read_text()
_EVENT = re.compile(r'"(router\.[a-z_]+)"')


def test_the_configuration_on_the_page_is_valid(tmp_path: Path) -> None:
    [text] = re.findall(r"^```toml\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
    (tmp_path / "llmspell.toml").write_text(text)
    kernel = Kernel(load(tmp_path, {"HOME": str(tmp_path)}), environ={})
    kernel.models.check()
    assert set(kernel.config.router) == {"steady", "quick", "shared", "sure", "careful"}


def test_the_page_names_every_strategy_and_setting() -> None:
    for strategy in get_args(get_type_hints(Router)["strategy"]):
        assert f"`{strategy}`" in PAGE
    for table in (Router, Pacing, CircuitBreaker):
        for field in attrs.fields(table):
            assert re.search(rf"\b{field.name}\b", PAGE), field.name


def test_the_page_names_every_event() -> None:
    sources = (ROOT / "kernel" / "src" / "llmspell" / "router").glob("*.py")
    events = {event for path in sources for event in _EVENT.findall(path.read_text())}
    assert len(events) >= 9
    assert {event for event in events if f"`{event}`" not in PAGE} == set()
