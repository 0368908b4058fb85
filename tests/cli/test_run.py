"""`llmspell run` and `exec`: output, exit codes, errors for people."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.cli.conftest import Llmspell


def test_standard_output_carries_only_what_the_spell_prints(llmspell: Llmspell) -> None:
    ended = llmspell("exec", 'Log.info("for people", { n = 1 }) print("result") return 5')
    assert (ended.returncode, ended.stdout, ended.stderr) == (0, "result\n", "info: for people n=1\n")


def test_json_is_one_object_with_the_result(llmspell: Llmspell) -> None:
    ended = llmspell("exec", 'print("a") return { x = 1, list = Json.array() }', "--json")
    shown = json.loads(ended.stdout)
    assert shown["schema"] == "llmspell.run/1"
    assert (shown["result"], shown["output"], shown["stop_reason"]) == (
        {"x": 1, "list": []},
        "a\n",
        "completed",
    )


def test_jsonl_is_every_event_and_the_result_last(llmspell: Llmspell) -> None:
    lines = [json.loads(line) for line in llmspell("exec", 'print("a") return 1', "--jsonl").stdout.splitlines()]
    assert [line.get("kind") for line in lines] == [
        "script.started",
        "script.walls",
        "script.output",
        "script.finished",
        None,
    ]
    assert [line["seq"] for line in lines[:-1]] == [1, 2, 3, 4]
    assert lines[-1]["result"] == 1


def test_json_tells_an_error_too(llmspell: Llmspell) -> None:
    ended = llmspell("exec", 'error{ kind = "not_found", message = "no such thing" }', "--json")
    shown = json.loads(ended.stdout)
    assert ended.returncode == 1
    assert (shown["stop_reason"], shown["error"]["kind"]) == ("error", "not_found")


def test_metrics_are_a_table_for_people_and_data_for_programs(llmspell: Llmspell) -> None:
    spell = 'Tool.run("calculator", { expression = "1 + 1" })'
    people = llmspell("exec", spell, "--metrics")
    assert "tool calculator" in people.stderr
    assert people.stdout == ""
    assert "metrics" in json.loads(llmspell("exec", spell, "--metrics", "--json").stdout)


def test_an_error_says_what_where_and_what_to_do(llmspell: Llmspell, tmp_path: Path) -> None:
    (tmp_path / "bad.lua").write_text('local x = 1\n  Tool.run("calculater")\n')
    ended = llmspell("run", "bad.lua")
    assert ended.returncode == 1
    first, place, line, *_, hint = ended.stderr.splitlines()
    assert first.startswith("error: no tool named 'calculater' is installed")
    assert (place, line) == ("  at bad.lua:2", '   | Tool.run("calculater")')
    assert hint == "hint: did you mean 'calculator'?"


def test_an_error_in_a_module_names_the_module(llmspell: Llmspell, tmp_path: Path) -> None:
    (tmp_path / "lib.lua").write_text('local function deep() error("ouch") end\nreturn { go = deep }\n')
    (tmp_path / "main.lua").write_text('require("lib").go()\n')
    ended = llmspell("run", "main.lua")
    assert '  at lib.lua:1\n   | local function deep() error("ouch") end\n' in ended.stderr


def test_a_syntax_error_names_its_line(llmspell: Llmspell, tmp_path: Path) -> None:
    (tmp_path / "bad.lua").write_text("local x = 1\nlocal = 2\n")
    ended = llmspell("run", "bad.lua")
    assert ended.returncode == 1
    assert "  at bad.lua:2\n   | local = 2\n" in ended.stderr


@pytest.mark.parametrize(
    ("spell", "code", "sentence"),
    [
        ('error("ouch")', 1, "error: ouch"),
        ("os.exit(3)", 1, "attempt to call a nil value"),
        ('Tool.run("file_read", { path = "../x" })', 4, "error: "),
        ('Provider.complete{ prompt = "x", model = "openai/x" }', 5, "OPENAI_API_KEY"),
        ('Provider.complete{ prompt = "x", model = "ollama/x" }', 5, "ollama serve"),
        ('Provider.complete{ prompt = "x", model = "nope/x" }', 5, "no provider named 'nope' is installed"),
        ('Provider.complete{ prompt = "x", model = "gpt" }', 5, "write PROVIDER/MODEL"),
        ("while true do end", 6, "error: the budget wall_time of 1 seconds is used up"),
        ("Async.sleep(60)", 6, "error: the budget wall_time of 1 seconds is used up"),
    ],
)
def test_exit_codes_tell_who_must_act(llmspell: Llmspell, spell: str, code: int, sentence: str) -> None:
    seconds = "20" if "ollama" in spell else "1"  # a refused connection is tried again
    ended = llmspell("exec", spell, "--timeout", seconds, OLLAMA_HOST="http://127.0.0.1:9")
    assert sentence in ended.stderr
    assert ended.returncode == code
    assert "Traceback" not in ended.stderr


@pytest.mark.parametrize(
    ("words", "code", "sentence"),
    [
        (("rnu", "x.lua"), 2, "no command named 'rnu'; did you mean 'run'?"),
        (("x.lua",), 2, "to run a spell, type: llmspell run x.lua"),
        (("run",), 2, "Missing argument 'FILE'"),
        (("run", "nope.lua"), 2, "error: cannot read 'nope.lua': No such file or directory"),
        (("run", "."), 2, "error: '.' is a folder, not a spell"),
        (("exec", "1", "--profil", "low"), 2, "--profile"),
        (("exec", "1", "--profile", "lwo"), 2, "no profile named 'lwo'"),
        (("exec", "1", "--engine", "lau"), 2, "hint: did you mean 'lua'?"),
        (("exec", "1", "--modle", "x"), 2, "--model"),
        (("exec", "1", "--timeout", "0"), 2, "0.0 is not in the range x>0"),
        (("exec", "1", "--json", "--jsonl"), 2, "error: --json and --jsonl cannot both be given"),
        (("exec", "1", "--set", "budget.tokns=1"), 3, "did you mean 'tokens'?"),
        (("exec", "1", "--set", "budget.tokens=many"), 3, "`budget.tokens` must be an integer, found 'many'"),
        (("exec", "1", "--set", "budget"), 3, "write --set section.key=value"),
        (
            ("exec", "1", "--set", "hook.loging.level=1"),
            3,
            "no hook named 'loging' is installed; did you mean 'logging'?",
        ),
        (("exec", "1", "--set", 'hooks.enabled=["loging"]'), 2, "did you mean 'logging'?"),
        (("tools", "show", "calculater"), 2, "did you mean 'calculator'?"),
        (("tools", "run", "calculator", "{"), 2, "error: the arguments are not JSON"),
        (("tools", "run", "calculator", "--arg", "expresion=1"), 2, "did you mean 'expression'?"),
        (("tools", "run", "calculator", "--arg", "expression"), 2, "write --arg NAME=VALUE"),
        (("models", "opnai"), 5, "did you mean 'openai'?"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else None,
)
def test_a_typo_gets_an_answer_that_helps(llmspell: Llmspell, words: tuple[str, ...], code: int, sentence: str) -> None:
    ended = llmspell(*words)
    assert sentence in ended.stderr
    assert ended.returncode == code
    assert ended.stdout == ""
    assert "Traceback" not in ended.stderr


def test_the_engine_is_chosen_by_extension_then_shebang_then_flag(llmspell: Llmspell, tmp_path: Path) -> None:
    (tmp_path / "a.lua").write_text("print(1)")
    (tmp_path / "b").write_text("#!/usr/bin/env lua\nprint(2)")
    (tmp_path / "c.txt").write_text("print(3)")
    assert llmspell("run", "a.lua").stdout == "1\n"
    assert llmspell("run", "b").stdout == "2\n"
    assert llmspell("run", "c.txt", "--engine", "lua").stdout == "3\n"
    ended = llmspell("run", "c.txt")
    assert (ended.returncode, ended.stderr.splitlines()[-1]) == (2, "hint: add --engine javascript")
    assert "installed engines: javascript, lua" in ended.stderr


def test_one_of_several_engines_is_chosen_by_their_language_or_the_configuration(
    llmspell: Llmspell, tmp_path: Path
) -> None:
    (tmp_path / "a.js").write_text("#!/usr/bin/env llmspell\nconsole.log(typeof InternalError)")  # only QuickJS has it
    assert llmspell("run", "a.js").stdout == "undefined\n"
    assert llmspell("run", "a.js", "--engine", "quickjs").stdout == "function\n"
    assert llmspell("run", "a.js", "--set", "engine.javascript=quickjs").stdout == "function\n"
    assert llmspell("run", "a.js", "--set", "engine.js=quickjs").stdout == "function\n"


@pytest.mark.parametrize("name", ["spell.lua", "spell.js", "spell.mts"])
def test_a_file_with_the_shebang_of_llmspell_is_a_program(llmspell: Llmspell, tmp_path: Path, name: str) -> None:
    say = "print(Args.n, Args[2])" if name.endswith("lua") else "console.log(Args.n, Args[1]);"
    (tmp_path / name).write_text(f"#!/usr/bin/env llmspell\n{say}\n")
    (tmp_path / name).chmod(0o755)
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    command = [f"./{name}", "--n", "5", "--help"]
    ended = subprocess.run(
        command,
        cwd=tmp_path,
        env={"PATH": path, "HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    assert (ended.returncode, ended.stdout.split(), ended.stderr) == (0, ["5", "5"], "")


def test_code_may_come_from_standard_input(llmspell: Llmspell) -> None:
    assert llmspell("exec", "-", stdin="print(Args[1])").stdout == "nil\n"


def test_a_spell_that_is_not_text_is_refused(llmspell: Llmspell, tmp_path: Path) -> None:
    (tmp_path / "bad.lua").write_bytes(b"print('\xff')")
    ended = llmspell("run", "bad.lua")
    assert (ended.returncode, ended.stderr) == (2, "error: 'bad.lua' is not UTF-8 text (byte 7)\n")


def test_the_offline_model_says_once_what_it_is(llmspell: Llmspell) -> None:
    ended = llmspell("exec", 'local a = Agent.create{} a:run("One. Two.") a:run("Three.") print("ok")')
    assert ended.stdout == "ok\n"
    assert ended.stderr.count("note: answering offline") == 1
    assert "OPENAI_API_KEY" in ended.stderr


def test_high_grants_no_tool_and_no_model(llmspell: Llmspell) -> None:
    for spell in ('Tool.run("calculator", { expression = "1" })', 'Agent.create{}:run("x")', 'require("x")'):
        ended = llmspell("exec", spell, "--profile", "high")
        assert ended.returncode == 4, ended.stderr
        assert "not allowed in profile 'high'" in ended.stderr
    assert llmspell("exec", "print(math.pi > 3)", "--profile", "high").stdout == "true\n"


def test_secrets_are_redacted_in_json_and_on_standard_error(llmspell: Llmspell) -> None:
    secret = "sk-" + "a1B2" * 10
    ended = llmspell("exec", f'Log.info("{secret}") error("{secret}")', "--jsonl")
    assert secret not in ended.stderr
    assert all(secret not in line for line in ended.stdout.splitlines() if "script.started" not in line)
    assert "[redacted]" in ended.stderr
