"""A driver that runs a machine of each installed JavaScript engine with Python functions as its host."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pytest

from llmspell.bridge.loading import machine_class
from llmspell.engine import Limits
from llmspell.kernel import Kernel
from llmspell.values import FunctionRef, HandleRef, loads

API: dict[str, Any] = {
    "globals": {
        "Agent": {
            "create": {
                "takes": {"0": {"name": True, "max_tokens": True, "on_event": True, "messages": {"tool_calls": True}}}
            },
            "find": {},
            "list_models": {},
        },
        "Async": {"sleep": {}},
        "Host": {"echo": {}, "fail": {}, "later": {}, "tool": {}, "call": {}, "open": {}, "hook": {
            "takes": {"0": [{"request": {"max_tokens": True}}]}
        }},
        "Json": {"encode": {}, "decode": {}},
    },
    "handles": {
        "Agent": {"run": {"gives": {"stop_reason": True, "usage": {"total_tokens": True}}}, "close": {}},
        "Stream": {"next": {}},
    },
    "constants": {"Spell": {"name": "test", "words": ["a", "b"], "path": None}},
}  # fmt: skip


def engines() -> dict[str, Callable[..., Any]]:
    """The machines of the installed engines for JavaScript, by the name of the engine."""
    plugins = Kernel(environ={}).plugins
    found = {name: plugins.get("engine", name) for name in plugins.names("engine")}
    return {name: machine_class(each.machine) for name, each in found.items() if each.language == "javascript"}


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

    def __init__(self, machine: Callable[..., Any], **limits: Any) -> None:
        self.printed: list[str] = []
        self.machine = machine(Limits(**limits), self.printed.append)
        self.calls: list[tuple[int, Any, str, list[Any]]] = []
        self.within: dict[int, int] = {}
        self.waiting: dict[int, list[Any]] = {}
        self.cancelled: list[int] = []
        self.answers: dict[int, Any] = {}
        self.streams: dict[int, list[Any]] = {}
        self.done: list[Any] = []
        self.failed: list[dict[str, Any]] = []
        self._callbacks = 0
        self._host: dict[str, Callable[..., Any]] = {
            "Agent.list_models": lambda *_: [],
            "Host.echo": lambda *args: args[0] if args else None,
            "Host.hook": lambda *_: None,
            "Host.fail": self._fail,
            "Host.later": lambda *_: Pending(),
            "Host.open": self._open,
            "Async.sleep": lambda *_: Pending(),
            "@modules.import": lambda *_: Pending(),
            "Agent.create": lambda *_: HandleRef(len(self.calls), "Agent"),
        }

    def start(self, source: str, *args: str, name: str = "test.js", api: Mapping[str, Any] = API) -> Driver:
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
            for message in loads(outbox):
                self._one(message, inbox)
            if not inbox:
                return
            outbox = self.machine.step(inbox)

    def _one(self, message: list[Any], inbox: list[tuple[Any, ...]]) -> None:
        match message:
            case ["call", number, target, method, args, *within]:
                self.calls.append((number, target, method, args))
                self.within[number] = within[0] if within else 0
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
        return {"handle": handle, "args": args, "stop_reason": "completed", "usage": {"total_tokens": 3}}

    def _open(self, items: list[Any]) -> HandleRef:
        number = 1000 + len(self.streams)
        self.streams[number] = list(items)
        return HandleRef(number, "Stream")

    def _fail(self, fields: Any = None) -> Any:
        raise HostError(**(fields or {}))


@pytest.fixture(scope="session", params=sorted(engines()))
def machine(request: pytest.FixtureRequest) -> Callable[..., Any]:
    """The class of each engine's machine."""
    return engines()[request.param]


@pytest.fixture
def run(machine: Callable[..., Any], request: pytest.FixtureRequest) -> Callable[..., Driver]:
    """Runs a script in a new machine until its end, or until it waits: `run(source, *args, **limits)`."""

    def begin(source: str, *args: str, name: str = "test.js", api: Mapping[str, Any] = API, **limits: Any) -> Driver:
        driver = Driver(machine, **limits)
        request.addfinalizer(driver.machine.close)
        return driver.start(source, *args, name=name, api=api)

    return begin
