"""What a component may use while it runs: models, tools, agents, files and the event log, all through the gate."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from llmspell.agent import AgentInput, BaseAgent
from llmspell.message import Completion, Delta, ModelRequest
from llmspell.result import Result
from llmspell.tool import Tool

if TYPE_CHECKING:
    from llmspell.files import Files
    from llmspell.gate import Operation
    from llmspell.provider import Capabilities
    from llmspell.run import Run


class Context:
    """One operation's view of its run."""

    __slots__ = ("_loop", "operation", "run")

    def __init__(self, run: Run, operation: Operation) -> None:
        self.run = run
        self.operation = operation
        self._loop = asyncio.get_running_loop()

    @property
    def files(self) -> Files:
        """The files that the run may read."""
        return self.run.files

    def event(self, kind: str, data: Mapping[str, Any]) -> None:
        """Append an event with this operation's path; safe from the thread of a sync tool."""
        try:
            asyncio.get_running_loop()
        except RuntimeError:  # a thread: the log belongs to the event loop
            self._loop.call_soon_threadsafe(self.run.log.append, kind, self.operation.path, data)
        else:
            self.run.log.append(kind, self.operation.path, data)

    def capabilities(self, model: str) -> Capabilities:
        """What a `provider/model` can do natively."""
        return self.run.capabilities(model)

    async def complete(
        self, model: str, request: ModelRequest, on_delta: Callable[[Delta], None] | None = None
    ) -> Completion:
        """Ask a `provider/model`; with `on_delta`, its answer is streamed as well as returned."""
        return await self.run.complete(model, request, self.operation, on_delta)

    def find_tool(self, name: str) -> Tool:
        """The tool of this name, from the run or the catalogue.

        Raises:
            UnknownPlugin: there is none.
        """
        return self.run.find_tool(name)

    async def call_tool(self, tool: Tool, arguments: Mapping[str, Any]) -> Any:
        """What a tool answers."""
        return await self.run.call_tool(tool, arguments, self.operation)

    async def run_agent(self, agent: BaseAgent, request: AgentInput) -> Result:
        """What an agent answers."""
        return await self.run.run_agent(agent, request, self.operation)
