"""What a workflow is made of, as data: frozen, comparable, and for the most part writable as JSON or YAML.

Definition
├── Sequential    steps, one after another
├── Parallel      steps, at once
├── Conditional   the steps of the first branch whose condition holds
├── Loop          steps, again and again
└── Map           steps, once for each item of a list, several at once

Step            does one thing (`Action`), with what happens around it: condition, retry, timeout, failure, schema

Texts and data may have places for values, see `llmspell.workflow.placeholders`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Literal

import attrs

from llmspell.agent import BaseAgent
from llmspell.tool import Tool

MAX_ITERATIONS = 100
"""Rounds of a loop, unless it says otherwise."""

MAX_ITEMS = 1000
"""Items of a map, unless it says otherwise."""

MAX_CONCURRENCY = 8
"""Steps or items that are under way at once, unless the workflow says otherwise."""

MAX_STEPS = 1000
"""Steps of a workflow, with those of the workflows inside it, each as often as it stands there."""

MAX_NESTING = 16
"""Workflows inside one another."""

KINDS: Mapping[str, str] = {
    "tool": "tool",
    "agent": "agent",
    "workflow": "workflow",
    "prompt": "prompt",
    "run": "function",
    "value": "value",
}
"""The kinds of what steps do, by the key that each is given with."""

Operator = Literal["==", "!=", ">", ">=", "<", "<=", "in", "contains"]


class Definition:
    """A workflow, as data; each type is a class of its own."""

    __slots__ = ()

    type: str
    name: str


@attrs.frozen
class Condition:
    """A comparison: `value op to`, such as `{{steps.score.output}} >= 3`.

    `in` asks whether the value is one of a list or a part of a text, `contains` the same the other way round. Values of
    different types are never equal, and cannot be ordered.
    """

    value: Any
    op: Operator = "=="
    to: Any = None


@attrs.frozen
class Retry:
    """How often a step is tried in all, and how many seconds are waited: `backoff`, then twice as many each time.

    No pause is longer than 60 seconds, and none is shorter than a server asks for, up to that. `errors` says which
    failures are worth another attempt: those that say so themselves (`retryable`), or `any`.
    """

    attempts: int = 3
    backoff: float = 0.5
    errors: Literal["retryable", "any"] = "retryable"


@attrs.frozen
class StepAgent:
    """An agent that is made for a step: its type, and what agents of that type are made of. `tools` are names."""

    type: str = "llm"
    model: str = ""
    system: str = ""
    tools: tuple[str | Tool, ...] = ()
    output_schema: Mapping[str, Any] | None = None
    temperature: float | None = None
    max_tokens: int | None = None
    max_turns: int = 16
    timeout: float | None = None
    options: Mapping[str, Any] = attrs.field(factory=dict)


@attrs.frozen
class Action:
    """One thing to do: give exactly one of `tool`, `agent`, `workflow`, `prompt` and `run`.

    Attributes:
        tool: its name, or the tool; `arguments` are what it is called with.
        agent: the name of one of the run or of an installed type, what one is made of, or the agent; asked `input`.
        workflow: the name of one of the run, or what one is made of; its input is `input`.
        prompt: what a model is asked, with `model`, `system`, `temperature` and `max_tokens`, once and without tools.
        run: a function, called with a `StepContext`; what it gives is the output.
        input: what an agent or a workflow is given; the input of the workflow around it when nothing is said.
    """

    tool: str | Tool | None = None
    arguments: Mapping[str, Any] = attrs.field(factory=dict)
    agent: str | StepAgent | BaseAgent | None = None
    workflow: str | Definition | None = None
    prompt: str | None = None
    run: Callable[..., Any] | None = None
    input: Any = None
    model: str = ""
    system: str = ""
    temperature: float | None = None
    max_tokens: int | None = None

    @property
    def keys(self) -> list[str]:
        """Which of the keys of `KINDS` are given: one, unless something is wrong."""
        return [key for key in KINDS if getattr(self, key, None) is not None]

    @property
    def kind(self) -> str:
        """What it does, as one of the values of `KINDS`."""
        return KINDS[self.keys[0]] if self.keys else ""


@attrs.frozen
class Fallback(Action):
    """What stands in for a step that failed: a `value`, or something else to do."""

    value: Any = None


@attrs.frozen
class Step(Action):
    """One step.

    Attributes:
        name: by which later steps see what came of it; `step-N` by its place when empty.
        condition: whether it is done at all: a text whose value counts as true unless it is empty, zero, false or
            nothing; a comparison; or a function.
        retry: how often it is tried; None: once.
        timeout: seconds for each attempt.
        on_error: what a failure means: the workflow fails, goes on without an output, or goes on with the `fallback`.
        fallback: what stands in for it; only with `on_error` `fallback`.
        output_schema: a JSON Schema that the output must fit; a prompt's answer is then asked for as JSON.
    """

    name: str = ""
    condition: str | Condition | Callable[..., Any] | None = None
    retry: Retry | None = None
    timeout: float | None = None
    on_error: Literal["fail", "continue", "fallback"] = "fail"
    fallback: Fallback | None = None
    output_schema: Mapping[str, Any] | None = None


@attrs.frozen
class Flow(Definition):
    """What all workflows have.

    Attributes:
        name: unique among the agents of a run.
        description: what it does, for people, and for models that may call it.
        output: what comes of it, with places for values; None takes what the type gives.
        input_schema: a JSON Schema that the input must fit.
    """

    name: str = ""
    description: str = ""
    output: Any = None
    input_schema: Mapping[str, Any] | None = None


@attrs.frozen
class Sequential(Flow):
    """Steps, one after another; gives what the last one gave."""

    type = "sequential"

    steps: tuple[Step, ...] = ()


@attrs.frozen
class Parallel(Flow):
    """Steps at once; gives an object with what each gave. Each has a branch of the state to itself."""

    type = "parallel"

    steps: tuple[Step, ...] = ()
    max_concurrency: int = MAX_CONCURRENCY


@attrs.frozen
class Branch:
    """Steps that are done if a condition holds."""

    condition: str | Condition | Callable[..., Any]
    steps: tuple[Step, ...] = ()


@attrs.frozen
class Conditional(Flow):
    """The steps of the first branch whose condition holds, or `otherwise`; gives what the last of them gave."""

    type = "conditional"

    branches: tuple[Branch, ...] = ()
    otherwise: tuple[Step, ...] = ()


@attrs.frozen
class Loop(Flow):
    """Steps in rounds; gives what the last step gave in the last round.

    Attributes:
        steps: one round.
        times: how many rounds: a number, or a text that gives one.
        over: a list, or a text that gives one: a round for each item, which is `{{item}}`.
        repeat_while: asked before each round, which sees the last one as `{{previous.NAME...}}`.
        repeat_until: asked after each round.
        max_iterations: the most rounds; wanting more ends the loop as `budget.iterations`.
    """

    type = "loop"

    steps: tuple[Step, ...] = ()
    times: int | str | None = None
    over: str | tuple[Any, ...] | None = None
    repeat_while: str | Condition | Callable[..., Any] | None = None
    repeat_until: str | Condition | Callable[..., Any] | None = None
    max_iterations: int = MAX_ITERATIONS


@attrs.frozen
class Map(Flow):
    """The steps for each item of a list, several items at once; gives the list of what the last step gave for each.

    Attributes:
        steps: what is done for each item, which is `{{item}}`.
        over: a list, or a text that gives one.
        max_concurrency: items that are under way at once.
        max_iterations: the most items; a longer list ends the map as `budget.iterations`, after so many.
    """

    type = "map"

    steps: tuple[Step, ...] = ()
    over: str | tuple[Any, ...] | None = None
    max_concurrency: int = MAX_CONCURRENCY
    max_iterations: int = MAX_ITEMS


TYPES: Mapping[str, type[Flow]] = {each.type: each for each in (Sequential, Parallel, Conditional, Loop, Map)}
"""The types of workflows, by name."""


def parts(definition: Definition) -> tuple[tuple[Step, ...], ...]:
    """The sequences of steps that a workflow has: one, or one for each branch."""
    if isinstance(definition, Conditional):
        return (*(branch.steps for branch in definition.branches), definition.otherwise)
    steps: tuple[Step, ...] = getattr(definition, "steps", ())
    return (steps,)
