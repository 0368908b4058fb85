"""`llmspell plugins`."""

from __future__ import annotations

import json
import sys

import click

from llmspell.cli.loading import make_kernel
from llmspell.cli.table import table
from llmspell.plugins import Entry


@click.command()
@click.option("--check", is_flag=True, help="Load every plugin, and exit with 3 when one is broken.")
@click.option("--json", "as_json", is_flag=True, help="Print a JSON object.")
def plugins(check: bool, as_json: bool) -> None:
    """List the installed plugins. Without --check, none of them is imported."""
    registry = make_kernel().plugins
    entries = [entry for entry in registry.catalogue if entry.kind != "extension"]
    problems = {id(entry): str(error) for entry, error in registry.check() if error} if check else {}

    def status(entry: Entry) -> str:
        if registry.blocked(entry):
            return "blocked"
        if id(entry) in problems:
            return "broken"
        return "ok" if check else "enabled"

    if as_json:
        click.echo(json.dumps(_report(entries, problems, {id(entry): status(entry) for entry in entries})))
    else:
        rows = [(entry.kind, entry.name, entry.distribution, entry.version, status(entry)) for entry in entries]
        click.echo(table(("kind", "name", "distribution", "version", "status"), rows))
        for problem in problems.values():
            click.echo(f"error: {problem}", err=True)
    sys.exit(3 if problems else 0)


def _report(entries: list[Entry], problems: dict[int, str], statuses: dict[int, str]) -> dict[str, object]:
    shown = [
        {
            "kind": entry.kind,
            "name": entry.name,
            "distribution": entry.distribution,
            "version": entry.version,
            "module": entry.module,
            "status": statuses[id(entry)],
            **({"problem": problems[id(entry)]} if id(entry) in problems else {}),
        }
        for entry in entries
    ]
    return {"schema": "llmspell.plugins/1", "plugins": shown}
