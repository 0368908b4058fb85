"""The tools of a run: those it defined itself, over those of the catalogue."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from llmspell.errors import LlmspellError, UnknownPlugin
from llmspell.tool import Tool

if TYPE_CHECKING:
    from llmspell.plugins import Plugins
    from llmspell.schema import Validator


class Toolbox:
    """Tools by name; arguments are checked against each tool's schema, compiled once per tool."""

    def __init__(self, plugins: Plugins, validators: dict[int, tuple[Tool, Validator]]) -> None:
        self.plugins = plugins
        self._validators = validators
        self._own: dict[str, Tool] = {}
        self._own_validators: dict[str, Validator] = {}

    def names(self) -> list[str]:
        """All names, sorted."""
        return sorted({*self._own, *self.plugins.names("tool")})

    def add(self, tool: Tool) -> None:
        """Define a tool for this run.

        Raises:
            LlmspellError: kind `conflict`: the name is taken, by this run or by an installed tool.
            UsageError: its parameters are not a JSON Schema.
        """
        if tool.name in self.names():
            raise LlmspellError(
                f"a tool named {tool.name!r} exists already",
                kind="conflict",
                component=f"tool:{tool.name}",
                hint="choose another name; `llmspell tools list` shows those that are taken",
            )
        self._own_validators[tool.name] = _validator(tool)
        self._own[tool.name] = tool

    def remove(self, name: str) -> None:
        """Forget a tool that this run defined; its name is free again."""
        self._own.pop(name, None)
        self._own_validators.pop(name, None)

    def find(self, name: str) -> Tool:
        """The tool of this name.

        Raises:
            UnknownPlugin: there is none; near names are in the hint.
            BrokenPlugin: it is installed but does not load.
        """
        own = self._own.get(name)
        if own is not None:
            return own
        try:
            tool: Tool = self.plugins.get("tool", name)
        except UnknownPlugin:
            raise UnknownPlugin("tool", name, self.names(), hint="`llmspell tools list` shows all") from None
        return tool

    def check(self, tool: Tool, arguments: Mapping[str, Any]) -> None:
        """Let arguments pass that fit the tool's schema.

        Raises:
            UsageError: they do not.
        """
        validator = self._own_validators.get(tool.name) if self._own.get(tool.name) is tool else None
        if validator is None:
            kept = self._validators.get(id(tool))
            if kept is None:
                kept = self._validators[id(tool)] = (tool, _validator(tool))
            validator = kept[1]
        validator.check(arguments)


def _validator(tool: Tool) -> Validator:
    from llmspell.schema import Validator

    return Validator(tool.parameters, f"tool:{tool.name}")
