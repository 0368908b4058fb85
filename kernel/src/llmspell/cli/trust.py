"""`llmspell trust`."""

from __future__ import annotations

import os
from pathlib import Path

import click

from llmspell.config import load
from llmspell.errors import UsageError
from llmspell.permissions.trust import Trust


@click.command()
@click.argument("file", metavar="[FILE]", default=".")
@click.option("--list", "list_", is_flag=True, help="List the projects that are trusted.")
@click.option("--revoke", is_flag=True, help="Trust the project no more.")
def trust(file: str, list_: bool, revoke: bool) -> None:
    """Trust the configuration of the project of FILE, a file or folder, as it is now; of this folder without one.

    Until then a project can narrow what spells may do, but not widen it. Another value in it, and it must be trusted
    again.
    """
    known = Trust.of(os.environ)
    if list_:
        for project, since in known.projects().items():
            click.echo(f"{project}  since {since}")
        return
    folder = _folder(file)
    if revoke:
        _revoke(known, folder)
        return
    loaded = load(folder, os.environ)
    if not loaded.digest:
        raise UsageError(f"there is no project configuration in {str(folder)!r} or above it", kind="not_found")
    known.add(loaded.project, loaded.digest)
    for each in loaded.withheld:
        click.echo(f"{each.where}: {each.key}", err=True)
    click.echo(f"trusted {loaded.project}, as it is now", err=True)


def _revoke(known: Trust, folder: Path) -> None:
    """Trust the project that the folder is in no more; its configuration need not be there any longer."""
    gone = [each for each in (folder, *folder.parents) if str(each) in known.projects()][:1]
    for project in gone:
        known.remove(project)
    click.echo(f"{gone[0]} is no longer trusted" if gone else f"{folder} was not trusted", err=True)


def _folder(file: str) -> Path:
    path = Path(file)
    if not path.exists():
        raise UsageError(f"{file!r} does not exist", kind="not_found")
    return (path if path.is_dir() else path.parent).resolve()
