"""The global `Agent`."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from itertools import count
from typing import TYPE_CHECKING, Annotated, Any

import attrs

from llmspell.agent import AgentEvent, AgentInput, AgentSpec, BaseAgent
from llmspell.context import Context
from llmspell.errors import LlmspellError, UsageError
from llmspell.export import result_dict
from llmspell.gate import Operation
from llmspell.result import Result
from llmspell.script.check import Function
from llmspell.script.convert import MessageOptions, to_messages, to_result
from llmspell.script.declare import Global, Handle, method, shaped
from llmspell.script.shapes import Called, ReplyShape, StreamEventShape
from llmspell.script.stream import OnEvent, StreamHandle, telling
from llmspell.script.tool import ToolHandle

if TYPE_CHECKING:
    from llmspell.permissions import Grants
    from llmspell.script.session import Session


@attrs.frozen
class SystemOptions:
    """An agent's instructions from a template: its name or its text, as `Template.render` takes it, and values."""

    template: str
    values: Mapping[str, Any] = attrs.field(factory=dict)


@attrs.frozen
class AgentOptions:
    """What an agent is made of.

    `model` is `provider/model`, or nothing for the default; `system` is text or a template; `tools` are names or tool
    handles; `output_schema` is a JSON Schema for the final answer. `max_turns` bounds the model calls of one run;
    `timeout` is seconds. An agent with a `run` function has no model: the function gets the input and gives text, or a
    table with `text` or `output`. `type` names an installed agent type; `options` is what that type understands.
    `permissions` holds the agent, and all that it calls, to less than the spell may do: patterns by kind, such as
    `tools`.
    """

    name: str = ""
    type: str = "llm"
    description: str = ""
    model: str = ""
    system: str | SystemOptions = ""
    tools: tuple[str | ToolHandle, ...] = ()
    output_schema: Mapping[str, Any] | None = None
    temperature: float | None = None
    max_tokens: int | None = None
    max_turns: int = 16
    timeout: float | None = None
    run: Annotated[Function, Called(input=str, gives=Any)] | None = None
    options: Mapping[str, Any] = attrs.field(factory=dict)
    permissions: Mapping[str, Any] | None = None

    def spec(self, name: str, system: str, permissions: Grants | None) -> AgentSpec:
        """The kernel's specification; `system` is the text that `self.system` stands for."""
        return AgentSpec(
            name=name,
            description=self.description,
            model=self.model,
            system=system,
            tools=tuple(tool if isinstance(tool, str) else tool.tool for tool in self.tools),
            output_schema=self.output_schema,
            temperature=self.temperature,
            max_tokens=self.max_tokens,
            max_turns=self.max_turns,
            timeout=self.timeout,
            options=self.options,
            permissions=permissions,
        )


@attrs.frozen
class AskOptions:
    """How an agent is asked: the conversation before (`reply.messages`), and a function told each event."""

    history: tuple[MessageOptions, ...] = ()
    on_event: Annotated[Function, Called(event=StreamEventShape)] | None = None


class ScriptAgent(BaseAgent):
    """An agent whose answer comes from a function of the script."""

    def __init__(self, name: str, description: str, function: Function) -> None:
        self.name = name
        self.description = description
        self._function = function

    async def run(self, request: AgentInput, context: Context) -> Result:
        """What the script's function gives, as a result."""
        answer = await self._function(request.text, parent=context.operation)
        return to_result(answer, self.name)


class AgentHandle(Handle):
    """An agent that can be asked."""

    def __init__(self, session: Session, agent: BaseAgent) -> None:
        self._session = session
        self.agent = agent

    @method
    @shaped(gives=ReplyShape)
    async def run(self, input: str, options: AskOptions | None = None) -> Any:  # noqa: A002 the scripts' word
        """The agent's answer: `text`, `output`, `stop_reason`, `usage`, `cost`, `messages`, `calls`, `agent`."""
        options = options or AskOptions()
        parent = self._session.parent
        work = partial(self._work, input, options, parent)
        if options.on_event is None:
            return await work(None)
        return await telling(options.on_event, work, parent)

    @method
    def stream(self, input: str, options: AskOptions | None = None) -> StreamHandle[ReplyShape, StreamEventShape]:  # noqa: A002 as above
        """The agent's answer as it comes; `result()` is what `run` would give."""
        options = options or AskOptions()
        if options.on_event is not None:
            raise UsageError("Agent.stream: on_event belongs to run; iterate over the stream instead")
        return StreamHandle(self._session.run, partial(self._work, input, options, self._session.parent))

    async def _work(self, text: str, options: AskOptions, parent: Operation, on_event: OnEvent | None) -> Any:
        listener = None if on_event is None else partial(_tell, on_event)
        request = AgentInput(text, to_messages(options.history), listener)
        return result_dict(await self._session.run.run_agent(self.agent, request, parent))

    @method
    def close(self) -> None:
        """Forget the agent; its name is free again."""
        self._session.run.agents.pop(self.agent.name, None)
        self._session.bridge.forget(self)


def _tell(on_event: OnEvent, event: AgentEvent) -> None:
    on_event({"type": event.type, **event.data})


class Agent(Global):
    """Agents: models that use tools to answer, or functions of the spell in their place."""

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self._numbers = count(1)  # of agents without a name

    @method
    def create(self, options: AgentOptions) -> AgentHandle:
        """A new agent. Without a name it gets one (`agent-1`, ...); a name that is taken is an error."""
        run = self.session.run
        name = options.name or next(free for n in self._numbers if (free := f"agent-{n}") not in run.agents)
        if name in run.agents:
            raise LlmspellError(
                f"an agent named {name!r} exists already",
                kind="conflict",
                component=f"agent:{name}",
                hint="choose another name, or close the first agent",
            )
        agent = self._make(options, name)
        run.agents[name] = agent
        return AgentHandle(self.session, agent)

    def _make(self, options: AgentOptions, name: str) -> BaseAgent:
        permissions = self._permissions(options, name)
        if options.run is None:
            return self.session.run.make_agent(
                options.type, options.spec(name, self._system(options.system), permissions)
            )
        given = {field.name for field in attrs.fields(AgentOptions) if getattr(options, field.name) != field.default}
        useless = sorted(given - {"name", "description", "run", "options", "permissions"})
        if useless:
            raise UsageError(f"Agent.create: an agent with a run function takes no {useless[0]}")
        agent = ScriptAgent(name, options.description, options.run)
        agent.permissions = permissions
        return agent

    def _system(self, system: str | SystemOptions) -> str:
        if isinstance(system, str):
            return system
        return self.session.run.templates.render(system.template, system.values)

    def _permissions(self, options: AgentOptions, name: str) -> Grants | None:
        """What the agent is held to; None holds it to nothing."""
        if options.permissions is None:
            return None
        from llmspell.permissions.configured import parse_permissions

        project = self.session.run.project
        return parse_permissions(options.permissions, origin=f"agent {name}", base=project, known="Agent.create")

    @method
    def get(self, name: str) -> AgentHandle:
        """The agent of this name that this run created."""
        agents = self.session.run.agents
        if name not in agents:
            raise UsageError(
                f"no agent named {name!r} was created; agents: {', '.join(sorted(agents)) or 'none'}",
                kind="unknown_agent",
            )
        return AgentHandle(self.session, agents[name])

    @method
    def list_(self) -> list[str]:
        """The names of the run's agents, sorted."""
        return sorted(self.session.run.agents)
