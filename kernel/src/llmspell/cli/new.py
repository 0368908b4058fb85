"""`llmspell new`."""

from __future__ import annotations

import json
import shlex
from collections.abc import Mapping
from pathlib import Path

import click


@click.command()
@click.argument("kind", metavar="KIND")
@click.argument("name", metavar="NAME")
@click.option(
    "--dir",
    "folder",
    metavar="DIR",
    type=click.Path(path_type=Path),
    help="The folder to fill; for a spell, the folder to put it in.",
)
@click.option(
    "--language", default="", metavar="L", help="What a spell is written in: lua (the default) or javascript."
)
@click.option("--json", "as_json", is_flag=True, help="Print a JSON object.")
def new(kind: str, name: str, folder: Path | None, language: str, as_json: bool) -> None:
    """Begin a plugin or a spell of your own, with tests that pass.

    KIND is tool, pack (several tools), provider, engine, agent, hook or spell; NAME is in snake_case or kebab-case.
    """
    from llmspell.scaffold.template import KINDS, check_kind

    check_kind(kind)
    if KINDS[kind]:
        place, files, commands = _plugin(kind, name, folder, language)
    else:
        place, files, commands = _spell(kind, name, folder, language)
    if as_json:
        shown = {"kind": kind, "folder": str(place), "files": list(files), "next": commands}
        click.echo(json.dumps({"schema": "llmspell.new/1", **shown}))
        return
    for path in files:
        click.echo(f"wrote {place / path}", err=True)
    click.echo("next:")
    for command in commands:
        click.echo(f"  {command}")


_Made = tuple[Path, Mapping[str, str], list[str]]
"""The folder, the files in it, and the commands to type next."""


def _plugin(kind: str, name: str, folder: Path | None, language: str) -> _Made:
    import tomllib

    from llmspell.plugins import installed
    from llmspell.scaffold import names, placing, template

    chosen = template.find(kind, language)
    called = names.names_of(template.KINDS[kind], name)
    place = folder or Path(called.distribution)
    where = str(place) if len(place.parts) > 1 else f"./{place}"  # a bare name would be one of the index
    values = {**called.to_dict(), **_versions(), "dir": shlex.quote(where), "editable": shlex.quote(f"{where}[dev]")}
    files = chosen.files(values)
    offered = tomllib.loads(files["pyproject.toml"])["project"]["entry-points"]
    names.check_free(offered, installed())
    placing.check_empty(place)
    placing.place(place, files)
    return place, files, chosen.next(values)


def _spell(kind: str, name: str, folder: Path | None, language: str) -> _Made:
    from llmspell.scaffold import names, placing, template

    chosen = template.find(kind, language or "lua")
    place = folder or Path()
    values = {"name": names.checked(name), "dir": shlex.quote(str(place))}
    files = chosen.files(values)
    placing.place(place, files)
    return place, files, chosen.next(values)


def _versions() -> dict[str, str]:
    """The versions of the kernel that the new package will take: those with the same first two numbers."""
    from llmspell import __version__

    major, minor = map(int, __version__.split(".")[:2])
    return {"bounds": f">={major}.{minor},<{major}.{minor + 1}"}
