"""The Lua machine: one Lua 5.4 state, and the messages between it and the kernel.

Three rules keep the process alive, because Lua's memory limit works by a long jump that Python does not
survive: Python hands values over only while the limit is off; the guest switches it on in the threads of the
script alone; and what Lua can call meanwhile are functions written in C that never fail. Nothing here imports
more than a worker process can afford.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any, NoReturn

from lupa import lua54

from llmspell.engine import Emit, Limits
from llmspell_engine_lua.arguments import parse_arguments
from llmspell_engine_lua.bytecode import guest_bytecode
from llmspell_engine_lua.convert import Converter, Guest, UnpassableError, manifest_lines

_GUEST_MEMORY = 232 << 10  # bytes, about what the guest takes itself


class LuaMachine:
    """One script on its way; see `llmspell.engine.Machine`.

    Args:
        limits: what the script may use.
        emit: takes each printed line. When it raises, the script stops, and `start` or `step` raises it.
    """

    def __init__(self, limits: Limits, emit: Emit) -> None:
        self._reasons: list[str] = []
        self._emit = emit
        self._failure: BaseException | None = None
        self._runtime = runtime = _new_runtime()
        self._arm = partial(runtime.set_max_memory, limits.memory + _GUEST_MEMORY)
        self._disarm = partial(runtime.set_max_memory, 0)
        self._begin, self._step, self._put, *values = self._load_guest(limits)
        self._converter = Converter(Guest(runtime.table_from, *values), limits)

    @classmethod
    def warm(cls) -> None:
        """Compile the guest before a script is there to wait for it."""
        guest_bytecode()

    def start(self, source: str, name: str, api: Mapping[str, Any], args: Sequence[str]) -> str:
        """Begin the script, run it until it waits, and return its messages."""
        convert = self._converter.value
        table = self._runtime.table_from
        constants = table({key: convert(value) for key, value in api.get("constants", {}).items()})
        constants["Args"] = table({_text(key): _text(value) for key, value in parse_arguments(args).items()})
        return self._run(
            self._begin,
            _text(source),
            _text(name),
            manifest_lines(api.get("globals", {})),
            manifest_lines(api.get("handles", {})),
            constants,
            f" {' '.join(api.get('libraries', ()))} ",
            "".join(f" {name}={library} " for name, library in api.get("withheld", {}).items()),
        )

    def step(self, inbox: Sequence[tuple[Any, ...]]) -> str:
        """Deliver messages, run the script until it waits again, and return its messages."""
        if len(inbox) == 1:
            return self._run(self._step, *self._message(inbox[0]))
        for message in inbox:
            self._put(*self._message(message))
        return self._run(self._step)

    def interrupt(self, reason: str) -> None:
        """Make the script fail soon: now if it runs, else at its next step.

        Args:
            reason: the message of the `cancelled` error; `budget.<name>` makes it a `budget` error instead.
        """
        self._reasons.append(reason)

    def close(self) -> None:
        """Free the script's memory; the machine is not used again."""
        for switch in (self._arm, self._disarm):
            # They hold the runtime, which holds them; the standard library's types hide the method.
            switch.__setstate__((int, (), {}, None))  # type: ignore[attr-defined]
        del self._begin, self._step, self._put, self._converter, self._runtime

    def _load_guest(self, limits: Limits) -> list[Any]:
        table = self._runtime.table_from
        host = table(
            {
                "arm": self._arm,
                "disarm": self._disarm,
                "now": time.monotonic,
                "interrupts": self._reasons.__len__,
                "reason": self._reasons.__getitem__,
                "emit": self._print,
            }
        )
        execute = self._runtime.execute
        shared, config = table({}), table(limits.to_dict())
        exports: tuple[Any, ...] = ()
        with self._runtime.nogc():
            for code in guest_bytecode():
                # Lua's own `load` would first copy the bytecode into a string: a quarter more memory.
                exports = execute(code, shared, host, config, name=b"guest", mode=b"b")
        postpone, *exported = exports
        postpone()
        return exported

    def _print(self, text: str) -> None:
        """Hand a line to `emit`; its failure must not become a Lua error that a script could look into."""
        try:
            self._emit(text)
        except BaseException as failure:
            self._failure = failure
            raise

    def _message(self, message: tuple[Any, ...]) -> tuple[Any, ...]:
        """An inbox message for the guest; a value that Lua cannot take becomes the failure of its call."""
        kind, identifier, *rest = message
        try:
            if kind == "callback":
                function_id, arguments = rest
                return kind, identifier, function_id, self._converter.arguments(arguments)
            return kind, identifier, *map(self._converter.value, rest)
        except UnpassableError as problem:
            fields = {"kind": "invalid_arguments", "message": str(problem)}
            return (
                ("refused" if kind == "callback" else "error"),
                identifier,
                self._runtime.table_from(fields),
            )

    def _run(self, function: Callable[..., str], *arguments: Any) -> str:
        """What the guest's `function` answers; memory is unlimited again whatever happened."""
        try:
            outbox = function(*arguments)
        except lua54.LuaError as problem:
            outbox = _broken(problem)
        finally:
            self._disarm()
        if self._failure is not None:
            failure, self._failure = self._failure, None
            raise failure
        return outbox


def _new_runtime() -> Any:
    """A Lua state without `python.eval` and `python.builtins`, whose Python objects deny every access."""
    return lua54.LuaRuntime(
        encoding="utf-8",
        register_eval=False,
        register_builtins=False,
        unpack_returned_tuples=True,
        attribute_handlers=(_deny, _deny),
        max_memory=0,
    )


def _deny(*_: object) -> NoReturn:
    raise AttributeError("scripts cannot look into Python objects")


def _text(value: Any) -> Any:
    """Text as the bytes of its UTF-8; anything else as it is."""
    return value.encode("utf-8", "replace") if isinstance(value, str) else value


def _broken(problem: Exception) -> str:
    """The answer of a guest that failed itself."""
    error = {
        "kind": "internal",
        "message": f"the Lua guest failed: {problem}",
        "file": "",
        "line": 0,
        "traceback": "",
    }
    return json.dumps([["failed", error]])
