"""Ctrl-C stops everything at once and leaves no process behind."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from pathlib import Path

import pytest
from tests.cli.conftest import environment


def children(pid: int) -> set[int]:
    """The processes that a process has started."""
    found = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return {int(child) for child in found}


def alive(pid: int) -> bool:
    try:
        return "(zombie)" not in Path(f"/proc/{pid}/status").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return False


@pytest.mark.parametrize("profile", ["low", "medium"])
@pytest.mark.parametrize(
    "loop",
    [
        "while true do end",
        "while true do pcall(function() while true do end end) end",
        "Async.sleep(60)",
        'Agent.create{ run = function() while true do Async.sleep(0) end end }:run("x")',
    ],
    ids=["spin", "pcall", "sleep", "agent"],
)
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=["ctrl-c", "terminate"])
def test_an_interrupt_ends_the_run(tmp_path: Path, profile: str, loop: str, number: int) -> None:
    spell = tmp_path / "loop.lua"
    spell.write_text(f'print("begun")\n{loop}\n')
    process = subprocess.Popen(
        ["llmspell", "run", str(spell), "--profile", profile],
        env=environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    assert process.stdout is not None
    try:
        assert process.stdout.readline() == "begun\n"
        workers = children(process.pid)
        begin = time.monotonic()
        process.send_signal(number)
        _, error = process.communicate(timeout=20)
        assert time.monotonic() - begin < 3  # the promise is 50 ms; a busy machine is given time
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
    assert process.returncode == 130
    assert error == "error: interrupted\n"
    assert len(workers) == (profile == "medium")
    assert not any(map(alive, workers))
