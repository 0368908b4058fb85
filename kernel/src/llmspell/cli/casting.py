"""Running one spell from the command line: its output, Ctrl-C, and how it ended."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any, Literal

import attrs
import click

from llmspell.cli.errors import exit_code, render
from llmspell.cli.interrupts import INTERRUPTED, Interrupts
from llmspell.cli.notices import notice
from llmspell.cli.recording import Taping
from llmspell.events import Event
from llmspell.export import plain, usage_dict
from llmspell.kernel import Ended, Kernel, RunOptions
from llmspell.redaction import Redactor
from llmspell.spell import Source

if TYPE_CHECKING:
    from llmspell.approvals.approval import Answer, Answerer, Approval, Tell

Format = Literal["text", "json", "jsonl"]


class Output:
    """Writes what a run says: the result to standard output in the chosen format, notices to standard error."""

    def __init__(self, format: Format) -> None:  # noqa: A002 the option's word
        import os

        self._format = format
        self._held: list[Callable[[], object]] | None = None
        self.redactor = Redactor.of_environment(os.environ)

    @contextmanager
    def held(self) -> Iterator[None]:
        """Within the block nothing is written, so that it cannot mix with a question; it is written afterwards."""
        self._held = []
        try:
            yield
        finally:
            waiting, self._held = self._held, None
            for write in waiting:
                write()

    def printed(self, text: str) -> None:
        """A line that the spell printed."""
        if self._format == "text":
            self._write(partial(_stdout, text))

    def event(self, event: Event) -> None:
        """An event of the run."""
        if self._format == "jsonl":
            self._line(event.to_dict() | {"schema": "llmspell.event/1"})
        text = notice(event)
        if text:
            self._write(partial(click.echo, self.redactor.text(text), err=True))

    def ended(self, ended: Ended, source: Source, reports: dict[str, Any]) -> None:
        """The result, and what went wrong."""
        if self._format != "text":
            self._line(_report(ended) | reports)
        if ended.error is not None:
            click.echo(render(ended.error, source, redactor=self.redactor), err=True)

    def _line(self, data: dict[str, Any]) -> None:
        self._write(partial(_stdout, json.dumps(self.redactor.data(data), ensure_ascii=False, default=repr)))

    def _write(self, write: Callable[[], object]) -> None:
        if self._held is None:
            write()
        else:
            self._held.append(write)


def _stdout(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def _report(ended: Ended) -> dict[str, Any]:
    error = plain(ended.error) if ended.error else None
    return {
        "schema": "llmspell.run/1",
        "stop_reason": ended.stop_reason,
        "result": plain(ended.value),
        "output": ended.output,
        "partial_text": ended.partial_text,
        "usage": usage_dict(ended.usage),
        "cost": ended.cost,
        "duration": round(ended.duration, 6),
        "error": error,
    }


def cast(
    kernel: Kernel,
    source: Source,
    options: RunOptions,
    output: Output,
    *,
    wait: bool = False,
    tape: Taping | None = None,
) -> int:
    """Run a spell, and give the exit code; with `wait`, approvals are left to another process."""
    if not options.answerers:
        options = attrs.evolve(options, answerers=(_Asked(kernel, output, wait=wait),))
    options = attrs.evolve(options, output=output.printed, observers=(output.event,))
    interrupts = Interrupts(kernel)
    with interrupts:
        ended, reports = asyncio.run(_cast(kernel, source, options))
    tables = [report.table() for report in reports.values()]
    taped = tape.report() if tape else {}
    output.ended(ended, source, {name: hook.report() for name, hook in reports.items()} | taped)
    if tape:
        tape.finish(source, ended)
    for table in tables:
        click.echo(table, err=True)
    if interrupts.count:
        return INTERRUPTED
    return exit_code(ended.error) if ended.error else 0


class _Asked:
    """Whom a run asks; found out when it does, since most never do."""

    def __init__(self, kernel: Kernel, output: Output, *, wait: bool) -> None:
        self._kernel = kernel
        self._output = output
        self._wait = wait

    async def __call__(self, approval: Approval, tell: Tell) -> Answer | None:
        for answerer in self._answerers:
            if (answer := await answerer(approval, tell)) is not None:
                return answer
        return None

    @cached_property
    def _answerers(self) -> tuple[Answerer, ...]:
        from llmspell.cli.questions import answerers

        return answerers(self._kernel.config.approvals, self._output.held, wait=self._wait)


async def _cast(kernel: Kernel, source: Source, options: RunOptions) -> tuple[Ended, dict[str, Any]]:
    async with kernel:
        ended = await kernel.cast(source, options)
        return ended, {name: kernel.plugins.get("hook", name) for name in options.hooks}
