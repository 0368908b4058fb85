"""The guest: the part of the machine that is written in Lua, compiled once per process."""

from __future__ import annotations

from functools import cache
from pathlib import Path

# In the order in which they load: each gets the table that they share, the host's functions and the limits.
# Names of variables make loading slow, so only the files that hand a script's arguments to functions written
# in C keep them: they appear in messages such as "bad argument #1 to 'rep'".
_FILES = {
    "limits": "stripped",
    "errors": "stripped",
    "values": "stripped",
    "scheduler": "stripped",
    "coroutines": "named",
    "names": "stripped",
    "api": "stripped",
    "sandbox": "named",
    "buffer": "stripped",
    "files": "stripped",
    "io": "stripped",
    "patterns": "stripped",
    "matcher": "stripped",
    "strings": "named",
    "tables": "named",
    "modules": "stripped",
    "json": "stripped",
    "async": "stripped",
    "start": "stripped",
}
_COMPILE = "function(text, name, stripped) return string.dump(assert(load(text, name, 't')), stripped) end"


@cache
def guest_bytecode() -> tuple[bytes, ...]:
    """The guest's files as Lua bytecode, in the order in which they load."""
    from lupa import lua54

    compile_text = lua54.LuaRuntime(encoding=None).eval(_COMPILE)
    folder = Path(__file__).parent / "guest"
    return tuple(
        compile_text((folder / f"{name}.lua").read_bytes(), f"=llmspell.{name}".encode(), names == "stripped")
        for name, names in _FILES.items()
    )
