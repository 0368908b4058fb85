"""The options and results of the global `Test`, as scripts see them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal, NotRequired, TypedDict

import attrs

from llmspell.script.shapes import EventShape, FailureShape, MessageShape, UsageShape
from llmspell.spelltest.steps import ScriptedStep


@attrs.frozen
class TrialOptions:
    """How a spell is run.

    `args` are the words after `--`. `model` is what every model answers, in order: texts and steps, all of which must
    be used. `replay` is the file of a recording that answers instead, for tools too. `state` is what the state of the
    run holds before, and `config` sets configuration by key. `clock` is `virtual`, where waits take no time, or
    `real`, where the spell has the worker process that its profile demands.
    """

    args: tuple[str, ...] = ()
    model: Sequence[ScriptedStep | str] = ()
    replay: str = ""
    state: Mapping[str, Any] = attrs.field(factory=dict)
    config: Mapping[str, Any] = attrs.field(factory=dict)
    clock: Literal["virtual", "real"] = "virtual"


@attrs.frozen
class Expected:
    """What an error must be: its `kind`, and a part of its `message`; empty for any."""

    kind: str = ""
    message: str = ""


class TrialCallShape(TypedDict):
    """A call of a tool (`kind` is `tool`) or a model (`llm`), with what was asked and what came back."""

    kind: Literal["llm", "tool"]
    name: str
    path: str
    arguments: NotRequired[Any]
    messages: NotRequired[list[MessageShape]]
    output: NotRequired[Any]
    text: NotRequired[str]
    error: NotRequired[FailureShape]


class TrialShape(TypedDict):
    """How a spell ended: its `value`, the lines it `printed`, its calls and events in order, the state of its run."""

    value: NotRequired[Any]
    printed: list[str]
    calls: list[TrialCallShape]
    state: dict[str, Any]
    events: list[EventShape]
    usage: UsageShape
    cost: NotRequired[float]
    stop_reason: str
    error: NotRequired[FailureShape]
