"""Tools that are called again when they failed in a way that may pass."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from llmspell.approvals.clocks import Stoppable
from llmspell.errors import LlmspellError, TimedOut
from llmspell.retry import Retries
from llmspell.tool import Tool, called
from llmspell.tools.toolset import Toolset
from llmspell.tools.wrapped import WrappedSet, WrappedTool

if TYPE_CHECKING:
    from llmspell.context import Context


class RetriedTool(WrappedTool):
    """An idempotent tool that is tried several times; each try has the tool's own timeout."""

    def __init__(self, inner: Tool, attempts: int, wait: float, setting: str) -> None:
        super().__init__(inner)
        self._attempts = attempts
        self._wait = wait
        self._setting = setting
        self.timeout = attempts * inner.timeout + wait

    async def run(self, arguments: dict[str, Any], context: Context) -> Any:
        """What the tool answers in the end.

        Raises:
            LlmspellError: what the last attempt raised.
        """
        deadline = asyncio.get_running_loop().time() + self.timeout
        retries = Retries(
            self._attempts, self._wait, deadline, context.event, setting=self._setting, event="tool.retry"
        )
        while True:
            try:
                return await self._attempt(arguments, context)
            except LlmspellError as error:
                await retries.wait(error)

    async def _attempt(self, arguments: dict[str, Any], context: Context) -> Any:
        seconds = self.inner.timeout
        try:
            async with asyncio.timeout(seconds) as clock:
                with Stoppable(clock):
                    return await called(self.inner, arguments, context)
        except TimeoutError as cause:
            if clock.expired():
                raise TimedOut(f"tool {self.name!r}", seconds, component=context.operation.component) from cause
            raise


class Retried(WrappedSet):
    """A toolset that calls a tool again, if it is idempotent and its error says that it may pass.

    Args:
        inner: the other set.
        attempts: all of them, the first one included.
        wait: seconds of waiting between them, all together.
        setting: the configuration key that raises `wait`, for the hint.
    """

    def __init__(self, inner: Toolset, attempts: int = 3, wait: float = 30.0, setting: str = "the set's retry") -> None:
        super().__init__(inner)
        self._attempts = attempts
        self._wait = wait
        self._setting = setting

    def wrap(self, tool: Tool) -> Tool:
        """The tool; where it is idempotent, one that is tried again."""
        return RetriedTool(tool, self._attempts, self._wait, self._setting) if tool.idempotent else tool
