"""The floor of `ours/values.py`: a text that a future of asyncio hands over; its length changes nothing."""

from __future__ import annotations

import asyncio
from itertools import product

from benchmarks import timing


async def _hand_over() -> None:
    loop = asyncio.get_running_loop()
    answer = loop.create_future()
    loop.call_soon(answer.set_result, _TEXT)
    await answer


_TEXT = "a" * 100_000


async def _figures() -> timing.Figures:
    seconds, _ = await timing.per_call(_hand_over)
    quantities = product(("set", "get"), ("1kb", "100kb"), ("inline", "worker"))
    return {f"us_{way}_{size}_{transport}": seconds * 1e6 for way, size, transport in quantities}


if __name__ == "__main__":
    timing.report(asyncio.run(_figures()))
