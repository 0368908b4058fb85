"""`--record` and `--replay`, with a real server that is gone when the recording is served."""

from __future__ import annotations

import asyncio
import json
import signal
import subprocess
from pathlib import Path
from typing import Any

import pytest

from llmspell.testing import Calls, Text
from llmspell.testing.server import OpenAIServer

from .conftest import Llmspell, environment

SPELL = """
local agent = Agent.create{ name = "clerk", tools = {"write_note"} }
local reply = agent:run("please note the weather")
print(reply.text)
return reply.calls[1].output
"""
TOOL = """
Tool.define{ name = "write_note", parameters = { text = "string" },
  run = function(args) print("noting " .. args.text) return "noted" end }
"""


def recorded(folder: Path, text: str, *steps: Any, words: tuple[str, ...] = ()) -> subprocess.CompletedProcess[str]:
    """Record a spell against a server on this machine."""
    (folder / "spell.lua").write_text(text)

    async def run() -> subprocess.CompletedProcess[str]:
        async with OpenAIServer(*steps) as server:
            extra = {"OPENAI_API_KEY": "no-secret-at-all", "OPENAI_BASE_URL": server.base_url}
            command = ["llmspell", "run", "--model", "openai/m", "--record", "tape.json", *words, "spell.lua"]
            return await asyncio.to_thread(
                subprocess.run,
                command,
                cwd=folder,
                env=environment(**extra),
                capture_output=True,
                text=True,
                timeout=60,
                check=False,
            )

    return asyncio.run(run())


def steps() -> tuple[Any, ...]:
    """A tool call, then an answer."""
    return Calls(("write_note", {"text": "sunny"})), Text("It is noted.")


def test_what_was_recorded_replays_without_a_server_and_without_a_key(tmp_path: Path, llmspell: Llmspell) -> None:
    first = recorded(tmp_path, TOOL + SPELL, *steps())
    assert (first.returncode, first.stderr) == (0, "note: recorded 3 exchanges to tape.json\n"), first.stderr
    second = llmspell("run", "--replay", "tape.json", "spell.lua")
    assert (second.returncode, second.stdout, second.stderr) == (0, first.stdout, "")


def test_the_spell_s_own_tools_run_again(tmp_path: Path, llmspell: Llmspell) -> None:
    recorded(tmp_path, TOOL + SPELL, *steps())
    assert "noting sunny\n" in llmspell("run", "--replay", "tape.json", "spell.lua").stdout


def test_an_installed_tool_does_not_run_again(tmp_path: Path, llmspell: Llmspell) -> None:
    (tmp_path / "notes.txt").write_text("as it was\n")
    first = recorded(tmp_path, 'return Tool.run("file_read", { path = "notes.txt" }).text')
    assert first.returncode == 0, first.stderr
    (tmp_path / "notes.txt").unlink()
    second = llmspell("run", "--json", "--replay", "tape.json", "spell.lua")
    shown = json.loads(second.stdout)
    assert (second.returncode, "as it was" in shown["result"]) == (0, True), second.stderr
    assert shown["replay"] == {"served": 1, "unused": []}


def test_a_changed_prompt_is_an_error_with_a_diff(tmp_path: Path, llmspell: Llmspell) -> None:
    recorded(tmp_path, TOOL + SPELL, *steps())
    (tmp_path / "spell.lua").write_text(TOOL + SPELL.replace("weather", "tides"))
    ended = llmspell("run", "--replay", "tape.json", "spell.lua")
    assert (ended.returncode, ended.stdout) == (1, "")
    assert '    - recorded: "please note the weather"\n    + asked:    "please note the tides"\n' in ended.stderr
    assert "hint: if the change is meant, record again with --record\n" in ended.stderr


def test_a_spell_that_swallows_the_miss_fails_all_the_same(tmp_path: Path, llmspell: Llmspell) -> None:
    recorded(tmp_path, TOOL + SPELL, *steps())
    (tmp_path / "spell.lua").write_text('pcall(function() return Tool.run("calculator", {expression="1"}) end)')
    ended = llmspell("run", "--replay", "tape.json", "spell.lua")
    assert ended.returncode == 1
    assert "the recording has no call of tool 'calculator'" not in ended.stdout
    assert "error: " in ended.stderr


def test_lenient_answers_all_the_same_and_warns(tmp_path: Path, llmspell: Llmspell) -> None:
    recorded(tmp_path, TOOL + SPELL, *steps())
    (tmp_path / "spell.lua").write_text(TOOL + SPELL.replace("weather", "tides"))
    ended = llmspell("run", "--replay", "tape.json", "--replay-mode", "lenient", "spell.lua")
    assert (ended.returncode, ended.stdout) == (0, "noting sunny\nIt is noted.\n")
    assert "warn: openai/m at run/agent:clerk/llm was asked something else:\n" in ended.stderr


def test_what_was_not_asked_for_is_told(tmp_path: Path, llmspell: Llmspell) -> None:
    recorded(tmp_path, TOOL + SPELL, *steps())
    (tmp_path / "spell.lua").write_text("return 1")
    ended = llmspell("run", "--replay", "tape.json", "spell.lua")
    assert ended.returncode == 0
    assert ended.stderr == (
        "warn: not asked for, though recorded: 2 exchanges\n"
        "  llm 'openai/m' at run/agent:clerk/llm\n"
        "  llm 'openai/m' at run/agent:clerk/llm#2\n"
    )


def test_a_run_that_fails_is_recorded_too(tmp_path: Path, llmspell: Llmspell) -> None:
    spell = TOOL + SPELL.replace("return", "print").replace("reply.calls[1].output", "(1)") + 'error("and then this")'
    first = recorded(tmp_path, spell, *steps())
    assert (first.returncode, "note: recorded 3 exchanges" in first.stderr) == (1, True), first.stderr
    second = llmspell("run", "--replay", "tape.json", "spell.lua")
    assert (second.returncode, "error: and then this" in second.stderr) == (1, True)


def test_a_run_that_is_interrupted_leaves_what_there_was(tmp_path: Path) -> None:
    spell = 'Tool.run("calculator", {expression = "1 + 1"}) print("there") Async.sleep(60)'
    (tmp_path / "spell.lua").write_text(spell)
    command = ["llmspell", "run", "--record", "tape.json", "spell.lua"]
    process = subprocess.Popen(
        command, cwd=tmp_path, env=environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    try:
        assert process.stdout is not None
        assert process.stdout.readline() == "there\n"
        process.send_signal(signal.SIGINT)
        assert process.wait(timeout=30) == 130
    finally:
        process.kill()
        process.communicate()
    tape = json.loads((tmp_path / "tape.json").read_text())
    assert (tape["stop_reason"], [each["name"] for each in tape["exchanges"]]) == ("cancelled", ["calculator"])


def test_a_key_of_the_environment_is_not_in_the_cassette(tmp_path: Path) -> None:
    recorded(tmp_path, 'return Agent.create{ name = "a" }:run("it is no-secret-at-all, says he").text', Text("no"))
    assert "no-secret-at-all" not in (tmp_path / "tape.json").read_text()


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("--record", "a.json", "--replay", "b.json"), "error: --record and --replay cannot both be given\n"),
        (("--replay-mode", "lenient"), "error: --replay-mode needs --replay FILE\n"),
        (("--record", "a.json", "--dry-run"), "error: --dry-run runs nothing to record\n"),
        (("--record", "spell.lua"), "error: cannot record to 'spell.lua': it exists, and is no cassette\n"),
        (("--record", "no/a.json"), "error: cannot record to 'no/a.json': there is no folder 'no'\n"),
        (("--replay", "spell.lua"), "error: 'spell.lua' is damaged, or no cassette: "),
        (("--replay", "none.json"), "error: cannot read 'none.json': No such file or directory\n"),
    ],
)
def test_wrong_use_is_told_before_anything_runs(
    tmp_path: Path, llmspell: Llmspell, words: tuple[str, ...], message: str
) -> None:
    (tmp_path / "spell.lua").write_text('print("it ran")')
    ended = llmspell("run", *words, "spell.lua")
    assert (ended.returncode, ended.stdout) == (2, "")
    assert ended.stderr.startswith(message)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("javascript", 'const agent = await Agent.create({ name: "a" });\nreturn (await agent.run("hi")).text'),
        ("lua", 'return Agent.create{ name = "a" }:run("hi").text'),
    ],
)
def test_both_languages_replay(llmspell: Llmspell, name: str, text: str) -> None:
    first = llmspell("exec", "--engine", name, "--record", "tape.json", "--json", text)
    assert first.returncode == 0, first.stderr
    second = llmspell("exec", "--engine", name, "--replay", "tape.json", "--json", text)
    assert json.loads(second.stdout)["result"] == json.loads(first.stdout)["result"]
