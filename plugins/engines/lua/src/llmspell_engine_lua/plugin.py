"""Offers the Lua engine to the kernel."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from llmspell.engine import Engine
from llmspell.hookspecs import hookimpl

if TYPE_CHECKING:
    from llmspell.plugins import Settings


class LuaEngine(Engine):
    """Runs Lua 5.4."""

    name = "lua"
    language = "lua"
    extensions = ("lua",)
    machine = "llmspell_engine_lua.machine:LuaMachine"


@hookimpl
def llmspell_engines(settings: Settings) -> Mapping[str, Engine]:
    """The one engine of this plugin; it has no settings."""
    return {"lua": LuaEngine()}
