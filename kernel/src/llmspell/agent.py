"""The contract of an agent, and of an agent type that makes agents from a specification.

BaseAgent      runs on an input and gives a `Result`
AgentType      makes agents of one type (`llm`, ...) from an `AgentSpec`; this is what a plugin offers

A plugin module offers agent types through the registration hook `llmspell_agents(settings)`.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Literal

import attrs

from llmspell.message import Message
from llmspell.messages import Messages
from llmspell.result import History, Result
from llmspell.tool import Tool

if TYPE_CHECKING:
    from llmspell.agents.compaction import Compaction
    from llmspell.context import Context
    from llmspell.permissions import Grants
    from llmspell.run import Run

ReturnPolicy = Literal["stay", "return"]
"""What an agent that was handed a conversation does once it has answered: keep it, or give it back."""


@attrs.frozen
class HandoffTo:
    """An agent that another may hand its conversation over to.

    Attributes:
        agent: the agent, or its name.
        description: when to do so, for the model; empty: the agent's own description.
        history: what of the conversation goes along; see `llmspell.result.HandoffRequest`.
    """

    agent: str | BaseAgent
    description: str = ""
    history: History = "all"

    def __attrs_post_init__(self) -> None:
        from llmspell.agents.history import check_history

        check_history(self.history)

    @property
    def name(self) -> str:
        """The agent's name."""
        return self.agent if isinstance(self.agent, str) else self.agent.name


@attrs.frozen
class AgentSpec:
    """What an agent is made of; every field but `name` has a default.

    `model` is `provider/model`; empty means the configured default. `tools` are names in the catalogue or tools.
    `output_schema` is a JSON Schema that the final answer must fit; `max_turns` bounds the model calls of one run.
    `options` holds what a type other than `llm` understands. `permissions` is what the agent, its tools and its
    agents are held to, of the kinds that it names; None leaves them what the caller has.

    `agents` are others, or their names, that the model may ask as it calls tools; `handoffs` those that it may hand
    the conversation over to, and `return_policy` is what this one does when it was handed one. `tool_choice` is
    `auto`, `none`, `required` (a tool must be called first) or the name of the tool that must be. `compaction` says
    when the conversation is made shorter; None never does. `approve` are patterns of the names of its tools that a
    person is asked about before each call.
    """

    name: str
    description: str = ""
    model: str = ""
    system: str = ""
    tools: tuple[str | Tool, ...] = ()
    output_schema: Mapping[str, Any] | None = None
    temperature: float | None = None
    max_tokens: int | None = None
    max_turns: int = 16
    timeout: float | None = None
    options: Mapping[str, Any] = attrs.field(factory=dict)
    permissions: Grants | None = None
    agents: tuple[str | BaseAgent, ...] = ()
    handoffs: tuple[HandoffTo, ...] = ()
    return_policy: ReturnPolicy = "stay"
    tool_choice: str | None = None
    approve: tuple[str, ...] = ()
    compaction: Compaction | None = None


@attrs.frozen
class AgentEvent:
    """Something that happened inside an agent's run, told as it happens.

    `type` is `text` (data: text), `tool_call` (id, name, arguments), `tool_result` (id, name, output or error) or
    `handoff` (agent: who has the conversation from now on).
    """

    type: str
    data: Mapping[str, Any]


OnEvent = Callable[[AgentEvent], None]


@attrs.frozen
class AgentInput:
    """What an agent is asked: the text, the conversation before it, and who listens to the stream.

    With `said`, the conversation goes on where `history` ends: `said` is what the user said last in it, and `text` is
    the same unless a hook changed it. `answer` is what another agent has answered that this one had handed the
    conversation over to, and that gave it back.
    """

    text: str
    history: Sequence[Message] = ()
    on_event: OnEvent | None = None
    said: str | None = None
    answer: Result | None = None

    def conversation(self, system: str = "") -> Messages:
        """The history with what is asked at its end, and with `system` at its beginning in the place of any other.

        Nothing is copied of a history that begins so already, as that of a chat does.
        """
        history = self.history
        start = next((at for at, message in enumerate(history) if message.role != "system"), len(history))
        if start != bool(system) or (system and history[0].content != system):
            own = [Message("system", system)] if system else []
            history = [*own, *history[start:]]
        messages = Messages.of(history)
        if self.said is None:
            return messages.plus(Message("user", self.text))
        if self.said == self.text:
            return messages
        asked = Message("user", self.said)
        at = max((at for at, message in enumerate(messages) if message == asked), default=len(messages))
        return Messages([*messages[:at], Message("user", self.text), *messages[at + 1 :]])


class BaseAgent(ABC):
    """Something that answers an input; `name` is unique among the agents of a run.

    `permissions` are what it is held to, whoever asks it, and `return_policy` is what it does with a conversation that
    it was handed; the kernel sets both from the specification.
    """

    name: str
    description: str = ""
    permissions: Grants | None = None
    return_policy: ReturnPolicy = "stay"
    kind: Literal["agent", "workflow"] = "agent"
    """Which kind of operation its run is."""
    input_schema: Mapping[str, Any] | None = None
    """The JSON Schema of the data that a workflow takes; None: it is asked with words."""

    @abstractmethod
    async def run(self, request: AgentInput, context: Context) -> Result:
        """The answer. A limit that was reached is a `stop_reason` and keeps the partial text; it is not raised."""


class AgentType(ABC):
    """Makes agents of the type called `name`."""

    name: str

    @abstractmethod
    def create(self, spec: AgentSpec) -> BaseAgent:
        """A new agent.

        Raises:
            UsageError: the specification does not fit the type.
        """

    def make(self, spec: AgentSpec, run: Run) -> BaseAgent:
        """A new agent for a run; a type whose agents are built on those of others finds them there.

        Raises:
            UsageError: as `create`.
        """
        return self.create(spec)
