"""`llmspell test`: spells' own tests."""

from __future__ import annotations

import json
import os
import sys
from time import perf_counter
from typing import TYPE_CHECKING, Any

import click

from llmspell.cli.errors import render
from llmspell.cli.interrupts import INTERRUPTED, Interrupts
from llmspell.cli.loading import load_config, set_option
from llmspell.errors import UsageError
from llmspell.redaction import Redactor

if TYPE_CHECKING:
    from llmspell.spelltest.suite import Outcome


@click.command()
@click.argument("paths", nargs=-1, required=True, metavar="DIR|FILE...")
@click.option("--filter", "part", default="", metavar="TEXT", help="Run the cases with TEXT in their name.")
@click.option(
    "--timeout", type=click.FloatRange(min=0, min_open=True), default=30.0, metavar="S", help="For each case."
)
@click.option("--profile", default="", metavar="P", help="The security level of the test files.")
@click.option("--engine", default="", metavar="E", help="The script engine of the test files.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@set_option
def test(
    *,
    paths: tuple[str, ...],
    part: str,
    timeout: float,
    profile: str,
    engine: str,
    as_json: bool,
    sets: tuple[str, ...],
) -> None:
    """Run the tests in each FILE, and in the files of each DIR that end in _test.lua, _test.js or _test.ts.

    The tests and the spells that they run are in this process: run those that you trust.
    """
    from llmspell.kernel import RunOptions
    from llmspell.plugins import Plugins
    from llmspell.spelltest.suite import Suite, find, run_all

    loaded = load_config(sets)
    files = find(paths, Plugins.configured(loaded, os.environ))
    options = RunOptions(profile=profile, engine=engine)
    suite = Suite(loaded, options, wanted=lambda name: part in name, timeout=timeout)
    report = _Report(as_json=as_json)
    begin = perf_counter()
    with Interrupts(suite):
        outcomes = run_all(suite, files, report.tell)
    if suite.interrupted:
        click.echo("error: interrupted", err=True)
        sys.exit(INTERRUPTED)
    if not outcomes:
        what = f"no case has {part!r} in its name" if part else "no test was found: no file has a Test.case"
        raise UsageError(what, kind="not_found", hint="llmspell test DIR runs all cases" if part else "")
    report.end(outcomes, perf_counter() - begin)
    sys.exit(0 if all(outcome.passed for outcome in outcomes) else 1)


class _Report:
    """Tells how the cases ended."""

    def __init__(self, *, as_json: bool) -> None:
        self._as_json = as_json
        self._file = ""
        self._redactor = Redactor.of_environment(os.environ)

    def tell(self, outcome: Outcome) -> None:
        """A line for a case, and more for one that failed."""
        if self._as_json:
            return
        if outcome.file.name != self._file:
            self._file = outcome.file.name
            click.echo(self._file)
        mark = "ok  " if outcome.passed else "FAIL"
        click.echo(f"  {mark}  {self._redactor.text(outcome.name)} ({outcome.duration:.2f} s)")
        if outcome.error is not None:
            told = render(outcome.error, outcome.file, redactor=self._redactor)
            printed = self._redactor.said(outcome.output)
            click.echo(_indented(told + (f"\nit printed:\n{printed.rstrip()}" if printed else "")))

    def end(self, outcomes: list[Outcome], seconds: float) -> None:
        """The summary."""
        failed = sum(not outcome.passed for outcome in outcomes)
        if self._as_json:
            cases = self._redactor.data([_data(outcome) for outcome in outcomes])
            summary = {"passed": len(outcomes) - failed, "failed": failed, "duration": round(seconds, 6)}
            click.echo(json.dumps({"schema": "llmspell.test/1", **summary, "cases": cases}, ensure_ascii=False))
            return
        cases = f"{len(outcomes)} case{'' if len(outcomes) == 1 else 's'}"
        click.echo(f"{cases}: {len(outcomes) - failed} passed, {failed} failed ({seconds:.2f} s)")


def _data(outcome: Outcome) -> dict[str, Any]:
    return {
        "file": outcome.file.name,
        "name": outcome.name,
        "passed": outcome.passed,
        "duration": round(outcome.duration, 6),
        "output": outcome.output,
        "error": _error(outcome),
    }


def _error(outcome: Outcome) -> dict[str, Any] | None:
    error = outcome.error
    if error is None:
        return None
    return {**error.to_dict(), "file": getattr(error, "file", ""), "line": getattr(error, "line", 0)}


def _indented(text: str) -> str:
    return "\n".join(f"        {line}".rstrip() for line in text.splitlines())
