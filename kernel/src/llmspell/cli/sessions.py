"""`llmspell sessions`: the conversations that are kept."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import IO, TYPE_CHECKING, Any

import attrs
import click

from llmspell.approvals.shown import plain, shortened
from llmspell.cli.loading import in_kernel, set_option
from llmspell.cli.table import table
from llmspell.errors import ConfigError, UsageError
from llmspell.events.log import iso
from llmspell.values import dumps, loads

if TYPE_CHECKING:
    from llmspell.kernel import Kernel
    from llmspell.message import Message
    from llmspell.sessions import ArtifactRef, SessionInfo, Sessions, Turn
    from llmspell.sessions.sessions import Listing

_CELL = 40


def _sessions(kernel: Kernel) -> Sessions:
    from llmspell.sessions import Archive, Sessions

    return Sessions(Archive(kernel.store, kernel.redactor))


@click.group()
def sessions() -> None:
    """Show, copy and delete the conversations that are kept."""


@sessions.command("list")
@click.option("--user", default="", metavar="NAME", help="Only those of this user.")
@click.option("--tag", default="", metavar="TAG", help="Only those with this tag.")
@click.option("--json", "as_json", is_flag=True, help="Print a JSON object.")
@set_option
def list_(user: str, tag: str, *, as_json: bool, sets: tuple[str, ...]) -> None:
    """List sessions, the one that changed last first."""
    from llmspell.sessions.shown import info_dict

    async def work(kernel: Kernel) -> Listing:
        return await _sessions(kernel).list(user=user, tag=tag)

    listing = in_kernel(work, sets)
    for problem in listing.problems:
        click.echo(f"warn: {plain(problem.message)}; {problem.hint}", err=True)
    if as_json:
        _print({"schema": "llmspell.sessions/1", "sessions": [info_dict(info) for info in listing.sessions]})
        return
    rows = [_row(info) for info in listing.sessions]
    click.echo(table(("id", "title", "user", "turns", "updated", "tags"), rows) if rows else "No session is kept.")


def _row(info: SessionInfo) -> tuple[str, ...]:
    about = info.about
    title, tags = shortened(plain(about.title), _CELL, 0), shortened(plain(", ".join(about.tags)), _CELL, 0)
    return (info.id, title, plain(about.user), str(info.turns), iso(info.updated), tags)


@sessions.command()
@click.argument("id_", metavar="ID")
@click.option("--json", "as_json", is_flag=True, help="Print a JSON object.")
@set_option
def show(id_: str, *, as_json: bool, sets: tuple[str, ...]) -> None:
    """Show all that was said in a session."""
    from llmspell.sessions.shown import info_dict, turn_dict

    async def work(kernel: Kernel) -> tuple[SessionInfo, list[Turn], list[ArtifactRef]]:
        session = await _sessions(kernel).open(id_)
        return session.info, await session.turns(), await session.artifacts()

    info, turns, artifacts = in_kernel(work, sets)
    if as_json:
        refs = [attrs.asdict(each) for each in artifacts]
        parts = {"turns": [turn_dict(turn) for turn in turns], "artifacts": refs}
        _print({"schema": "llmspell.session-shown/1", **info_dict(info), **parts})
    else:
        click.echo("\n".join((*_head(info), *(line for turn in turns for line in _said(turn)), *_refs(artifacts))))


def _head(info: SessionInfo) -> Iterator[str]:
    """The first lines; all others are indented, so that nothing that was said can pass for one."""
    yield f"session {info.id}: {plain(info.about.title)}".removesuffix(": ")
    spent = "unknown" if info.cost is None else f"{info.cost:.4g} USD"
    yield f"  user {plain(info.about.user) or '-'}, {info.turns} turns, {info.usage.total_tokens} tokens, cost {spent}"
    yield f"  created {iso(info.created)}, updated {iso(info.updated)}"
    if info.about.tags:
        yield f"  tags {plain(', '.join(info.about.tags))}"
    if info.forked_from:
        yield f"  forked from {info.forked_from.session} after turn {info.forked_from.turn}"


def _said(turn: Turn) -> Iterator[str]:
    answered = f", answered by {plain(turn.agent)}" if turn.agent not in ("", turn.asked) else ""
    yield f"turn {turn.number}: {iso(turn.time)}, {plain(turn.asked)}{answered}, {turn.stop_reason}"
    if not turn.messages:
        yield f"  user: {plain(turn.input)}"
    for message in turn.messages:
        yield from _message(message)
    if turn.error:
        yield f"  error: {plain(str(turn.error.get('message', '')))}"


def _message(message: Message) -> Iterator[str]:
    if message.content or not message.tool_calls:
        yield f"  {message.role}: {plain(message.content)}"
    for call in message.tool_calls:
        yield f"  {message.role} calls {plain(call.name)}({plain(call.arguments)})"


def _refs(artifacts: list[ArtifactRef]) -> Iterator[str]:
    for each in artifacts:
        yield f"artifact {plain(each.name)} version {each.version}, {each.type}, {each.size} bytes"


@sessions.command()
@click.argument("id_", metavar="ID")
@click.option("--out", metavar="FILE", default="-", help="Where to write; the standard output unless given.")
@set_option
def export(id_: str, out: str, sets: tuple[str, ...]) -> None:
    """Write a session, its state included, as JSON."""
    from llmspell.sessions.document import export_session

    async def work(kernel: Kernel) -> dict[str, Any]:
        return await export_session(_sessions(kernel), id_, kernel.redactor)

    text = _json(in_kernel(work, sets), indent=1) + "\n"
    try:
        with click.open_file(out, "w", encoding="utf-8") as file:
            file.write(text)
    except OSError as cause:
        raise ConfigError([f"{out} cannot be written: {cause.strerror}"]) from cause


@sessions.command("import")
@click.argument("file", type=click.File("r", encoding="utf-8"))
@click.option("--id", "id_", default="", metavar="ID", help="Its id; the one that it had unless given.")
@set_option
def import_(file: IO[str], id_: str, sets: tuple[str, ...]) -> None:
    """Read a session that was exported, from FILE or, with -, the standard input; print its id."""
    from llmspell.sessions.document import import_session

    try:
        data = loads(file.read())
    except ValueError as cause:
        raise UsageError(
            f"{file.name} is not JSON: {cause}", hint="give what `llmspell sessions export` wrote"
        ) from cause

    async def work(kernel: Kernel) -> str:
        return (await import_session(_sessions(kernel), kernel.store, data, id_)).id

    click.echo(in_kernel(work, sets))


@sessions.command()
@click.argument("id_", metavar="ID")
@click.option("--turn", type=int, metavar="N", help="After which turn; the last one unless given.")
@click.option("--id", "fork", default="", metavar="ID", help="The id of the new session; any unless given.")
@click.option("--title", metavar="TEXT", help="The title of the new session; the same unless given.")
@set_option
def fork(id_: str, turn: int | None, fork: str, title: str | None, sets: tuple[str, ...]) -> None:
    """Begin a new session with what was said in another one; print its id."""

    async def work(kernel: Kernel) -> str:
        kept = _sessions(kernel)
        about = None
        if title is not None:
            about = attrs.evolve((await kept.open(id_)).info.about, title=title)
        return (await kept.fork(id_, fork, turn=turn, about=about)).id

    click.echo(in_kernel(work, sets))


@sessions.command()
@click.argument("id_", metavar="ID")
@set_option
def delete(id_: str, sets: tuple[str, ...]) -> None:
    """Delete a session with its state; its artifacts stay."""

    async def work(kernel: Kernel) -> None:
        await _sessions(kernel).delete(id_)

    in_kernel(work, sets)
    click.echo(f"deleted {id_}", err=True)


def _json(data: Any, indent: int | None = None) -> str:
    """JSON for people and programs; what JSON lacks is marked as between the kernel and scripts."""
    return json.dumps(json.loads(dumps(data)), ensure_ascii=False, indent=indent)


def _print(data: dict[str, Any]) -> None:
    click.echo(_json(data))
