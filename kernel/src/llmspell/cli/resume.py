"""`llmspell resume`: go on with a run that was paused for an approval."""

from __future__ import annotations

import json
import os
import time
from functools import partial
from pathlib import Path
from typing import Any

import click

from llmspell.approvals.approval import Answer
from llmspell.approvals.shown import plain, shortened, what
from llmspell.cli.pausing import Pausing
from llmspell.cli.table import table
from llmspell.errors import ConfigError, UsageError
from llmspell.resume import Pausable, PausedRun, PausedRuns
from llmspell.resume.record import digest_of
from llmspell.secrets.shapes import REDACTED
from llmspell.spell import Source


@click.command()
@click.argument("run_id", metavar="RUN", required=False)
@click.option("--list", "listed", is_flag=True, help="List the runs that are paused.")
@click.option("--again", is_flag=True, help="Although it was resumed and killed: what it did then may happen twice.")
@click.option("--json", "as_json", is_flag=True, help="With --list, print a JSON object.")
def resume(run_id: str | None, listed: bool, again: bool, as_json: bool) -> None:
    """Go on with RUN, which `run --pause-approvals` has paused, with the options that it was begun with."""
    runs = PausedRuns.of(os.environ)
    if listed == (run_id is not None):
        raise UsageError("give one of RUN and --list", hint="type: llmspell resume --list")
    if listed:
        _list(runs, as_json=as_json)
        return
    if as_json:
        raise UsageError("--json goes with --list; a run is resumed with the options that it was begun with")
    assert run_id is not None
    with runs.resuming(run_id, again=again) as paused:
        _resume(runs, paused)


def _resume(runs: PausedRuns, paused: PausedRun) -> None:
    from llmspell.cli.run import run_source

    source = _source(paused)
    if REDACTED in json.dumps(paused.options):
        raise UsageError(
            f"run {paused.run} cannot be resumed: a secret stood in its options, and is not kept",
            hint="give secrets in the environment or with `llmspell keys`, and begin it again",
        )
    answers: dict[str, Answer] = {}
    for question in paused.questions:
        answer = runs.requests.answered(question)
        if answer is not None:
            answers[question.digest] = answer
    tape = Pausing(Pausable(paused, answers, partial(runs.begin, paused.run)), runs, dict(paused.options), paused)
    run_source(source, dict(paused.options), tape)


def _source(paused: PausedRun) -> Source:
    """The spell, which must be the same.

    Raises:
        UsageError: it was changed, or this is another folder.
    """
    if str(Path.cwd()) != paused.folder:
        raise UsageError(
            f"run {paused.run} was begun in {paused.folder}",
            hint=f"type: cd {paused.folder} && llmspell resume {paused.run}",
        )
    source = Source(paused.code, paused.spell) if paused.code else Source.read(paused.spell)
    if digest_of(source.text) != paused.source:
        raise UsageError(
            f"{paused.spell} was changed since run {paused.run} was paused, which would go on with another spell",
            kind="conflict",
            hint="take the change back, or run it from the beginning",
        )
    return source


def _list(runs: PausedRuns, *, as_json: bool) -> None:
    found = []
    for run in runs.ids():
        try:
            found.append(runs.read(run))
        except (UsageError, ConfigError) as error:
            click.echo(f"warn: {error.message}", err=True)
    if as_json:
        shown: list[dict[str, Any]] = [
            {"run": each.run, "spell": each.spell, "paused": each.paused, "approvals": [q.id for q in each.questions]}
            for each in found
        ]
        click.echo(json.dumps({"schema": "llmspell.paused_runs/1", "runs": shown}, ensure_ascii=False))
        return
    now = time.time()
    rows = [
        (
            each.run,
            f"{max(0, now - each.paused):.0f} s",
            shortened(plain(each.spell), 60, 20),
            "; ".join(f"{question.id}: {_state(runs, question)}{what(question)}" for question in each.questions),
        )
        for each in sorted(found, key=lambda each: each.paused)
    ]
    click.echo(table(("run", "paused", "spell", "for"), rows) if rows else "No run is paused.")


def _state(runs: PausedRuns, question: Any) -> str:
    answer = runs.requests.answered(question)
    return "" if answer is None else "denied: " if answer.verdict == "no" else "approved: "
