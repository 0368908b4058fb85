"""The script engines: host calls, values on their way, a spell that does nothing, a thousand spells that sleep."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

from benchmarks.cases.programs import ours
from benchmarks.harness.model import Benchmark, Case, Target

_FLOOR = "asyncio alone"
_ENGINES = {"lua": "Lua", "javascript": "JavaScript", "quickjs": "JavaScript on QuickJS"}
"""The engines' names, which are the subjects of all their figures, and how the tables call what they run."""


def _engines(program: str) -> tuple[Case, ...]:
    return tuple(ours(engine, f"ours/{program}", engine) for engine in _ENGINES)


# Microseconds: one after the other inline, from a worker, what the worker adds; 100 at once.
_CALL_LIMITS = {
    "lua": {"us_inline": 15, "us_worker": 150, "us_added": 120},
    "javascript": {"us_inline": 300, "us_added": 120, "us_inline_parallel": 40},
    "quickjs": {"us_inline": 40, "us_added": 120},
}
_CALLS = {
    "us_inline": "host call, inline",
    "us_worker": "host call, worker",
    "us_added": "host call, what the worker adds",
    "us_inline_parallel": "host call, 100 at once, inline",
    "us_worker_parallel": "host call, 100 at once, worker",
}


def _call_targets() -> Iterator[Target]:
    for engine, name in _ENGINES.items():
        for quantity, what in _CALLS.items():
            limit = _CALL_LIMITS[engine].get(quantity)
            yield Target(f"{name} {what}", engine, quantity, "us", at_most=limit)
        yield Target(f"{name} host call, inline / a turn of asyncio", engine, "us_inline", "x", over=(_FLOOR,))
        yield Target(f"{name} host call, worker / a turn of asyncio", engine, "us_worker", "x", over=(_FLOOR,))


HOST_CALLS = Benchmark(
    "host_calls",
    (*_engines("host_calls"), ours(_FLOOR, "floors/host_calls")),
    tuple(_call_targets()),
)


def _value_targets() -> Iterator[Target]:
    directions = {"set": "to the host", "get": "from the host"}
    for (engine, name), way, size, transport in product(
        _ENGINES.items(), directions, ("1", "100"), ("inline", "worker")
    ):
        what, quantity = f"{name}, {size} KB {directions[way]}, {transport}", f"us_{way}_{size}kb_{transport}"
        yield Target(what, engine, quantity, "us")
        yield Target(f"{what} / a turn of asyncio", engine, quantity, "x", over=(_FLOOR,))


VALUES = Benchmark("values", (*_engines("values"), ours(_FLOOR, "floors/values")), tuple(_value_targets()))


def _spell_targets() -> Iterator[Target]:
    for engine, name in _ENGINES.items():
        yield Target(f"{name} spell that does nothing, inline", engine, "us_inline", "us")
        yield Target(f"{name} spell that does nothing, ready worker", engine, "us_worker", "us")
        yield Target(f"{name} spell, inline / a task of asyncio", engine, "us_inline", "x", over=(_FLOOR,))
        yield Target(f"{name} spell, ready worker / a task of asyncio", engine, "us_worker", "x", over=(_FLOOR,))
        yield Target(f"memory of a {name} spell that waits, inline", engine, "kib_inline", "KiB")
        yield Target(f"memory of a {name} spell that waits, worker", engine, "kib_worker", "KiB")


SPELLS = Benchmark("spells", (*_engines("spells"), ours(_FLOOR, "floors/spells")), tuple(_spell_targets()))


def _sleep_targets() -> Iterator[Target]:
    for engine, name in _ENGINES.items():
        limit = 1 if engine == "lua" else None
        what = f"1,000 {name} spells at once, 10 sleeps of 1 ms each"
        yield Target(what, engine, "seconds", "s", at_most=limit)
        yield Target(f"{what} / asyncio alone", engine, "seconds", "x", over=(_FLOOR,))
        yield Target(f"{what}, over 50 workers", engine, "seconds_worker", "s")
        yield Target(f"{what}, over 50 workers / asyncio alone", engine, "seconds_worker", "x", over=(_FLOOR,))


SLEEPS = Benchmark("sleeps", (*_engines("sleeps"), ours(_FLOOR, "floors/sleeps")), tuple(_sleep_targets()))
