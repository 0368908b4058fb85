"""What a permission check costs: microseconds, of a target that was checked before and of one that was not.

Ten patterns of a kind and one that denies, which is what a careful user writes; the last of the ten allows.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from statistics import median

from benchmarks import timing

from llmspell.config import LoadedConfig, Settings
from llmspell.kernel import Kernel, RunOptions
from llmspell.permissions import Grants
from llmspell.plugins import Plugins
from llmspell.run import Run

TARGETS = 1000
BATCHES = 15
PROJECT = Path("/project")
ALLOW = {
    "fs.read": [f"data/{number}/**" for number in range(10)],
    "net": [f"*.lab{number}.example.com:443" for number in range(10)],
    "env": [f"LAB{number}_*" for number in range(10)],
}
DENY = {"fs.read": ["**/*.key"], "net": ["*.internal"], "env": ["*_SECRET"]}
FRESH: dict[str, Callable[[int], str]] = {
    "fs.read": lambda number: f"{PROJECT}/data/9/{number}.csv",
    "net": lambda number: f"host{number}.lab9.example.com:443",
    "env": lambda number: f"LAB9_{number}",
}


def _open_run() -> Run:
    loaded = LoadedConfig(project=PROJECT)
    grants = Grants.of(ALLOW, DENY, origin="benchmark", base=PROJECT)
    kernel = Kernel(loaded, environ={}, plugins=Plugins(Settings(loaded, {}), entries=()))
    return kernel.open_run(RunOptions(profile="high", permissions=(grants,)))


def _microseconds(run: Run, kind: str, targets: Sequence[str]) -> float:
    begin = time.perf_counter()
    for target in targets:
        run.policy.check(kind, target, run.root)
    return (time.perf_counter() - begin) / len(targets) * 1e6


async def _figures() -> timing.Figures:
    samples: dict[str, list[float]] = {}
    for batch in range(BATCHES):
        run = _open_run()
        for kind, fresh in FRESH.items():
            targets = [fresh(batch * TARGETS + number) for number in range(TARGETS)]
            samples.setdefault(f"us_first_{kind}", []).append(_microseconds(run, kind, targets))
            samples.setdefault(f"us_again_{kind}", []).append(_microseconds(run, kind, targets))
        await run.close()
    return {name: median(values) for name, values in samples.items()}


if __name__ == "__main__":
    timing.report(asyncio.run(_figures()))
