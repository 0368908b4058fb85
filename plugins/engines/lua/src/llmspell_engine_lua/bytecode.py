"""The guest: the part of the machine that is written in Lua, compiled once per process.

The files in `guest/` load in this order; each gets the table that they share, the host's functions and the limits.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

_FILES = (
    "limits",
    "errors",
    "values",
    "scheduler",
    "coroutines",
    "names",
    "api",
    "sandbox",
    "tables",
    "modules",
    "json",
    "async",
    "start",
)
_COMPILE = "function(text, name) return string.dump(assert(load(text, name, 't')), false) end"


@cache
def guest_bytecode() -> tuple[bytes, ...]:
    """The guest's files as Lua bytecode, in the order in which they load."""
    from lupa import lua54

    compile_text = lua54.LuaRuntime(encoding=None).eval(_COMPILE)
    folder = Path(__file__).parent / "guest"
    return tuple(compile_text((folder / f"{name}.lua").read_bytes(), b"=llmspell") for name in _FILES)
