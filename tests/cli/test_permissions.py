"""What a spell may do, from the command line: flags, requests and their answers, profiles, trust."""

from __future__ import annotations

import json
import os
import pty
import select
import signal
import subprocess
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from tests.cli.conftest import environment

if TYPE_CHECKING:
    from tests.cli.conftest import Llmspell

CALCULATE = 'print(Tool.run("calculator", { expression = "1 + 1" }).text)\n'
READ = 'print(Tool.run("file_read", { path = Args[1] }).text)\n'
ASKS = '-- llmspell: allow-tool=calculator reason="sums"\n' + CALCULATE


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "calculate.lua").write_text(CALCULATE)
    (tmp_path / "asks.lua").write_text(ASKS)
    (tmp_path / "read.lua").write_text(READ)
    (tmp_path / "notes.txt").write_text("notes")
    return tmp_path


# Flags


def test_a_denial_ends_with_exit_code_4_and_the_flag_that_allows_it(llmspell: Llmspell, project: Path) -> None:
    ended = llmspell("run", "calculate.lua", "--profile", "high")
    assert (ended.returncode, ended.stdout) == (4, "")
    assert "error: tool 'calculator' is not allowed in profile 'high'" in ended.stderr
    assert "hint: run again with --allow-tool=calculator\n" in ended.stderr
    assert llmspell("run", "calculate.lua", "--profile", "high", "--allow-tool=calculator").stdout == "2\n"


def test_the_flag_for_a_file_outside_the_project_lets_it_be_read(llmspell: Llmspell, project: Path) -> None:
    outside = project.parent / f"{project.name}-outside.txt"
    outside.write_text("outside")
    ended = llmspell("run", "read.lua", "--", str(outside))
    flag = ended.stderr.rpartition("run again with ")[2].strip()
    assert (ended.returncode, flag) == (4, f"--allow-fs-read={outside.resolve()}")
    assert llmspell("run", "read.lua", flag, "--", str(outside)).stdout == "outside\n"


def test_a_denial_wins_over_every_allowance(llmspell: Llmspell, project: Path) -> None:
    ended = llmspell("run", "calculate.lua", "--allow-all", "--allow-tool=calculator", "--deny-tool=calc*")
    assert ended.returncode == 4
    assert "tool 'calculator' is denied by 'calc*' (--deny-tool='calc*')" in ended.stderr


def test_allow_all_allows_what_high_does_not(llmspell: Llmspell, project: Path) -> None:
    assert llmspell("run", "read.lua", "--profile", "high", "--allow-all", "--", "/etc/hostname").returncode == 0


def test_names_are_divided_by_commas_and_flags_may_be_given_again(llmspell: Llmspell, project: Path) -> None:
    flags = ("--allow-tool=file_read,calculator", "--allow-fs-read=notes.txt", "--allow-fs-read=a,b")
    assert llmspell("run", "read.lua", "--profile", "high", *flags, "--", "notes.txt").stdout == "notes\n"


@pytest.mark.parametrize(
    ("flag", "problem"),
    [
        ("--allow-nte=a.org", "--allow-nte"),
        ("--allow-net=http://a.org", "'http://a.org' is no pattern of hosts"),
        ("--deny-fs-read=../x", "'../x' is no pattern of paths: it has '..'"),
        ("--allow-run=git ** x", "'git ** x' is no pattern of commands"),
    ],
)
def test_a_wrong_flag_is_an_error_of_usage(llmspell: Llmspell, project: Path, flag: str, problem: str) -> None:
    ended = llmspell("run", "calculate.lua", flag)
    assert (ended.returncode, ended.stdout) == (2, "")
    assert problem in ended.stderr


def test_a_denial_that_the_spell_catches_does_not_end_it(llmspell: Llmspell) -> None:
    spell = 'local _, problem = Tool.try_run("calculator", { expression = "1" }) print(problem.kind)'
    ended = llmspell("exec", spell, "--deny-tool=calculator")
    assert (ended.returncode, ended.stdout) == (0, "permission\n")


def test_running_a_tool_by_hand_takes_the_flags_too(llmspell: Llmspell, project: Path) -> None:
    words = ("tools", "run", "file_read", "--arg", "path=/etc/hostname")
    denied = llmspell(*words)
    assert denied.returncode == 4
    flag = denied.stderr.rpartition("run again with ")[2].strip()
    assert llmspell(*words, flag).returncode == 0


def test_decisions_are_events(llmspell: Llmspell, project: Path) -> None:
    lines = llmspell("run", "calculate.lua", "--jsonl", "--profile", "high", "--allow-tool=calc*").stdout.splitlines()
    [granted] = [event for line in lines if (event := json.loads(line)).get("kind") == "permission.granted"]
    assert granted["data"] == {
        "permission": "tools",
        "target": "calculator",
        "pattern": "calc*",
        "origin": "--allow-tool='calc*'",
    }


# Requests


def test_without_a_terminal_a_request_is_told_and_not_granted(llmspell: Llmspell, project: Path) -> None:
    ended = llmspell("run", "asks.lua", "--profile", "high", stdin="a\n")
    assert (ended.returncode, ended.stdout) == (4, "")
    assert ended.stderr.startswith(
        "note: asks.lua asks for tools of 'calculator' (sums), which is not granted; to grant it, add "
        "--allow-tool=calculator\n"
    )


def test_a_request_that_is_granted_by_a_flag_is_not_told(llmspell: Llmspell, project: Path) -> None:
    ended = llmspell("run", "asks.lua", "--profile", "high", "--allow-tool=calculator")
    assert (ended.returncode, ended.stdout, ended.stderr) == (0, "2\n", "")


def test_a_header_with_a_mistake_is_an_error_with_its_line(llmspell: Llmspell, project: Path) -> None:
    (project / "wrong.lua").write_text("-- words\n-- llmspell: allow-nte=a.org\n")
    ended = llmspell("run", "wrong.lua")
    assert (ended.returncode, ended.stderr) == (
        2,
        "error: wrong.lua:2: the header cannot be understood: no permission is called 'nte'\n"
        "hint: did you mean 'net'?\n",
    )


class Terminal:
    """A real terminal with a person at it, who answers the first question."""

    def __init__(self, folder: Path, *words: str, answer: str) -> None:
        controller, terminal = pty.openpty()
        state = {"LLMSPELL_STATE_HOME": str(folder / "state"), "TERM": "dumb"}
        process = subprocess.Popen(
            ["llmspell", *words], cwd=folder, env=environment(**state), stdin=terminal, stdout=terminal, stderr=terminal
        )
        os.close(terminal)
        self.text = ""
        self._controller = controller
        answers = [answer] if answer else []
        end = time.monotonic() + 60
        while time.monotonic() < end and self._read():
            if answers and self.text.endswith("[o/a/never/N] "):
                given = answers.pop()
                if given == CTRL_C:
                    process.send_signal(signal.SIGINT)
                    # Python loses an interrupt that comes while it runs a finalizer; a person presses the key again.
                    answers += [given] if not select.select([controller], [], [], 10)[0] else []
                else:
                    os.write(controller, given.encode())
        self.code = process.wait(10)
        os.close(controller)

    def _read(self) -> bool:
        """Take what is there; False when the process has ended."""
        if not select.select([self._controller], [], [], 1)[0]:
            return True
        try:
            data = os.read(self._controller, 4096)
        except OSError:  # Linux says that nobody holds the other end
            return False
        self.text += data.decode().replace("\r\n", "\n")
        return bool(data)


CTRL_C = "\x03"
HIGH = ("run", "asks.lua", "--profile", "high")


@pytest.mark.parametrize(
    ("answer", "code", "later"),
    [
        ("once\n", 0, 4),
        ("o\n", 0, 4),
        ("always\n", 0, 0),
        ("a\n", 0, 0),
        ("never\n", 4, 4),
        ("\n", 4, 4),
        ("n\n", 4, 4),
        ("\x04", 4, 4),
    ],
)
def test_on_a_terminal_the_user_is_asked(llmspell: Llmspell, project: Path, answer: str, code: int, later: int) -> None:
    asked = Terminal(project, *HIGH, answer=answer)
    assert f"{project.resolve()}/asks.lua:1 asks to call tools: calculator\n  its reason: sums\n" in asked.text
    assert asked.code == code
    again = llmspell(*HIGH, LLMSPELL_STATE_HOME=str(project / "state"))
    assert again.returncode == later
    assert ("refused for good" in again.stderr) == (answer == "never\n")


def test_an_answer_for_good_is_not_asked_again_until_the_spell_changes(project: Path) -> None:
    assert Terminal(project, *HIGH, answer="a\n").code == 0
    quiet = Terminal(project, *HIGH, answer="")
    assert (quiet.code, quiet.text) == (0, "2\n")
    (project / "asks.lua").write_text(ASKS + "-- changed\n")
    assert "its reason: sums" in Terminal(project, *HIGH, answer="n\n").text


def test_an_interrupt_at_the_question_ends_the_run(project: Path) -> None:
    asked = Terminal(project, *HIGH, answer=CTRL_C)
    assert asked.code == 130
    assert asked.text.endswith("error: the run was cancelled\n")


def test_what_is_no_answer_is_asked_again_and_then_means_no(project: Path) -> None:
    asked = Terminal(project, *HIGH, answer="yes\nmaybe\nwhy\n")
    assert asked.text.count("[o/a/never/N]") == 3
    assert asked.code == 4


def test_a_reason_cannot_move_the_cursor_or_hide_what_is_asked(project: Path) -> None:
    (project / "asks.lua").write_text('-- llmspell: allow-tool=calculator reason="\x1b[2J\u202egood"\n' + CALCULATE)
    asked = Terminal(project, *HIGH, answer="n\n")
    assert "its reason: \\x1b[2J\\u202egood\n" in asked.text


# Seeing it before


def test_a_dry_run_shows_everything_and_runs_nothing(llmspell: Llmspell, project: Path) -> None:
    ended = llmspell("run", "asks.lua", "--dry-run", "--profile", "high", "--allow-net=a.org", "--deny-run=rm")
    assert ended.returncode == 0
    assert ended.stdout.startswith("asks.lua: profile high, runs in a process of its own\nengine lua, limits: memory ")
    for row in ("allow  net         a.org    --allow-net=a.org", "deny   run         rm       --deny-run=rm"):
        assert row in ended.stdout
    assert "tools: none" in ended.stdout
    assert "--allow-tool=calculator" in ended.stdout
    assert "\n2\n" not in ended.stdout


def test_a_dry_run_is_data_too(llmspell: Llmspell, project: Path) -> None:
    shown = json.loads(llmspell("run", "asks.lua", "--dry-run", "--json", "--model", "offline/x").stdout)
    assert (shown["schema"], shown["engine"], shown["model"]) == ("llmspell.dry-run/1", "lua", "offline/x")
    assert shown["profile"] == {"name": "medium", "level": "medium", "transport": "worker"}
    assert {"calculator", "file_read"} <= set(shown["tools"])
    assert "rlimit.memory" in shown["walls"]
    assert shown["requests"] == [
        {
            "permission": "tools",
            "pattern": "calculator",
            "reason": "sums",
            "line": 1,
            "granted": True,
            "outcome": "granted",
            "flag": "--allow-tool=calculator",
        }
    ]


def test_explaining_names_the_origin_of_each_permission(llmspell: Llmspell, project: Path) -> None:
    (project / "user").mkdir()
    (project / "user" / "config.toml").write_text('[permissions]\nenv = ["HOME"]\ndeny.net = ["*.internal"]\n')
    ended = llmspell(
        "perms", "explain", "asks.lua", "--allow-net=a.org", "--json", LLMSPELL_CONFIG_HOME=str(project / "user")
    )
    shown: dict[str, Any] = json.loads(ended.stdout)
    assert shown["schema"] == "llmspell.perms/1"
    origins = {(each["verb"], each["permission"], each["pattern"]): each["origin"] for each in shown["permissions"]}
    assert origins["allow", "tools", "*"] == "profile medium"
    assert origins["allow", "env", "HOME"] == "user/config.toml:2"
    assert origins["deny", "net", "*.internal"] == "user/config.toml:3"
    assert origins["allow", "net", "a.org"] == "--allow-net=a.org"


@pytest.mark.parametrize(
    ("flags", "code"),
    [((), 0), (("--profile", "high"), 4), (("--profile", "high", "--allow-tool=calc*"), 0), (("--deny-tool=*",), 4)],
)
def test_a_check_tells_whether_a_spell_has_what_it_asks_for(
    llmspell: Llmspell, project: Path, flags: tuple[str, ...], code: int
) -> None:
    ended = llmspell("perms", "check", "asks.lua", *flags)
    assert (ended.returncode, ended.stdout) == (code, "")
    assert ("asks.lua:1: tools of 'calculator' is" in ended.stderr) == (code == 4)
    shown = json.loads(llmspell("perms", "check", "asks.lua", "--json", *flags).stdout)
    assert shown["granted"] is (code == 0)


# Profiles and trust


def test_a_profile_of_ones_own_is_used(llmspell: Llmspell, project: Path) -> None:
    (project / "config.toml").write_text('[profile.ci]\nextends = "high"\npermissions.tools = ["calc*"]\n')
    found = {"LLMSPELL_CONFIG_HOME": str(project)}
    assert llmspell("run", "calculate.lua", "--profile", "ci", **found).stdout == "2\n"
    assert llmspell("run", "read.lua", "--profile", "ci", "--", "notes.txt", **found).returncode == 4
    ended = llmspell("run", "calculate.lua", "--profile", "cii", **found)
    assert (ended.returncode, ended.stderr) == (2, "error: no profile named 'cii'\nhint: did you mean 'ci'?\n")


def test_a_project_widens_nothing_until_it_is_trusted(llmspell: Llmspell, project: Path) -> None:
    state = {"LLMSPELL_STATE_HOME": str(project / "state")}
    (project / "config.toml").write_text('[run]\nprofile = "high"\n')
    state["LLMSPELL_CONFIG_HOME"] = str(project)
    (project / "llmspell.toml").write_text('[permissions]\ntools = ["calculator"]\n')

    before = llmspell("run", "calculate.lua", **state)
    assert before.returncode == 4
    assert before.stderr.startswith(
        "note: this project is not trusted, so these settings of it are left out: permissions.tools (llmspell.toml:2)\n"
        "hint: read the file, then type: llmspell trust\n"
    )
    trusted = llmspell("trust", **state)
    assert (trusted.returncode, trusted.stderr) == (
        0,
        f"llmspell.toml:2: permissions.tools\ntrusted {project.resolve()}, as it is now\n",
    )
    after = llmspell("run", "calculate.lua", **state)
    assert (after.returncode, after.stdout, after.stderr) == (0, "2\n", "")

    assert llmspell("trust", "--list", **state).stdout.startswith(f"{project.resolve()}  since 2")
    assert llmspell("trust", "--revoke", **state).stderr == f"{project.resolve()} is no longer trusted\n"
    assert llmspell("run", "calculate.lua", **state).returncode == 4
    assert llmspell("trust", "--revoke", **state).stderr == f"{project.resolve()} was not trusted\n"


def test_a_project_that_changed_must_be_trusted_again(llmspell: Llmspell, project: Path) -> None:
    state = {"LLMSPELL_STATE_HOME": str(project / "state")}
    (project / "llmspell.toml").write_text('[permissions]\nnet = ["a.org"]\n')
    assert llmspell("trust", "llmspell.toml", **state).returncode == 0
    assert llmspell("exec", "print(1)", **state).stderr == ""
    (project / "llmspell.toml").write_text('[permissions]\nnet = ["a.org", "evil.org"]\n')
    assert "permissions.net (llmspell.toml:2)" in llmspell("exec", "print(1)", **state).stderr


def test_there_must_be_something_to_trust(llmspell: Llmspell, project: Path) -> None:
    ended = llmspell("trust")
    assert ended.returncode == 2
    assert "there is no project configuration in" in ended.stderr
    assert "'nowhere' does not exist" in llmspell("trust", "nowhere").stderr


def test_a_run_without_a_header_imports_nothing_for_asking(project: Path) -> None:
    program = (
        "import sys\nfrom llmspell.__main__ import answer\n"
        "sys.argv = ['llmspell', 'run', 'calculate.lua']\n"
        "assert answer() == 0\n"
        "loaded = [name for name in sys.modules if name.startswith('llmspell.')]\n"
        "print(sorted(name for name in loaded if name.rpartition('.')[2] in "
        "('asking', 'answers', 'store', 'trust', 'request', 'hosts', 'commands', 'perms')))\n"
    )
    ended = subprocess.run(
        ["python", "-c", program],
        cwd=project,
        env=environment(),
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    assert ended.stdout == "2\n[]\n"
