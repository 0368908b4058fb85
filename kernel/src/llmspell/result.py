"""The one result type of agents, tools and workflows."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

import attrs

from llmspell.message import Message, Usage

COMPLETED = "completed"

HistoryFilter = Callable[[Sequence[Message]], Sequence[Message] | Awaitable[Sequence[Message]]]
History = str | int | HistoryFilter


@attrs.frozen
class CallRecord:
    """One tool call that an agent made. `error` is a `LlmspellError.to_dict()`; `duration` is seconds."""

    id: str
    name: str
    arguments: Any = None
    output: Any = None
    error: dict[str, Any] | None = None
    duration: float = 0.0


@attrs.frozen
class StepRecord:
    """One step that a workflow came to.

    Attributes:
        name: unique among the steps of its workflow; of a loop or a map, each round has a record, `name` and `round`.
        kind: `tool`, `agent`, `workflow`, `prompt` or `function`.
        status: `completed`, `failed`, `skipped` (its condition was false), `cancelled` or `pending` (never begun).
        output: what later steps see as `steps.NAME.output`.
        text: the same as words: `steps.NAME.text`.
        error: a `LlmspellError.to_dict()`.
        duration: seconds, retries included.
        attempts: how often it was tried; 0 when it never began.
        round: from 1; 0 outside of loops and maps.
        steps: those of the workflow that the step is.
    """

    name: str
    kind: str
    status: str
    output: Any = None
    text: str = ""
    error: dict[str, Any] | None = None
    duration: float = 0.0
    attempts: int = 1
    round: int = 0
    steps: tuple[StepRecord, ...] = ()


@attrs.frozen
class HandoffRequest:
    """An agent's wish that another takes over; see `llmspell.agents`.

    Attributes:
        target: the other's name.
        input: what it is asked; empty: the last thing that the user said.
        history: what of the conversation goes along: `all`, `none`, the last so many messages, or what a function
            makes of them.
        state: values that are set in the run's state before it begins.
        reason: why, for people and events.
        call: the id of the tool call that asked for it, to which the other's answer is the tool's; empty for none.
    """

    target: str
    input: str = ""
    history: History = "all"
    state: Mapping[str, Any] = attrs.field(factory=dict)
    reason: str = ""
    call: str = ""


@attrs.frozen
class Result:
    """What a run of an agent, a tool or a workflow came to.

    `stop_reason` is `completed`, `budget.<name>`, `cancelled`, `refused`, `interrupted` or `error`; only `completed`
    is success. `output` is structured data, `text` the model's words. `cost` is USD; None means unknown.
    `agent` names the agent that answered last. `steps` are a workflow's, in the order of its definition. With
    `handoff` the agent wants another one to go on: whoever runs agents sees to that, and nobody else ever sees it.
    """

    text: str = ""
    output: Any = None
    stop_reason: str = COMPLETED
    usage: Usage = Usage()
    cost: float | None = None
    messages: Sequence[Message] = ()
    calls: tuple[CallRecord, ...] = ()
    error: dict[str, Any] | None = None
    agent: str = ""
    steps: tuple[StepRecord, ...] = ()
    handoff: HandoffRequest | None = None
