"""Tools that a person is asked about."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from llmspell.permissions.policy import Decision
from llmspell.tool import Tool
from llmspell.tools.toolset import Toolset, check_patterns, fits
from llmspell.tools.wrapped import WrappedSet, WrappedTool

if TYPE_CHECKING:
    from llmspell.context import Context


class ApprovedTool(WrappedTool):
    """A tool that is called once that was approved."""

    def __init__(self, inner: Tool, rule: Decision) -> None:
        super().__init__(inner)
        self._rule = rule

    async def run(self, arguments: dict[str, Any], context: Context) -> Any:
        """What the tool answers.

        Raises:
            PermissionDenied: it was not approved, or there is nobody to ask.
        """
        operation = context.operation
        await context.run.asking.permit("tools", operation.name, self._rule, operation)
        return await super().run(arguments, context)


class Approved(WrappedSet):
    """A toolset that asks before each call, in the way of the run's other approvals.

    An answer for the whole run holds for the same call with the same arguments.

    Args:
        inner: the other set.
        patterns: the names of the tools that are asked about.
        origin: what wants to be asked, as the person reads it.

    Raises:
        UsageError: no tool fits one of the patterns.
    """

    def __init__(self, inner: Toolset, patterns: Sequence[str] = ("*",), *, origin: str = "a toolset") -> None:
        super().__init__(inner)
        self._patterns = patterns
        self._origin = origin
        check_patterns(patterns, inner.names())

    def wrap(self, tool: Tool) -> Tool:
        """The tool; one that asks, where its name fits a pattern."""
        pattern = next((each for each in self._patterns if fits(tool.name, (each,))), None)
        return tool if pattern is None else ApprovedTool(tool, Decision(False, "ask", pattern, self._origin))
