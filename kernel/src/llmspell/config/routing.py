"""What `[router.NAME]` may say; `llmspell.router` checks how its settings go together."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

import attrs

from llmspell.config.fields import setting

FailOver = Literal["provider", "rate_limited", "authentication", "network", "timeout", "unknown_model"]


@attrs.frozen
class Pacing:
    """How fast a router may ask each of its models."""

    requests_per_minute: int | None = setting(None, "requests in any 60 seconds; absent: any number", minimum=1)
    tokens_per_minute: int | None = setting(
        None, "tokens of the answers of the last 60 seconds from which on it waits; absent: any number", minimum=1
    )
    longest_wait: float = setting(30.0, "longest wait for a turn; 0 refuses at once", unit="seconds", minimum=0)


@attrs.frozen
class CircuitBreaker:
    """When a router leaves a failing model alone."""

    failures: int = setting(5, "failures within `window` after which it is left alone", minimum=1)
    window: float = setting(60.0, "how long a failure counts", unit="seconds", minimum=0.001)
    cooldown: float = setting(30.0, "how long it is left alone before one request tries it", unit="seconds", minimum=0)


@attrs.frozen
class Router:
    """A model that chooses among others: `router/NAME`; see docs/router.md."""

    models: tuple[str, ...] = attrs.field(
        metadata={"doc": "the models, in order, each provider/model or router/name", "unit": ""}
    )
    strategy: Literal["fallback", "round_robin", "weighted", "fastest", "hedged", "consensus"] = setting(
        "fallback", "how it chooses"
    )
    timeout: float | None = setting(
        None, "longest one model may take; absent: as long as the request may", unit="seconds", minimum=0.001
    )
    fail_over_on: tuple[FailOver, ...] | None = setting(
        None, "kinds of error, besides those that may pass, after which the next model is asked (one after another)"
    )
    buffer: bool | None = setting(
        None, "hold a stream back until it is whole, so that the next model can still be asked (one after another)"
    )
    weights: Mapping[str, float] | None = setting(None, "how often each model is asked first (weighted)")
    seed: int | None = setting(None, "makes the choices the same each time (weighted)")
    delay: float | Literal["p95"] | None = setting(
        None, "seconds, or the p95 so far, after which the next model is asked as well; absent: p95 (hedged)"
    )
    vote: Literal["majority", "similarity", "judge"] | None = setting(
        None, "how the answer is chosen; absent: majority (consensus)"
    )
    judge: str | None = setting(None, "the model that chooses the answer (vote judge)")
    threshold: float | None = setting(
        None, "how alike two answers are that agree, from 0 to 1; absent: 0.6 (vote similarity)", minimum=0
    )
    quorum: int | None = setting(
        None, "how many answers must agree; absent: more than half of the models (consensus)", minimum=1
    )
    pacing: Pacing | None = setting(None, "how fast each model may be asked")
    breaker: CircuitBreaker | None = setting(None, "when a failing model is left alone")
