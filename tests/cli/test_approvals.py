"""Approvals from the command line: a person at a terminal, or another process."""

from __future__ import annotations

import json
import os
import pty
import select
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from tests.cli.conftest import environment

if TYPE_CHECKING:
    from tests.cli.conftest import Llmspell

CALCULATE = 'print(Tool.run("calculator", { expression = Args[1] or "1 + 1" }).text)\n'
TWICE = """
for _, expression in ipairs{ "1 + 1", "1 + 1", "2 + 2" } do
  local done, problem = Tool.try_run("calculator", { expression = expression })
  print(done and done.text or problem.message)
end
"""
SAYS = """
Async.all{
  function() return Tool.run("calculator", { expression = "1 + 1" }) end,
  function() Async.sleep(0.3) Log.info("hidden") end,
}
"""
AT_ONCE = """
print(table.concat(Async.map({ 1, 2, 3 }, function(n)
  print("running " .. n)
  return Tool.run("calculator", { expression = n .. " + 0" }).text
end), " "))
"""
ASK = ("--ask-tool=calculator",)
PROMPT = "or deny? [o/r/s/D] "
PATIENCE = 60  # seconds


@pytest.fixture
def project(tmp_path: Path) -> Path:
    for name, text in {"calculate": CALCULATE, "twice": TWICE, "at_once": AT_ONCE, "says": SAYS}.items():
        (tmp_path / f"{name}.lua").write_text(text)
    return tmp_path


class Terminal:
    """A real terminal with a person at it, who answers each prompt with the next of `answers`."""

    def __init__(
        self,
        folder: Path,
        *words: str,
        answers: tuple[str | int, ...] = (),
        typed_before: str = "",
        thinks: float = 0,
    ) -> None:
        controller, terminal = pty.openpty()
        state = {"LLMSPELL_STATE_HOME": str(folder / "state"), "TERM": "dumb"}
        if typed_before:
            os.write(controller, typed_before.encode())
        process = subprocess.Popen(
            ["llmspell", *words],
            cwd=folder,
            env=environment(**state),
            stdin=terminal,
            stdout=subprocess.PIPE,
            stderr=terminal,
            text=True,
        )
        os.close(terminal)
        self.text = ""
        self._controller = controller
        waiting = list(answers)
        end, seen = time.monotonic() + PATIENCE, 0
        while time.monotonic() < end and self._read():
            if waiting and self.text.count(PROMPT) > seen and self.text.endswith(PROMPT):
                seen = self.text.count(PROMPT)
                given = waiting.pop(0)
                time.sleep(thinks)
                if isinstance(given, int):
                    process.send_signal(given)
                else:
                    os.write(controller, given.encode())
        self.stdout = process.communicate(timeout=10)[0]
        self.code = process.returncode
        os.close(controller)

    def _read(self) -> bool:
        if not select.select([self._controller], [], [], 1)[0]:
            return True
        try:
            data = os.read(self._controller, 4096)
        except OSError:  # Linux says that nobody holds the other end
            return False
        self.text += data.decode().replace("\r\n", "\n")
        return bool(data)


# At a terminal


@pytest.mark.parametrize(
    ("answer", "code", "out"),
    [("o\n", 0, "2\n"), ("once\n", 0, "2\n"), ("r\n", 0, "2\n"), ("d\n", 7, ""), ("\n", 7, ""), ("\x04", 7, "")],
)
def test_at_a_terminal_the_person_is_asked(project: Path, answer: str, code: int, out: str) -> None:
    asked = Terminal(project, "run", "calculate.lua", *ASK, answers=(answer,))
    assert (asked.code, asked.stdout) == (code, out)
    assert ": call tool 'calculator'\n  asked by 'tool:calculator' at 'run/tool:calculator'\n" in asked.text
    assert '  arguments: {"expression": "1 + 1"}\n' in asked.text
    assert ("was not approved by terminal" in asked.text) == bool(code)


def test_three_words_that_mean_nothing_are_a_denial(project: Path) -> None:
    asked = Terminal(project, "run", "calculate.lua", *ASK, answers=("y\n", "yes\n", "sure\n"))
    assert (asked.code, asked.text.count(PROMPT)) == (7, 3)


def test_an_answer_for_the_run_is_for_the_same_arguments(project: Path) -> None:
    asked = Terminal(project, "run", "twice.lua", *ASK, answers=("r\n", "d\n"))
    assert asked.stdout == "2\n2\ncall tool 'calculator' was not approved by terminal\n"
    assert asked.text.count(PROMPT) == 2


def test_questions_stand_there_one_at_a_time_and_nothing_is_printed_between(project: Path) -> None:
    asked = Terminal(project, "run", "at_once.lua", *ASK, answers=("o\n", "o\n", "o\n"))
    assert (asked.code, asked.stdout.splitlines()[-1]) == (0, "1 2 3")
    assert asked.text.count(PROMPT) == asked.text.count("approval ") == 3


def test_what_a_spell_says_waits_until_the_question_is_answered(project: Path) -> None:
    asked = Terminal(project, "run", "says.lua", *ASK, answers=("o\n",), thinks=1.0)
    assert "info: hidden" not in asked.text.partition(PROMPT)[2].partition("o\n")[0]
    assert "info: hidden" in asked.text


def test_what_was_typed_before_the_question_is_no_answer(project: Path) -> None:
    asked = Terminal(project, "run", "calculate.lua", *ASK, answers=("d\n",), typed_before="o\no\no\n")
    assert (asked.code, asked.stdout) == (7, "")


def test_control_characters_in_arguments_are_shown_and_not_obeyed(project: Path) -> None:
    hostile = "1\x1b[2J\x1b[8m\r\u202e"
    asked = Terminal(project, "run", "calculate.lua", *ASK, "--", hostile, answers=("d\n",))
    assert "\\u001b[2J" in asked.text
    assert "\x1b[2J" not in asked.text.partition(PROMPT)[0]
    assert "\\u202e" in asked.text


def test_long_arguments_are_shown_whole_on_request(project: Path) -> None:
    long = "1 + " * 2000 + "1"
    asked = Terminal(project, "run", "calculate.lua", *ASK, "--", long, answers=("s\n", "d\n"))
    before, _, after = asked.text.partition(PROMPT)
    assert "characters left out" in before
    assert long not in before
    assert long in after


def test_ctrl_c_at_the_question_ends_the_run(project: Path) -> None:
    asked = Terminal(project, "run", "calculate.lua", *ASK, answers=(signal.SIGINT,))
    assert (asked.code, asked.stdout) == (130, "")


def test_a_question_that_nobody_answers_is_denied_in_time(project: Path) -> None:
    asked = Terminal(project, "run", "calculate.lua", *ASK, "--set", "approvals.timeout=0.5")
    assert (asked.code, asked.stdout) == (7, "")
    assert "needs an approval, and nobody answered in time" in asked.text


def test_a_tool_that_is_run_by_hand_is_asked_about_too(project: Path) -> None:
    words = ("tools", "run", "calculator", "--arg", "expression=1+1", *ASK)
    assert Terminal(project, *words, answers=("o\n",)).stdout == "2\n"
    assert Terminal(project, *words, answers=("d\n",)).code == 7


# Elsewhere


def test_without_a_terminal_it_is_denied_at_once_with_what_to_type(llmspell: Llmspell, project: Path) -> None:
    ended = llmspell("run", "calculate.lua", *ASK, stdin="o\n")
    assert (ended.returncode, ended.stdout) == (7, "")
    assert "hint: run it on a terminal; or add --wait-approvals, and answer with: llmspell approvals list" in (
        ended.stderr
    )


def test_a_denial_of_permission_keeps_its_own_exit_code(llmspell: Llmspell, project: Path) -> None:
    assert llmspell("run", "calculate.lua", *ASK, "--deny-tool=calculator").returncode == 4


def test_a_spell_can_catch_it(llmspell: Llmspell, project: Path) -> None:
    ended = llmspell("run", "twice.lua", *ASK)
    assert (ended.returncode, ended.stdout.count("there is nobody to ask")) == (0, 3)


# Another process

Waits = Callable[..., tuple[subprocess.Popen[str], str]]


@pytest.fixture
def waits(project: Path) -> Iterator[Waits]:
    """Starts a run that waits; gives it and the id of its question."""
    started: list[subprocess.Popen[str]] = []
    environ = environment(LLMSPELL_STATE_HOME=str(project / "state"))

    def start(*words: str) -> tuple[subprocess.Popen[str], str]:
        known = set((project / "state" / "approvals").glob("*.json"))
        process = subprocess.Popen(
            ["llmspell", "run", "--wait-approvals", *words],
            cwd=project,
            env=environ,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        started.append(process)
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end and process.poll() is None:
            if new := set((project / "state" / "approvals").glob("*.json")) - known:
                return process, new.pop().stem
            time.sleep(0.05)
        pytest.fail(f"the run does not wait: {process.communicate()}")

    yield start
    for process in started:
        process.kill()
        process.communicate()


@pytest.fixture
def other(llmspell: Llmspell, project: Path) -> Callable[..., subprocess.CompletedProcess[str]]:
    """Runs `llmspell approvals WORDS...` of the same user."""
    return lambda *words: llmspell("approvals", *words, LLMSPELL_STATE_HOME=str(project / "state"))


def left(project: Path) -> list[str]:
    return [file.name for file in (project / "state" / "approvals").iterdir() if file.name != "lock"]


def test_another_process_approves(waits: Waits, other: Any, project: Path) -> None:
    run, id_ = waits("calculate.lua", *ASK)
    [listed] = json.loads(other("list", "--json").stdout)["approvals"]
    assert (listed["id"], listed["target"], listed["shown"]) == (id_, "calculator", '{"expression": "1 + 1"}')
    assert id_ in other("list").stdout
    assert "call tool 'calculator'" in other("show", id_).stdout
    assert f"approved {id_}" in other("approve", id_).stderr
    out, error = run.communicate(timeout=PATIENCE)
    assert (run.returncode, out, left(project)) == (0, "2\n", [])
    assert f"hint: in another terminal, type: llmspell approvals approve {id_}" in error
    assert other("list").stdout == "Nothing waits for an answer.\n"


def test_another_process_denies(waits: Waits, other: Any, project: Path) -> None:
    run, id_ = waits("calculate.lua", *ASK)
    assert f"denied {id_}" in other("deny", id_).stderr
    out, error = run.communicate(timeout=PATIENCE)
    assert (run.returncode, out, left(project)) == (7, "", [])
    assert "was not approved by user:" in error


def test_an_approval_for_the_run_is_for_the_same_arguments(waits: Waits, other: Any, project: Path) -> None:
    run, id_ = waits("twice.lua", *ASK, "--set", "approvals.timeout=3")
    other("approve", "--run", id_)
    out, _ = run.communicate(timeout=PATIENCE)
    assert out == "2\n2\ncall tool 'calculator' needs an approval, and nobody answered in time\n"


def test_two_runs_wait_and_each_gets_its_own_answer(waits: Waits, other: Any, project: Path) -> None:
    one, first = waits("calculate.lua", *ASK)
    two, second = waits("calculate.lua", *ASK)
    other("deny", first)
    other("approve", second)
    assert (one.communicate(timeout=PATIENCE)[0], two.communicate(timeout=PATIENCE)[0]) == ("", "2\n")


def test_the_answer_to_one_question_put_to_another_does_nothing(waits: Waits, other: Any, project: Path) -> None:
    one, first = waits("calculate.lua", *ASK)
    two, second = waits("calculate.lua", *ASK, "--set", "approvals.timeout=4", "--", "3 + 3")
    folder = project / "state" / "approvals"
    one.send_signal(signal.SIGSTOP)  # so that it does not take its answer away
    other("approve", first)
    (folder / f"{second}.answer.json").write_bytes((folder / f"{first}.answer.json").read_bytes())
    (folder / f"{second}.answer.json").chmod(0o600)
    out, error = two.communicate(timeout=PATIENCE)
    one.send_signal(signal.SIGCONT)
    assert (two.returncode, out) == (7, "")
    assert f"warn: an answer to approval {second} was ignored" in error


@pytest.mark.parametrize("sent", [signal.SIGINT, signal.SIGTERM])
def test_a_run_that_is_stopped_while_it_waits_leaves_no_file(waits: Waits, project: Path, sent: int) -> None:
    run, _ = waits("calculate.lua", *ASK)
    run.send_signal(sent)
    run.communicate(timeout=PATIENCE)
    assert (run.returncode, left(project)) == (130, [])


def test_the_question_of_a_killed_run_cannot_be_approved(waits: Waits, other: Any, project: Path) -> None:
    run, id_ = waits("calculate.lua", *ASK)
    run.kill()
    run.wait(PATIENCE)
    assert left(project) == [f"{id_}.json"]
    ended = other("approve", id_)
    assert (ended.returncode, ended.stderr) == (
        2,
        f"error: no approval '{id_}' is waiting\nhint: type: llmspell approvals list\n",
    )
    assert left(project) == []


def test_waiting_can_be_configured(llmspell: Llmspell, project: Path) -> None:
    (project / "llmspell.toml").write_text("[approvals]\nwait = true\ntimeout = 0.5\n")
    ended = llmspell("run", "calculate.lua", *ASK, LLMSPELL_STATE_HOME=str(project / "state"))
    assert ended.returncode == 7
    assert "nobody answered in time" in ended.stderr


# Rules


def test_rules_come_from_configuration_profiles_and_flags_and_are_explained(llmspell: Llmspell, project: Path) -> None:
    (project / "llmspell.toml").write_text(
        '[permissions]\nask.tools = ["calc*"]\nask."fs.write" = ["out"]\nask.cost = 0.5\n'
        '[profile.careful.permissions]\nask.net = ["*"]\n'
    )
    assert llmspell("trust", LLMSPELL_STATE_HOME=str(project / "state")).returncode == 0
    words = ("calculate.lua", "--profile", "careful", "--ask-cost=0.2", "--ask-model=x/*", "--json")
    state = {"LLMSPELL_STATE_HOME": str(project / "state")}
    for command in (("perms", "explain"), ("run", "--dry-run")):
        shown = json.loads(llmspell(*command, *words, **state).stdout)
        rules = [(rule["permission"], rule["pattern"]) for rule in shown["permissions"] if rule["verb"] == "ask"]
        assert rules == [
            ("fs.write", "out"),
            ("net", "*"),
            ("tools", "calc*"),
            ("models", "x/*"),
            ("cost", "0.2 USD"),
        ]
    assert "calculator" in shown["tools"]


def test_a_project_that_is_not_trusted_may_not_have_things_asked(llmspell: Llmspell, project: Path) -> None:
    (project / "llmspell.toml").write_text('[permissions]\nask.net = ["*"]\n')
    ended = llmspell("perms", "explain", "calculate.lua", LLMSPELL_STATE_HOME=str(project / "state"))
    assert "permissions.ask" in ended.stderr
    assert "ask" not in ended.stdout


@pytest.mark.parametrize(
    ("rule", "problem"),
    [
        ('ask.secrets = ["x"]', "'secrets' cannot be asked about"),
        ("ask.cost = 0", "the cost to ask about must be a number of USD above 0, found 0"),
        ('ask.tool = ["x"]', "no permission is called 'tool'"),
        ("ask = 1", "ask"),
    ],
)
def test_a_rule_that_is_wrong_is_an_error_of_configuration(
    llmspell: Llmspell, project: Path, rule: str, problem: str
) -> None:
    (project / "llmspell.toml").write_text(f"[permissions]\n{rule}\n")
    llmspell("trust", LLMSPELL_STATE_HOME=str(project / "state"))
    ended = llmspell("run", "calculate.lua", LLMSPELL_STATE_HOME=str(project / "state"))
    assert ended.returncode == 3
    assert problem in ended.stderr
