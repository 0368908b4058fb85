"""The global `Spell`."""

from __future__ import annotations

from llmspell.script.declare import Global


class Spell(Global):
    """The running spell: `name`, `path`, `profile`, and `model`, the default `provider/model`."""
