"""The floor of `ours/host_calls.py`: a future of asyncio that the event loop settles in its next turn.

One after the other, and 100 at once; the same figures stand for both transports, which are compared with them.
"""

from __future__ import annotations

import asyncio

from benchmarks import timing

AT_ONCE = 100


async def _call() -> None:
    loop = asyncio.get_running_loop()
    answer = loop.create_future()
    loop.call_soon(answer.set_result, None)
    await answer


async def _calls() -> None:
    await asyncio.gather(*(_call() for _ in range(AT_ONCE)))


async def _figures() -> timing.Figures:
    one, _ = await timing.per_call(_call)
    hundred, _ = await timing.per_call(_calls)
    sequential, parallel = one * 1e6, hundred / AT_ONCE * 1e6
    return {
        "us_inline": sequential,
        "us_worker": sequential,
        "us_inline_parallel": parallel,
        "us_worker_parallel": parallel,
    }


if __name__ == "__main__":
    timing.report(asyncio.run(_figures()))
