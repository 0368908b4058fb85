"""Every example runs, offline as a new user would run it, and against a server."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from pathlib import Path
from typing import Any

import pytest

from llmspell.testing import Calls, OpenAIServer, Text

ROOT = Path(__file__).parents[2]
EXAMPLES = sorted((ROOT / "examples").glob("*.lua"))


async def run(*words: str, **extra: str) -> tuple[int | None, str, str]:
    """`llmspell run WORDS...` in the repository, without a key unless the test gives one."""
    environ = {"PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}", "HOME": os.devnull} | extra
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(
        "llmspell", "run", *words, cwd=ROOT, env=environ, stdout=pipe, stderr=pipe
    )
    output, error = await asyncio.wait_for(process.communicate(), 60)
    return process.returncode, output.decode(), error.decode()


def test_there_are_examples() -> None:
    assert {example.stem for example in EXAMPLES} >= {"quickstart", "chat", "hooks", "fan_out", "errors"}


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda path: path.stem)
async def test_an_example_runs_offline(example: Path) -> None:
    code, output, error = await run(str(example.relative_to(ROOT)))
    assert code == 0, error
    assert output


async def test_the_quickstart_reads_counts_and_divides() -> None:
    code, output, _ = await run("examples/quickstart.lua", "--json")
    shown = json.loads(output)
    words = len((ROOT / "README.md").read_text().split())
    assert code == 0
    assert shown["result"]["stop_reason"] == "completed"
    assert shown["result"]["calls"] == 3
    assert str(words) in shown["result"]["answer"]
    assert f"{words / 200:g}" in shown["result"]["answer"]


async def test_the_quickstart_runs_unchanged_with_a_key() -> None:
    words = len((ROOT / "README.md").read_text().split())
    steps: list[Any] = [
        Calls(("file_read", {"path": "README.md"})),
        Calls(("word_count", {"text": (ROOT / "README.md").read_text()})),
        Calls(("calculator", {"expression": f"{words} / 200"})),
        Text("It takes a few minutes."),
    ]
    async with OpenAIServer(*steps) as server:
        code, output, error = await run(
            "examples/quickstart.lua", "--json", OPENAI_API_KEY="key", OPENAI_BASE_URL=server.base_url
        )
    assert code == 0, error
    assert json.loads(output)["result"] == {
        "answer": "It takes a few minutes.",
        "stop_reason": "completed",
        "calls": 3,
    }


async def test_the_hooks_example_asks_the_model_once() -> None:
    code, output, error = await run("examples/hooks.lua", "--json")
    assert code == 0, error
    assert json.loads(output)["result"] == {"asked": 1, "vetoed": True}
