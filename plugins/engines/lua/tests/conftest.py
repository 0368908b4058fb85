"""A driver that runs a machine with Python functions as its host."""

from __future__ import annotations

import json
import re
import select
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, Self

import pytest

from llmspell.testing import driver
from llmspell.testing.driver import HostError, Pending
from llmspell_engine_lua.machine import LuaMachine

API: dict[str, Any] = {
    "globals": {
        "Agent": {"create": {}, "find": {}},
        "Async": {"sleep": {}},
        "Host": {"echo": {}, "fail": {}, "later": {}, "tool": {}, "call": {}, "open": {}},
        "Json": {"encode": {}, "decode": {}},
    },
    "handles": {"Agent": {"run": {}, "close": {}}, "Stream": {"next": {}}},
    "constants": {"Spell": {"name": "test", "words": ["a", "b"], "path": None}},
}


class Driver(driver.Driver):
    """A machine of Lua; `modules` are what `require` finds, by their dotted names."""

    def __init__(self, **limits: Any) -> None:
        super().__init__(LuaMachine, **limits)
        self.modules: dict[str, Any] = {}
        self.host["@modules.load"] = self._module

    def start(self, source: str, *args: str, name: str = "test.lua", api: Mapping[str, Any] = API) -> Self:
        return super().start(source, *args, name=name, api=api)

    def _module(self, name: str, _requirer: str) -> Any:
        if name not in self.modules:
            raise HostError("not_found", f"there is no module {name!r}")
        source = self.modules[name]
        if isinstance(source, Pending):
            return source
        return {"source": source, "name": re.sub(r"\.", "/", name) + ".lua", "key": f"/{name}.lua"}


def run_script(source: str, *args: str, **limits: Any) -> Driver:
    """A machine that ran `source` to its end, or until it waits."""
    return Driver(**limits).start(source, *args)


@pytest.fixture(name="driver")
def new_driver() -> Driver:
    """A machine with the usual limits, not started."""
    return Driver()


@pytest.fixture(scope="session")
def run() -> Callable[..., Driver]:
    """Runs a script in a new machine: `run(source, *args, **limits)`."""
    return run_script


class Apart:
    """Runs scripts in a process of its own, which is killed when one takes too long."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[str] | None = None

    def run(self, source: str, *, seconds: float = 10.0, **limits: Any) -> dict[str, Any]:
        """How the script ended: `done`, `failed`, `printed`; and `clean`, what the machine after it shows."""
        process = self._started()
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(json.dumps({"source": source, "limits": limits}) + "\n")
        process.stdin.flush()
        ready, _, _ = select.select([process.stdout], [], [], seconds)
        line = process.stdout.readline() if ready else ""
        if not line:
            self.close()
            pytest.fail(f"the process {'died' if ready else f'hung for {seconds} seconds'}")
        answer: dict[str, Any] = json.loads(line)
        return answer

    def close(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.communicate()
            self._process = None

    def _started(self) -> subprocess.Popen[str]:
        if self._process is None:
            script = Path(__file__).with_name("apart.py")
            self._process = subprocess.Popen(
                [sys.executable, str(script)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
            )
        return self._process


@pytest.fixture(scope="session")
def apart() -> Iterator[Apart]:
    """For scripts that could hang or kill the process that runs them."""
    process = Apart()
    yield process
    process.close()
