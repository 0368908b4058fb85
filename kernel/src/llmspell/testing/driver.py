"""Drives a machine of an engine with Python functions as its host, for the engine's own tests.

    driver = Driver(MyMachine).start("return Host.echo(1)", name="a.my", api=API)
    assert driver.value == 1

What a script may call is in the manifest that the test gives, and in `Driver.host`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Self

from llmspell.engine import Limits
from llmspell.values import FunctionRef, HandleRef, loads


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

    Args:
        machine: builds the machine from limits and what takes its printed lines.
        limits: as for `llmspell.engine.Limits`.

    Attributes:
        host: the functions by `Global.method`.
        within: by the number of a call, the callback that it was made for; 0 for the chunk.
        waiting: the arguments of the calls that wait for `answer`, by number.
    """

    def __init__(self, machine: Callable[..., Any], **limits: Any) -> None:
        self.printed: list[str] = []
        self.limits = Limits(**limits)
        self.machine = machine(self.limits, self.printed.append)
        self.calls: list[tuple[int, Any, str, list[Any]]] = []
        self.within: dict[int, int] = {}
        self.waiting: dict[int, list[Any]] = {}
        self.cancelled: list[int] = []
        self.answers: dict[int, Any] = {}
        self.streams: dict[int, list[Any]] = {}
        self.done: list[Any] = []
        self.failed: list[dict[str, Any]] = []
        self._callbacks = 0
        self.host: dict[str, Callable[..., Any]] = {
            "Host.echo": lambda *args: args[0] if args else None,
            "Host.fail": self._fail,
            "Host.later": lambda *_: Pending(),
            "Host.open": self._open,
            "Async.sleep": lambda *_: Pending(),
            "Agent.create": lambda *_: HandleRef(len(self.calls), "Agent"),
        }

    def start(self, source: str, *args: str, name: str, api: Mapping[str, Any]) -> Self:
        """Run `source` until it waits for something that is answered later."""
        self._handle(self.machine.start(source, name, api, args))
        return self

    def answer(self, call: int, value: Any = None) -> Self:
        """Answer a waiting call."""
        del self.waiting[call]
        return self.step(("result", call, value))

    def step(self, *messages: tuple[Any, ...]) -> Self:
        """Deliver messages."""
        self._handle(self.machine.step(messages))
        return self

    def callback(self, function: FunctionRef, *args: Any) -> int:
        """Run a function of the script; its answer appears in `answers` under the number that this gives."""
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

    def method(self, handle: int, method: str, args: list[Any]) -> Any:
        """What a call on a handle answers; a stream's `next` gives its items before this is asked."""
        return {"handle": handle, "method": method, "args": args}

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
            if not isinstance(target, int):
                value = self.host[f"{target}.{method}"](*args)
            elif method == "next":
                value = self.streams[target].pop(0) if self.streams[target] else None
            else:
                value = self.method(target, method, args)
        except HostError as failure:
            inbox.append(("error", number, failure.fields))
            return
        if isinstance(value, Pending):
            self.waiting[number] = args
        else:
            inbox.append(("result", number, value))

    def _open(self, items: list[Any]) -> HandleRef:
        number = 1000 + len(self.streams)
        self.streams[number] = list(items)
        return HandleRef(number, "Stream")

    def _fail(self, fields: Any = None) -> Any:
        raise HostError(**(fields or {}))
