"""The contract of an agent, and of an agent type that makes agents from a specification.

BaseAgent      runs on an input and gives a `Result`
AgentType      makes agents of one type (`llm`, ...) from an `AgentSpec`; this is what a plugin offers

A plugin module offers agent types through the registration hook `llmspell_agents(settings)`.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import attrs

from llmspell.message import Message
from llmspell.result import Result
from llmspell.tool import Tool

if TYPE_CHECKING:
    from llmspell.context import Context
    from llmspell.permissions import Grants


@attrs.frozen
class AgentSpec:
    """What an agent is made of; every field but `name` has a default.

    `model` is `provider/model`; empty means the configured default. `tools` are names in the catalogue or tools.
    `output_schema` is a JSON Schema that the final answer must fit; `max_turns` bounds the model calls of one run.
    `options` holds what a type other than `llm` understands. `permissions` is what the agent, its tools and its
    agents are held to, of the kinds that it names; None leaves them what the caller has.
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


@attrs.frozen
class AgentEvent:
    """Something that happened inside an agent's run, told as it happens.

    `type` is `text` (data: text), `tool_call` (id, name, arguments) or `tool_result` (id, name, output or error).
    """

    type: str
    data: Mapping[str, Any]


OnEvent = Callable[[AgentEvent], None]


@attrs.frozen
class AgentInput:
    """What an agent is asked: the text, the conversation before it, and who listens to the stream."""

    text: str
    history: tuple[Message, ...] = ()
    on_event: OnEvent | None = None


class BaseAgent(ABC):
    """Something that answers an input; `name` is unique among the agents of a run.

    `permissions` are what it is held to, whoever asks it; the kernel sets them from the specification.
    """

    name: str
    description: str = ""
    permissions: Grants | None = None

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
