"""Calling a tool of this pack through the gate."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from llmspell.testing.bench import Bench


@pytest.fixture
def call(tmp_path: Path) -> Callable[..., Awaitable[Any]]:
    """Calls a tool that may read and write all files in `tmp_path`."""
    bench = Bench(tmp_path, allow={"fs.read": ["**"], "fs.write": ["**"]})

    async def called(tool: str, /, **arguments: Any) -> Any:
        return await bench.call(tool, {name.rstrip("_"): value for name, value in arguments.items()})

    return called


@pytest.fixture
def call_without(tmp_path: Path) -> Callable[..., Awaitable[Any]]:
    """Calls a tool that was granted nothing but some permissions."""

    async def called(tool: str, allow: dict[str, list[str]], /, **arguments: Any) -> Any:
        return await Bench(tmp_path, allow=allow).call(tool, arguments)

    return called
