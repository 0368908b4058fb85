"""The guest: the part of the machine that is written in JavaScript, as one expression."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

# In the order in which they load; all share one scope.
_FILES = (
    "primordials",
    "names",
    "errors",
    "encode",
    "decode",
    "scheduler",
    "api",
    "async",
    "json",
    "console",
    "timers",
    "web",
    "modules",
    "start",
)
_GUEST = Path(__file__).parent / "guest"


@cache
def guest_text() -> str:
    """An expression whose value is the function `(turn, ...arguments)` that runs one turn of the guest."""
    lazy = {path.stem: path.read_text("utf-8") for path in sorted((_GUEST / "lazy").glob("*.js"))}
    parts = [
        "(() => {",
        "'use strict';",
        f"const lazySources = {json.dumps(lazy)};",
        *((_GUEST / f"{name}.js").read_text("utf-8") for name in _FILES),
        "})()",
    ]
    return "\n".join(parts)


@cache
def guest_lines() -> int:
    """How many lines of a virtual machine's text are the guest's; those of scripts come after them."""
    return guest_text().count("\n") + 10
