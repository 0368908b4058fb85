"""The agent type `coder`: real files, and a real check."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest

from llmspell.errors import UsageError
from llmspell.result import Result
from llmspell.testing import Calls, Text
from llmspell.testing.agents import AgentBench
from llmspell.testing.contracts.agent import AgentContract

CHECK = [sys.executable, "-B", "-c", "import add; assert add.add(1, 2) == 3, 'add(1, 2) is wrong'"]
WRITES = {"fs.write": ["."], "run": [f"{sys.executable} **"]}


def write(text: str) -> Calls:
    return Calls(("file_write", {"path": "add.py", "text": f"def add(a, b):\n    return {text}\n"}))


async def ask(folder: Path, *steps: Any, allow: Any = None, **options: Any) -> tuple[Result, list[str]]:
    """The result, and what the model was told last each time."""
    async with AgentBench(folder, *steps, allow=WRITES if allow is None else allow) as bench:
        result = await bench.ask("coder", "Write add.", options=options)
        return result, [request.messages[-1].content for request in bench.requests]


class TestCoder(AgentContract):
    """What every agent type must do."""

    type_name = "coder"


async def test_the_work_is_done_when_the_check_passes(tmp_path: Path) -> None:
    result, _ = await ask(tmp_path, write("a + b"), Text("Done."), check=CHECK)
    assert (result.text, result.stop_reason) == ("Done.", "completed")
    assert (tmp_path / "add.py").read_text().endswith("return a + b\n")


async def test_what_a_failed_check_prints_goes_back_until_it_passes(tmp_path: Path) -> None:
    steps = (write("a - b"), Text("Done."), write("a + b"), Text("Mended."))
    result, told = await ask(tmp_path, *steps, check=CHECK)
    assert told[2].startswith(f"The check `{sys.executable} -B -c ")
    assert "failed (exit code 1). Mend what is wrong." in told[2]
    assert "AssertionError: add(1, 2) is wrong" in told[2]
    assert (result.text, result.stop_reason) == ("Mended.", "completed")


async def test_a_check_that_never_passes_is_no_success(tmp_path: Path) -> None:
    result, _ = await ask(tmp_path, write("a - b"), Text("Done."), Text("Really done."), check=CHECK, rounds=2)
    assert (result.text, result.stop_reason) == ("Really done.", "budget.rounds")
    assert result.error is not None
    assert "add(1, 2) is wrong" in result.error["message"]


async def test_a_check_that_takes_too_long_has_failed(tmp_path: Path) -> None:
    check = [sys.executable, "-c", "import time; time.sleep(30)"]
    result, _ = await ask(tmp_path, Text("Done."), check=check, check_timeout=0.2, rounds=1)
    assert result.stop_reason == "budget.rounds"
    assert result.error is not None
    assert "took longer than 0.2 seconds" in result.error["message"]


async def test_a_check_that_is_not_granted_is_an_error_that_keeps_the_answer(tmp_path: Path) -> None:
    allowed = {"fs.write": ["."]}
    result, _ = await ask(tmp_path, write("a + b"), Text("Done."), check=CHECK, allow=allowed)
    assert (result.text, result.stop_reason) == ("Done.", "error")
    assert result.error is not None
    assert (result.error["kind"], "--allow-run" in result.error["hint"]) == ("permission", True)


async def test_what_it_may_not_write_is_not_written(tmp_path: Path) -> None:
    result, told = await ask(tmp_path, write("1"), Text("I may not."), allow={})
    assert "Error (permission)" in told[1]
    assert not (tmp_path / "add.py").exists()
    assert result.stop_reason == "completed"


async def test_the_end_of_a_long_failure_is_what_goes_back(tmp_path: Path) -> None:
    check = [sys.executable, "-c", "print('x' * 9000); print('the reason'); raise SystemExit(2)"]
    _, told = await ask(tmp_path, Text("Done."), Text("Done."), check=check, rounds=2)
    assert told[1].endswith("the reason")
    assert "(exit code 2). Mend what is wrong.\n[...]\nxxx" in told[1]
    assert len(told[1]) < 7000


async def test_the_model_has_no_say_in_the_check(tmp_path: Path) -> None:
    async with AgentBench(tmp_path, Text("Done."), allow=WRITES) as bench:
        await bench.ask("coder", options={"check": f"{sys.executable} -c 'exit(0)'"})
        assert "process_run" not in [tool.name for tool in bench.requests[0].tools]
        assert f"`{sys.executable} -c 'exit(0)'` is run" in bench.requests[0].messages[0].content
        [event] = bench.run.log.history("tool.finished")
        assert event.path == "run/agent:tested/tool:process_run"


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"check": "echo 'x"}, r"`check` No closing quotation"),
        ({"check": 5}, r"`check` must be a string or a list"),
        ({"chek": "x"}, r"agents of type coder have no option 'chek'"),
        ({"rounds": 0}, r"`rounds` must be >= 1"),
    ],
)
async def test_wrong_options_are_refused(tmp_path: Path, options: dict[str, Any], message: str) -> None:
    async with AgentBench(tmp_path) as bench:
        with pytest.raises(UsageError, match=message):
            bench.make("coder", options=options)


async def test_a_check_needs_the_tool_that_runs_it(tmp_path: Path) -> None:
    async with AgentBench(tmp_path, sets=['plugins.block=["llmspell-tool-system"]']) as bench:
        with pytest.raises(UsageError, match=r"agents of type coder use the tool 'process_run'") as caught:
            bench.make("coder", options={"check": "true"})
    assert caught.value.hint == "pip install llmspell-tool-system"
