"""What every agent program measures, the same for llmspell, its peers and the floors.

A program says how to make an agent and how to ask it; `main` does what its arguments say:

cold         ask once and print the answer; the harness times the process
sequential   microseconds for one run, one after the other
concurrent   runs a second, 200 at once
memory       KiB for each agent that waits to be asked

It imports the standard library only, and little of it, because it counts towards `cold`.
"""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import Awaitable, Callable
from typing import TypeVar

PROMPT = "What is the weather in Paris?"
SYSTEM = "Use the tool."
TOOL = "get_weather"
TOOL_DESCRIPTION = "Weather for a city."
TOOL_ARGUMENTS = '{"city": "Paris"}'
TOOL_ANSWER = "sunny"
ANSWER = "It is sunny in Paris."

AT_ONCE = 200
AGENTS = 300
_BATCHES = 5
_BATCH_SECONDS = 0.25
_LONGEST = 10.0

Agent = TypeVar("Agent")
Ask = Callable[[Agent], Awaitable[str]]
Close = Callable[[Agent], Awaitable[None]]
Figures = dict[str, float]


def main(make_agent: Callable[[str], Agent], ask: Ask[Agent], close: Close[Agent] | None = None) -> None:
    """Run the program: `PROGRAM MODE [URL]`.

    Args:
        make_agent: a new agent whose model is the server at this address (up to `/v1`), or if it is empty a
            function in this process. It calls `TOOL` with `TOOL_ARGUMENTS`, and after that says `ANSWER`.
        ask: one whole run of it with `PROMPT`; gives the final text.
        close: gives back its connections; what it takes is not measured.
    """
    mode, url = sys.argv[1], sys.argv[2] if len(sys.argv) > 2 else ""
    asyncio.run(_measure(mode, url, make_agent, ask, close))


async def _measure(
    mode: str, url: str, make_agent: Callable[[str], Agent], ask: Ask[Agent], close: Close[Agent] | None
) -> None:
    agent = make_agent(url)
    if mode == "cold":
        print(await _asked(ask, agent), flush=True)
    elif mode == "sequential":
        report(await _sequential(agent, ask))
    elif mode == "concurrent":
        report(await _concurrent(agent, ask))
    elif mode == "memory":
        report(await _memory(agent, ask, lambda: make_agent(url)))
    else:
        raise SystemExit(f"no mode {mode!r}; modes: cold, sequential, concurrent, memory")
    if close is not None:
        await close(agent)


def dispatch(make_call: Callable[[], Awaitable[Callable[[], Awaitable[object]]]]) -> None:
    """Run a program that measures one tool call: microseconds beyond those of the function that is the tool.

    Args:
        make_call: makes what calls the tool once with `TOOL_ARGUMENTS`, and gives what it answers.
    """
    asyncio.run(_dispatch(make_call))


async def _dispatch(make_call: Callable[[], Awaitable[Callable[[], Awaitable[object]]]]) -> None:
    async def bare(city: str) -> str:
        return TOOL_ANSWER

    call = await make_call()
    if (answer := await call()) != TOOL_ANSWER:
        raise SystemExit(f"the tool answered {answer!r} instead of {TOOL_ANSWER!r}")
    seconds, cpu = await per_call(call)
    floor, floor_cpu = await per_call(lambda: bare("Paris"))
    report({"us": (seconds - floor) * 1e6, "cpu_us": (cpu - floor_cpu) * 1e6})


def report(figures: Figures) -> None:
    """Hand the figures to the harness, as the last line of standard output."""
    import json

    print(json.dumps(figures), flush=True)


async def _asked(ask: Ask[Agent], agent: Agent) -> str:
    text = await ask(agent)
    if text != ANSWER:
        raise SystemExit(f"the agent answered {text!r} instead of {ANSWER!r}")
    return text


async def _sequential(agent: Agent, ask: Ask[Agent]) -> Figures:
    for _ in range(20):
        await _asked(ask, agent)
    seconds, cpu = await per_call(lambda: ask(agent))
    return {"us": seconds * 1e6, "cpu_us": cpu * 1e6}


async def per_call(call: Callable[[], Awaitable[object]]) -> tuple[float, float]:
    """Seconds and processor seconds for one call: the medians of five batches of about a quarter second."""
    import gc
    from statistics import median

    count = max(10, int(_BATCH_SECONDS / (await _batch(call, 20))[0]))
    batches = []
    for _ in range(_BATCHES):
        gc.collect()
        batches.append(await _batch(call, count))
    return median(wall for wall, _ in batches), median(cpu for _, cpu in batches)


async def _batch(call: Callable[[], Awaitable[object]], count: int) -> tuple[float, float]:
    wall, cpu = time.perf_counter(), time.process_time()
    for _ in range(count):
        await call()
    return (time.perf_counter() - wall) / count, (time.process_time() - cpu) / count


async def _concurrent(agent: Agent, ask: Ask[Agent]) -> Figures:
    from statistics import median

    await asyncio.gather(*(_asked(ask, agent) for _ in range(AT_ONCE)))  # opens the connections
    rates: list[float] = []
    begin = time.perf_counter()
    while len(rates) < _BATCHES and (not rates or time.perf_counter() - begin < _LONGEST):
        start = time.perf_counter()
        await asyncio.gather(*(_asked(ask, agent) for _ in range(AT_ONCE)))
        rates.append(AT_ONCE / (time.perf_counter() - start))
    return {"runs_per_s": median(rates)}


async def _memory(agent: Agent, ask: Ask[Agent], make_agent: Callable[[], Agent]) -> Figures:
    import gc
    import tracemalloc

    await _asked(ask, agent)
    gc.collect()
    tracemalloc.start()
    agents = [make_agent() for _ in range(AGENTS)]
    gc.collect()
    size, _ = tracemalloc.get_traced_memory()
    return {"kib": size / 1024 / len(agents)}
