"""What every tool must do, as tests.

from llmspell.testing.contracts.tool import ToolContract

class TestHalf(ToolContract):
    name = "half"
    good = ({"number": 3},)
    bad = ({"number": "three"},)
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Mapping, Sequence
from importlib.metadata import entry_points
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, cast

import pytest

from llmspell.errors import LlmspellError, UsageError
from llmspell.files import Files
from llmspell.plugins import Plugins, Settings
from llmspell.schema import Validator
from llmspell.tool import Tool
from llmspell.values import dumps

if TYPE_CHECKING:
    from llmspell.context import Context

_NEEDS = {"fs.read", "fs.write", "net", "env", "run", "modules", "tools", "models", "secrets"}
_QUICK = 0.05  # seconds; fifty times what a quick tool may take, because test machines are slow


class ToolContract:
    """Subclass it as `Test...`.

    Attributes:
        name: the tool's entry point.
        good: arguments that it answers; override `prepare` to make the files that they name.
        bad: arguments that it refuses, whether by its schema or by itself.
    """

    name: str
    good: Sequence[Mapping[str, Any]]
    bad: Sequence[Mapping[str, Any]]

    def prepare(self, folder: Path) -> None:
        """Put into `folder` what the good examples need."""

    @pytest.fixture
    def tool(self) -> Tool:
        """The tool as the kernel loads it: by its entry point, through its registration hook."""
        found: Tool = Plugins(Settings()).get("tool", self.name)
        return found

    @pytest.fixture
    def context(self, tmp_path: Path) -> Context:
        """What a tool is run with: the files of a fresh folder."""
        self.prepare(tmp_path)
        return cast("Context", SimpleNamespace(files=Files([tmp_path]), event=lambda kind, data: None))

    async def call(self, tool: Tool, arguments: Mapping[str, Any], context: Context) -> Any:
        """What the tool answers to arguments that fit its schema."""
        Validator(tool.parameters, f"tool:{tool.name}").check(dict(arguments))
        answer = tool.run(dict(arguments), context)
        return await answer if inspect.isawaitable(answer) else answer

    def test_its_name_is_that_of_its_entry_point(self, tool: Tool) -> None:
        """The catalogue is metadata, so the two must agree."""
        assert re.fullmatch(r"[a-z][a-z0-9]*(_[a-z0-9]+)*", tool.name), "a tool's name is snake_case"
        assert tool.name == self.name
        assert [entry.name for entry in entry_points(group="llmspell.tools", name=self.name)] == [self.name]

    def test_it_tells_a_model_what_it_does(self, tool: Tool) -> None:
        """A model chooses by the description."""
        assert len(tool.description.split()) >= 3
        assert tool.spec().description == tool.description

    def test_it_needs_permissions_that_exist(self, tool: Tool) -> None:
        """An unknown permission would never be granted."""
        assert set(tool.needs) <= _NEEDS

    def test_its_schema_is_an_object_that_allows_nothing_unknown(self, tool: Tool) -> None:
        """A misspelled argument must not be ignored."""
        validator = Validator(tool.parameters, f"tool:{tool.name}")
        assert tool.parameters["type"] == "object"
        with pytest.raises(UsageError, match="'no_such_argument' is not known"):
            validator.check({**self.good[0], "no_such_argument": 1})

    async def test_it_answers_good_arguments_with_data(self, tool: Tool, context: Context) -> None:
        """An answer crosses to scripts and to models, so it is JSON-like."""
        assert self.good, "give examples in `good`"
        for arguments in self.good:
            dumps(await self.call(tool, arguments, context))

    async def test_it_leaves_its_arguments_alone(self, tool: Tool, context: Context) -> None:
        """Arguments are shared with the journal and with hooks."""
        for arguments in self.good:
            before = dumps(arguments)
            answer = tool.run(cast("dict[str, Any]", arguments), context)
            if inspect.isawaitable(answer):
                await answer
            assert dumps(arguments) == before

    async def test_it_refuses_bad_arguments_in_words(self, tool: Tool, context: Context) -> None:
        """A wrong call is an error that the model or the spell can act on, not an exception of a library."""
        assert self.bad, "give examples in `bad`"
        for arguments in self.bad:
            with pytest.raises(LlmspellError) as caught:
                await self.call(tool, arguments, context)
            assert caught.value.message, f"no message for {arguments!r}"
            assert caught.value.kind != "internal", f"{arguments!r}: {caught.value.message}"

    def test_a_quick_tool_is_quick(self, tool: Tool, context: Context) -> None:
        """A quick tool runs on the event loop, where a slow one would stop everything."""
        if not tool.quick:
            return
        from time import perf_counter

        for arguments in self.good:
            tool.run(dict(arguments), context)
            times = []
            for _ in range(3):
                started = perf_counter()
                tool.run(dict(arguments), context)
                times.append(perf_counter() - started)
            assert min(times) < _QUICK
