"""The one result type of agents, tools and workflows."""

from __future__ import annotations

from typing import Any

import attrs

from llmspell.message import Message, Usage

COMPLETED = "completed"


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
class Result:
    """What a run of an agent, a tool or a workflow came to.

    `stop_reason` is `completed`, `budget.<name>`, `cancelled`, `refused`, `interrupted` or `error`; only `completed`
    is success. `output` is structured data, `text` the model's words. `cost` is USD; None means unknown.
    `agent` names the agent that answered last.
    """

    text: str = ""
    output: Any = None
    stop_reason: str = COMPLETED
    usage: Usage = Usage()
    cost: float | None = None
    messages: tuple[Message, ...] = ()
    calls: tuple[CallRecord, ...] = ()
    error: dict[str, Any] | None = None
    agent: str = ""
