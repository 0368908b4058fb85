"""Tools that may be called so often, or after so much time."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

import attrs

from llmspell.approvals.clocks import stopped
from llmspell.errors import BudgetExceeded
from llmspell.tool import Tool
from llmspell.tools.toolset import Toolset
from llmspell.tools.wrapped import WrappedSet, WrappedTool

if TYPE_CHECKING:
    from llmspell.context import Context
    from llmspell.run import Run


@attrs.define
class _Spent:
    """What a run has used: its calls, and the loop's time before which the next may not begin."""

    calls: int = 0
    following: float = 0.0


class Budgeted(WrappedSet):
    """A toolset whose tools share, in each run, a number of calls and the time between them.

    Args:
        inner: the other set.
        calls: all calls of one run, failed ones included; None sets no limit.
        interval: seconds from the beginning of one call to that of the next, which waits for them; the tool's own
            timeout does not count the waiting.
        setting: the configuration key that raises `calls`, for the hint.
    """

    def __init__(
        self, inner: Toolset, *, calls: int | None = None, interval: float = 0.0, setting: str = "the set's budget"
    ) -> None:
        super().__init__(inner)
        self._calls = calls
        self._interval = interval
        self._setting = setting
        self._spent: WeakKeyDictionary[Run, _Spent] = WeakKeyDictionary()

    def wrap(self, tool: Tool) -> Tool:
        """The tool; each call is charged first."""
        return BudgetedTool(tool, self)

    async def charge(self, run: Run) -> None:
        """Count one call of a run, and wait for its turn.

        Raises:
            BudgetExceeded: there is none left.
        """
        spent = self._spent.setdefault(run, _Spent())
        if self._calls is not None and spent.calls >= self._calls:
            raise BudgetExceeded("toolset_calls", self._calls, hint=f"raise {self._setting}")
        spent.calls += 1
        now = asyncio.get_running_loop().time()
        begin = max(now, spent.following)
        spent.following = begin + self._interval
        if begin > now:
            with stopped():
                await asyncio.sleep(begin - now)


class BudgetedTool(WrappedTool):
    """A tool whose calls are charged to a budget."""

    def __init__(self, inner: Tool, budget: Budgeted) -> None:
        super().__init__(inner)
        self._budget = budget

    async def run(self, arguments: dict[str, Any], context: Context) -> Any:
        """What the tool answers.

        Raises:
            BudgetExceeded: the run has no call left.
        """
        await self._budget.charge(context.run)
        return await super().run(arguments, context)
