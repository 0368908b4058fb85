"""The global `Agent`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial
from itertools import count
from typing import TYPE_CHECKING, Annotated, Any, Literal, NotRequired, TypedDict

import attrs

from llmspell.agent import AgentInput, AgentSpec, BaseAgent, HandoffTo
from llmspell.agents.chat import Chat
from llmspell.agents.compaction import Compaction
from llmspell.agents.delegation import AgentTool
from llmspell.agents.history import check_whole, without_system
from llmspell.context import Context
from llmspell.errors import LlmspellError, UsageError
from llmspell.export import message_dict, result_dict
from llmspell.gate import Operation
from llmspell.result import HandoffRequest, Result
from llmspell.script.chat import ChatHandle, ChatOptions
from llmspell.script.check import Function
from llmspell.script.convert import MessageOptions, to_messages, to_result
from llmspell.script.declare import Global, Handle, method, shaped
from llmspell.script.handoff import HandoffOptions, HandoffShape, HistoryFunction, Pending, to_history
from llmspell.script.shapes import Called, MessageShape, ReplyShape, StreamEventShape
from llmspell.script.stream import OnEvent, StreamHandle, listener, telling
from llmspell.script.tool import ToolHandle

if TYPE_CHECKING:
    from llmspell.permissions import Grants
    from llmspell.run import Run
    from llmspell.script.session import Session


class AgentContextShape(TypedDict):
    """What an agent's function knows besides its input.

    `agent` is its name; `history` the conversation, with what is asked; `answer` what an agent has answered that it
    had handed over to, and that gave the conversation back.
    """

    agent: str
    history: list[MessageShape]
    answer: NotRequired[ReplyShape]


@attrs.frozen
class HandoffTargetOptions:
    """An agent to hand over to, when to, and with how much of the conversation.

    `agent` is the agent or its name. `description` is for the model; without it, the agent's own. `history` is `all`,
    `none`, how many messages from the end, or a function that gets them all and gives those that go along.
    """

    agent: str | AgentHandle
    description: str = ""
    history: str | int | HistoryFunction = "all"


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
    `timeout` is seconds. An agent with a `run` function has no model: the function gets the input and a table with
    `agent`, `history` and maybe `answer`, and gives text, a table with `text` or `output` (such as another agent's
    reply), or `Agent.handoff(...)`.
    `type` names an installed agent type; `options` is what that type understands. `permissions` holds the agent, and
    all that it calls, to less than the spell may do: patterns by kind, such as `tools`.

    `agents` are others that the model may ask, as it calls tools; `handoffs` those that it may hand the conversation
    over to. `return_policy` is what this agent does when it was handed one and has answered: `stay` keeps it, `return`
    gives it back. `tool_choice` is `auto`, `none`, `required` or a tool's name. `approve` are patterns of the names of
    its tools that a person is asked about before each call. `compaction` says when the conversation is made shorter,
    and how.
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
    agents: tuple[str | AgentHandle, ...] = ()
    handoffs: tuple[str | AgentHandle | HandoffTargetOptions, ...] = ()
    return_policy: Literal["stay", "return"] = "stay"
    tool_choice: str | None = None
    approve: tuple[str, ...] = ()
    compaction: Compaction | None = None
    run: Annotated[Function, Called(input=str, context=AgentContextShape, gives=Any)] | None = None
    options: Mapping[str, Any] = attrs.field(factory=dict)
    permissions: Mapping[str, Any] | None = None

    def spec(self, name: str, system: str, permissions: Grants | None, handoffs: tuple[HandoffTo, ...]) -> AgentSpec:
        """The kernel's specification; `system` is the text that `self.system` stands for, as the others are."""
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
            agents=tuple(each if isinstance(each, str) else each.agent for each in self.agents),
            handoffs=handoffs,
            return_policy=self.return_policy,
            tool_choice=self.tool_choice,
            approve=self.approve,
            compaction=self.compaction,
        )


@attrs.frozen
class ToolNameOptions:
    """What an agent is called as a tool, and what models are told of it; its own name and description, unless given."""

    name: str = ""
    description: str = ""


@attrs.frozen
class AskOptions:
    """How an agent is asked: the conversation before (`reply.messages`), and a function told each event."""

    history: tuple[MessageOptions, ...] = ()
    on_event: Annotated[Function, Called(event=StreamEventShape)] | None = None


class ScriptAgent(BaseAgent):
    """An agent whose answer comes from a function of the script."""

    def __init__(self, name: str, description: str, function: Function, handoffs: Pending) -> None:
        self.name = name
        self.description = description
        self._function = function
        self._handoffs = handoffs

    async def run(self, request: AgentInput, context: Context) -> Result:
        """What the script's function gives, as a result."""
        known: dict[str, Any] = {
            "agent": self.name,
            "history": [message_dict(message) for message in request.conversation()],
        }
        if request.answer is not None:
            known["answer"] = result_dict(request.answer)
        answer = self._handoffs.redeem(await self._function(request.text, known, parent=context.operation))
        if isinstance(answer, HandoffRequest):
            return Result(agent=self.name, cost=0.0, handoff=answer)
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
        history = to_messages(options.history)
        check_whole(without_system(history))
        request = AgentInput(text, history, listener(on_event))
        return result_dict(await self._session.run.run_agent(self.agent, request, parent))

    @method
    def chat(self, options: ChatOptions | None = None) -> ChatHandle:
        """A conversation with the agent that remembers what was said.

        Where the spell is run in a session (`llmspell run --session`) and begins a chat without a `history`, outside of
        tools, agents and steps, the chat is that session's: it begins with what was said there, and its turns are kept.
        """
        run = self._session.run
        history = to_messages((options or ChatOptions()).history)
        if run.conversation is not None and not history and self._session.parent.parent is None:
            from llmspell.sessions import SessionChat

            return ChatHandle(self._session, SessionChat(run.conversation, self.agent))
        return ChatHandle(self._session, Chat(run, self.agent, history))

    @method
    def as_tool(self, options: ToolNameOptions | None = None) -> ToolHandle:
        """The agent as a tool that asks it, for the `tools` of other agents."""
        options = options or ToolNameOptions()
        return ToolHandle(self._session, AgentTool(self.agent, name=options.name, description=options.description))

    @method
    def close(self) -> None:
        """Forget the agent; its name is free again."""
        self._session.run.agents.pop(self.agent.name, None)
        self._session.bridge.forget(self)


_OF_FUNCTIONS = {"name", "description", "run", "permissions", "return_policy"}


def new_name(run: Run, given: str, kind: str, numbers: Iterator[int]) -> str:
    """The name of an agent, or a workflow, that a run is to have: `given`, or without it the first that is free.

    Raises:
        LlmspellError: kind `conflict`: the run has an agent or a workflow of this name.
    """
    name = given or next(free for n in numbers if (free := f"{kind}-{n}") not in run.agents)
    if name in run.agents:
        raise LlmspellError(
            f"an agent named {name!r} exists already",
            kind="conflict",
            component=f"{kind}:{name}",
            hint=f"choose another name, or close the first {kind}",
        )
    return name


class Agent(Global):
    """Agents: models that use tools to answer, or functions of the spell in their place."""

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self._numbers = count(1)  # of agents without a name

    @method
    def create(self, options: AgentOptions) -> AgentHandle:
        """A new agent. Without a name it gets one (`agent-1`, ...); a name that is taken is an error."""
        run = self.session.run
        name = new_name(run, options.name, "agent", self._numbers)
        agent = self._make(options, name)
        run.agents[name] = agent
        return AgentHandle(self.session, agent)

    def _make(self, options: AgentOptions, name: str) -> BaseAgent:
        permissions = self._permissions(options, name)
        if options.run is None:
            spec = options.spec(name, self._system(options.system), permissions, self._handoffs(options))
            return self.session.run.make_agent(options.type, spec)
        none, names = AgentOptions(), {field.name for field in attrs.fields(AgentOptions)} - _OF_FUNCTIONS
        useless = sorted(name for name in names if getattr(options, name) != getattr(none, name))
        if useless:
            raise UsageError(f"Agent.create: an agent with a run function takes no {useless[0]}")
        agent = ScriptAgent(name, options.description, options.run, self.session.handoffs)
        agent.permissions = permissions
        agent.return_policy = options.return_policy
        return agent

    def _handoffs(self, options: AgentOptions) -> tuple[HandoffTo, ...]:
        found = []
        for each in options.handoffs:
            named = each if isinstance(each, HandoffTargetOptions) else HandoffTargetOptions(each)
            agent = named.agent if isinstance(named.agent, str) else named.agent.agent
            found.append(HandoffTo(agent, named.description, to_history(named.history, self.session.bridge)))
        return tuple(found)

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
    def handoff(self, target: str | AgentHandle, options: HandoffOptions | None = None) -> HandoffShape:
        """What an agent's or a tool's function returns so that another agent goes on; it does nothing by itself."""
        options = options or HandoffOptions()
        history = to_history(options.history, self.session.bridge)
        name = target if isinstance(target, str) else target.agent.name
        return self.session.handoffs.add(
            HandoffRequest(name, options.input, history, options.state, options.reason),
        )

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
