"""`llmspell version`."""

from __future__ import annotations

import json
import platform

import click

from llmspell import __version__


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print a JSON object.")
def version(as_json: bool) -> None:
    """Print the version."""
    if as_json:
        shown = {"schema": "llmspell.version/1", "llmspell": __version__, "python": platform.python_version()}
        click.echo(json.dumps(shown))
    else:
        click.echo(f"llmspell {__version__}")
