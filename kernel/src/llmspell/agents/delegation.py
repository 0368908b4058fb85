"""Other agents as tools of a model: `AgentTool` asks one, `TransferTool` hands the conversation over to one."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any

from llmspell.agent import AgentInput, AgentSpec, BaseAgent, HandoffTo
from llmspell.agents.lookup import known_agent
from llmspell.context import Context
from llmspell.errors import UsageError
from llmspell.result import COMPLETED, HandoffRequest, Result
from llmspell.tool import Tool, as_text

if TYPE_CHECKING:
    from llmspell.gate import Operation

LONGEST_NAME = 64
"""Characters of a tool's name that every server takes."""

_TRANSFER = "transfer_to_"
_WORDS = {"type": "string", "description": "What to ask; it knows nothing else."}

_answers: ContextVar[tuple[Operation, list[Result]] | None] = ContextVar("answers", default=None)


@contextmanager
def answers_of_agents(operation: Operation) -> Iterator[list[Result]]:
    """The results of the agents that an operation asks through `AgentTool` meanwhile: what they used, it used."""
    found: list[Result] = []
    token = _answers.set((operation, found))
    try:
        yield found
    finally:
        _answers.reset(token)


def tool_name(agent: str, prefix: str = "") -> str:
    """An agent's name as that of a tool: what servers do not take becomes an underscore."""
    return (prefix + re.sub(r"[^A-Za-z0-9_-]", "_", agent))[:LONGEST_NAME]


def tool_names(spec: AgentSpec) -> list[str]:
    """The names of all that the model of a specification may call; nothing is looked up for it."""
    own = [tool if isinstance(tool, str) else tool.name for tool in spec.tools]
    asked = [tool_name(each if isinstance(each, str) else each.name) for each in spec.agents]
    return [*own, *asked, *(tool_name(to.name, _TRANSFER) for to in spec.handoffs)]


class AgentTool(Tool):
    """Asks an agent, and any `BaseAgent` is one: the model goes on with its answer.

    The agent works below the tool's own call: its events are in the same log, and it may do no more than the caller.
    One that takes data (`input_schema`) is asked with such: the arguments are the data where that is an object.

    Args:
        agent: who is asked.
        name: the tool's; empty for the agent's.
        description: for the model; empty for the agent's.

    Raises:
        UsageError: servers do not take the name.
    """

    category = "agents"
    timeout = 3600.0  # the run's wall time and the agent's own timeout come first
    cost = None

    def __init__(self, agent: BaseAgent, *, name: str = "", description: str = "") -> None:
        if name != tool_name(name):
            raise UsageError(
                f"an agent cannot be a tool called {name!r}",
                component=f"agent:{agent.name}",
                hint=f"use letters, digits, - and _, {LONGEST_NAME} at most, such as {tool_name(name)!r}",
            )
        self.agent = agent
        self.name = name or tool_name(agent.name)
        self.description = description or agent.description or f"Ask the agent {agent.name}."
        schema = agent.input_schema
        self._takes_object = schema is not None and schema.get("type") == "object"
        self.parameters = schema if schema is not None and self._takes_object else _parameters(schema or _WORDS)

    async def run(self, arguments: dict[str, Any], context: Context) -> Any:
        """The agent's text, or its output if it has one; one that stopped early says so."""
        result = await context.run_agent(self.agent, self._question(arguments))
        asking = _answers.get()
        if asking is not None and asking[0] is context.operation.parent:
            asking[1].append(result)
        answer = result.text if result.output is None else result.output
        if result.stop_reason == COMPLETED:
            return answer
        why = result.error["message"] if result.error else result.stop_reason
        return {"stop_reason": result.stop_reason, "partial_answer": answer, "error": why}

    def _question(self, arguments: dict[str, Any]) -> AgentInput:
        if self.agent.input_schema is None:
            return AgentInput(arguments["input"])
        from llmspell.workflow import WorkflowInput

        value = arguments if self._takes_object else arguments["input"]
        return WorkflowInput(as_text(value), value=value)


def _parameters(schema: Mapping[str, Any]) -> dict[str, Any]:
    """The parameters of a tool that takes an `input` of this schema."""
    return {
        "type": "object",
        "properties": {"input": dict(schema)},
        "required": ["input"],
        "additionalProperties": False,
    }


class TransferTool(Tool):
    """Hands the conversation over to an agent."""

    parameters = {
        "type": "object",
        "properties": {
            "input": {"type": "string", "description": "What to do, if not simply what the user said last."},
            "reason": {"type": "string", "description": "Why, in a few words."},
        },
        "additionalProperties": False,
    }
    category = "agents"
    quick = True

    def __init__(self, to: HandoffTo, agent: BaseAgent) -> None:
        self.agent = agent
        self._history = to.history
        self.name = tool_name(agent.name, _TRANSFER)
        described = to.description or agent.description
        self.description = f"Hand the conversation over to {agent.name}. {described}".strip()

    def run(self, arguments: dict[str, Any], context: Context) -> dict[str, Any]:
        """The wish that the agent goes on, as data: hooks may look at it, and a recorded run can be replayed."""
        return {"handoff": self.agent.name, **arguments}

    def wish(self, answer: Any) -> HandoffRequest | None:
        """What the tool's answer wishes for; None where a hook put another answer in its place."""
        match answer:
            case {"handoff": self.agent.name, **rest}:
                return HandoffRequest(
                    self.agent.name, str(rest.get("input", "")), self._history, reason=str(rest.get("reason", ""))
                )
        return None


class Delegation:
    """The tools that stand for the other agents of a specification; each is made once for as long as its agent is."""

    def __init__(self, spec: AgentSpec) -> None:
        self._spec = spec
        self._made: dict[str, AgentTool | TransferTool] = {}

    def tools(self, context: Context) -> list[Tool]:
        """One for each of `spec.agents`, and for each of `spec.handoffs`.

        Raises:
            UsageError: there is no such agent, of kind `unknown_agent`.
            LlmspellError: kind `conflict`: two of them have one name.
        """
        asked: list[Tool] = [self._asking(known_agent(context.run, agent)) for agent in self._spec.agents]
        return [*asked, *(self._handing(to, known_agent(context.run, to.agent)) for to in self._spec.handoffs)]

    def _asking(self, agent: BaseAgent) -> Tool:
        key = f"ask {agent.name}"
        if key not in self._made or self._made[key].agent is not agent:
            self._made[key] = AgentTool(agent)
        return self._made[key]

    def _handing(self, to: HandoffTo, agent: BaseAgent) -> Tool:
        key = f"hand over to {agent.name}"
        if key not in self._made or self._made[key].agent is not agent:
            self._made[key] = TransferTool(to, agent)
        return self._made[key]
