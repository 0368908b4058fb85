"""What every tool must do, as tests.

from llmspell.testing.contracts.tool import ToolContract

class TestFileRead(ToolContract):
    name = "file_read"
    allow = {"fs.read": ["**"]}
    good = ({"path": "notes.txt"},)
    bad = ({"path": 3}, {"path": "missing.txt"})

    def prepare(self, folder):
        (folder / "notes.txt").write_text("hello")
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from importlib.metadata import entry_points
from pathlib import Path
from time import perf_counter
from typing import Any

import pytest

from llmspell.errors import LlmspellError, PermissionDenied, UsageError
from llmspell.permissions.kinds import KINDS
from llmspell.schema import Validator
from llmspell.testing.bench import Bench
from llmspell.tool import Tool
from llmspell.tools.index import parsed, place_of, record_of
from llmspell.values import dumps

_QUICK = 0.05  # seconds; fifty times what a quick tool may take, because test machines are slow


class ToolContract:
    """Subclass it as `Test...`.

    Attributes:
        name: the tool's entry point.
        good: arguments that it answers; without any, those of the tool's own examples.
        bad: arguments that it refuses, whether by its schema or by itself.
        allow: what it is granted to answer them, patterns by kind of permission.
        environ: the environment variables, keys included.
        tables: the configuration of tools, by name.
    """

    name: str
    good: Sequence[Mapping[str, Any]] = ()
    bad: Sequence[Mapping[str, Any]]
    allow: Mapping[str, Sequence[str]] = {}
    environ: Mapping[str, str] = {}
    tables: Mapping[str, Mapping[str, Any]] = {}

    def prepare(self, folder: Path) -> None:
        """Put into `folder` what the good examples need."""

    @pytest.fixture
    def bench(self, tmp_path: Path) -> Bench:
        """What calls the tool, in a fresh folder."""
        self.prepare(tmp_path)
        return Bench(tmp_path, allow=self.allow, environ=self.environ, tables=self.tables)

    @pytest.fixture
    def tool(self, bench: Bench) -> Tool:
        """The tool as the kernel loads it: by its entry point."""
        found: Tool = bench.plugins.get("tool", self.name)
        return found

    def examples(self, tool: Tool) -> Sequence[Mapping[str, Any]]:
        """What it is called with."""
        found = self.good or [example.arguments for example in tool.examples]
        assert found, "give examples: `good` here, or `examples` of the tool"
        return found

    def test_its_name_is_that_of_its_entry_point(self, tool: Tool) -> None:
        """The catalogue is metadata, so the two must agree."""
        assert re.fullmatch(r"[a-z][a-z0-9]*(_[a-z0-9]+)*", tool.name), "a tool's name is snake_case"
        assert tool.name == self.name
        assert [entry.name for entry in entry_points(group="llmspell.tools", name=self.name)] == [self.name]

    def test_the_index_of_its_pack_agrees_with_it(self, tool: Tool, bench: Bench) -> None:
        """Whoever searches for a tool reads the pack's `tools.json`, if there is one, and not the tool."""
        package = bench.plugins.find("tool", self.name).module.partition(".")[0]
        place = place_of(package)
        if place is not None and place.is_file():
            known = parsed(place.read_text("utf-8"))
            points = {point.name for point in entry_points(group="llmspell.tools") if point.module.startswith(package)}
            assert known.get(self.name) == record_of(tool), "run: llmspell tools index FOLDER"
            assert known.keys() <= points, "run: llmspell tools index FOLDER"

    def test_it_tells_a_model_what_it_does(self, tool: Tool) -> None:
        """A model chooses by the description, and fills in what is described."""
        assert len(tool.description.split()) >= 3
        assert tool.spec().description == tool.description
        silent = [name for name, rule in tool.parameters.get("properties", {}).items() if not rule.get("description")]
        assert silent == [], "every argument has a description"

    def test_it_needs_permissions_that_exist(self, tool: Tool) -> None:
        """An unknown permission would never be granted."""
        assert set(tool.needs) <= set(KINDS)

    def test_its_schema_is_an_object_that_allows_nothing_unknown(self, tool: Tool) -> None:
        """A misspelled argument must not be ignored."""
        validator = Validator(tool.parameters, f"tool:{tool.name}")
        assert tool.parameters["type"] == "object"
        with pytest.raises(UsageError, match="'no_such_argument' is not known"):
            validator.check({**self.examples(tool)[0], "no_such_argument": 1})

    def test_its_examples_fit_its_schema(self, tool: Tool) -> None:
        """People copy them."""
        for example in tool.examples:
            Validator(tool.parameters, f"tool:{tool.name}").check(dict(example.arguments))

    @pytest.mark.asyncio
    async def test_it_answers_good_arguments_with_data(self, tool: Tool, bench: Bench) -> None:
        """An answer crosses to scripts and to models, so it is JSON-like."""
        for arguments in self.examples(tool):
            dumps(await bench.call(tool, arguments))

    @pytest.mark.asyncio
    async def test_it_leaves_its_arguments_alone(self, tool: Tool, bench: Bench) -> None:
        """Arguments are shared with the journal and with hooks."""
        for arguments in self.examples(tool):
            before = dumps(arguments)
            await bench.call(tool, arguments)
            assert dumps(arguments) == before

    @pytest.mark.asyncio
    async def test_it_refuses_bad_arguments_in_words(self, tool: Tool, bench: Bench) -> None:
        """A wrong call is an error that the model or the spell can act on, not an exception of a library."""
        assert self.bad, "give examples in `bad`"
        for arguments in self.bad:
            with pytest.raises(LlmspellError) as caught:
                await bench.call(tool, arguments)
            assert caught.value.message, f"no message for {arguments!r}"
            assert caught.value.kind not in ("internal", "tool_failed"), f"{arguments!r}: {caught.value.message}"

    @pytest.mark.asyncio
    async def test_it_does_nothing_that_was_not_granted(self, tool: Tool, tmp_path: Path) -> None:
        """Whoever needs a permission is refused without it."""
        bench = Bench(tmp_path, environ=self.environ, tables=self.tables)
        for arguments in self.examples(tool) if tool.needs else ():
            with pytest.raises(PermissionDenied):
                await bench.call(tool, arguments)

    @pytest.mark.asyncio
    async def test_a_quick_tool_is_quick(self, tool: Tool, bench: Bench) -> None:
        """A quick tool runs on the event loop, where a slow one would stop everything."""
        for arguments in self.examples(tool) if tool.quick else ():
            times = []
            for _ in range(4):
                started = perf_counter()
                await bench.call(tool, arguments)
                times.append(perf_counter() - started)
            assert min(times) < _QUICK
