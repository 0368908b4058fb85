"""A project in a folder of its own, with its user's trust or without."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from llmspell.config import LoadedConfig, load
from llmspell.errors import LlmspellError
from llmspell.kernel import Ended, Kernel, RunOptions
from llmspell.permissions import Grants
from llmspell.permissions.trust import Trust
from llmspell.spell import Source
from llmspell.testing import ScriptedModel, Text
from llmspell.tool import Tool


class Project:
    """A folder with the files of a project; `environ` is its user's, `model` what the model `scripted/m` says."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "project"
        self.environ = {"HOME": str(folder / "home")}
        self.model: tuple[Any, ...] = (Text("hello"),)
        self.folder.mkdir()

    def write(self, name: str, text: str) -> Path:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        return path

    def load(self, *, trusted: bool = False) -> LoadedConfig:
        return load(self.folder, self.environ, trusted=trusted)

    def trust(self) -> None:
        loaded = self.load()
        Trust.of(self.environ).add(loaded.project, loaded.digest)

    def kernel(self, *, trusted: bool = False) -> Kernel:
        kernel = Kernel(self.load(trusted=trusted), environ=self.environ)
        kernel.models.add(ScriptedModel(*self.model, name="scripted"))
        return kernel

    def grants(self, allow: Mapping[str, Any]) -> Grants:
        return Grants.of(allow, origin="the test", base=self.folder)

    async def call(
        self, name: str, *, trusted: bool = False, allow: Mapping[str, Any] | None = None, **arguments: Any
    ) -> Any:
        """What a tool answers, as `llmspell tools run` would call it."""
        async with self.kernel(trusted=trusted) as kernel:
            run = kernel.open_run(RunOptions(permissions=(self.grants(allow or {}),)))
            try:
                return await run.call_tool(run.find_tool(name), arguments)
            finally:
                await run.close()

    async def cast(self, name: str, options: RunOptions | None = None, **allow: Any) -> Ended:
        """How a spell of the project ends."""
        async with self.kernel() as kernel:
            grants = self.grants({key.replace("_", "."): value for key, value in allow.items()})
            source = Source.read(self.folder / name)
            return await kernel.cast(source, options or RunOptions(permissions=(grants,)))

    def find(self, name: str, *, trusted: bool = False) -> Tool:
        found: Tool = self.kernel(trusted=trusted).plugins.get("tool", name)
        return found

    def offered(self) -> dict[str, str]:
        """The local tools and their places."""
        return {entry.name: entry.distribution for entry in self.kernel().plugins.local}


def value(ended: Ended) -> Any:
    """What a spell returned."""
    assert ended.error is None, ended.error.to_dict() if isinstance(ended.error, LlmspellError) else ended.error
    return ended.value
