"""The global `Spell`."""

from __future__ import annotations

from llmspell.script.declare import Global


class Spell(Global):
    """The running spell: `name`, `path`, `profile`, the default `model` and, where it is a tool, its `arguments`."""
