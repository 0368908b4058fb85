"""From the start of a process to the first answer of an agent that calls one tool, over loopback HTTP."""

from __future__ import annotations

from benchmarks import timing
from benchmarks.cases.programs import PEER_NAMES, ours, peers
from benchmarks.harness.environments import OURS
from benchmarks.harness.model import SERVER, Benchmark, Case, Target

_SPELL = "llmspell run weather.lua"
_LOW = "llmspell run weather.lua, profile low"
_EMBEDDED = "llmspell in a Python program"
_FLOOR = "aiohttp loop by hand"
_RUN = ("llmspell", "run", "benchmarks/ours/weather.lua")
_ACCESS = {"OPENAI_API_KEY": "x", "OPENAI_BASE_URL": SERVER}
_THIRD = 1 / 3

COLD = Benchmark(
    "cold",
    (
        Case(_SPELL, OURS, _RUN, timing.ANSWER, _ACCESS),
        Case(_LOW, OURS, (*_RUN, "--profile", "low"), timing.ANSWER, _ACCESS),
        ours(_EMBEDDED, "ours/embedded", "cold", SERVER, expect=timing.ANSWER),
        ours(_FLOOR, "floors/aiohttp_loop", "cold", SERVER, expect=timing.ANSWER),
        *peers("agent", "cold", SERVER, expect=timing.ANSWER),
    ),
    (
        Target(f"{_SPELL} / the fastest peer", _SPELL, "ms", "x", at_most=_THIRD, over=PEER_NAMES),
        Target(f"{_EMBEDDED} / the fastest peer", _EMBEDDED, "ms", "x", at_most=_THIRD, over=PEER_NAMES),
        Target(f"{_SPELL}, to the answer", _SPELL, "ms", "ms"),
        Target(f"{_EMBEDDED}, to the answer", _EMBEDDED, "ms", "ms"),
        Target(f"{_EMBEDDED} / an aiohttp loop by hand", _EMBEDDED, "ms", "x", over=(_FLOOR,)),
    ),
    warm_up=True,
)
