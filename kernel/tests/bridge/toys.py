"""Toy machines in plain Python, for both transports; what each does is its docstring."""

from __future__ import annotations

import json
import os
import signal
import sys
import time
from collections.abc import Mapping, Sequence
from typing import Any

from llmspell import values
from llmspell.engine import Emit, Limits


class Toy:
    """Says `done` with its source at the start, and answers nothing."""

    def __init__(self, limits: Limits, emit: Emit) -> None:
        self.limits = limits
        self.emit = emit

    def start(self, source: str, name: str, api: Mapping[str, Any], args: Sequence[str]) -> str:
        return json.dumps([["done", source]])

    def step(self, inbox: Sequence[tuple[Any, ...]]) -> str:
        return "[]"

    def interrupt(self, reason: str) -> None:
        pass

    def close(self) -> None:
        pass


class Echo(Toy):
    """Answers each step with the messages that it got."""

    def start(self, source: str, name: str, api: Mapping[str, Any], args: Sequence[str]) -> str:
        return values.dumps([["started", source, name, dict(api), list(args)]])

    def step(self, inbox: Sequence[tuple[Any, ...]]) -> str:
        assert all(type(message) is tuple for message in inbox)
        return values.dumps(inbox)


class Pretty(Toy):
    """Lays out its JSON for people."""

    def start(self, source: str, name: str, api: Mapping[str, Any], args: Sequence[str]) -> str:
        return json.dumps([["done", "two\nlines"]], indent=2)


class Mute(Toy):
    """Breaks the contract: it returns nothing."""

    def start(self, source: str, name: str, api: Mapping[str, Any], args: Sequence[str]) -> str:
        return None  # type: ignore[return-value]  # that is the bug it stands for


class Caller(Toy):
    """Makes `int(source)` calls, each when the one before is answered; then `done` with their number."""

    def start(self, source: str, name: str, api: Mapping[str, Any], args: Sequence[str]) -> str:
        self.left = int(source)
        self.made = 0
        return self.step(())

    def step(self, inbox: Sequence[tuple[Any, ...]]) -> str:
        if self.made == self.left:
            return json.dumps([["done", self.made]])
        self.made += 1
        return json.dumps([["call", self.made, "Json", "encode", [self.made]]])


class Doer(Toy):
    """Does what its source names: a function of this module, or a statement for `exec`."""

    def start(self, source: str, name: str, api: Mapping[str, Any], args: Sequence[str]) -> str:
        return self.do(source)

    def step(self, inbox: Sequence[tuple[Any, ...]]) -> str:
        return self.do(inbox[0][0])

    def do(self, source: str) -> str:
        scope = {
            "machine": self,
            "emit": self.emit,
            "os": os,
            "sys": sys,
            "time": time,
            "signal": signal,
            "result": None,
        }
        exec(source, scope)
        return values.dumps([["done", scope["result"]]])


class Reporter(Doer):
    """A `Doer` that hears interrupts, in `reasons`, and says so when it is closed."""

    def __init__(self, limits: Limits, emit: Emit) -> None:
        super().__init__(limits, emit)
        self.reasons: list[str] = []

    def interrupt(self, reason: str) -> None:
        self.reasons.append(reason)

    def close(self) -> None:
        CLOSED.append(self)


CLOSED: list[Reporter] = []  # the machines themselves: a number of one that is gone may be given to another


class Unbuildable(Toy):
    """Fails when it is built."""

    def __init__(self, limits: Limits, emit: Emit) -> None:
        raise OSError("no engine here")


class Forker(Toy):
    """Starts a process while it is warmed up, as an engine with helpers would; `done` gives its process id."""

    child = 0

    @classmethod
    def warm(cls) -> None:
        cls.child = os.fork()
        if cls.child == 0:
            os.close(0)
            time.sleep(60)
            os._exit(0)

    def start(self, source: str, name: str, api: Mapping[str, Any], args: Sequence[str]) -> str:
        if source == "leave":
            self.emit(str(self.child))
            os._exit(0)
        return json.dumps([["done", self.child]])
