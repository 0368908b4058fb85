"""A driver that runs a machine with Python functions as its host."""

from __future__ import annotations

import json
import re
import select
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from llmspell.engine import Limits
from llmspell.values import FunctionRef, HandleRef, loads
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


class HostError(Exception):
    """What a host function raises to fail a call with these fields."""

    def __init__(self, kind: str = "provider", message: str = "boom", **fields: Any) -> None:
        super().__init__(message)
        self.fields = {"component": "", "retryable": False, "hint": "", "details": {}}
        self.fields.update({"kind": kind, "message": message, **fields})


class Pending:
    """What a host function returns to answer later, with `Driver.answer`."""


class Driver:
    """One machine; `calls`, `cancelled`, `printed`, `done`, `failed` and `answers` record what it said.

    `Host.echo(x)` answers x, `Host.fail(fields)` fails; `Host.later(x)` and `Async.sleep` wait for `answer`.
    """

    def __init__(self, **limits: Any) -> None:
        self.limits = Limits(**limits)
        self.printed: list[str] = []
        self.machine = LuaMachine(self.limits, self.printed.append)
        self.calls: list[tuple[int, Any, str, list[Any]]] = []
        self.waiting: dict[int, list[Any]] = {}
        self.cancelled: list[int] = []
        self.answers: dict[int, Any] = {}
        self.modules: dict[str, Any] = {}
        self.streams: dict[int, list[Any]] = {}
        self.done: list[Any] = []
        self.failed: list[dict[str, Any]] = []
        self._callbacks = 0
        self._host: dict[str, Callable[..., Any]] = {
            "Host.echo": lambda *args: args[0] if args else None,
            "Host.fail": self._fail,
            "Host.later": lambda *_: Pending(),
            "Host.open": self._open,
            "Async.sleep": lambda *_: Pending(),
            "Agent.create": lambda *_: HandleRef(len(self.calls), "Agent"),
            "@modules.load": self._module,
        }

    def start(self, source: str, *args: str, name: str = "test.lua", api: Mapping[str, Any] = API) -> Driver:
        """Run `source` until it waits for something that is answered later."""
        self._handle(self.machine.start(source, name, api, args))
        return self

    def answer(self, call: int, value: Any = None) -> Driver:
        """Answer a waiting call."""
        del self.waiting[call]
        return self.step(("result", call, value))

    def step(self, *messages: tuple[Any, ...]) -> Driver:
        self._handle(self.machine.step(messages))
        return self

    def callback(self, function: FunctionRef, *args: Any) -> int:
        """Run a function of the script; its answer appears in `answers`."""
        self._callbacks += 1
        number = self._callbacks
        self.step(("callback", number, function.id, list(args)))
        return number

    @property
    def value(self) -> Any:
        """What the chunk returned."""
        assert not self.failed, self.failed
        [value] = self.done
        return value

    @property
    def error(self) -> dict[str, Any]:
        """What the chunk failed with."""
        assert not self.done, self.done
        [error] = self.failed
        return error

    def _handle(self, outbox: str) -> None:
        assert "\n" not in outbox
        while True:
            inbox: list[tuple[Any, ...]] = []
            for message in json.loads(outbox):
                self._one(loads(json.dumps(message)), inbox)
            if not inbox:
                return
            outbox = self.machine.step(inbox)

    def _one(self, message: list[Any], inbox: list[tuple[Any, ...]]) -> None:
        match message:
            case ["call", number, target, method, args, *_]:
                self.calls.append((number, target, method, args))
                self._call(number, target, method, args, inbox)
            case ["cancel", number]:
                self.waiting.pop(number, None)
                self.cancelled.append(number)
            case ["result", number, value]:
                self.answers[number] = value
            case ["error", number, error]:
                assert error.keys() >= {"kind", "message", "file", "line", "traceback"}
                self.answers[number] = HostError(**error)
            case ["done", value]:
                self.done.append(value)
            case ["failed", error]:
                assert error.keys() >= {"kind", "message", "file", "line", "traceback"}
                self.failed.append(error)
            case _:
                raise AssertionError(message)

    def _call(self, number: int, target: Any, method: str, args: list[Any], inbox: list[tuple[Any, ...]]) -> None:
        try:
            if isinstance(target, int):
                value = self._method(target, method, args)
            else:
                value = self._host[f"{target}.{method}"](*args)
        except HostError as failure:
            inbox.append(("error", number, failure.fields))
            return
        if isinstance(value, Pending):
            self.waiting[number] = args
        else:
            inbox.append(("result", number, value))

    def _method(self, handle: int, method: str, args: list[Any]) -> Any:
        if method == "next":
            return self.streams[handle].pop(0) if self.streams[handle] else None
        return {"handle": handle, "method": method, "args": args}

    def _open(self, items: list[Any]) -> HandleRef:
        number = 1000 + len(self.streams)
        self.streams[number] = list(items)
        return HandleRef(number, "Stream")

    def _fail(self, fields: Any = None) -> Any:
        raise HostError(**(fields or {}))

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


@pytest.fixture
def driver() -> Driver:
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
