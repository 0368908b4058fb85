"""Finds test files, and runs their cases one by one, each in a run of its own."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Timer
from time import perf_counter
from typing import NoReturn

import attrs

from llmspell.config import LoadedConfig
from llmspell.errors import LlmspellError, UsageError
from llmspell.kernel import Ended, RunOptions
from llmspell.models import Models
from llmspell.plugins import Plugins
from llmspell.spell import Source
from llmspell.spelltest.bench import Bench
from llmspell.spelltest.clock import VirtualLoop
from llmspell.spelltest.trial import TestKernel

SUFFIX = "_test"
LOADING = "(loading)"
"""The name of the case that fails when a file does so before its first."""

_FOREVER = 366 * 86400.0  # seconds of virtual time for a case; its real time is what is bounded
_PASSED_OVER = ("node_modules", "__pycache__")


@attrs.frozen
class Outcome:
    """How a case ended; `duration` is real seconds, and `error` None when it passed."""

    file: Source
    name: str
    duration: float
    error: LlmspellError | None
    output: str

    @property
    def passed(self) -> bool:
        """Whether nothing went wrong."""
        return self.error is None


def find(paths: Sequence[str], plugins: Plugins) -> list[Path]:
    """The files that were named, and the test files of the folders that were, in order of their names.

    Raises:
        UsageError: something is not there, or a folder has none.
    """
    found: list[Path] = []
    for path in map(Path, paths):
        if not path.is_dir():
            Source.read(path)  # tells what is wrong with it, and what is near
        inside = _inside(path, plugins) if path.is_dir() else [path]
        if not inside:
            raise UsageError(
                f"{str(path)!r} has no test: no file in it is called {SUFFIX} before its extension",
                kind="not_found",
                hint=f"such as hello{SUFFIX}.lua",
            )
        found += [file for file in inside if file not in found]
    return found


def _inside(folder: Path, plugins: Plugins) -> list[Path]:
    return sorted(
        file
        for file in folder.rglob(f"*{SUFFIX}.*")
        if file.stem.endswith(SUFFIX)
        and plugins.engines_for(file.suffix.lstrip("."))
        and not any(part.startswith(".") or part in _PASSED_OVER for part in file.relative_to(folder).parts)
        and file.is_file()
    )


class Suite:
    """Runs cases. `interrupt` stops the one that runs and begins no other.

    Args:
        loaded: the configuration.
        options: the engine and the profile of test files.
        wanted: whether a case of this name is to run.
        timeout: real seconds for a case.
    """

    def __init__(
        self,
        loaded: LoadedConfig,
        options: RunOptions = RunOptions(),  # noqa: B008 frozen
        *,
        wanted: Callable[[str], bool] = lambda _name: True,
        timeout: float = 30.0,
    ) -> None:
        self._loaded = loaded
        self._options = options
        self._wanted = wanted
        self._timeout = timeout
        self._bench: Bench | None = None
        self.interrupted = ""

    def interrupt(self, reason: str) -> None:
        """Stop; safe from any thread."""
        self.interrupted = reason
        bench = self._bench
        if bench is not None:
            bench.stop(reason)

    async def run(self, files: Sequence[Path]) -> AsyncIterator[Outcome]:
        """The outcome of each case as it ends."""
        for file in files:
            source = Source.read(file)
            for number in count():
                outcome, more = await self._case(source, number)
                if self.interrupted:
                    return
                if outcome is not None:
                    yield outcome
                if not more:
                    break

    async def _case(self, source: Source, number: int) -> tuple[Outcome | None, bool]:
        """The outcome of a file's case of this number, from 0, if there is one; and whether there are more."""
        bench = self._bench = Bench(number, self._wanted)
        bench.stopped = self.interrupted  # which may have come just before
        begin = perf_counter()
        with TemporaryDirectory(prefix="llmspell-test-") as folder:
            ended = await self._cast(source, bench, Path(folder))
        if not bench.running and ended.error is None:
            return None, False
        name = bench.running or LOADING
        outcome = Outcome(source, name, perf_counter() - begin, ended.error, ended.output)
        return outcome, bool(bench.running) and number + 1 < len(bench.names)

    async def _cast(self, source: Source, bench: Bench, folder: Path) -> Ended:
        kernel = TestKernel(self._loaded, folder)
        kernel.models = _NoModels(kernel.plugins)
        options = attrs.evolve(self._options, timeout=_FOREVER, stage=bench)
        timer = Timer(self._timeout, bench.stop, [f"the case took longer than {self._timeout:g} seconds"])
        bench.kernels.add(kernel)
        timer.start()
        try:
            async with kernel:
                return await kernel.cast(source, options)
        finally:
            timer.cancel()
            bench.kernels.discard(kernel)


class _NoModels(Models):
    """A test file asks no model; the spells that it runs have scripted ones."""

    def find(self, model: str) -> NoReturn:
        """Refuse.

        Raises:
            UsageError: always.
        """
        raise UsageError(
            "a test file has no model of its own",
            kind="unknown_model",
            hint="ask it in a spell, and run that with Test.spell(path, { model = { ... } })",
        )

    def default(self) -> str:
        """None in particular."""
        return "none/none"


def run_all(suite: Suite, files: Sequence[Path], tell: Callable[[Outcome], object]) -> list[Outcome]:
    """Run all files on a loop with a virtual clock; `tell` hears of each outcome as it comes."""

    async def work() -> list[Outcome]:
        found = []
        async for outcome in suite.run(files):
            tell(outcome)
            found.append(outcome)
        return found

    with asyncio.Runner(loop_factory=VirtualLoop) as runner:
        return runner.run(work())
