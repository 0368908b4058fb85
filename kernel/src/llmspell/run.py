"""A run: one spell (or one embedder's session) with its log, budget, policy, hooks, tools, agents and state."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Mapping, Sequence
from contextlib import aclosing, nullcontext
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from llmspell.agent import AgentInput, AgentSpec, BaseAgent
from llmspell.approvals.approval import Answerer
from llmspell.approvals.clocks import Stoppable
from llmspell.context import Context
from llmspell.errors import Cancelled, LlmspellError, ProviderError, TimedOut
from llmspell.events import Event, EventLog
from llmspell.export import completion_data, result_data
from llmspell.failures import stop_reason as stop_reason  # noqa: PLC0414 it is looked for here
from llmspell.failures import tool_failed, unpriced
from llmspell.gate import Budget, BudgetLimits, Gate, HookChains, Operation
from llmspell.gate.operation import OperationKind
from llmspell.ids import Ids
from llmspell.message import Completion, Delta, ModelRequest, TextDelta
from llmspell.permissions import Grants, Policy, Target
from llmspell.provider import Capabilities, Composed, Folder, Listener, Provider
from llmspell.quota import Quota
from llmspell.result import Result
from llmspell.tasks import Tasks
from llmspell.tool import Tool, answer
from llmspell.toolbox import Toolbox
from llmspell.turns import Turns

if TYPE_CHECKING:
    from llmspell.approvals.asking import Asking
    from llmspell.cassette.journal import Journal
    from llmspell.config import LoadedConfig
    from llmspell.files import Files
    from llmspell.kernel import Kernel
    from llmspell.models import Models
    from llmspell.permissions.policy import Tell
    from llmspell.sessions import Conversation
    from llmspell.state import RunState, States
    from llmspell.store import Store
    from llmspell.templates import Templates


class Run:
    """Everything that one run shares, and the operations it can pass through the gate.

    An operation stands below its `parent`, or below the run's `root`.

    Args:
        models: resolves `provider/model`.
        toolbox: the tools of the catalogue and of this run.
        policy: what the run may do.
        limits: its budget.
        hooks: its hook chains.
        project: the folder whose files it may read.
        model: the default model, `provider/model`; empty lets the providers that are set up decide.
        model_timeout: seconds that one model call may take, unless the request says otherwise.
        hook_failures: after how many failures in a row an observer is switched off.
        observers: called with every event.
        config: where its templates come from; None means that there are none.
        answerers: whom to ask, after the hooks, about what is to be approved.

    Attributes:
        user: whom it is for: whose state the scope `user` is.
        session: the id of the session that it belongs to, whose state the scope `session` is; empty for none.
        conversation: of the session that it was started in; the spell's own chats go on with it.
    """

    def __init__(
        self,
        models: Models,
        toolbox: Toolbox,
        *,
        policy: Policy,
        limits: BudgetLimits,
        hooks: HookChains,
        project: Path,
        model: str = "",
        model_timeout: float = 120.0,
        hook_failures: int = 5,
        observers: Sequence[Callable[[Event], object]] = (),
        config: LoadedConfig | None = None,
        answerers: Sequence[Answerer] = (),
    ) -> None:
        self.id = os.urandom(8).hex()
        self.models = models
        self.tools = toolbox
        self.agents: dict[str, BaseAgent] = {}
        self.policy = policy
        self.granted: set[tuple[str, Target]] = set()
        self.budget = Budget(limits)
        self.hooks = hooks
        self.hook_failures = hook_failures
        self.log = EventLog(self.id, [*observers, *(partial(each.on_event, self) for each in hooks.on_event)])
        self.gate = Gate(self)
        self._answerers = answerers
        self.turns = Turns()
        self.user = "local"
        self.session = ""
        self.conversation: Conversation | None = None
        self.project = project
        self.environ: Mapping[str, str] = {}
        self.quota = Quota()
        self.model = model
        self.model_timeout = model_timeout
        self.config = config
        self.journal: Journal | None = None
        self.globals: Mapping[str, Any] = {}  # of its scripts, besides those that all have
        self.cancelled = ""
        self.ending: LlmspellError | None = None
        self.partial_text = ""
        self.on_interrupt: list[Callable[[str], object]] = []
        self.on_close: list[Callable[[Run], object]] = []
        self.root = Operation("script", "session", None, "run", self)
        self.tasks = Tasks()
        self.kernel: Kernel | None = None  # what runs spells inside the run
        self._paths: dict[str, int] = {}

    @cached_property
    def asking(self) -> Asking:
        """The questions of this run; most have none."""
        from llmspell.approvals.asking import Asking

        return Asking(self, self._answerers)

    @cached_property
    def ids(self) -> Ids:
        """Gives ids to what the run makes."""
        return Ids(self.id)

    @cached_property
    def templates(self) -> Templates:
        """The templates that the configuration names."""
        from llmspell.config import LoadedConfig
        from llmspell.templates import Templates

        return Templates(self.config or LoadedConfig())

    @property
    def store(self) -> Store:
        """Where state, sessions and artifacts are kept; it is opened on first use.

        Raises:
            UnknownPlugin, BrokenPlugin, ConfigError: it is not installed, or set up wrongly.
        """
        plugins = self.tools.plugins
        store: Store = plugins.get("store", plugins.settings.loaded.config.run.store)
        return store if self.journal is None else self.journal.store(store)

    @cached_property
    def states(self) -> States:
        """The state of every scope, for the operations of this run."""
        from llmspell.state import States

        return States(self)

    @property
    def state(self) -> RunState:
        """The state of the scope `run`, apart from branches of it."""
        return self.states.run

    @property
    def files(self) -> Files:
        """The files that the run may read."""
        return self.files_for(self.root)

    def files_for(self, operation: Operation, tell: Tell | None = None) -> Files:
        """The files that an operation may read; `tell` appends its events where it runs in a thread."""
        from llmspell.files import Files
        from llmspell.permissions.guard import Guard

        guard = Guard("fs.read", operation, tell)
        return Files(guard.roots, base=self.project, guard=guard)

    # Operations

    def operation(
        self,
        kind: OperationKind,
        name: str,
        request: Any,
        parent: Operation | None,
        needs: tuple[str, ...] = (),
        *,
        permissions: Grants | None = None,
        state: RunState | None = None,
    ) -> Operation:
        """A new operation below `parent`, with a path of its own; it is held to `permissions` and to its parent's.

        With `state`, it and those below it use that branch of the run's state.
        """
        if parent is None:
            return Operation(kind, name, request, "run", self, needs, state=state)
        path = self.path_below(parent, kind if kind == "llm" else f"{kind}:{name}")
        bounds = parent.bounds if permissions is None else (*parent.bounds, permissions)
        state = parent.state if state is None else state
        session = parent.session
        return Operation(kind, name, request, path, self, needs, 1, parent.depth + 1, bounds, parent, state, session)

    def path_below(self, parent: Operation, word: str) -> str:
        """A new path below an operation; the second of one word ends in `#2`."""
        path = f"{parent.path}/{word}"
        count = self._paths[path] = self._paths.get(path, 0) + 1
        return path if count == 1 else f"{path}#{count}"

    def check(self, operation: Operation) -> None:
        """Let an operation begin.

        Raises:
            Cancelled, PermissionDenied, BudgetExceeded: it may not.
        """
        if self.cancelled:
            raise Cancelled(self.cancelled)
        operation.policy.check_operation(operation)
        self.budget.charge(operation.kind, operation.depth)

    async def complete(
        self,
        model: str,
        request: ModelRequest,
        parent: Operation | None = None,
        on_delta: Callable[[Delta], None] | None = None,
    ) -> Completion:
        """Ask a model; `request.model` is filled in from `model` (`provider/model`, empty for the default).

        Raises:
            ProviderError, BudgetExceeded, PermissionDenied, Vetoed: it did not answer, or may not be asked.
        """
        model = model or self.default_model()
        provider, name = self.models.find(model)
        if self.budget.refuses_unpriced() and not provider.capabilities(name).priced:
            raise unpriced(model)
        if request.model != name:
            import attrs

            request = attrs.evolve(request, model=name)
        if isinstance(provider, Composed):
            return await provider.answer(request, Context(self, parent or self.root), on_delta)
        operation = self.operation("llm", model, request, parent or self.root)
        heard = Listener(on_delta if self.journal is None else self.journal.listen(operation, on_delta))
        completion = await self.gate.run(operation, partial(self._ask, provider, heard), completion_data)
        if on_delta is not None and not heard.anything and completion.message.content:
            on_delta(TextDelta(completion.message.content))  # a hook answered in the model's place
        return completion

    async def _ask(self, provider: Provider, heard: Listener, operation: Operation) -> Completion:
        def notify(kind: str, data: Mapping[str, Any]) -> None:
            self.log.append(kind, operation.path, data)

        try:
            if heard.on_delta is None:
                completion = await provider.complete(operation.request, notify)
            else:
                completion = await self._stream(provider, heard, operation, notify)
            self.budget.spend(completion.usage, completion.cost)
        except LlmspellError:
            raise
        except Exception as cause:
            raise ProviderError(
                f"provider {provider.name!r} broke: {type(cause).__name__}: {cause}",
                component=f"provider:{provider.name}",
            ) from cause
        return completion

    async def _stream(
        self, provider: Provider, heard: Listener, operation: Operation, notify: Callable[..., None]
    ) -> Completion:
        folder = Folder()
        try:
            async with aclosing(provider.stream(operation.request, notify)) as deltas:  # type: ignore[type-var]
                async for delta in deltas:
                    folder.add(delta)
                    heard(delta)
        except BaseException:
            self._keep_partial(operation, folder.text)
            raise
        return folder.completion()

    def _keep_partial(self, operation: Operation, text: str) -> None:
        if text:
            self.partial_text = text
            self.log.append("llm.partial", operation.path, {"name": operation.name, "text": text})

    def default_model(self) -> str:
        """The model of those that name none; found out once, since it may load every provider."""
        self.model = self.model or self.models.default()
        return self.model

    def capabilities(self, model: str) -> Capabilities:
        """What a `provider/model` (empty for the default) can do natively."""
        provider, name = self.models.find(model or self.default_model())
        return provider.capabilities(name)

    def find_tool(self, name: str) -> Tool:
        """The tool of this name.

        Raises:
            UnknownPlugin: there is none.
        """
        return self.tools.find(name)

    async def call_tool(
        self,
        tool: Tool,
        arguments: Mapping[str, Any],
        parent: Operation | None = None,
        permissions: Grants | None = None,
    ) -> Any:
        """What a tool answers; with `permissions`, it is held to those of the kinds that they name.

        Raises:
            UsageError: the arguments do not fit its schema.
            ToolFailed, TimedOut, PermissionDenied, BudgetExceeded, Vetoed: it failed, or may not run.
        """
        arguments = self.tools.check(tool, arguments)
        operation = self.operation(
            "tool", tool.name, arguments, parent or self.root, tool.needs, permissions=permissions
        )
        if self.journal is not None:
            self.journal.expect(operation, tool)
        return await self.gate.run(operation, partial(self._call, tool, arguments), lambda output: {"output": output})

    async def _call(self, tool: Tool, checked: Mapping[str, Any], operation: Operation) -> Any:
        arguments: dict[str, Any] = operation.request
        if arguments is not checked:  # a hook changed them
            arguments = self.tools.check(tool, arguments)
        async with self.turns.turn(tool.group, operation.path) if tool.group else nullcontext():
            try:
                async with asyncio.timeout(tool.timeout) as clock:
                    with Stoppable(clock):
                        return await answer(tool, arguments, Context(self, operation))
            except LlmspellError as error:
                error.component = error.component or operation.component
                raise
            except TimeoutError as cause:
                if clock.expired():
                    raise TimedOut(f"tool {tool.name!r}", tool.timeout, component=operation.component) from cause
                raise tool_failed(operation, cause) from cause
            except Exception as cause:
                raise tool_failed(operation, cause) from cause
            finally:
                if operation.policy.asks:
                    self.asking.withdraw(operation)

    def make_agent(self, type_name: str, spec: AgentSpec) -> BaseAgent:
        """A new agent of an installed type; its tools and models are looked up now, so that a wrong name fails early.

        Raises:
            UnknownPlugin: the type, one of the tools or a model's provider is not installed.
            UsageError: the specification does not fit the type.
        """
        from llmspell.agents.making import make_agent

        return make_agent(self, type_name, spec)

    async def run_agent(self, agent: BaseAgent, request: AgentInput, parent: Operation | None = None) -> Result:
        """What an agent answers, or whoever it hands over to."""
        result = await self.ask_agent(agent, request, parent)
        if result.handoff is None:
            return result
        from llmspell.agents.handoff import Handoffs

        return await Handoffs(self, parent or self.root).follow(agent, request, result)

    async def ask_agent(self, agent: BaseAgent, request: AgentInput, parent: Operation | None = None) -> Result:
        """What this agent itself answers: maybe the wish that another goes on, which the caller is to carry out."""
        operation = self.operation(agent.kind, agent.name, request, parent or self.root, permissions=agent.permissions)
        return await self.gate.run(operation, partial(self._run_agent, agent), result_data)

    async def _run_agent(self, agent: BaseAgent, operation: Operation) -> Result:
        return await agent.run(operation.request, Context(self, operation))

    # Life

    def spawn(self, work: Any) -> asyncio.Task[Any]:
        """Run a coroutine as part of this run: it is cancelled when the run ends."""
        return self.tasks.spawn(work)

    def interrupt(self, reason: str) -> None:
        """Stop the run's spell wherever it is, and refuse further operations; safe from any thread.

        What an embedder awaits in a run of its own is the embedder's to cancel.
        """
        if not self.cancelled:
            self.cancelled = reason
            for stop in tuple(self.on_interrupt):  # scripts come and go meanwhile
                stop(reason)

    async def close(self) -> None:
        """Cancel and await all that still runs, and close subscriptions; doing so twice is fine."""
        for closed in self.on_close:
            closed(self)
        self.log.close()
        await self.tasks.close()
