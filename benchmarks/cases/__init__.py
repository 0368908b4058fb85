"""Every benchmark, in the order of the tables."""

from __future__ import annotations

from benchmarks.cases import (
    agent_runs,
    cold,
    engines,
    events,
    gate,
    handoff,
    imports,
    search,
    startup,
    tools,
    turns,
    workflows,
)
from benchmarks.harness.model import Benchmark

__all__ = ["BENCHMARKS"]

BENCHMARKS: tuple[Benchmark, ...] = (
    startup.STARTUP,
    imports.IMPORTS,
    gate.GATE,
    gate.PERMISSIONS,
    tools.DISPATCH,
    search.SEARCH,
    engines.HOST_CALLS,
    engines.VALUES,
    engines.SPELLS,
    agent_runs.SEQUENTIAL,
    handoff.HANDOFF,
    workflows.STEPS,
    workflows.PARALLEL_STEPS,
    agent_runs.CONCURRENT,
    agent_runs.CONCURRENT_HTTP,
    agent_runs.MEMORY,
    turns.TURNS,
    cold.COLD,
    engines.SLEEPS,
    events.EVENTS,
)
