"""Tools under names with a prefix."""

from __future__ import annotations

from llmspell.tool import Tool
from llmspell.tools.renamed import RenamedTool, check_name
from llmspell.tools.toolset import Toolset, missing
from llmspell.tools.wrapped import WrappedSet


class Prefixed(WrappedSet):
    """A toolset all of whose names begin with a prefix; so two sets with tools of one name go together.

    Args:
        inner: the other set.
        prefix: what is put before each name.

    Raises:
        UsageError: a name with it is none that models take.
    """

    def __init__(self, inner: Toolset, prefix: str) -> None:
        super().__init__(inner)
        self._prefix = prefix
        for name in self.names():
            check_name(name)

    def names(self) -> list[str]:
        """All names, sorted."""
        return [self._prefix + name for name in self.inner.names()]

    def find(self, name: str) -> Tool:
        """The tool of this name.

        Raises:
            UsageError: kind `unknown_tool`: there is none.
        """
        if not name.startswith(self._prefix):
            raise missing(name, self.names())
        return super().find(name.removeprefix(self._prefix))

    def wrap(self, tool: Tool) -> Tool:
        """The tool under its name with the prefix."""
        return RenamedTool(tool, self._prefix + tool.name)
