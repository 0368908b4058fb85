"""Every benchmark, in the order of the tables."""

from __future__ import annotations

from benchmarks.cases import agent_runs, cold, events, gate, host_calls, imports, sleeps, startup
from benchmarks.harness.model import Benchmark

__all__ = ["BENCHMARKS"]

BENCHMARKS: tuple[Benchmark, ...] = (
    startup.STARTUP,
    imports.IMPORTS,
    gate.GATE,
    host_calls.HOST_CALLS,
    agent_runs.SEQUENTIAL,
    agent_runs.CONCURRENT,
    agent_runs.CONCURRENT_HTTP,
    agent_runs.MEMORY,
    cold.COLD,
    sleeps.SLEEPS,
    events.EVENTS,
)
