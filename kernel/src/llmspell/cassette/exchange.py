"""One exchange with a model or a tool, and the cassette that holds those of a run."""

from __future__ import annotations

from typing import Any, Literal

import attrs

ExchangeKind = Literal["llm", "tool"]
EXCHANGE_KINDS: tuple[ExchangeKind, ...] = ("llm", "tool")

Outcome = Literal["answer", "error", "cancelled", "unfinished"]
"""How it ended: `cancelled` when the spell stopped waiting, `unfinished` when the run was stopped first."""


@attrs.frozen
class Exchange:
    """What was asked, and what came back; all data is JSON without secrets.

    Attributes:
        kind: who was asked.
        name: the tool, or the `provider/model`.
        path: its place in the run.
        hash: of its request; see `llmspell.cassette.matching.request_hash`.
        request: a tool's arguments, or what of a model's request is not as usual.
        outcome: how it ended.
        answer: a model's completion or a tool's output; None unless the outcome is `answer`.
        error: see `llmspell.cassette.coding.error_data`; None unless the outcome is `error`.
        partial: the text that was streamed before it ended in another way than with an answer.
        usage: tokens that the run spent on it, attempts included.
        cost: USD that the run spent on it; None means that the price is unknown.
        own: whether it was a tool of the spell's own making, which replay runs again.
        redacted: whether secrets were taken out of its answer.
    """

    kind: ExchangeKind
    name: str
    path: str
    hash: str
    request: Any
    outcome: Outcome
    answer: Any = None
    error: dict[str, Any] | None = None
    partial: str = ""
    usage: dict[str, int] | None = None
    cost: float | None = None
    own: bool = False
    redacted: bool = False


@attrs.frozen
class Cassette:
    """The exchanges of one run, in the order in which they began.

    Attributes:
        spell: the name of the spell, as it was typed.
        model: the run's default `provider/model`; empty when nobody asked for it.
        stop_reason: how the run ended.
        recorded: when, as ISO 8601 in UTC.
        exchanges: all of them.
    """

    spell: str
    model: str
    stop_reason: str
    recorded: str
    exchanges: tuple[Exchange, ...]
