"""Programs as a tool starts them, in a run of a kernel."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from llmspell.config import LoadedConfig, Settings
from llmspell.context import Context
from llmspell.errors import PermissionDenied
from llmspell.kernel import Kernel, RunOptions
from llmspell.permissions import Grants
from llmspell.plugins import Plugins
from llmspell.run import Run
from llmspell.tool import Tool


class Say(Tool):
    """A tool that lets a program say something."""

    name = "say"
    description = "Says a word."
    parameters = {"type": "object", "properties": {"word": {"type": "string"}}, "required": ["word"]}
    needs = ("run",)

    async def run(self, arguments: dict[str, Any], context: Context) -> str:
        return (await context.process.run(["printf", "%s", arguments["word"]])).stdout.decode()


def opened(project: Path, *allow: str) -> Run:
    loaded = LoadedConfig(project=project)
    granted = Grants.of({"run": allow} if allow else {}, origin="flag", base=project)
    kernel = Kernel(loaded, environ={}, plugins=Plugins(Settings(loaded, {}), entries=()))
    return kernel.open_run(RunOptions(profile="medium", permissions=(granted,)))


async def test_a_tool_starts_what_is_granted(tmp_path: Path) -> None:
    run = opened(tmp_path, "printf %s *")
    assert await run.call_tool(Say(), {"word": "$HOME"}, run.root) == "$HOME"
    started = run.log.history("process.started")
    assert [event.path for event in started] == ["run/tool:say"]


async def test_a_tool_that_starts_programs_does_not_begin_without_any_granted(tmp_path: Path) -> None:
    run = opened(tmp_path)
    with pytest.raises(PermissionDenied, match="tool 'say' uses run, which is not allowed in profile 'medium'"):
        await run.call_tool(Say(), {"word": "a"}, run.root)


async def test_a_tool_that_is_held_to_less_starts_less(tmp_path: Path) -> None:
    run = opened(tmp_path, "printf **")
    bound = Grants.of({"run": ["printf %s a"]}, origin="agent 'careful'", base=tmp_path)
    assert await run.call_tool(Say(), {"word": "a"}, run.root, bound) == "a"
    with pytest.raises(PermissionDenied, match="run of 'printf %s b' is not among the permissions of agent 'careful'"):
        await run.call_tool(Say(), {"word": "b"}, run.root, bound)
