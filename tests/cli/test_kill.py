"""Hostile spells are stopped within their limits, with a clear sentence, and leave no process behind."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.cli.conftest import Llmspell

BOMBS = {
    "spin": "while true do end",
    "pcall": "while true do pcall(function() while true do end end) end",
    "pattern": 'local s = ("a"):rep(50000) s:find(".-.-.-.-b")',
    "memory": "local t = {} while true do t[#t + 1] = ('x'):rep(100000) .. #t end",
    "gc": "setmetatable({}, { __gc = function() while true do end end }) collectgarbage() while true do end",
    "exit": "os.exit(42)",
    "close": "local x <close> = setmetatable({}, { __close = function() while true do end end })",
    "coroutine": "while true do coroutine.wrap(function() while true do end end)() end",
    "handler": "xpcall(function() error() end, function() while true do end end)",
    "output": "while true do print(('x'):rep(10000)) end",
    "callback": 'Tool.define{ name = "t", run = function() while true do end end } Tool.run("t")',
}


def orphans() -> list[str]:
    """The worker processes whose parent is gone."""
    found = []
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            try:
                line = (folder / "cmdline").read_bytes()
                status = (folder / "status").read_text()
            except OSError:
                continue
            if b"llmspell" in line and b"-c" in line.split(b"\0") and "\nPPid:\t1\n" in status:
                found.append(f"{folder.name} {line!r}")
    return found


@pytest.mark.parametrize("profile", ["low", "medium"])
@pytest.mark.parametrize("bomb", BOMBS)
def test_a_bomb_is_defused(llmspell: Llmspell, bomb: str, profile: str) -> None:
    try:
        ended = llmspell("exec", BOMBS[bomb], "--profile", profile, "--set", "limits.slice=1", "--timeout", "10")
    except subprocess.TimeoutExpired:
        pytest.fail("it was not stopped")
    assert ended.returncode in (1, 6), ended.stderr
    assert ended.stderr.startswith("error: ")
    assert "Traceback" not in ended.stderr
    assert orphans() == []
