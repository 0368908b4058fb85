"""What the wrappers of tools have in common."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Any

from llmspell.tool import Tool, called
from llmspell.tools.toolset import Toolset

if TYPE_CHECKING:
    from llmspell.context import Context


class WrappedTool(Tool):
    """Another tool, with something of one's own around each call.

    Attributes:
        inner: the other tool.
        origin: the name of the innermost, under which it is installed.
    """

    def __init__(self, inner: Tool) -> None:
        for said in Tool.__annotations__:
            setattr(self, said, getattr(inner, said))
        self.quick = False  # `run` is async; whether the inner one needs a thread is seen to there
        self.inner = inner
        self.origin: str = inner.origin if isinstance(inner, WrappedTool) else inner.name

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.name} of {self.inner!r}>"

    async def run(self, arguments: dict[str, Any], context: Context) -> Any:
        """What the other tool answers."""
        return await called(self.inner, arguments, context)


class WrappedSet(ABC):
    """A toolset that wraps the tools of another, each once.

    Args:
        inner: the other toolset.
    """

    def __init__(self, inner: Toolset) -> None:
        self.inner = inner
        self._wrapped: dict[str, tuple[Tool, Tool]] = {}

    def names(self) -> list[str]:
        """All names, sorted."""
        return self.inner.names()

    def find(self, name: str) -> Tool:
        """The wrapped tool of this name.

        Raises:
            UsageError: kind `unknown_tool`: there is none.
        """
        tool = self.inner.find(name)
        of, wrapped = self._wrapped.get(name, (None, tool))
        if of is not tool:  # the first time, or a tool of a run that took the name of another
            wrapped = self.wrap(tool)
            self._wrapped[name] = (tool, wrapped)
        return wrapped

    @abstractmethod
    def wrap(self, tool: Tool) -> Tool:
        """The tool as this set has it; the tool itself, where there is nothing to be done to it."""
