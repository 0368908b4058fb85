"""Every example runs, offline as a new user would run it, and against a server; its twin does and says the same."""

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
ENDINGS = {"lua": "lua", "javascript": "js", "quickjs": "js"}
"""The ending of the examples that an engine runs, by its name."""

LANGUAGES = sorted(set(ENDINGS.values()))
EXAMPLES = sorted({example.stem for example in (ROOT / "examples").iterdir() if example.is_file()})


async def run(*words: str, **extra: str) -> tuple[int | None, str, str]:
    """`llmspell run WORDS...` in the repository, without a key unless the test gives one."""
    environ = {"PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}", "HOME": os.devnull} | extra
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(
        "llmspell", "run", *words, cwd=ROOT, env=environ, stdout=pipe, stderr=pipe
    )
    output, error = await asyncio.wait_for(process.communicate(), 60)
    return process.returncode, output.decode(), error.decode()


async def run_as_json(example: str, engine: str, **extra: str) -> tuple[int | None, str, str]:
    return await run(f"examples/{example}.{ENDINGS[engine]}", "--engine", engine, "--json", **extra)


def outcome(ended: tuple[int | None, str, str]) -> dict[str, Any]:
    """What `--json` said of an example, which must have succeeded. Any: the result is the spell's."""
    code, output, error = ended
    assert code == 0, error
    shown: dict[str, Any] = json.loads(output)
    return shown


def words_of_the_readme() -> int:
    return len((ROOT / "README.md").read_text().split())


def test_there_are_examples() -> None:
    assert set(EXAMPLES) >= {"quickstart", "chat", "hooks", "fan_out", "errors", "tools", "events"}


@pytest.mark.parametrize("example", EXAMPLES)
def test_an_example_has_a_twin_in_each_language(example: str) -> None:
    missing = [ending for ending in LANGUAGES if not (ROOT / f"examples/{example}.{ending}").exists()]
    assert not missing


@pytest.mark.parametrize("example", EXAMPLES)
@pytest.mark.parametrize("ending", LANGUAGES)
def test_an_example_says_first_what_it_shows_and_how_to_run_it(example: str, ending: str) -> None:
    comment = {"lua": "--", "js": "//"}[ending]
    shows, runs = (ROOT / f"examples/{example}.{ending}").read_text().splitlines()[:2]
    assert shows.startswith(f"{comment} ")
    assert runs.startswith(f"{comment}   llmspell run examples/{example}.{ending}")


@pytest.mark.parametrize("example", EXAMPLES)
async def test_an_example_and_its_twin_come_to_the_same_in_every_engine(example: str) -> None:
    ended = await asyncio.gather(*(run_as_json(example, engine) for engine in ENDINGS))
    first, *others = ({**outcome(each), "duration": 0} for each in ended)
    assert first["output"]
    assert first["result"] is not None
    for engine, other in zip(list(ENDINGS)[1:], others, strict=True):
        assert other == first, engine


@pytest.mark.parametrize("ending", LANGUAGES)
async def test_the_quickstart_runs_as_a_new_user_types_it(ending: str) -> None:
    code, output, error = await run(f"examples/quickstart.{ending}")
    assert code == 0, error
    assert f"word_count: {words_of_the_readme()}" in output
    assert "answering offline" in error


async def test_the_quickstart_reads_counts_and_divides() -> None:
    shown = outcome(await run_as_json("quickstart", "lua"))
    words = words_of_the_readme()
    assert shown["result"]["stop_reason"] == "completed"
    assert shown["result"]["calls"] == 3
    assert str(words) in shown["result"]["answer"]
    assert f"{words / 200:g}" in shown["result"]["answer"]


@pytest.mark.parametrize("engine", ENDINGS)
async def test_the_quickstart_runs_unchanged_with_a_key(engine: str) -> None:
    steps: list[Any] = [
        Calls(("file_read", {"path": "README.md"})),
        Calls(("word_count", {"text": (ROOT / "README.md").read_text()})),
        Calls(("calculator", {"expression": f"{words_of_the_readme()} / 200"})),
        Text("It takes a few minutes."),
    ]
    async with OpenAIServer(*steps) as server:
        ended = await run_as_json("quickstart", engine, OPENAI_API_KEY="key", OPENAI_BASE_URL=server.base_url)
    assert outcome(ended)["result"] == {"answer": "It takes a few minutes.", "stop_reason": "completed", "calls": 3}


async def test_the_hooks_example_asks_the_model_once() -> None:
    shown = outcome(await run_as_json("hooks", "lua"))
    assert shown["result"] == {"asked": 1, "vetoed": True}
