"""`llmspell tools search`."""

from __future__ import annotations

import json

import attrs
import click

from llmspell.cli.loading import make_kernel, set_option
from llmspell.cli.tools.choosing import json_option, listed, toolbox


@click.command()
@click.argument("words", nargs=-1, required=True)
@click.option("--limit", default=10, metavar="N", type=click.IntRange(1, 1000), help="At most so many; 10 by default.")
@json_option
@set_option
def search(words: tuple[str, ...], limit: int, as_json: bool, sets: tuple[str, ...]) -> None:
    """Find tools by WORDS of their names, descriptions, tags and categories; none of them is imported."""
    query = " ".join(words)
    found = toolbox(make_kernel(sets)).index.search(query, limit)
    if as_json:
        shown = {
            "schema": "llmspell.tool-search/1",
            "query": query,
            "tools": [attrs.asdict(record) for record in found],
        }
        click.echo(json.dumps(shown))
    elif found:
        click.echo(listed(found))
    else:
        click.echo(f"no tool fits {query!r}; `llmspell tools list` shows all", err=True)
