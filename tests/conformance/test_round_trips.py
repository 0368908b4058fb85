"""Whatever JSON can say goes through every engine and back unchanged."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from llmspell.config import load
from llmspell.kernel import Kernel, RunOptions
from llmspell.plugins.catalogue import installed
from llmspell.spell import Source
from llmspell.testing.conformance import same
from llmspell.testing.conformance.suite import TRANSPORTS

ENGINES = tuple(entry.name for entry in installed() if entry.kind == "engine")

# Decoding, setting, getting and returning: the values cross four times, twice in each direction.
ECHO = {
    "lua": """
        local back = Json.array()
        for i, value in ipairs(Json.decode(Args[1])) do
          State.set("x", value)
          back[i] = State.get("x", Json.null)
          if back[i] == nil then back[i] = Json.null end
        end
        return back
    """,
    "javascript": """
        const back = [];
        for (const value of await Json.decode(Args[0])) {
          await State.set("x", value);
          back.push((await State.get("x")) ?? null);
        }
        return back;
    """,
}

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
KEYS = TEXT | st.sampled_from(
    ["$", "$bytes", "$$handle", "__proto__", "constructor", "then", "toJSON", "length", "0", "-1"]
)
NUMBERS = st.integers(-(2**63), 2**63 - 1) | st.floats(allow_nan=False, allow_infinity=False)
VALUES = st.recursive(
    st.none() | st.booleans() | NUMBERS | TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=4),
    max_leaves=12,
)


async def echo(values: list[Any], engine: str, profile: str, folder: Path) -> Any:
    """What an engine makes of the values."""
    async with Kernel(load(folder, {}), environ={}) as kernel:
        found = kernel.plugins.get("engine", engine)
        source = Source(ECHO[found.language], f"echo.{found.extensions[0]}")
        options = RunOptions(engine=engine, profile=profile, args=(json.dumps(values),))
        ended = await kernel.cast(source, options)
        assert ended.error is None, ended.error
        return ended.value


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize(("profile", "examples"), [("low", 60), ("medium", 5)], ids=TRANSPORTS)
def test_values_come_back_as_they_were(engine: str, profile: str, examples: int, tmp_path: Path) -> None:
    @settings(max_examples=examples, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    @given(values=st.lists(VALUES, min_size=1, max_size=20))
    def round_trip(values: list[Any]) -> None:
        got = asyncio.run(echo(values, engine, profile, tmp_path))
        assert same(values, got), got

    round_trip()
