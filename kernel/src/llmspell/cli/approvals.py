"""`llmspell approvals`: the questions of runs that wait, and their answers."""

from __future__ import annotations

import json
import os
import time
from typing import Any

import attrs
import click

from llmspell.approvals.approval import Answer, Verdict
from llmspell.approvals.shown import lines, plain, shortened, what
from llmspell.approvals.store import Requests
from llmspell.cli.table import table
from llmspell.errors import ConfigError, UsageError


@click.group()
def approvals() -> None:
    """Answer the questions of runs that wait."""


@approvals.command("list")
@click.option("--json", "as_json", is_flag=True, help="Print a JSON object.")
def list_(as_json: bool) -> None:
    """List what waits for an answer."""
    requests = Requests.of(os.environ)
    found = []
    for id_ in requests.ids():
        try:
            found.append(requests.read(id_))
        except UsageError:  # it was answered just now
            continue
        except ConfigError as error:
            click.echo(f"warn: {error.message}; {error.hint}", err=True)
    if as_json:
        _print({"schema": "llmspell.approvals/1", "approvals": [attrs.asdict(each) for each in found]})
        return
    now = time.time()
    rows = [
        (
            each.id,
            f"{max(0, now - each.created):.0f} s",
            f"{each.run}{' (paused)' if requests.is_paused(each.id) else ''}",
            shortened(plain(each.tool), 60, 20),
            what(each),
        )
        for each in sorted(found, key=lambda each: each.created)
    ]
    click.echo(table(("id", "waits", "run", "asked by", "for"), rows) if rows else "Nothing waits for an answer.")


@approvals.command()
@click.argument("id_", metavar="ID")
@click.option("--json", "as_json", is_flag=True, help="Print a JSON object.")
def show(id_: str, as_json: bool) -> None:
    """Show everything about a question."""
    approval = Requests.of(os.environ).read(id_)
    if as_json:
        _print({"schema": "llmspell.approval/1", **attrs.asdict(approval)})
    else:
        click.echo("\n".join(lines(approval, whole=True)))


@approvals.command()
@click.argument("id_", metavar="ID")
@click.option("--run", "for_run", is_flag=True, help="Also when the same run asks the very same again.")
def approve(id_: str, for_run: bool) -> None:
    """Let it happen."""
    _answer(id_, "run" if for_run else "once")


@approvals.command()
@click.argument("id_", metavar="ID")
def deny(id_: str) -> None:
    """Do not let it happen."""
    _answer(id_, "no")


def _answer(id_: str, verdict: Verdict) -> None:
    requests = Requests.of(os.environ)
    approval = requests.read(id_)
    requests.answer(approval, Answer(verdict, f"user:{_user()}"))
    click.echo("\n".join(lines(approval)), err=True)
    click.echo(f"{'denied' if verdict == 'no' else 'approved'} {id_}", err=True)
    if requests.is_paused(id_):
        click.echo(f"hint: its run is paused; to go on with it, type: llmspell resume {approval.run}", err=True)


def _user() -> str:
    """Who this process is to the system; variables could say anything."""
    try:
        import pwd

        return pwd.getpwuid(os.getuid()).pw_name
    except ImportError:
        from getpass import getuser

        return getuser()
    except KeyError:
        return str(os.getuid())


def _print(data: dict[str, Any]) -> None:
    click.echo(json.dumps(data, ensure_ascii=False))
