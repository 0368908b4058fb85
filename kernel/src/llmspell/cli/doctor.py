"""`llmspell doctor`."""

from __future__ import annotations

import json
import os
import sys

import attrs
import click

from llmspell.doctor import GROUPS, Check, System, examine
from llmspell.redaction import Redactor


@click.command()
@click.argument("groups", nargs=-1, type=click.Choice(GROUPS), metavar="[GROUP]...")
@click.option("--online", is_flag=True, help="Also ask the providers' servers whether they answer; it may cost a word.")
@click.option("--json", "as_json", is_flag=True, help="Print a JSON object.")
def doctor(groups: tuple[str, ...], online: bool, as_json: bool) -> None:
    """Examine this installation: what works, what is missing, what is not safe. Exits with 1 on an error.

    Each GROUP is one of python, configuration, folders, plugins, engines, walls, keyring, keys, network, startup and
    providers; without one, it is all of them but providers, which --online adds.
    """
    if online:
        groups = (*(groups or GROUPS[:-1]), "providers")
    redactor = Redactor.of_environment(os.environ)
    found: list[Check] = []
    for check in examine(System.here(), dict.fromkeys(groups)):
        found.append(check)
        if not as_json:
            click.echo(redactor.text(_lines(check)))
    count = {status: sum(check.status == status for check in found) for status in ("ok", "warning", "error")}
    if as_json:
        shown = [redactor.data(attrs.asdict(check)) for check in found]
        click.echo(json.dumps({"schema": "llmspell.doctor/1", "counts": count, "checks": shown}))
    else:
        click.echo(f"{count['ok']} ok, {count['warning']} to look at, {count['error']} wrong", err=True)
    sys.exit(1 if count["error"] else 0)


def _lines(check: Check) -> str:
    hint = f"\n         hint: {check.hint}" if check.hint else ""
    return f"{check.status:8} {check.name}: {check.summary}{hint}"
