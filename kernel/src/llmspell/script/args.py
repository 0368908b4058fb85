"""The global `Args`."""

from __future__ import annotations

from llmspell.script.declare import Global


class Args(Global):
    """The words after `--` on the command line: `Args[1]` is the first in Lua, `Args[0]` in JavaScript.

    `--name value` and `--name=value` also appear by name: `Args.name`.
    """
