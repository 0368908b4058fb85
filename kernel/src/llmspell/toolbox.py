"""The tools of a run: those it defined itself, over those of the catalogue."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

from llmspell.errors import LlmspellError, UnknownPlugin, UsageError
from llmspell.tool import Tool

if TYPE_CHECKING:
    from llmspell.agent import AgentSpec
    from llmspell.plugins import Plugins
    from llmspell.schema import Validator
    from llmspell.tools.coercion import Mode
    from llmspell.tools.configured import Configured
    from llmspell.tools.search import Index

TOOLSET = "toolset:"
"""What stands before the name of a toolset, where a tool could be named too."""


class Toolbox:
    """Tools by name; arguments are checked against each tool's schema, compiled once per tool.

    Args:
        plugins: where the installed tools are.
        validators: the compiled schemas, shared by the runs of a kernel.
        coerce: what is tried with arguments that do not fit; see `llmspell.tools.coercion`.
    """

    def __init__(self, plugins: Plugins, validators: WeakKeyDictionary[Tool, Validator], coerce: Mode = "off") -> None:
        self.plugins = plugins
        self._coerce = coerce
        self._validators = validators
        self._own: dict[str, Tool] = {}
        self._index: Index | None = None

    def fresh(self) -> Toolbox:
        """The same catalogue, without what this run defined."""
        return Toolbox(self.plugins, self._validators, self._coerce)

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
        self._validators[tool] = _validator(tool)
        self._own[tool.name] = tool
        self._index = None

    def remove(self, name: str) -> None:
        """Forget a tool that this run defined; its name is free again."""
        self._own.pop(name, None)
        self._index = None

    def find(self, name: str) -> Tool:
        """The tool of this name.

        Raises:
            UnknownPlugin: there is none; near names are in the hint.
            BrokenPlugin: it is installed but does not load.
        """
        own = self._own.get(name)
        if own is not None:
            return own
        if not self.plugins.has("tool", name):
            raise UnknownPlugin("tool", name, self.names(), hint="`llmspell tools list` shows all")
        tool: Tool = self.plugins.get("tool", name)
        return tool

    @property
    def index(self) -> Index:
        """All tools, to be searched; none of them is imported for it."""
        if self._index is None:
            from llmspell.tools.index import catalogued
            from llmspell.tools.search import Index

            self._index = Index(catalogued(self.plugins, self._own.values()))
        return self._index

    @cached_property
    def toolsets(self) -> Configured:
        """The toolsets that the configuration makes of these tools."""
        from llmspell.tools.configured import Configured

        return Configured(self.plugins.settings.loaded, self)

    def equipped(self, spec: AgentSpec) -> AgentSpec:
        """The specification with the tools of a toolset in place of its name, `toolset:NAME`.

        Raises:
            UsageError, ConfigError: there is no such toolset, or its table is wrong.
            LlmspellError: kind `conflict`: two tools have one name.
        """
        if not any(isinstance(each, str) and each.startswith(TOOLSET) for each in spec.tools):
            return spec
        import attrs

        return attrs.evolve(spec, tools=self.toolsets.expanded(spec.tools))

    def check(self, tool: Tool, arguments: Mapping[str, Any]) -> Any:  # Any: as it came, or JSON made of it
        """The arguments, if they fit the tool's schema; where they do not, what they can plainly be made to fit.

        Raises:
            UsageError: they do not fit.
        """
        validator = self._validators.get(tool)
        if validator is None:
            validator = self._validators[tool] = _validator(tool)
        try:
            validator.check(arguments)
        except UsageError:
            if self._coerce == "off":
                raise
        else:
            return arguments
        from llmspell.tools.coercion import coerced

        made: Mapping[str, Any] = coerced(arguments, tool.parameters, self._coerce)
        validator.check(made)
        return made


def _validator(tool: Tool) -> Validator:
    from llmspell.schema import Validator

    return Validator(tool.parameters, f"tool:{tool.name}")
