"""Offers the engine `javascript` to the kernel."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from llmspell.engine import Engine
from llmspell.hookspecs import hookimpl

if TYPE_CHECKING:
    from llmspell.plugins import Settings


class JavaScriptEngine(Engine):
    """Runs JavaScript on V8."""

    name = "javascript"
    language = "javascript"
    extensions = ("js", "mjs", "ts", "mts")
    renames = True
    machine = "llmspell_engine_javascript.machine:V8Machine"


@hookimpl
def llmspell_engines(settings: Settings) -> Mapping[str, Engine]:
    """The one engine of this plugin; it has no settings."""
    return {"javascript": JavaScriptEngine()}
