"""What a step does, made ready: what it is given is worked out first, so that hooks see it, and then it is done."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import attrs

from llmspell.agent import AgentInput, AgentSpec, BaseAgent, OnEvent
from llmspell.context import Context
from llmspell.errors import UnknownPlugin, UsageError, did_you_mean
from llmspell.gate import Operation
from llmspell.result import HandoffRequest, Result
from llmspell.tool import Tool, as_text
from llmspell.workflow.definition import Action, Definition, Fallback, StepAgent
from llmspell.workflow.frame import Frame, StepContext
from llmspell.workflow.functions import calling
from llmspell.workflow.placeholders import Render, Visible, compiled, worded
from llmspell.workflow.prompts import Prompt

if TYPE_CHECKING:
    from llmspell.run import Run


@attrs.frozen
class Given:
    """What a step is given, as its operation's request.

    Attributes:
        kind: `tool`, `agent`, `workflow`, `prompt`, `function` or `value`.
        input: a tool's arguments, what an agent or a workflow is asked, or a prompt's text.
        round: from 1; 0 outside of loops and maps.
    """

    kind: str
    input: Any = None
    round: int = 0


class Doing(ABC):
    """One thing to do, with all names looked up.

    Attributes:
        kind: as of `Given`.
        input: works out what it is given.
    """

    kind: str
    input: Render

    @abstractmethod
    async def do(self, operation: Operation, frame: Frame, on_event: OnEvent | None) -> Result:
        """Do it, below its step's operation, whose request is what it is given."""


def action(
    given: Action, run: Run, visible: Visible, *, name: str, where: str, schema: Mapping[str, Any] | None = None
) -> Doing:
    """What does a step's work.

    Args:
        given: what it is.
        run: where tools, agents and workflows are found.
        visible: what places in it may name.
        name: the step's, for agents and workflows that have none.
        where: whose work it is, for errors.
        schema: what the output must fit, for whoever can be told.

    Raises:
        UsageError: it names what there is not, or has a place that can never have a value.
    """
    check(given, where)
    if isinstance(given, Fallback) and given.value is not None:
        return _Value(compiled(given.value, visible, where))
    match given.kind:
        case "tool":
            tool = run.find_tool(given.tool) if isinstance(given.tool, str) else given.tool
            assert tool is not None
            return _ToolCall(tool, compiled(given.arguments, visible, where))
        case "agent":
            return _Question("agent", _agent(given, run, name, where), _input(given, visible, where))
        case "workflow":
            return _Question("workflow", _workflow(given, run, name, where), _input(given, visible, where))
        case "prompt":
            return _Ask(Prompt.of(given, visible, where, schema), compiled(given.prompt, visible, where))
    assert given.run is not None
    return _Call(given.run, where)


_TAKES = {
    "tool": {"arguments"},
    "agent": {"input"},
    "workflow": {"input"},
    "prompt": {"model", "system", "temperature", "max_tokens"},
    "run": set[str](),
    "value": set[str](),
}


def check(given: Action, where: str) -> None:
    """Refuse what is not exactly one thing to do, and options that mean nothing for it (`UsageError`)."""
    if len(given.keys) != 1:
        choices = ", ".join(key for key in _TAKES if hasattr(given, key))
        raise UsageError(f"{where} must have exactly one of {choices}, and has {' and '.join(given.keys) or 'none'}")
    [key] = given.keys
    for name in sorted(_DEFAULTS.keys() - {key, *_TAKES[key]}):
        if getattr(given, name) != _DEFAULTS[name]:
            hint = f"besides it, it takes {', '.join(sorted(_TAKES[key])) or 'nothing else'}"
            raise UsageError(f"{where} is given with {key}, which takes no {name}", hint=hint)


_DEFAULTS = attrs.asdict(Action())


def _input(given: Action, visible: Visible, where: str) -> Render:
    if given.input is None:
        return lambda frame: frame.input
    return compiled(given.input, visible, where)


def _agent(given: Action, run: Run, name: str, where: str) -> BaseAgent:
    if isinstance(given.agent, BaseAgent):
        return given.agent
    if isinstance(given.agent, StepAgent):
        fields = attrs.asdict(given.agent, recurse=False)
        return run.make_agent(fields.pop("type"), AgentSpec(name=name, **fields))
    assert given.agent is not None
    if given.agent in run.agents:
        return run.agents[given.agent]
    try:
        return run.make_agent(given.agent, AgentSpec(name=given.agent))
    except UnknownPlugin as error:
        known = [*sorted(run.agents), *error.installed]
        raise UsageError(
            f"{where}: no agent named {given.agent!r} was created or is installed; agents: {', '.join(known)}",
            kind="unknown_agent",
            hint=did_you_mean(given.agent, known),
        ) from None


def _workflow(given: Action, run: Run, name: str, where: str) -> BaseAgent:
    from llmspell.workflow.workflow import Workflow

    if isinstance(given.workflow, Definition):
        return Workflow(given.workflow, run, name=given.workflow.name or name)
    known = {name: agent for name, agent in run.agents.items() if isinstance(agent, Workflow)}
    if given.workflow not in known:
        raise UsageError(
            f"{where}: no workflow named {given.workflow!r} was made",
            kind="unknown_agent",
            hint=did_you_mean(str(given.workflow), list(known)),
        )
    return known[given.workflow]


class _ToolCall(Doing):
    kind = "tool"

    def __init__(self, tool: Tool, arguments: Render) -> None:
        self.input = arguments
        self._tool = tool

    async def do(self, operation: Operation, frame: Frame, on_event: OnEvent | None) -> Result:
        output = await operation.run.call_tool(self._tool, operation.request.input, operation)
        if isinstance(output, HandoffRequest):
            raise UsageError(
                f"tool {self._tool.name!r} hands over to {output.target!r}, which only works where an agent calls it",
                component=f"tool:{self._tool.name}",
            )
        return Result(as_text(output), output, cost=0.0)


class _Question(Doing):
    """An agent or a workflow."""

    def __init__(self, kind: str, agent: BaseAgent, asked: Render) -> None:
        self.kind = kind
        self.input = asked
        self._agent = agent

    async def do(self, operation: Operation, frame: Frame, on_event: OnEvent | None) -> Result:
        from llmspell.workflow.workflow import Workflow, WorkflowInput

        asked = operation.request.input
        request = (
            WorkflowInput(worded(asked), on_event=on_event, value=asked)
            if isinstance(self._agent, Workflow)
            else AgentInput(worded(asked), on_event=on_event)
        )
        return await operation.run.run_agent(self._agent, request, operation)


class _Ask(Doing):
    """A model."""

    kind = "prompt"

    def __init__(self, prompt: Prompt, text: Render) -> None:
        self.input = text
        self._prompt = prompt

    async def do(self, operation: Operation, frame: Frame, on_event: OnEvent | None) -> Result:
        return await self._prompt.ask(worded(operation.request.input), operation, frame, on_event)


class _Call(Doing):
    """A function."""

    kind = "function"

    def __init__(self, function: Any, where: str) -> None:
        self.input = _nothing
        self._call = calling(function, where)

    async def do(self, operation: Operation, frame: Frame, on_event: OnEvent | None) -> Result:
        output = await self._call(StepContext.of(frame, Context(operation.run, operation)))
        return Result(as_text(output), output, cost=0.0)


class _Value(Doing):
    """A value that is there already."""

    kind = "value"

    def __init__(self, value: Render) -> None:
        self.input = value

    async def do(self, operation: Operation, frame: Frame, on_event: OnEvent | None) -> Result:
        output = operation.request.input
        return Result(as_text(output), output, cost=0.0)


def _nothing(_: Frame) -> None:
    return None
