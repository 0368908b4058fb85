"""What a rule asks about is asked when a real tool comes to it: the file, the server, the program."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from llmspell.approvals import Answer, Approval
from llmspell.config import LoadedConfig, Settings
from llmspell.errors import PermissionDenied
from llmspell.kernel import Kernel, RunOptions
from llmspell.permissions import Grants
from llmspell.plugins import Plugins

from .ground import Outside, fill, outside
from .test_every_tool import written

# The tool, its arguments, the rules that ask, and what is asked about.
ASKED: dict[str, tuple[Mapping[str, Any], Mapping[str, list[str]], str]] = {
    "http_request": ({"url": "{url}/items"}, {"net": ["127.0.0.1"]}, "127.0.0.1:{port}"),
    "download": ({"url": "{url}/data.csv", "path": "data.csv"}, {"net": ["127.0.0.1"]}, "127.0.0.1:{port}"),
    "webhook_call": ({"url": "{url}/hook", "payload": {}}, {"net": ["127.0.0.1"]}, "127.0.0.1:{port}"),
    "process_run": ({"argv": ["touch", "made"]}, {"run": ["touch **"]}, "touch made"),
    "file_write": ({"path": "made", "text": "x"}, {"fs.write": ["made"]}, "{folder}/made"),
    "file_delete": ({"path": "rubbish.txt"}, {"fs.write": ["rubbish.txt"]}, "{folder}/rubbish.txt"),
    "file_read": ({"path": "README.md"}, {"fs.read": ["README.md"]}, "{folder}/README.md"),
    "calculator": ({"expression": "1 + 1"}, {"tools": ["calculator"]}, "calculator"),
}
ALLOWED = {"fs.read": ["**"], "fs.write": ["**"], "run": ["touch **"], "net": ["127.0.0.1"], "tools": ["*"]}


class Person:
    """Answers every question the same, and remembers what was asked."""

    def __init__(self, verdict: str) -> None:
        self._verdict = verdict
        self.asked: list[Approval] = []

    async def __call__(self, approval: Approval, tell: Any) -> Answer:
        self.asked.append(approval)
        return Answer(self._verdict, "person")  # type: ignore[arg-type]  # one of its words


@pytest.fixture
async def servers() -> AsyncIterator[Outside]:
    async with outside() as servers:
        yield servers


def state_of(folder: Path) -> Mapping[Path, int]:
    """When each file and folder in it was changed last."""
    return {path: path.stat().st_mtime_ns for path in folder.rglob("*")}


async def call(name: str, person: Person, servers: Outside, folder: Path) -> Any:
    arguments, rules, _ = ASKED[name]
    grants = Grants.of(ALLOWED, origin="the test", base=folder, ask=rules)
    loaded = LoadedConfig(project=folder)
    environ = {"PATH": "/usr/bin:/bin"}
    async with Kernel(loaded, environ=environ, plugins=Plugins(Settings(loaded, environ))) as kernel:
        run = kernel.open_run(RunOptions(profile="high", permissions=(grants,), answerers=(person,)))
        try:
            return await run.call_tool(run.find_tool(name), written(arguments, servers.url), run.root)
        finally:
            await run.close()


@pytest.mark.parametrize("name", ASKED)
async def test_a_yes_lets_it_happen(name: str, servers: Outside, tmp_path: Path) -> None:
    fill(tmp_path)
    person = Person("once")
    await call(name, person, servers, tmp_path)
    port = servers.url.rpartition(":")[2]
    assert {each.target for each in person.asked} == {ASKED[name][2].format(folder=tmp_path, port=port)}
    assert {each.tool for each in person.asked} == {f"tool:{name}"} or name == "calculator"


@pytest.mark.parametrize("name", ASKED)
async def test_a_no_means_that_nothing_happens(name: str, servers: Outside, tmp_path: Path) -> None:
    fill(tmp_path)
    before = state_of(tmp_path)
    person = Person("no")
    with pytest.raises(PermissionDenied, match=r"was not approved by person$"):
        await call(name, person, servers, tmp_path)
    assert len(person.asked) == 1
    assert state_of(tmp_path) == before
    assert servers.hooks == []
