"""The contract of an engine: runs scripts of one language, without ever handing them a Python object.

An engine names a *machine*: a class that steps one script. The kernel drives it over two transports with the
same messages: `inline` (in this process) and `worker` (in a process of its own, which imports the machine's
module and as little else as it can; so that module must import neither attrs nor pluggy, nor start a thread: some of
the worker's walls stand only around threads that come after them).

Messages from the kernel to the script (the inbox of `Machine.step`), tuples of plain values:

    ("result", call_id, value)                     a call returned
    ("error", call_id, error)                      a call failed; `error` is `LlmspellError.to_dict()`
    ("callback", callback_id, function_id, args)   run a function of the script (a tool, a hook, ...)
    ("cancel", callback_id)                        stop that callback; it answers with an error

Messages from the script to the kernel (what `start` and `step` return): one JSON array of arrays:

    ["call", call_id, target, method, args]        target: a global's name, or a handle's id; a sixth element is
                                                   the id of the callback that the call is made for, if any
    ["cancel", call_id]                            nobody waits for that call any more
    ["result", callback_id, value]                 a callback returned
    ["error", callback_id, error]                  a callback failed
    ["done", value]                                the script's chunk returned; callbacks may still run
    ["failed", error]                              the script's chunk failed

The target `@modules` gives the text of modules as {source, name, key}, where `key` is the same for one file: its
`load` takes a dotted name, and its `import` a path and the key of the importing module (see `llmspell.script.modules`).

`error` from a script: {kind, message, component?, details?, file, line, traceback}.

Values are JSON, and objects with one key that starts with a dollar sign: `{"$bytes": latin-1 text}`,
`{"$handle": id}` (to a script `[id, type]`), `{"$function": id}`, `{"$float": "nan" | "inf" | "-inf"}`. An object's
own keys that start with a dollar sign are written with one more. `llmspell.values` reads and writes them. Inbox values
are Python values, with `llmspell.values.HandleRef` for a handle and bytes for binary strings.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol

Emit = Callable[[str], None]
"""Takes what the script prints, at once and in order, without a line end added."""


class Limits:
    """What a script may use. Plain attributes, because a worker process loads them without attrs.

    Args:
        memory: bytes that the script's values may take.
        slice: seconds that the script may compute without giving control back to the kernel.
        value_bytes: bytes of JSON that one value crossing the boundary may have.
        value_depth: how deeply such a value may nest.
        output_bytes: bytes that the script may print.
    """

    __slots__ = ("memory", "output_bytes", "slice", "value_bytes", "value_depth")

    def __init__(
        self,
        *,
        memory: int = 64 << 20,
        slice: float = 5.0,  # noqa: A002 the field's name in the config
        value_bytes: int = 16 << 20,
        value_depth: int = 64,
        output_bytes: int = 16 << 20,
    ) -> None:
        self.memory = memory
        self.slice = slice
        self.value_bytes = value_bytes
        self.value_depth = value_depth
        self.output_bytes = output_bytes

    def to_dict(self) -> dict[str, Any]:
        """The fields by name, to send to a worker."""
        return {name: getattr(self, name) for name in self.__slots__}


class Machine(Protocol):
    """One script on its way. Every method but `interrupt` is called from one thread, one at a time.

    Built as `Machine(limits, emit)`. The class may have two more attributes: `warm()`, which a worker calls before its
    script is known, to prepare what every machine needs; and `threads = True`, when the engine starts threads.
    """

    def start(self, source: str, name: str, api: Mapping[str, Any], args: Sequence[str]) -> str:
        """Begin the script, run it until it waits, and return its messages.

        Args:
            source: the text of the script.
            name: what tracebacks call it, as the user typed it (`examples/hello.lua`).
            api: the manifest of the script API, from `llmspell.script.manifest`.
            args: the words after `--` on the command line.
        """

    def step(self, inbox: Sequence[tuple[Any, ...]]) -> str:
        """Deliver messages, run the script until it waits again, and return its messages."""

    def interrupt(self, reason: str) -> None:
        """Make the script fail soon, wherever it is; safe from any thread.

        Args:
            reason: the message of the `cancelled` error; `budget.<name>` makes it a `budget` error instead.
        """

    def close(self) -> None:
        """Free the script's memory; the machine is not used again."""


class Engine:
    """An installed script engine.

    Attributes:
        name: as in `--engine`.
        language: what its scripts are written in, such as `lua`.
        extensions: the file endings it runs, without the dot.
        machine: `module:class` of its machine.
        renames: whether its language writes the API's names in another way than `snake_case`; its manifests then say
            which keys of arguments and results are the API's.
    """

    name: str
    language: str
    extensions: tuple[str, ...]
    machine: str
    renames: bool = False
