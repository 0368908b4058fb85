"""`llmspell test`: spells' own tests, in every language."""

from __future__ import annotations

import json
import re
import shlex
import signal
import subprocess
from pathlib import Path
from typing import Any

import pytest

from .conftest import Llmspell, environment

PAGE = Path(__file__).parents[2] / "docs" / "testing-spells.md"
_BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)

GREET = """
local agent = Agent.create{ name = "greeter", tools = {"calculator"} }
local reply = agent:run("greet " .. (Args[1] or "nobody"))
State.set("greeted", State.get("greeted", 0) + 1)
Async.sleep(120)
print(reply.text)
Event.publish("greeted.done", { who = Args[1] })
return { text = reply.text, total = State.get("greeted") }
"""
LUA = """
Test.case("greets", function()
  local ended = Test.spell("greet.lua", {
    args = { "Ann" }, state = { greeted = 4 },
    model = { { calls = { { name = "calculator", arguments = { expression = "1 + 1" } } } }, "Hello Ann" },
  })
  Test.equal(ended.stop_reason, "completed")
  Test.equal(ended.value, { text = "Hello Ann", total = 5 })
  Test.equal(ended.printed, { "Hello Ann" })
  Test.equal(ended.state, { greeted = 5 })
  Test.equal(ended.usage.total_tokens, 30)
  Test.includes(ended.events, { kind = "greeted.done", data = { who = "Ann" } })
  Test.equal(#ended.calls, 3)
  Test.includes(ended.calls[1].messages, { role = "user", content = "greet Ann" })
  Test.equal(ended.calls[2].output, 2)
  Test.equal(ended.calls[3].text, "Hello Ann")
end)
"""
JAVASCRIPT = """
Test.case("greets", async () => {
  const ended = await Test.spell("greet.lua", {
    args: ["Ann"], state: { greeted: 4 },
    model: [{ calls: [{ name: "calculator", arguments: { expression: "1 + 1" } }] }, "Hello Ann"],
  });
  await Test.equal(ended.stopReason, "completed");
  await Test.equal(ended.value, { text: "Hello Ann", total: 5 });
  await Test.equal(ended.printed, ["Hello Ann"]);
  await Test.equal(ended.state, { greeted: 5 });
  await Test.equal(ended.usage.totalTokens, 30);
  await Test.includes(ended.events, { kind: "greeted.done", data: { who: "Ann" } });
  await Test.includes(ended.calls[0].messages, { role: "user", content: "greet Ann" });
  await Test.equal(ended.calls.map((call) => call.kind), ["llm", "tool", "llm"]);
});
"""


def case(body: str, name: str = "it") -> str:
    """A test file in Lua with one case."""
    return f'Test.case("{name}", function()\n{body}\nend)\n'


def told(llmspell: Llmspell, folder: Path, text: str, *words: str, code: int = 1) -> Any:
    """The outcome of the only case of a file."""
    (folder / "a_test.lua").write_text(text)
    ended = llmspell("test", "--json", *words, "a_test.lua")
    assert ended.returncode == code, ended.stdout + ended.stderr
    [outcome] = json.loads(ended.stdout)["cases"]
    return outcome


@pytest.mark.parametrize(
    ("extension", "text", "engine"),
    [
        ("lua", LUA, "lua"),
        ("js", JAVASCRIPT, "javascript"),
        ("js", JAVASCRIPT, "quickjs"),
        ("ts", JAVASCRIPT.replace("async ()", "async (): Promise<void>"), "javascript"),
    ],
)
def test_a_spell_is_tested_by_its_result_calls_state_and_events(
    tmp_path: Path, llmspell: Llmspell, extension: str, text: str, engine: str
) -> None:
    (tmp_path / "greet.lua").write_text(GREET)
    (tmp_path / f"greet_test.{extension}").write_text(text)
    ended = llmspell("test", "--engine", engine, ".")
    assert ended.returncode == 0, ended.stdout
    assert ended.stdout.startswith(f"greet_test.{extension}\n  ok    greets (")
    assert "\n1 case: 1 passed, 0 failed (" in ended.stdout


def test_a_case_that_fails_shows_the_difference_the_place_and_what_was_printed(
    tmp_path: Path, llmspell: Llmspell
) -> None:
    (tmp_path / "a_test.lua").write_text(case('print("here")\nTest.equal({ n = 1 }, { n = 2 })'))
    ended = llmspell("test", ".")
    assert ended.returncode == 1
    shown = [line.strip() for line in ended.stdout.splitlines()[2:-1]]
    assert shown[:4] == ["error: the values differ:", "n", "- expected: 2", "+ got:      1"]
    assert "at a_test.lua:3" in shown
    assert shown[-2:] == ["it printed:", "here"]
    assert ended.stdout.splitlines()[-1].startswith("1 case: 0 passed, 1 failed (")


def test_each_case_has_a_run_of_its_own(tmp_path: Path, llmspell: Llmspell) -> None:
    body = 'Test.equal(counter, nil)\ncounter = 1\nTest.equal(State.get("n", 0), 0)\nState.set("n", 1)'
    (tmp_path / "a_test.lua").write_text(case(body, "one") + case(body, "two"))
    assert llmspell("test", ".").returncode == 0


def test_state_that_is_kept_is_kept_for_the_case_only(tmp_path: Path, llmspell: Llmspell) -> None:
    (tmp_path / "a.lua").write_text('return State.scope("app"):update("n", function(n) return (n or 0) + 1 end)')
    body = 'Test.equal(Test.spell("a.lua").value, 1)'
    (tmp_path / "a_test.lua").write_text(case(body, "one") + case(body, "two"))
    ended = llmspell("test", ".")
    assert ended.returncode == 0, ended.stdout


def test_a_store_that_the_project_names_is_left_alone(tmp_path: Path, llmspell: Llmspell) -> None:
    (tmp_path / "llmspell.toml").write_text(
        'run.store = "mine"\nstore.mine = { plugin = "sqlite", path = "kept.db" }\n'
    )
    (tmp_path / "a.lua").write_text('return State.scope("app"):update("n", function(n) return (n or 0) + 1 end)')
    (tmp_path / "a_test.lua").write_text(case('Test.equal(Test.spell("a.lua").value, 1)'))
    home = {"LLMSPELL_DATA_HOME": str(tmp_path / "data"), "LLMSPELL_STATE_HOME": str(tmp_path / "state")}
    llmspell("trust", **home)
    assert llmspell("run", "a.lua", "--json", **home).returncode == 0
    assert (tmp_path / "kept.db").exists()
    ended = llmspell("test", ".", **home)
    assert ended.returncode == 0, ended.stdout


def test_waits_and_timeouts_take_no_time(tmp_path: Path, llmspell: Llmspell) -> None:
    text = case(
        "Async.sleep(100000)\n"
        "local error = Test.raises(function() Async.timeout(50, function() Async.sleep(100) end) end,"
        ' { kind = "timeout" })\n'
        'Test.matches(error.message, "50")'
    )
    assert told(llmspell, tmp_path, text, code=0)["duration"] < 20


def test_a_spell_s_wall_time_is_virtual_too(tmp_path: Path, llmspell: Llmspell) -> None:
    (tmp_path / "a.lua").write_text("Async.sleep(1000)")
    body = 'local e = Test.spell("a.lua", { config = { budget = { wall_time = 60 } } })\n'
    told(llmspell, tmp_path, case(body + 'Test.equal(e.stop_reason, "budget.wall_time")'), code=0)


def test_a_spell_has_the_permissions_of_its_profile(tmp_path: Path, llmspell: Llmspell) -> None:
    (tmp_path / "a.lua").write_text('return Tool.run("file_read", { path = "a.lua" }).text')
    body = 'local e = Test.spell("a.lua", { config = { ["run.profile"] = "high" } })\n'
    told(llmspell, tmp_path, case(body + 'Test.equal(e.error.kind, "permission")'), code=0)


def test_with_a_real_clock_a_spell_is_in_its_worker(tmp_path: Path, llmspell: Llmspell) -> None:
    (tmp_path / "a.lua").write_text("Async.sleep(0.1) return 1")
    body = 'local e = Test.spell("a.lua", { clock = "real" })\nTest.equal(e.value, 1)\n'
    told(llmspell, tmp_path, case(body + 'Test.includes(e.events, { kind = "script.walls" })'), code=0)


@pytest.mark.parametrize("model", ["openai/m", "nobody/has/heard/of/it", ""])
def test_whatever_model_a_spell_names_the_scripted_one_answers(tmp_path: Path, llmspell: Llmspell, model: str) -> None:
    (tmp_path / "a.lua").write_text(f'return Agent.create{{ name = "a", model = "{model}" }}:run("hi").text')
    told(llmspell, tmp_path, case('Test.equal(Test.spell("a.lua", { model = { "ho" } }).value, "ho")'), code=0)


def test_a_model_that_fails_is_data_too(tmp_path: Path, llmspell: Llmspell) -> None:
    (tmp_path / "a.lua").write_text('return Provider.complete{ prompt = "hi" }.text')
    (tmp_path / "a.lua").write_text('return Agent.create{ name = "a" }:run("hi").text')
    body = 'local e = Test.spell("a.lua", { model = { { fail = 401 } } })\n'
    told(llmspell, tmp_path, case(body + 'Test.equal(e.calls[1].error.kind, "authentication")'), code=0)


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ('Test.spell("a.lua", { model = { "x", "y" } })', "the model has 2 answers, and was asked 1 times"),
        ('Test.spell("a.lua", { model = {} })', "the model has 0 answers, and was asked 1 times"),
        ('Test.spell("b.lua")', "cannot read '"),
        ('Test.spell("a.lua", { modle = { "x" } })', "Test.spell: unknown option 'modle'"),
        ('Test.spell("a.lua", { model = { "x" }, replay = "t.json" })', "model and replay cannot both be given"),
        ('Test.spell("a.lua", { model = { {} } })', "Test.spell: model[1] says nothing"),
        ("Test.raises(function() end)", "the function did not fail"),
        ("Test.differ({ 1 }, { 1 })", "the values are the same"),
        ('Test.check(1 == 2, "arithmetic broke")', "arithmetic broke"),
        ('Test.fail("not yet")', "not yet"),
        ('Test.case("inner", function() end)', "the case 'inner' stands inside of 'it'"),
        ('Agent.create{ name = "a" }:run("hi")', "a test file has no model of its own"),
    ],
)
def test_what_goes_wrong_in_a_case_is_told(tmp_path: Path, llmspell: Llmspell, body: str, message: str) -> None:
    (tmp_path / "a.lua").write_text('return Agent.create{ name = "a" }:run("hi").text')
    outcome = told(llmspell, tmp_path, case(body))
    assert message in outcome["error"]["message"]
    assert (outcome["name"], outcome["passed"], outcome["error"]["line"]) == ("it", False, 2)


@pytest.mark.parametrize("body", ["while true do end", 'Test.spell("loop.lua")'])
def test_a_case_is_bounded_in_real_time(tmp_path: Path, llmspell: Llmspell, body: str) -> None:
    (tmp_path / "loop.lua").write_text("while true do end")
    outcome = told(llmspell, tmp_path, case(body), "--timeout", "1", "--set", "limits.slice=50")
    assert outcome["error"]["message"] == "the case took longer than 1 seconds"


def test_a_case_after_one_that_failed_still_runs(tmp_path: Path, llmspell: Llmspell) -> None:
    (tmp_path / "a_test.lua").write_text(case('Test.fail("no")', "bad") + case("Test.check(true)", "good"))
    ended = llmspell("test", "--json", ".")
    assert [each["passed"] for each in json.loads(ended.stdout)["cases"]] == [False, True]


def test_a_file_that_does_not_load_fails(tmp_path: Path, llmspell: Llmspell) -> None:
    outcome = told(llmspell, tmp_path, 'error("broken from the start")')
    assert (outcome["name"], "broken from the start" in outcome["error"]["message"]) == ("(loading)", True)


def test_a_filter_chooses_cases_by_a_part_of_their_name(tmp_path: Path, llmspell: Llmspell) -> None:
    (tmp_path / "a_test.lua").write_text(case("", "reads rows") + case("", "writes rows") + case("", "reads files"))
    ended = llmspell("test", "--json", "--filter", "reads", ".")
    assert [each["name"] for each in json.loads(ended.stdout)["cases"]] == ["reads rows", "reads files"]


def test_files_are_found_in_folders_below_but_not_in_hidden_ones(tmp_path: Path, llmspell: Llmspell) -> None:
    for name in (
        "b/z_test.lua",
        "a_test.lua",
        ".git/h_test.lua",
        "node_modules/n_test.lua",
        "c/test.lua",
        "d_test.txt",
    ):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(case("", name))
    ended = llmspell("test", "--json", ".", "a_test.lua")
    assert [each["name"] for each in json.loads(ended.stdout)["cases"]] == ["a_test.lua", "b/z_test.lua"]


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("empty",), "error: 'empty' has no test: no file in it is called _test before its extension\n"),
        (("a_test.lua",), "error: no test was found: no file has a Test.case\n"),
        (("a_test.lua", "--filter", "x"), "error: no case has 'x' in its name\n"),
        (("b_test.lua",), "error: cannot read 'b_test.lua': No such file or directory\n"),
    ],
)
def test_to_find_no_test_is_an_error(tmp_path: Path, llmspell: Llmspell, words: tuple[str, ...], message: str) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "a_test.lua").write_text("return 1")
    ended = llmspell("test", *words)
    assert (ended.returncode, ended.stderr.startswith(message)) == (2, True), ended.stderr


def test_two_cases_of_one_name_are_an_error(tmp_path: Path, llmspell: Llmspell) -> None:
    outcome = told(llmspell, tmp_path, case("", "one") + case("", "one"))
    assert outcome["error"]["message"] == "Test.case: there is a case 'one' already"


def test_only_test_files_have_the_global(tmp_path: Path, llmspell: Llmspell) -> None:
    (tmp_path / "a.lua").write_text("return Test == nil")
    told(llmspell, tmp_path, case('Test.equal(Test.spell("a.lua").value, true)'), code=0)
    assert json.loads(llmspell("run", "--json", "a.lua").stdout)["result"] is True


def test_a_recording_answers_and_a_miss_is_the_spell_s_error(tmp_path: Path, llmspell: Llmspell) -> None:
    (tmp_path / "a.lua").write_text('return Agent.create{ name = "a" }:run("hi " .. (Args[1] or "")).text')
    assert llmspell("run", "--record", "tape.json", "a.lua").returncode == 0
    good = 'local e = Test.spell("a.lua", { replay = "tape.json" })\nTest.equal(e.stop_reason, "completed")\n'
    bad = 'local m = Test.spell("a.lua", { replay = "tape.json", args = { "you" } })\nTest.equal(m.error.kind, "conflict")'
    told(llmspell, tmp_path, case(good + bad), code=0)


def test_no_key_of_the_environment_reaches_a_spell_under_test(tmp_path: Path, llmspell: Llmspell) -> None:
    (tmp_path / "a.lua").write_text("return 1")
    (tmp_path / "a_test.lua").write_text(case('print("no-secret-at-all")\nTest.fail("no-secret-at-all")'))
    ended = llmspell("test", ".", OPENAI_API_KEY="no-secret-at-all")
    assert "no-secret-at-all" not in ended.stdout + ended.stderr


def test_an_interrupt_ends_the_tests(tmp_path: Path) -> None:
    (tmp_path / "a_test.lua").write_text(case("", "first") + case("while true do end", "endless") + case("", "third"))
    command = ["llmspell", "test", "--set", "limits.slice=50", "."]
    process = subprocess.Popen(
        command, cwd=tmp_path, env=environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    try:
        assert process.stdout is not None
        assert process.stdout.readline() == "a_test.lua\n"
        process.send_signal(signal.SIGINT)
        assert process.wait(timeout=30) == 130
    finally:
        process.kill()
        _, errors = process.communicate()
    assert errors == "error: interrupted\n"


def test_the_page_on_tests_shows_what_its_own_files_print(tmp_path: Path, llmspell: Llmspell) -> None:
    blocks = _BLOCK.findall(PAGE.read_text())
    for language, text in blocks:
        if language == "lua":
            (tmp_path / text.split()[1]).write_text(text)
    [expected] = [text for language, text in blocks if language == "text"]
    ended = llmspell("test", ".")
    assert _timeless(ended.stdout) == _timeless(expected)


def test_the_commands_on_the_page_work(llmspell: Llmspell) -> None:
    commands, *_ = [text for language, text in _BLOCK.findall(PAGE.read_text()) if language == "sh"]  # others: examples
    for line in commands.splitlines():
        ended = llmspell(*shlex.split(line)[1:])
        assert ended.returncode == 0, ended.stderr


def _timeless(text: str) -> str:
    return re.sub(r"\(\d+\.\d+ s\)", "(T s)", text)


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ("Test.equal(1, 2);", "the values differ:"),
        ("try { await Test.check(false); } catch {}", "the condition is not true"),
        ('Test.spell("slow.lua", { clock: "real" });', "the case ended before a spell that it runs"),
    ],
)
def test_a_check_or_a_spell_that_javascript_did_not_await_fails_the_case(
    tmp_path: Path, llmspell: Llmspell, body: str, message: str
) -> None:
    (tmp_path / "slow.lua").write_text("Async.sleep(60)")
    (tmp_path / "a_test.js").write_text(f'Test.case("it", async () => {{ {body} }});')
    ended = llmspell("test", ".")
    assert (ended.returncode, f"error: {message}\n" in ended.stdout) == (1, True), ended.stdout


def test_a_check_that_is_meant_to_fail_does_not_fail_the_case(tmp_path: Path, llmspell: Llmspell) -> None:
    told(llmspell, tmp_path, case("Test.raises(function() Test.equal(1, 2) end, { message = 'differ' })"), code=0)
