"""The global `Test`."""

from __future__ import annotations

from typing import Annotated, Any

from llmspell.errors import LlmspellError
from llmspell.script.check import Function
from llmspell.script.declare import Global, method, shaped
from llmspell.script.shapes import Called, FailureShape
from llmspell.spelltest import checks
from llmspell.spelltest.bench import Bench, bench_of
from llmspell.spelltest.declared import Expected, TrialOptions, TrialShape

Work = Annotated[Function, Called(gives=Any)]


class Test(Global):
    """Tests of spells, in files that `llmspell test` runs; a check that fails fails its case, caught or not."""

    __test__ = False  # pytest would take it for tests of its own

    @method
    def case(self, name: str, function: Work) -> None:
        """A case. It runs once the file has been read to its end, in a run in which no other case has run."""
        self._bench.add(name, function)

    @method
    @shaped(gives=TrialShape)
    def spell(self, path: str, options: TrialOptions | None = None) -> Any:
        """Run a spell to its end; how it ended is the result, also when it failed. Paths start at the test file."""
        self._bench.spells += 1  # at once, and not only when the task begins
        return self._spell(path, options or TrialOptions())

    async def _spell(self, path: str, options: TrialOptions) -> Any:
        from llmspell.spelltest.trial import trial

        source = self.session.bridge.operation.request
        try:
            with self._bench.noting():
                return await trial(self._bench, source.path.parent, path, options)
        finally:
            self._bench.spells -= 1

    @method
    def equal(self, got: Any = None, expected: Any = None, message: str = "") -> None:
        """Both are the same data, tables inside tables included."""
        with self._bench.noting():
            checks.equal(got, expected, message)

    @method
    def differ(self, got: Any = None, other: Any = None, message: str = "") -> None:
        """The values are not the same data."""
        with self._bench.noting():
            checks.true(not checks.same(got, other), message or "the values are the same")

    @method
    def includes(self, got: Any = None, part: Any = None, message: str = "") -> None:
        """The part is in it: a text in a text, an item in a list, the keys of a table with their values in a table."""
        with self._bench.noting():
            checks.includes(got, part, message)

    @method
    def matches(self, text: str, pattern: str, message: str = "") -> None:
        """A regular expression fits somewhere in the text; it is written as in Python, in every language."""
        with self._bench.noting():
            checks.matches(text, pattern, message)

    @method
    def check(self, condition: bool, message: str = "") -> None:
        """The condition is true."""
        with self._bench.noting():
            checks.true(condition, message or "the condition is not true")

    @method
    @shaped(gives=FailureShape)
    async def raises(self, function: Work, expected: Expected | None = None) -> Any:
        """The function fails; gives the error."""
        wanted = expected or Expected()
        before = len(self._bench.failed)
        try:
            await function(parent=self.session.parent)
        except LlmspellError as error:
            del self._bench.failed[before:]  # a check that fails here is what is wanted
            with self._bench.noting():
                checks.fits(error, wanted.kind, wanted.message)
            return error.to_dict()
        with self._bench.noting():
            raise checks.CheckFailed("the function did not fail")

    @method
    def fail(self, message: str) -> None:
        """Fail."""
        with self._bench.noting():
            raise checks.CheckFailed(message)

    @property
    def _bench(self) -> Bench:
        return bench_of(self.session.run)
