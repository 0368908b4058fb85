"""What a call from a script to the host costs: `host_calls.py ENGINE`; see the spell `host_calls`.

One after the other and 100 at once; inline (profile low) and from a worker process (profile medium). The same spell
without calls is subtracted, so that start-up does not count. `us_added` is what the worker adds to a call.
"""

from __future__ import annotations

import asyncio
from statistics import median

from benchmarks import timing
from benchmarks.ours.agent_runs import make_kernel
from benchmarks.ours.engines import TRANSPORTS, Spell, chosen

CALLS = 5_000
AT_ONCE = {"": 1, "_parallel": 100}
REPETITIONS = 5


async def _figures() -> timing.Figures:
    spell = Spell(chosen(), "host_calls")
    micros: dict[str, list[float]] = {f"us_{name}{end}": [] for name in TRANSPORTS for end in AT_ONCE}
    async with make_kernel("") as kernel:
        for _ in range(REPETITIONS):
            for transport in TRANSPORTS:
                empty = await spell.cast(kernel, transport, 0, 1)
                for end, at_once in AT_ONCE.items():
                    full = await spell.cast(kernel, transport, CALLS, at_once)
                    if full.value != CALLS:
                        raise SystemExit(f"the spell gave {full.value!r} instead of {CALLS}")
                    micros[f"us_{transport}{end}"].append((full.duration - empty.duration) / CALLS * 1e6)
    figures = {quantity: median(values) for quantity, values in micros.items()}
    return {**figures, "us_added": figures["us_worker"] - figures["us_inline"]}


if __name__ == "__main__":
    timing.report(asyncio.run(_figures()))
