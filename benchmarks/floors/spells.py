"""The floor of `ours/spells.py`: a task of asyncio that does nothing; one figure for both transports."""

from __future__ import annotations

import asyncio

from benchmarks import timing


async def _nothing() -> None:
    pass


async def _task() -> None:
    await asyncio.get_running_loop().create_task(_nothing())


async def _figures() -> timing.Figures:
    seconds, _ = await timing.per_call(_task)
    return {"us_inline": seconds * 1e6, "us_worker": seconds * 1e6}


if __name__ == "__main__":
    timing.report(asyncio.run(_figures()))
