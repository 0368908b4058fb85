"""An agent that calls one tool and then answers: in turn, 200 at once, over HTTP, and its memory."""

from __future__ import annotations

from benchmarks.cases.programs import PEER_NAMES, ours, peers
from benchmarks.harness.model import SERVER, Benchmark, Case, Target

_ASYNC = "llmspell, async tool"
_QUICK = "llmspell, quick tool"
_RUN = "llmspell, async tool, a Run each"
_FLOOR = "aiohttp loop by hand"


def _ours(mode: str, url: str = "") -> tuple[Case, ...]:
    variants = ((_ASYNC, "async"), (_QUICK, "quick"), (_RUN, "run"))
    return tuple(ours(subject, "ours/agent_runs", mode, url, variant) for subject, variant in variants)


SEQUENTIAL = Benchmark(
    "agent_runs",
    (*_ours("sequential"), *peers("agent", "sequential")),
    (
        Target("agent run, async tool", _ASYNC, "us", "us", at_most=150),
        Target("agent run, quick tool", _QUICK, "us", "us", at_most=150),
        Target("agent run, async tool, a Run each", _RUN, "us", "us", at_most=150),
        Target("agent run, async tool / the fastest peer", _ASYNC, "us", "x", over=PEER_NAMES),
    ),
)

CONCURRENT = Benchmark(
    "concurrent",
    (*_ours("concurrent"), *peers("agent", "concurrent")),
    (
        Target("200 agent runs at once, in process", _ASYNC, "runs_per_s", "runs/s", at_least=5000),
        Target("the same, a Run each", _RUN, "runs_per_s", "runs/s", at_least=5000),
        Target("the same / the fastest peer", _ASYNC, "runs_per_s", "x", over=PEER_NAMES),
    ),
)

CONCURRENT_HTTP = Benchmark(
    "concurrent_http",
    (
        ours(_ASYNC, "ours/agent_runs", "concurrent", SERVER, "async"),
        ours(_FLOOR, "floors/aiohttp_loop", "concurrent", SERVER),
        *peers("agent", "concurrent", SERVER),
    ),
    (
        Target("200 agent runs at once, over loopback HTTP", _ASYNC, "runs_per_s", "runs/s", at_least=1000),
        Target("the same / the fastest peer", _ASYNC, "runs_per_s", "x", over=PEER_NAMES),
        Target("the same / an aiohttp loop by hand", _ASYNC, "runs_per_s", "x", over=(_FLOOR,)),
    ),
)

MEMORY = Benchmark(
    "agent_memory",
    (ours(_ASYNC, "ours/agent_runs", "memory"), *peers("agent", "memory")),
    (Target("memory of an agent that waits", _ASYNC, "kib", "KiB"),),
)
