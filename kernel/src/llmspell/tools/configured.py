"""The toolsets of the configuration: `[toolset.NAME]`.

From the tool outwards: budget, retry, cache, approval, new names, prefix. So a person is asked about what would be
answered from the cache as well, each further attempt counts as a call, and an answer that is known costs none.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from llmspell.config.keypath import dotted
from llmspell.errors import ConfigError, LlmspellError, UsageError, did_you_mean
from llmspell.tool import Tool
from llmspell.toolbox import TOOLSET
from llmspell.tools.approved import Approved
from llmspell.tools.budgeted import Budgeted
from llmspell.tools.cached import Cached
from llmspell.tools.filtered import Filtered
from llmspell.tools.prefixed import Prefixed
from llmspell.tools.renamed import Renamed
from llmspell.tools.retried import Retried
from llmspell.tools.toolset import Toolset

if TYPE_CHECKING:
    from llmspell.config import LoadedConfig
    from llmspell.config.schema import ToolsetTable


class Configured:
    """The configured toolsets of one run, each made when it is first named.

    Args:
        loaded: the configuration.
        tools: all tools of the run.
    """

    def __init__(self, loaded: LoadedConfig, tools: Toolset) -> None:
        self._loaded = loaded
        self._tools = tools
        self._made: dict[str, Toolset] = {}

    def find(self, name: str) -> Toolset:
        """The toolset of this name.

        Raises:
            UsageError: there is no such table.
            ConfigError: the table names tools that there are not, or gives two of them one name.
        """
        if name not in self._made:
            self._made[name] = self._make(name)
        return self._made[name]

    def expanded(self, tools: Sequence[str | Tool]) -> tuple[str | Tool, ...]:
        """The names and tools, with the tools of a toolset in place of its name (`toolset:NAME`).

        Raises:
            UsageError, ConfigError: as `find`.
            LlmspellError: kind `conflict`: a tool of a set has the name of another of the tools.
        """
        found: dict[str, str | Tool] = {}
        for each in tools:
            for tool in self._tools_of(each):
                name = tool if isinstance(tool, str) else tool.name
                if name in found and found[name] is not tool and found[name] != tool:
                    raise LlmspellError(
                        f"two of the tools are called {name!r}; one comes with {each!r}",
                        kind="conflict",
                        component=f"tool:{name}",
                        hint="give the toolset a prefix",
                    )
                found[name] = tool
        return tuple(found.values())

    def _tools_of(self, each: str | Tool) -> list[str | Tool]:
        if not isinstance(each, str) or not each.startswith(TOOLSET):
            return [each]
        toolset = self.find(each.removeprefix(TOOLSET))
        return [toolset.find(name) for name in toolset.names()]

    def _make(self, name: str) -> Toolset:
        tables: Mapping[str, ToolsetTable] = self._loaded.config.toolset
        if name not in tables:
            raise UsageError(
                f"no toolset named {name!r} is configured",
                kind="unknown_tool",
                component=f"{TOOLSET}{name}",
                hint=did_you_mean(name, list(tables)) or f"write a table [toolset.{name}] in llmspell.toml",
            )
        return self._built(name, tables[name])

    def _built(self, name: str, table: ToolsetTable) -> Toolset:
        made: Toolset = self._tools
        for key, step in _steps(name, table):
            path = ("toolset", name, key)
            try:
                made = step(made)
            except ConfigError:
                raise
            except LlmspellError as error:
                where = self._loaded.origin(path)
                hint = f"; {error.hint}" if error.hint else ""
                raise ConfigError([f"{where}: `{dotted(path)}`: {error.message}{hint}"]) from None
        return made


def _steps(name: str, table: ToolsetTable) -> Iterator[tuple[str, Callable[[Toolset], Toolset]]]:
    """What is done to the tools of the run, in this order, each with the key that asks for it."""
    key = dotted(("toolset", name))
    yield "tools", lambda inner: _filled(Filtered(inner, table.tools, exclude=table.exclude))
    if budget := table.budget:
        setting = f"{key}.budget.calls"
        yield "budget", lambda inner: Budgeted(inner, calls=budget.calls, interval=budget.interval, setting=setting)
    if retry := table.retry:
        setting = f"{key}.retry.wait"
        yield "retry", lambda inner: Retried(_repeatable(inner), retry.attempts, retry.wait, setting)
    if cache := table.cache:
        yield "cache", lambda inner: Cached(_repeatable(inner), ttl=cache.ttl, entries=cache.entries)
    if table.approval:
        yield "approval", lambda inner: Approved(inner, table.approval, origin=f"[{key}]")
    if table.rename:
        yield "rename", lambda inner: Renamed(inner, table.rename)
    if table.prefix:
        yield "prefix", lambda inner: Prefixed(inner, table.prefix)


def _filled(toolset: Toolset) -> Toolset:
    if not toolset.names():
        raise UsageError("all tools of it are excluded")
    return toolset


def _repeatable(toolset: Toolset) -> Toolset:
    """The set, if there is a tool in it that may be called twice, so that the rule is about something."""
    if not any(toolset.find(name).idempotent for name in toolset.names()):
        raise UsageError("none of its tools is idempotent, so there is nothing to keep or to try again")
    return toolset
