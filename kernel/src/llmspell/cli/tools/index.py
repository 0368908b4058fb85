"""`llmspell tools index`."""

from __future__ import annotations

import json
import sys
import tomllib
from collections.abc import Mapping
from pathlib import Path

import click

from llmspell.cli.loading import make_kernel
from llmspell.cli.tools.choosing import json_option
from llmspell.errors import ConfigError, UsageError
from llmspell.plugins import Plugins
from llmspell.tools.index import place_of, written


@click.command()
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--check", is_flag=True, help="Write nothing; exit with 1 when the file is missing or not current.")
@json_option
def index(folder: Path, check: bool, as_json: bool) -> None:
    """Write what can be known of a pack's tools without importing them: tools.json, beside the modules of the pack.

    FOLDER holds the pack's pyproject.toml; the pack must be installed from it, such as with `pip install -e FOLDER`.
    """
    place, names, text = _file(make_kernel().plugins, folder)
    current = place.is_file() and place.read_text("utf-8") == text
    if not check and not current:
        _write(place, text)
    if as_json:
        shown = {"file": str(place), "tools": names, "current": current, "written": not (check or current)}
        click.echo(json.dumps({"schema": "llmspell.tool-index-report/1", **shown}))
    elif check:
        click.echo(f"{place} is {'current' if current else 'not current; run: llmspell tools index ' + str(folder)}")
    else:
        click.echo(f"{place}: {len(names)} tools{', as before' if current else ''}")
    sys.exit(1 if check and not current else 0)


def _file(plugins: Plugins, folder: Path) -> tuple[Path, list[str], str]:
    """Where a pack's file belongs, the names of its tools, and what the file says."""
    points = _entry_points(folder)
    packages = sorted({module.partition(".")[0] for module in points.values()})
    if len(packages) != 1:
        found = f"in {', '.join(packages)}" if packages else "there are none"
        raise UsageError(
            f"{folder}: the entry points of a pack's tools lie in one package, and {found}",
            hint='see the group [project.entry-points."llmspell.tools"] of its pyproject.toml',
        )
    place = place_of(packages[0])
    if place is None or folder.resolve() not in place.resolve().parents:
        where = f"is installed from {place.parent}" if place else "is not installed"
        raise UsageError(f"the package {packages[0]} {where}", hint=f"type: pip install -e {folder}")
    return place, sorted(points), written(plugins.get("tool", name) for name in points)


def _entry_points(folder: Path) -> Mapping[str, str]:
    project = folder / "pyproject.toml"
    try:
        data = tomllib.loads(project.read_text("utf-8"))
        points = data.get("project", {}).get("entry-points", {}).get("llmspell.tools", {})
    except FileNotFoundError:
        raise UsageError(f"{folder} has no pyproject.toml", hint="name the folder of a pack") from None
    except (OSError, ValueError, AttributeError) as cause:
        raise ConfigError([f"{project} cannot be read: {cause}"]) from cause
    if not isinstance(points, dict) or not all(isinstance(module, str) for module in points.values()):
        raise ConfigError([f'{project}: the group [project.entry-points."llmspell.tools"] is not names and modules'])
    return points


def _write(place: Path, text: str) -> None:
    try:
        place.write_text(text, "utf-8")
    except OSError as cause:
        raise ConfigError([f"{place} cannot be written: {cause.strerror}"]) from cause
