"""A run that pauses for an approval, and goes on in another process: everything happens once."""

from __future__ import annotations

import asyncio
import fcntl
import json
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from llmspell.testing import Calls, Text
from llmspell.testing.server import OpenAIServer

from .conftest import environment

KEY = "sk-no-real-key-0123456789abcdef"
Said = subprocess.CompletedProcess[str]

NESTED_LUA = """
local function writes(name)
  return Tool.define{ name = name, parameters = { text = "string" }, run = function(args)
    Tool.run("file_write", { path = args.text .. ".txt", text = args.text, overwrite = false })
    State.scope("app"):update(name, function(count) return (count or 0) + 1 end)
    return "done"
  end }
end
local clerk = Agent.create{ name = "clerk", tools = { writes("note"), writes("send") }, approve = { "send" } }
local chief = Agent.create{ name = "chief", agents = { clerk } }
local flow = Workflow.sequential{ name = "flow", steps = { { name = "ask", agent = chief, input = "{{input}}" } } }
local reply = flow:run("note it")
local app = State.scope("app")
return { text = reply.text, note = app:get("note"), send = app:get("send") }
"""
NESTED_JAVASCRIPT = """
const app = await State.scope("app");
const writes = (name) => Tool.define({ name, parameters: { text: "string" }, run: async ({ text }) => {
  await Tool.run("file_write", { path: `${text}.txt`, text, overwrite: false });
  await app.update(name, (count) => (count ?? 0) + 1);
  return "done";
} });
const tools = [await writes("note"), await writes("send")];
const clerk = await Agent.create({ name: "clerk", tools, approve: ["send"] });
const chief = await Agent.create({ name: "chief", agents: [clerk] });
const flow = await Workflow.sequential({ name: "flow", steps: [{ name: "ask", agent: chief, input: "{{input}}" }] });
const reply = await flow.run("note it");
return { text: reply.text, note: await app.get("note"), send: await app.get("send") };
"""
NESTED = {"spell.lua": NESTED_LUA, "spell.js": NESTED_JAVASCRIPT}
BEFORE = (Calls(("clerk", {"input": "note it"})), Calls(("note", {"text": "first"})))
WANTS = Calls(("send", {"text": "wanted"}))
AFTER = (Text("written"), Text("all is noted"))


class Desk:
    """A folder with a state of its own, and a model server for each process."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.paused = folder / "state" / "paused"
        self.requests: list[Any] = []

    def llmspell(self, *words: str, steps: tuple[Any, ...] = (), **extra: str) -> Said:
        """Run `llmspell WORDS...`; every step must be used, and no more be asked."""
        return asyncio.run(self._with_server(words, steps, extra))

    async def _with_server(self, words: tuple[str, ...], steps: tuple[Any, ...], extra: dict[str, str]) -> Said:
        async with OpenAIServer(*steps) as server:
            variables = environment(
                OPENAI_API_KEY=KEY,
                OPENAI_BASE_URL=server.base_url,
                LLMSPELL_STATE_HOME=str(self.folder / "state"),
                LLMSPELL_DATA_HOME=str(self.folder / "data"),
                **extra,
            )
            said = await asyncio.to_thread(
                subprocess.run, ["llmspell", *words], cwd=self.folder, env=variables, capture_output=True, text=True,
                timeout=60, check=False,
            )  # fmt: skip
            self.requests += server.requests
            return said

    def run(self, spell: str, *steps: Any, words: tuple[str, ...] = ()) -> Said:
        """Begin a spell that may pause."""
        options = ("--pause-approvals", "--json", "--model", "openai/m", "--allow-fs-write=.", *words)
        return self.llmspell("run", *options, spell, steps=steps)

    def waiting(self) -> list[str]:
        """The questions, by their ids."""
        listed = json.loads(self.llmspell("approvals", "list", "--json").stdout)
        return [each["id"] for each in listed["approvals"]]

    def runs(self) -> list[str]:
        """The runs that are paused."""
        return [each["run"] for each in json.loads(self.llmspell("resume", "--list", "--json").stdout)["runs"]]

    def answer(self, verdict: str = "approve") -> None:
        """Give all questions the same answer."""
        for each in self.waiting():
            assert self.llmspell("approvals", verdict, each).returncode == 0


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


@pytest.mark.parametrize("spell", NESTED)
def test_an_agent_in_an_agent_in_a_workflow_goes_on_in_another_process_and_nothing_happens_twice(
    desk: Desk, spell: str
) -> None:
    (desk.folder / spell).write_text(NESTED[spell])
    first = desk.run(spell, *BEFORE, WANTS)
    assert first.returncode == 10, first.stderr
    result = json.loads(first.stdout)
    assert (result["stop_reason"], result["result"]) == ("interrupted", None)
    (run,), (question,) = desk.runs(), desk.waiting()
    assert result["paused"] == {"run": run, "approvals": [question]}
    assert f"llmspell resume {run}" in first.stderr
    assert (desk.folder / "first.txt").exists()
    assert not (desk.folder / "wanted.txt").exists()

    desk.answer()
    second = desk.llmspell("resume", run, steps=AFTER)
    assert second.returncode == 0, second.stderr
    assert json.loads(second.stdout)["result"] == {"text": "all is noted", "note": 1, "send": 1}
    assert (desk.folder / "wanted.txt").read_text() == "wanted"
    assert len(desk.requests) == len(BEFORE) + 1 + len(AFTER)
    assert desk.runs() == desk.waiting() == []


def test_a_question_that_nobody_has_answered_pauses_the_run_again_under_the_same_names(desk: Desk) -> None:
    (desk.folder / "spell.lua").write_text(NESTED_LUA)
    desk.run("spell.lua", *BEFORE, WANTS)
    runs, questions = desk.runs(), desk.waiting()
    assert desk.llmspell("resume", *runs).returncode == 10
    assert (desk.runs(), desk.waiting()) == (runs, questions)
    desk.answer()
    assert desk.llmspell("resume", *runs, steps=AFTER).returncode == 0


def test_a_model_hears_that_its_call_was_denied(desk: Desk) -> None:
    (desk.folder / "spell.lua").write_text(NESTED_LUA)
    desk.run("spell.lua", *BEFORE, WANTS)
    (run,) = desk.runs()
    desk.answer("deny")
    assert desk.llmspell("resume", run, steps=AFTER).returncode == 0
    assert "was not approved by user:" in desk.requests[-2].body["messages"][-1]["content"]
    assert not (desk.folder / "wanted.txt").exists()


def test_what_is_asked_at_once_is_asked_in_one_pause_and_what_runs_beside_it_is_kept(desk: Desk) -> None:
    (desk.folder / "spell.lua").write_text("""
        return Async.map({ "1", "2", "3" }, function(text)
          if text == "2" then return Tool.run("file_write", { path = "beside.txt", text = text, overwrite = false }).output.path end
          return Tool.run("calculator", { expression = text .. " * 2" }).text
        end)
    """)
    assert desk.run("spell.lua", words=("--ask-tool=calculator",)).returncode == 10
    assert len(desk.waiting()) == 2
    desk.answer()
    second = desk.llmspell("resume", *desk.runs())
    assert second.returncode == 0, second.stderr
    assert json.loads(second.stdout)["result"] == ["2", "beside.txt", "6"]


def test_a_tool_of_the_spells_own_that_was_approved_before_a_second_pause_is_not_asked_about_again(desk: Desk) -> None:
    (desk.folder / "spell.lua").write_text("""
        Tool.define{ name = "own", run = function() return Tool.run("calculator", { expression = "20 + 1" }).text end }
        local first = Tool.run("own").text
        return first .. Tool.run("calculator", { expression = "2 * 2" }).text
    """)
    desk.run("spell.lua", words=("--ask-tool=own,calculator",))
    (run,) = desk.runs()
    asked = []
    for _ in range(3):
        asked += desk.waiting()
        desk.answer()
        last = desk.llmspell("resume", run)
    assert len(set(asked)) == 3
    assert (last.returncode, json.loads(last.stdout)["result"]) == (0, "214"), last.stderr


def test_a_handoff_goes_on_where_it_was(desk: Desk) -> None:
    (desk.folder / "spell.lua").write_text("""
        Agent.create{ name = "billing", tools = { "calculator" }, approve = { "calc*" } }
        local reply = Agent.create{ name = "desk", handoffs = { "billing" } }:run("refund me")
        return { reply.agent, reply.text }
    """)
    steps = (Calls(("transfer_to_billing", {})), Calls(("calculator", {"expression": "6 * 7"})))
    assert desk.run("spell.lua", *steps).returncode == 10
    desk.answer()
    second = desk.llmspell("resume", *desk.runs(), steps=(Text("42 it is"),))
    assert json.loads(second.stdout)["result"] == ["billing", "42 it is"], second.stderr


def test_a_session_has_each_turn_once(desk: Desk) -> None:
    (desk.folder / "spell.lua").write_text("""
        local session = Session.resume("talk", {})
        local agent = Agent.create{ name = "a", tools = { "calculator" }, approve = { "calculator" } }
        session:run(agent, "hello")
        session:run(agent, "6 * 7?")
        local said = {}
        for i, turn in ipairs(session:turns()) do said[i] = turn.input end
        return said
    """)
    desk.run("spell.lua", Text("hi"), Calls(("calculator", {"expression": "6 * 7"})))
    desk.answer()
    second = desk.llmspell("resume", *desk.runs(), steps=(Text("42"),))
    assert json.loads(second.stdout)["result"] == ["hello", "6 * 7?"], second.stderr


@pytest.fixture
def paused(desk: Desk) -> Callable[[], str]:
    """Pauses a run that asks about the calculator; gives its id."""

    def pause() -> str:
        (desk.folder / "spell.lua").write_text('return Tool.run("calculator", { expression = "1 + 1" }).text')
        assert desk.run("spell.lua", words=("--ask-tool=calculator",)).returncode == 10
        (run,) = desk.runs()
        return run

    return pause


def test_a_spell_that_was_changed_does_not_go_on(desk: Desk, paused: Callable[[], str]) -> None:
    run = paused()
    (desk.folder / "spell.lua").write_text("return 2")
    said = desk.llmspell("resume", run)
    assert (said.returncode, "spell.lua was changed since run" in said.stderr) == (2, True), said.stderr
    assert desk.runs() == [run]


def test_one_process_resumes_a_run_at_a_time(desk: Desk, paused: Callable[[], str]) -> None:
    run = paused()
    with (desk.paused / f"{run}.json").open() as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        said = desk.llmspell("resume", run)
    assert (said.returncode, said.stderr) == (2, f"error: run {run} is being resumed by another process\n")


def test_a_run_whose_resumption_was_killed_goes_on_only_if_told_so(desk: Desk, paused: Callable[[], str]) -> None:
    run = paused()
    desk.answer()
    (desk.paused / f"{run}.resumed").touch()
    said = desk.llmspell("resume", run)
    assert (said.returncode, f"llmspell resume --again {run}" in said.stderr) == (2, True)
    assert desk.llmspell("resume", "--again", run).returncode == 0


def test_a_spell_that_does_something_else_this_time_is_stopped(desk: Desk) -> None:
    (desk.folder / "spell.lua").write_text("""
        Tool.run("calculator", { expression = tostring(math.random(1, 1000000000)) .. " + 0" })
        return Tool.run("file_write", { path = "out.txt", text = "x" }).text
    """)
    desk.run("spell.lua", words=("--ask-tool=file_write",))
    desk.answer()
    said = desk.llmspell("resume", *desk.runs())
    assert said.returncode == 1
    assert "the run does not do again what it did before it was paused" in said.stderr
    assert "must not depend on the clock, on chance" in said.stderr
    assert not (desk.folder / "out.txt").exists()


def test_a_secret_stands_in_no_file(desk: Desk) -> None:
    (desk.folder / "spell.lua").write_text("""
        Agent.create{}:run("hello")
        return Tool.run("calculator", { expression = "1 + 1" }).text
    """)
    assert desk.run("spell.lua", Text(f"your key is {KEY}"), words=("--ask-tool=calculator",)).returncode == 10
    files = [path for path in (desk.folder / "state").rglob("*") if path.is_file()]
    assert any(path.suffix == ".json" and path.parent == desk.paused for path in files)
    assert not any(KEY in path.read_text() for path in files)
    assert all(path.stat().st_mode & 0o077 == 0 for path in files)


@pytest.mark.parametrize(
    ("content", "why"),
    [
        ("", "is no paused run, or damaged"),
        ("{}", "is no paused run, or damaged"),
        ("[" * 100_000, "is no paused run, or damaged"),
        ('{"schema": "llmspell.paused/9", "checksum": ""}', "is of 'llmspell.paused/9'"),
        ('{"schema": "llmspell.paused/1", "checksum": "", "run": "x"}', "was changed since the run was paused"),
    ],
)
def test_a_file_that_is_no_paused_run_is_an_error_in_words(
    desk: Desk, paused: Callable[[], str], content: str, why: str
) -> None:
    run = paused()
    (desk.paused / f"{run}.json").write_text(content)
    said = desk.llmspell("resume", run)
    assert (said.returncode, why in said.stderr) == (2, True), said.stderr
    assert why in desk.llmspell("resume", "--list").stderr


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (("resume",), "give one of RUN and --list"),
        (("resume", "--list", "0" * 16), "give one of RUN and --list"),
        (("resume", "--json", "0" * 16), "--json goes with --list"),
        (("resume", "0" * 16), "no run '0000000000000000' is paused"),
        (("resume", "../x"), "no run '../x' is paused"),
        (
            ("exec", "--pause-approvals", "--wait-approvals", "return 1"),
            "--pause-approvals and --wait-approvals cannot",
        ),
        (("exec", "--pause-approvals", "--record", "f", "return 1"), "--pause-approvals and --record cannot"),
        (("exec", "--pause-approvals", "--dry-run", "return 1"), "--pause-approvals and --dry-run cannot"),
    ],
)
def test_what_cannot_be_is_told(desk: Desk, words: tuple[str, ...], why: str) -> None:
    said = desk.llmspell(*words)
    assert (said.returncode, why in said.stderr) == (2, True), said.stderr


def test_code_from_the_command_line_is_kept_and_goes_on(desk: Desk) -> None:
    code = 'return Tool.run("calculator", { expression = Args[1] }).text'
    first = desk.llmspell("exec", "--pause-approvals", "--json", "--ask-tool=calculator", code, "--", "5 + 5")
    assert first.returncode == 10, first.stderr
    desk.answer()
    assert json.loads(desk.llmspell("resume", *desk.runs()).stdout)["result"] == "10"


def test_a_run_is_resumed_where_it_was_begun(desk: Desk, paused: Callable[[], str], tmp_path: Path) -> None:
    run = paused()
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    said = subprocess.run(
        ["llmspell", "resume", run], cwd=elsewhere, env=environment(LLMSPELL_STATE_HOME=str(desk.folder / "state")),
        capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert (said.returncode, f"cd {desk.folder} && llmspell resume {run}" in said.stderr) == (2, True), said.stderr


def test_what_was_approved_for_the_whole_run_stays_approved(desk: Desk) -> None:
    (desk.folder / "spell.lua").write_text("""
        local first = Tool.run("calculator", { expression = "1 + 1" }).text
        Tool.run("file_write", { path = "out.txt", text = "x", overwrite = false })
        return first .. Tool.run("calculator", { expression = "1 + 1" }).text
    """)
    desk.run("spell.lua", words=("--ask-tool=calculator,file_write",))
    (run,), (question,) = desk.runs(), desk.waiting()
    desk.llmspell("approvals", "approve", "--run", question)
    assert desk.llmspell("resume", run).returncode == 10
    desk.answer()
    last = desk.llmspell("resume", run)
    assert (last.returncode, json.loads(last.stdout)["result"]) == (0, "22"), last.stderr


def test_a_run_with_a_secret_in_its_options_is_not_resumed_without_it(desk: Desk) -> None:
    (desk.folder / "spell.lua").write_text('return Tool.run("calculator", { expression = "1 + 1" }).text')
    desk.run("spell.lua", words=("--ask-tool=calculator", f"--set=prompts.p={KEY}"))
    said = desk.llmspell("resume", *desk.runs())
    assert (said.returncode, "a secret stood in its options, and is not kept" in said.stderr) == (2, True), said.stderr


def test_the_list_of_questions_names_the_run_and_an_answer_what_to_type_next(
    desk: Desk, paused: Callable[[], str]
) -> None:
    run = paused()
    (question,) = desk.waiting()
    assert f"{run} (paused)" in desk.llmspell("approvals", "list").stdout
    said = desk.llmspell("approvals", "approve", question)
    assert said.stderr.endswith(f"hint: its run is paused; to go on with it, type: llmspell resume {run}\n")


def test_pausing_can_be_configured(desk: Desk) -> None:
    (desk.folder / "llmspell.toml").write_text("[approvals]\npause = true\n")
    words = ("exec", "--ask-tool=calculator", 'return Tool.run("calculator", { expression = "1 + 1" }).text')
    assert desk.llmspell(*words).returncode == 10
    assert desk.llmspell(*words, "--wait-approvals", "--set", "approvals.timeout=0.1").returncode == 7
