"""Tools under other names."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from llmspell.errors import LlmspellError, UsageError
from llmspell.tool import Tool
from llmspell.tools.toolset import Toolset, check_patterns, missing
from llmspell.tools.wrapped import WrappedSet, WrappedTool

if TYPE_CHECKING:
    from llmspell.context import Context

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_-]{0,63}")


class RenamedTool(WrappedTool):
    """A tool under another name; what its first name is denied, it is denied as well."""

    def __init__(self, inner: Tool, name: str) -> None:
        super().__init__(inner)
        self.name = name

    async def run(self, arguments: dict[str, Any], context: Context) -> Any:
        """What the tool answers.

        Raises:
            PermissionDenied: the name under which it is installed may not be called, or was not approved.
        """
        await context.guard("tools").permit(self.origin)
        return await super().run(arguments, context)


class Renamed(WrappedSet):
    """A toolset of which some tools have other names.

    Args:
        inner: the other set.
        names: the new names, by those of the other set.

    Raises:
        UsageError: the other set has no such tool, or a new name is none that models take.
        LlmspellError: kind `conflict`: two tools would have one name.
    """

    def __init__(self, inner: Toolset, names: Mapping[str, str]) -> None:
        super().__init__(inner)
        self._new = dict(names)
        known = inner.names()
        check_patterns(names, known)
        for name in names.values():
            check_name(name)
        given = [self._new.get(name, name) for name in known]
        if twice := sorted({name for name in given if given.count(name) > 1}):
            raise LlmspellError(
                f"two tools of the toolset would be called {twice[0]!r}", kind="conflict", component=f"tool:{twice[0]}"
            )

    def names(self) -> list[str]:
        """The new names, and those that stay."""
        return sorted(self._new.get(name, name) for name in self.inner.names())

    def find(self, name: str) -> Tool:
        """The tool that has this name now.

        Raises:
            UsageError: kind `unknown_tool`: there is none.
        """
        if name in self._new and name not in self._new.values():
            raise missing(name, self.names())
        return super().find(next((old for old, new in self._new.items() if new == name), name))

    def wrap(self, tool: Tool) -> Tool:
        """The tool under its new name."""
        return RenamedTool(tool, self._new[tool.name]) if tool.name in self._new else tool


def check_name(name: str) -> None:
    """Refuse what models do not take as the name of a tool.

    Raises:
        UsageError: it is none.
    """
    if not _NAME.fullmatch(name):
        raise UsageError(f"{name!r} is not a tool name", hint="use letters, digits and underscores, 64 at most")
