"""A test file on its way: its cases, and the one that is to run once the file has been read to its end."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

from llmspell.errors import LlmspellError, UsageError
from llmspell.spelltest.checks import CheckFailed

if TYPE_CHECKING:
    from llmspell.kernel import Kernel
    from llmspell.run import Run

Work = Callable[[], Awaitable[object]]

_benches: WeakKeyDictionary[Run, Bench] = WeakKeyDictionary()


class Bench:
    """What stands behind the global `Test` in one run of a test file.

    Args:
        number: which of the cases runs, from 0, of those that `wanted` takes.
        wanted: whether a case of this name is to be run at all.

    Attributes:
        kernels: that of the file, and those of the spells under test that run now.
        running: the name of the case; empty before it began.
        failed: the checks that failed so far.
        spells: how many run now.
        stopped: why nothing is to run any more; empty while it may.
    """

    def __init__(self, number: int, wanted: Callable[[str], bool]) -> None:
        self.kernels: set[Kernel] = set()
        self.running = ""
        self.stopped = ""
        self.failed: list[CheckFailed] = []
        self.spells = 0
        self._number = number
        self._wanted = wanted
        self._cases: dict[str, Work] = {}

    @property
    def names(self) -> list[str]:
        """The cases that are wanted, in the order of the file."""
        return [name for name in self._cases if self._wanted(name)]

    def add(self, name: str, work: Work) -> None:
        """Take a case.

        Raises:
            UsageError: its name is empty, or taken, or it stands inside of another.
        """
        if self.running:
            raise UsageError(f"Test.case: the case {name!r} stands inside of {self.running!r}")
        if not name.strip():
            raise UsageError("Test.case: a case needs a name")
        if name in self._cases:
            raise LlmspellError(f"Test.case: there is a case {name!r} already", kind="conflict")
        self._cases[name] = work

    def begin(self, run: Run) -> None:
        """Offer the global to a run, and no other."""
        from llmspell.script.api import TEST_GLOBALS

        run.globals = TEST_GLOBALS
        _benches[run] = self
        self.check(run)

    def stop(self, reason: str) -> None:
        """Stop what runs, and what would begin now; safe from any thread."""
        self.stopped = reason
        for kernel in tuple(self.kernels):
            kernel.interrupt(reason)

    def check(self, run: Run) -> None:
        """Stop a run that was opened just when all others were stopped."""
        if self.stopped:
            run.interrupt(self.stopped)

    async def finish(self) -> None:
        """Run the case, if there are so many."""
        names = self.names
        if self._number < len(names):
            self.running = names[self._number]
            await self._cases[self.running]()
            self._check_awaited()

    def _check_awaited(self) -> None:
        """Fail if a check has failed, or a spell goes on, that the case did not wait for."""
        if self.failed:
            first = self.failed[0]
            raise CheckFailed(first.message, hint="in JavaScript, await each function of Test")
        if self.spells:
            raise CheckFailed("the case ended before a spell that it runs", hint="await Test.spell(...)")

    @contextmanager
    def noting(self) -> Iterator[None]:
        """Within the block, remember a check that fails: in JavaScript its error is easily lost."""
        try:
            yield
        except CheckFailed as error:
            self.failed.append(error)
            raise


def bench_of(run: Run) -> Bench:
    """The bench of a run that has the global."""
    return _benches[run]
