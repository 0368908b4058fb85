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
    from llmspell.files.writing import Writing
    from llmspell.gate import Operation
    from llmspell.http import Http
    from llmspell.permissions import Grants
    from llmspell.permissions.guard import Guard
    from llmspell.process import Processes
    from llmspell.provider import Capabilities
    from llmspell.run import Run
    from llmspell.secrets import Secret
    from llmspell.state import Scope, ScopeName


class Context:
    """One operation's view of its run."""

    __slots__ = ("_loop", "operation", "run")

    def __init__(self, run: Run, operation: Operation) -> None:
        self.run = run
        self.operation = operation
        self._loop = asyncio.get_running_loop()

    def state(self, scope: ScopeName = "run") -> Scope:
        """The state of a scope, as the operation sees it: of `run`, its own branch; of `temp`, its agent's call.

        Raises:
            UsageError: there is no such scope, or no session.
        """
        return self.run.states.scope(scope, self.operation)

    @property
    def files(self) -> Files:
        """The files that the operation may read."""
        return self.run.files_for(self.operation, self.event)

    @property
    def writing(self) -> Writing:
        """The files that the operation may write."""
        from llmspell.files.writing import Writing

        guard = self.guard("fs.write")
        return Writing(guard.roots, readable=self.files, quota=self.run.quota, base=self.run.project, guard=guard)

    @property
    def process(self) -> Processes:
        """The programs that the operation may start."""
        from llmspell.process import Processes

        return Processes(self.guard, self.run.project, self.event)

    @property
    def http(self) -> Http:
        """Requests to the servers that the operation may reach; for async tools."""
        from llmspell.http import Http, connections_of

        return Http(self.operation, self.event, connections_of(self.run, self._loop))

    def guard(self, kind: str) -> Guard:
        """What of a kind of permission (`net`, `run`, ...) the operation may use; safe from a sync tool's thread."""
        from llmspell.permissions.guard import Guard

        return Guard(kind, self.operation, self.event)

    async def variable(self, name: str) -> str | None:
        """The value of an environment variable; None when it is not set.

        Raises:
            PermissionDenied: the operation may not have it; or it holds a secret, and is not granted by its very name.
        """
        from llmspell.permissions.environment import check_harmless

        await self.guard("env").permit(name)
        value = self.run.environ.get(name)
        if value is not None and self.operation.policy.decide("env", name).pattern != name:
            check_harmless(name, value)
        return value

    async def secret(self, name: str) -> Secret:
        """The key of this name, from the environment, the keyring or the key file.

        Raises:
            PermissionDenied: the operation may not have it.
            ConfigError: no place has it, or a place that has it cannot be opened.
        """
        from llmspell.errors import ConfigError

        await self.guard("secrets").permit(name)
        secrets = self.run.tools.plugins.settings.secrets
        await secrets.prepare(name)
        found = secrets.get(name)
        if found is None:
            raise ConfigError([f"{self.operation.component} needs the key {name}; run: llmspell keys set {name}"])
        return found

    def progress(self, message: str, done: float | None = None, total: float | None = None) -> None:
        """Tell how far a long call has come, as the event `tool.progress`; safe from a sync tool's thread.

        Args:
            message: what is being done.
            done: how much of `total` is done, in any unit.
            total: how much there is to do; None where nobody knows.
        """
        self.event("tool.progress", {"name": self.operation.name, "message": message, "done": done, "total": total})

    def event(self, kind: str, data: Mapping[str, Any]) -> None:
        """Append an event with this operation's path; safe from the thread of a sync tool."""
        try:
            here = asyncio.get_running_loop()
        except RuntimeError:
            here = None
        if here is self._loop:
            self.run.log.append(kind, self.operation.path, data)
        else:  # a thread, maybe with a loop of its own: the log belongs to the run's
            self._loop.call_soon_threadsafe(self.run.log.append, kind, self.operation.path, data)

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

    async def call_tool(self, tool: Tool, arguments: Mapping[str, Any], permissions: Grants | None = None) -> Any:
        """What a tool answers; with `permissions`, it is held to those."""
        return await self.run.call_tool(tool, arguments, self.operation, permissions)

    async def run_agent(self, agent: BaseAgent, request: AgentInput) -> Result:
        """What an agent answers."""
        return await self.run.run_agent(agent, request, self.operation)
