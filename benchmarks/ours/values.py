"""What a text costs on its way between a script and the host: `values.py ENGINE`; see the spell `values`.

Microseconds for a `State.set` and a `State.get` of 1 KB and of 100 KB, the call itself included, inline (profile low)
and from a worker process (profile medium). The same spell without calls is subtracted.
"""

from __future__ import annotations

import asyncio
from statistics import median

from benchmarks import timing
from benchmarks.ours.agent_runs import make_kernel
from benchmarks.ours.engines import TRANSPORTS, Spell, chosen

CALLS = {"1kb": (1_000, 2_000), "100kb": (100_000, 200)}
"""The text's bytes, and how many calls are timed."""

WAYS = ("set", "get")
REPETITIONS = 3


async def _figures() -> timing.Figures:
    spell = Spell(chosen(), "values")
    micros: dict[str, list[float]] = {}
    async with make_kernel("") as kernel:
        for _ in range(REPETITIONS):
            for transport in TRANSPORTS:
                for size, (length, calls) in CALLS.items():
                    for way in WAYS:
                        empty = await spell.cast(kernel, transport, way, length, 0)
                        full = await spell.cast(kernel, transport, way, length, calls)
                        if full.value != calls * length:
                            raise SystemExit(f"the spell gave {full.value!r} instead of {calls * length}")
                        spent = (full.duration - empty.duration) / calls
                        micros.setdefault(f"us_{way}_{size}_{transport}", []).append(spent * 1e6)
    return {quantity: median(values) for quantity, values in micros.items()}


if __name__ == "__main__":
    timing.report(asyncio.run(_figures()))
