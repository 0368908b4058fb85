"""What a worker process runs: it loads a machine, waits for a script, and steps it until it is killed.

Everything goes over descriptor 0, a socket, as lines of JSON. From the kernel comes an object, the start, and
then arrays, the inboxes. To the kernel go arrays, the outboxes; strings, what the script prints; and objects:

    {"ready": true}                 the machine is imported, and as warm as it can be without a script
    {"walls": [...], "missing": {wall: why}}
                                    all walls that stand, and those that do not; the script begins only if none of
                                    those that the start demands is missing
    {"lost": "memory"}              no memory is left
    {"lost": "load", "why": ...}    the machine cannot be imported or built
    {"lost": "crash", "why": ...}   the machine raised, which is a bug

Nothing here imports attrs, pluggy or asyncio, because a script waits for all that a worker imports.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable
from typing import Any, BinaryIO

from llmspell import values
from llmspell.bridge import limits
from llmspell.bridge.loading import machine_class
from llmspell.bridge.walls import Walls
from llmspell.engine import Limits, Machine

# Ready-made, because it is needed when there is no memory to make it.
_OUT_OF_MEMORY = b'{"lost":"memory"}\n'


def main() -> None:
    """Run as a worker; the arguments are the machine, the scratch folder and the parent's process id."""
    reference, scratch, parent = sys.argv[1:4]
    os.environ.clear()  # Python itself may have put LC_CTYPE there
    walls = Walls()
    limits.tie_to_parent(walls, int(parent))
    limits.close_descriptors(walls)
    try:
        build = machine_class(reference)
        memory = limits.MemoryLimit()
        limits.enclose(walls, scratch)
        if hasattr(build, "warm"):
            build.warm()
    except Exception as error:
        _lose("load", f"{type(error).__name__}: {error}")
    else:
        limits.harden(walls, threads=getattr(build, "threads", False))
        _write(_control(ready=True))
        with open(0, "rb", closefd=False) as inbox:
            _guarded(lambda: _serve(build, inbox, walls, memory))


def _guarded(serve: Callable[[], None]) -> None:
    try:
        serve()
    except MemoryError:
        _write(_OUT_OF_MEMORY)
    except Exception as error:
        from traceback import format_exception

        _lose("crash", "".join(format_exception(error)))


def _serve(build: Callable[..., Machine], inbox: BinaryIO, walls: Walls, memory: limits.MemoryLimit) -> None:
    """Start and step one machine until the parent closes the channel."""
    line = inbox.readline()
    if not line:
        return None
    begin = values.loads(line.decode())
    bounds = Limits(**begin["limits"])
    try:
        machine = build(bounds, _print)
    except Exception as error:
        return _lose("load", f"{type(error).__name__}: {error}")
    cpu = limits.CpuLimit(walls, begin["cpu"], bounds.slice)
    memory.set(walls, bounds.memory, bounds.value_bytes)
    _write(_control(walls=walls.standing, missing=walls.missing))
    if not set(begin["demand"]).issubset(walls.standing):
        return None  # the parent refuses the run, and says why
    outbox = machine.start(begin["source"], begin["name"], begin["api"], begin["args"])
    while True:
        _write_outbox(outbox)
        line = inbox.readline()
        if not line:
            return None
        cpu.renew()
        outbox = machine.step([tuple(message) for message in values.loads(line.decode())])


def _write_outbox(outbox: object) -> None:
    if not isinstance(outbox, str):
        raise TypeError(f"the machine returned {outbox!r} instead of its messages as JSON")
    # JSON may be laid out over lines, but a frame is one; inside a JSON string a line end is always escaped.
    _write((outbox.replace("\n", " ") if "\n" in outbox else outbox).encode() + b"\n")


def _print(text: str) -> None:
    _write(json.dumps(text).encode() + b"\n")


def _lose(how: str, why: str) -> None:
    _write(_control(lost=how, why=why))


def _control(**fields: Any) -> bytes:  # Any: whatever JSON takes
    return json.dumps(fields).encode() + b"\n"


def _write(frame: bytes) -> None:
    written = os.write(0, frame)
    while written < len(frame):
        frame = frame[written:]
        written = os.write(0, frame)
