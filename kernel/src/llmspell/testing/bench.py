"""Calling tools as a spell would: through the gate, in a folder of their own, with what is granted and nothing else.

async def test_a_line_is_added(tmp_path):
    bench = Bench(tmp_path, allow={"fs.write": ["**"]})
    await bench.call("file_append", {"path": "log.txt", "content": "hello"})
    assert (tmp_path / "log.txt").read_text() == "hello"
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from llmspell.config import LoadedConfig, Settings
from llmspell.config.schema import Config
from llmspell.events import Event
from llmspell.kernel import Kernel, RunOptions
from llmspell.permissions import Grants
from llmspell.plugins import Plugins
from llmspell.tool import Tool


class Bench:
    """A folder, and what is granted in it.

    Args:
        folder: the project folder; relative paths begin there.
        allow: patterns by kind of permission; the profile is `high`, which allows nothing else.
        deny: the same of what is denied.
        environ: the environment variables, keys included.
        tables: the configuration of tools, `[tool.NAME]` by name.

    Attributes:
        events: what the last call published.
    """

    def __init__(
        self,
        folder: Path,
        *,
        allow: Mapping[str, Iterable[str]] | None = None,
        deny: Mapping[str, Iterable[str]] | None = None,
        environ: Mapping[str, str] | None = None,
        tables: Mapping[str, Mapping[str, Any]] | None = None,
    ) -> None:
        self.folder = folder
        self.events: Sequence[Event] = ()
        self._environ = dict(environ or {})
        self._loaded = LoadedConfig(config=Config(tool=dict(tables or {})), project=folder)
        self.plugins = Plugins(Settings(self._loaded, self._environ))
        grants = Grants.of({"tools": ["*"], **(allow or {})}, deny, origin="the test", base=folder)
        self._options = RunOptions(profile="high", permissions=(grants,))

    async def call(self, tool: Tool | str, arguments: Mapping[str, Any] | None = None) -> Any:
        """What a tool answers, given itself or by its name.

        Raises:
            LlmspellError: it was refused, or failed.
        """
        async with Kernel(self._loaded, environ=self._environ, plugins=self.plugins) as kernel:
            run = kernel.open_run(self._options)
            found = run.find_tool(tool) if isinstance(tool, str) else tool
            try:
                return await run.call_tool(found, arguments or {}, run.root)
            finally:
                self.events = run.log.history("*")
                await run.close()
