"""`--record` and `--replay` of `llmspell run` and `exec`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

import attrs
import click

from llmspell.errors import UsageError

if TYPE_CHECKING:
    from llmspell.approvals.approval import Answerer
    from llmspell.cassette import Journal, Recorder, Replayer
    from llmspell.config.schema import Approvals
    from llmspell.kernel import Ended
    from llmspell.spell import Source

_Command = TypeVar("_Command", bound=Callable[..., Any])
_SHOWN = 5  # unused exchanges that are named


def record_options(command: _Command) -> _Command:
    """`--record`, `--replay` and `--replay-mode`."""
    for option in (
        click.option(
            "--replay-mode",
            type=click.Choice(["strict", "lenient"]),
            help="strict (the default): a request that was not recorded is an error; lenient: it gets the answer that "
            "was recorded in its place, and a warning.",
        ),
        click.option("--replay", default="", metavar="FILE", help="Answer from the recording in FILE; ask nobody."),
        click.option("--record", default="", metavar="FILE", help="Write what models and tools answer to FILE."),
    ):
        command = option(command)
    return command


class Taping(Protocol):
    """What a run is recorded to or replayed from."""

    @property
    def journal(self) -> Journal:
        """For the run's options."""

    def report(self) -> dict[str, Any]:
        """For `--json`, by one key."""

    @property
    def answerers(self) -> tuple[Answerer, ...]:
        """Who answers in the place of the terminal and of other processes."""

    def finish(self, source: Source, ended: Ended) -> None:
        """Do what is to be done once the run has ended, and tell of it."""


def taping(options: Mapping[str, Any]) -> Taping | None:
    """What the options ask for; None when that is nothing.

    Raises:
        UsageError: they contradict one another, or a file cannot be what they say.
    """
    record, replay, mode = options["record"], options["replay"], options["replay_mode"]
    if options["pause_approvals"]:
        from llmspell.cli.pausing import pausing

        return pausing(options)
    if record and replay:
        raise UsageError("--record and --replay cannot both be given", hint="choose one")
    if mode and not replay:
        raise UsageError("--replay-mode needs --replay FILE")
    if (record or replay) and options["dry_run"]:
        raise UsageError(f"--dry-run runs nothing to {'record' if record else 'replay'}", hint="leave one of them out")
    if record:
        from llmspell.cassette import Recorder
        from llmspell.cassette.file import check_place

        check_place(Path(record))
        return _Recording(Path(record), Recorder())
    if replay:
        from llmspell.cassette import Replayer, read

        return _Replaying(Replayer(read(replay), mode or "strict"))
    return None


def paused_by(settings: Approvals, options: Mapping[str, Any]) -> Taping | None:
    """What pauses a run that nobody at a terminal can answer, if the configuration wants that."""
    if not settings.pause or options["wait_approvals"] or options["dry_run"]:
        return None
    from llmspell.cli.questions import at_terminal

    if at_terminal():
        return None
    from llmspell.cli.pausing import pausing

    return pausing(options)


@attrs.frozen
class _Recording:
    file: Path
    journal: Recorder
    answerers: tuple[Answerer, ...] = ()

    def report(self) -> dict[str, Any]:
        return {"record": {"file": str(self.file), "exchanges": self.journal.count}}

    def finish(self, source: Source, ended: Ended) -> None:
        from llmspell.cassette import write

        cassette = self.journal.cassette(source.name, ended.stop_reason)
        write(self.file, cassette)
        click.echo(f"note: recorded {_times(len(cassette.exchanges))} to {self.file}", err=True)
        redacted = sum(each.redacted for each in cassette.exchanges)
        if redacted:
            click.echo(f"note: the answers of {redacted} of them were recorded without the secrets in them", err=True)


@attrs.frozen
class _Replaying:
    journal: Replayer
    answerers: tuple[Answerer, ...] = ()

    def report(self) -> dict[str, Any]:
        unused = [{"kind": each.kind, "name": each.name, "path": each.path} for each in self.journal.unused]
        return {"replay": {"served": self.journal.served, "unused": unused}}

    def finish(self, source: Source, ended: Ended) -> None:
        unused = self.journal.unused
        if unused and self.journal.failure is None:  # after a miss, what came later was not asked for either
            listed = "".join(f"\n  {each.kind} {each.name!r} at {each.path}" for each in unused[:_SHOWN])
            more = f"\n  and {len(unused) - _SHOWN} more" if len(unused) > _SHOWN else ""
            click.echo(f"warn: not asked for, though recorded: {_times(len(unused))}{listed}{more}", err=True)


def _times(count: int) -> str:
    return f"{count} exchange{'' if count == 1 else 's'}"
