"""The JavaScript machine: the messages between the kernel and the guest, over one virtual machine.

Text alone crosses into a virtual machine and back: no Python object, and no function. A virtual machine that had to
stop a script is not trusted any more; the machine answers in its place.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from typing import Any, ClassVar, Protocol

from llmspell.engine import Emit, Limits
from llmspell.errors import ScriptFailed
from llmspell.values import dumps
from llmspell_language_javascript.halt import Halted, error_fields
from llmspell_language_javascript.sources import Sources

_LARGE = re.compile(r"[0-9][0-9]{15}")  # the first digit by itself makes the search three times as quick
_POSITION = re.compile(r":(\d+):\d+\)?$", re.MULTILINE)
_NOTHING = "[[],[],[]]"
_CHUNK = 0  # the id of the chunk among the roots; callbacks count from 1


class VirtualMachine(Protocol):
    """A JavaScript engine that has evaluated the guest."""

    def limit(self, limits: Limits) -> None:
        """Hold the script to `limits` from now on."""

    def run(self, turn: str, text: str = "", marks: bool = False, large: bool = False) -> str:
        """Run a turn of the guest and all reactions of promises, and give what the guest's `drain` then gives.

        Raises:
            Halted: the script used up a limit, or was interrupted.
        """

    def salvage(self) -> str:
        """After `Halted`: what `drain` would have given. Raises `Halted` where nothing can be had."""

    def syntax_line(self, source: str) -> int:
        """The line of the syntax error in a file, when the guest does not know it; 0 when nobody does."""

    def interrupt(self) -> None:
        """Make `run` raise `Halted` soon; safe from any thread."""

    def close(self) -> None:
        """Free all memory; doing so twice is fine."""


class JavaScriptMachine:
    """One script on its way; see `llmspell.engine.Machine`.

    Args:
        limits: what the script may use.
        emit: takes each printed line.

    Attributes:
        new_vm: makes a fresh virtual machine; each engine says how.
    """

    new_vm: ClassVar[Callable[[], VirtualMachine]]
    _spare: ClassVar[VirtualMachine | None] = None

    def __init__(self, limits: Limits, emit: Emit) -> None:
        cls = type(self)
        self._vm, cls._spare = cls._spare or cls.new_vm(), None
        self._vm.limit(limits)
        self._limits = limits
        self._emit = emit
        self._name = ""
        self._sources = Sources()
        self._imports: set[int] = set()  # the calls that ask for a module and were not answered
        self._reasons: list[str] = []
        self._open: set[int] = set()
        self._dead: dict[str, Any] | None = None

    @classmethod
    def warm(cls) -> None:
        """Evaluate the guest in a virtual machine for the machine to come."""
        cls._spare = cls._spare or cls.new_vm()

    def start(self, source: str, name: str, api: Mapping[str, Any], args: Sequence[str]) -> str:
        """Begin the script, run it until it waits, and return its messages."""
        self._name = name
        self._open.add(_CHUNK)
        try:
            spell = api.get("constants", {}).get("Spell", {})
            file = self._sources.spell(source, name, key=spell.get("path") or name)
        except ScriptFailed as failure:
            return f"[{','.join(self._last_words(_fields(failure)))}]"
        begin = {
            "file": file,
            "registry": self._sources.registry,
            "api": dict(api),
            "args": list(args),
            "limits": self._limits.to_dict(),
            "seed": os.urandom(32).hex(),
        }
        return self._run("begin", dumps(begin))

    def step(self, inbox: Sequence[tuple[Any, ...]]) -> str:
        """Deliver messages, run the script until it waits again, and return its messages."""
        self._open.update(message[1] for message in inbox if message[0] == "callback")
        if self._imports:
            inbox = [self._prepared(message) for message in inbox]
        try:
            text = dumps(inbox)
        except (TypeError, ValueError):
            text = f"[{','.join(map(_message, inbox))}]"
        return self._run("step", text)

    def interrupt(self, reason: str) -> None:
        """Make the script fail soon: now if it runs, else at its next step.

        Args:
            reason: the message of the `cancelled` error; `budget.<name>` makes it a `budget` error instead.
        """
        self._reasons.append(reason)
        self._vm.interrupt()

    def close(self) -> None:
        """Free the script's memory; the machine is not used again."""
        self._vm.close()

    def _run(self, turn: str, text: str) -> str:
        if self._reasons:
            self._dead = self._dead or error_fields(Halted("interrupt"), self._limits, self._reasons)
        if self._dead is not None:
            return f"[{','.join(self._last_words(self._dead))}]"
        try:
            drained = self._vm.run(turn, text, '"$' in text, _LARGE.search(text) is not None)
            while not drained:
                drained = self._vm.run("advance")
        except Halted as halted:
            return self._bury(halted)
        return self._take(drained)

    def _take(self, drained: str) -> str:
        head, _, outbox = drained.partition("\n")
        if head != _NOTHING:
            printed, ended, imports = json.loads(head)
            self._open.difference_update(ended)
            self._imports.update(imports)
            for line in printed:
                self._emit(line)
        return self._placed(outbox) if _CHUNK not in self._open and '"SyntaxError: ' in outbox else outbox

    def _bury(self, halted: Halted) -> str:
        """What a script that was stopped still said, and the failure of all that it had not answered."""
        file, line = self._place(halted.stack)
        self._dead = {**error_fields(halted, self._limits, self._reasons), "file": file, "line": line, "traceback": ""}
        said = ""
        with suppress(Halted):
            said = self._take(self._vm.salvage())[1:-1]
        self._vm.close()
        return f"[{','.join(filter(None, [said, *self._last_words(self._dead)]))}]"

    def _placed(self, outbox: str) -> str:
        """The messages, with the line of the syntax error that the chunk failed with if it is one without."""
        messages = json.loads(outbox)
        for kind, *rest in messages:
            if kind == "failed" and rest[0]["line"] == 0 and rest[0]["message"].startswith("SyntaxError: "):
                code = self._sources.code(rest[0]["file"])
                rest[0]["line"] = min(self._vm.syntax_line(code), code.count("\n") + 1)
        return json.dumps(messages)

    def _prepared(self, message: tuple[Any, ...]) -> tuple[Any, ...]:
        """A message; the text of a module becomes what the guest runs, or the failure of its import."""
        kind, number, *rest = message
        if kind not in ("result", "error") or number not in self._imports:
            return message
        self._imports.discard(number)
        if kind == "error":
            return message
        try:
            return kind, number, self._sources.module(rest[0])
        except ScriptFailed as failure:
            return "error", number, _fields(failure)

    def _last_words(self, error: dict[str, Any]) -> list[str]:
        fields = json.dumps({"file": self._name, "line": 0, "traceback": "", **error})
        ids, self._open = sorted(self._open), set()
        return [f'["error",{number},{fields}]' if number else f'["failed",{fields}]' for number in ids]

    def _place(self, stack: str) -> tuple[str, int]:
        """The innermost file and line of the script's own in a stack; line 0 of the spell when there is none."""
        places = (self._sources.place(int(found[1])) for found in _POSITION.finditer(stack))
        return next(filter(None, places), (self._name, 0))


def _message(message: tuple[Any, ...]) -> str:
    """A message; a value that cannot be passed becomes the failure of its call."""
    try:
        return dumps(message)
    except (TypeError, ValueError) as problem:
        fields = {"kind": "invalid_arguments", "message": str(problem)}
        return dumps(("refused" if message[0] == "callback" else "error", message[1], fields))


def _fields(failure: ScriptFailed) -> dict[str, Any]:
    """What a text that does not parse fails with."""
    place = {"file": failure.file, "line": failure.line, "traceback": failure.traceback}
    return {**failure.to_dict(), **place, "place": place}
