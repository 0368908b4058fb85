"""The tool that runs programs."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest

from llmspell.context import Context
from llmspell.errors import BudgetExceeded, PermissionDenied, TimedOut, UsageError
from llmspell.testing.bench import Bench
from llmspell.testing.contracts.tool import ToolContract
from llmspell.tools import tool

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="programs are started on Linux only")

ALLOW = {"run": ["echo **", "cat", "pwd", "sleep *", "head **", "env", "false", "printf **"], "fs.read": ["**"]}


class TestProcessRunContract(ToolContract):
    name = "process_run"
    allow = ALLOW
    good = ({"argv": ["echo", "hello"]}, {"argv": ["cat"], "stdin": "hello"})
    bad = (
        {},
        {"argv": []},
        {"argv": "echo hello"},
        {"argv": [""]},
        {"argv": ["echo", "\0"]},
        {"argv": ["echo", "\ud800"]},
        {"argv": ["ls"]},
        {"argv": ["echo"], "timeout": 0},
        {"argv": ["echo"], "timeout": 301},
        {"argv": ["echo"], "max_output": 0},
        {"argv": ["pwd"], "cwd": "missing"},
        {"argv": ["env"], "env": {"LD_PRELOAD": "x.so"}},
    )


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return Bench(tmp_path, allow=ALLOW)


async def test_a_program_answers_what_it_wrote(bench: Bench) -> None:
    found = await bench.call("process_run", {"argv": ["echo", "a b", "*"]})
    assert found.pop("duration") >= 0
    assert found == {
        "ok": True,
        "code": 0,
        "stdout": "a b *\n",
        "stderr": "",
        "truncated": False,
        "lossy": False,
        "signal": "",
    }


async def test_a_program_reads_what_it_is_given(bench: Bench) -> None:
    found = await bench.call("process_run", {"argv": ["cat"], "stdin": "grüße"})
    assert found["stdout"] == "grüße"


async def test_it_works_in_the_folder_that_is_named(bench: Bench, tmp_path: Path) -> None:
    (tmp_path / "inner").mkdir()
    found = await bench.call("process_run", {"argv": ["pwd"], "cwd": "inner"})
    assert Path(found["stdout"].strip()) == (tmp_path / "inner").resolve()


async def test_a_program_that_fails_is_an_answer(bench: Bench) -> None:
    found = await bench.call("process_run", {"argv": ["false"]})
    assert (found["ok"], found["code"]) == (False, 1)


async def test_output_beyond_the_cap_ends_the_program_and_is_said(bench: Bench) -> None:
    found = await bench.call("process_run", {"argv": ["head", "-c", "100000", "/dev/zero"], "max_output": 1000})
    assert found["truncated"]
    assert not found["ok"]
    assert len(found["stdout"]) == 1000


async def test_output_that_is_not_text_is_said_to_be_lossy(bench: Bench) -> None:
    found = await bench.call("process_run", {"argv": ["printf", "a\\377b"]})
    assert (found["stdout"], found["lossy"]) == ("a\ufffdb", True)


async def test_a_program_that_takes_too_long_is_an_error(bench: Bench) -> None:
    with pytest.raises(TimedOut, match=r"the program 'sleep' took longer than 0.2 seconds"):
        await bench.call("process_run", {"argv": ["sleep", "30"], "timeout": 0.2})


async def test_a_program_has_no_variables_of_the_callers(tmp_path: Path) -> None:
    bench = Bench(tmp_path, allow={**ALLOW, "env": ["TZ"]}, environ={"MINE": "secret thing"})
    found = await bench.call("process_run", {"argv": ["env"], "env": {"TZ": "UTC"}})
    names = {line.partition("=")[0] for line in found["stdout"].splitlines()}
    assert names == {"PATH", "HOME", "TMPDIR", "LANG", "TZ"}


async def test_a_program_that_is_not_granted_is_denied_with_the_flag_for_it(bench: Bench) -> None:
    with pytest.raises(PermissionDenied, match=r"run of 'ls -l' is not allowed in profile 'high'") as caught:
        await bench.call("process_run", {"argv": ["ls", "-l"]})
    assert caught.value.hint == "run again with --allow-run='ls -l'"


async def test_a_variable_that_is_not_granted_is_denied(bench: Bench) -> None:
    with pytest.raises(PermissionDenied, match=r"env of 'TZ' is not allowed"):
        await bench.call("process_run", {"argv": ["env"], "env": {"TZ": "UTC"}})


async def test_a_folder_that_may_not_be_read_is_denied(tmp_path: Path) -> None:
    bench = Bench(tmp_path, allow={"run": ["pwd"], "fs.read": ["inner/**"]})
    with pytest.raises(PermissionDenied, match=r"fs.read of '[^']+' is not allowed"):
        await bench.call("process_run", {"argv": ["pwd"]})


@tool
async def greedy(context: Context) -> Any:
    """Has all the programs running that a run may have, and starts one more."""
    context.run.quota.take("processes", 16)
    return await context.call_tool(context.find_tool("process_run"), {"argv": ["echo"]})


async def test_a_program_counts_among_those_that_a_run_may_have(bench: Bench) -> None:
    with pytest.raises(BudgetExceeded, match=r"the budget processes of 16 at once is used up"):
        await bench.call(greedy)


async def test_a_shell_command_in_one_text_is_refused(bench: Bench) -> None:
    with pytest.raises(UsageError, match=r"argv"):
        await bench.call("process_run", {"argv": "echo a | cat"})
