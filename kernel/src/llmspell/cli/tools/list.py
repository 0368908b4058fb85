"""`llmspell tools list`."""

from __future__ import annotations

import json

import attrs
import click

from llmspell.cli.loading import make_kernel, set_option
from llmspell.cli.tools.choosing import json_option, listed, toolbox, toolset_option
from llmspell.errors import UsageError, did_you_mean
from llmspell.toolbox import Toolbox
from llmspell.tools.index import catalogued, record_of
from llmspell.tools.search import Record


@click.command("list")
@click.option("--category", default="", metavar="WORD", help="Only the tools of one category.")
@toolset_option
@json_option
@set_option
def list_(category: str, toolset: str, as_json: bool, sets: tuple[str, ...]) -> None:
    """List the installed tools; without --toolset none of them is imported."""
    box = toolbox(make_kernel(sets))
    found = sorted(_members(box, toolset) if toolset else catalogued(box.plugins), key=lambda record: record.name)
    if category:
        found = _of(category, found)
    if as_json:
        click.echo(json.dumps({"schema": "llmspell.tools/1", "tools": [attrs.asdict(record) for record in found]}))
    else:
        click.echo(listed(found))


def _members(box: Toolbox, toolset: str) -> list[Record]:
    """The tools of a toolset, by the names that they have in it."""
    chosen = box.toolsets.find(toolset)
    return [record_of(chosen.find(name)) for name in chosen.names()]


def _of(category: str, found: list[Record]) -> list[Record]:
    chosen = [record for record in found if record.category == category]
    if not chosen:
        known = sorted({record.category for record in found if record.category})
        raise UsageError(f"no tool is of category {category!r}", hint=did_you_mean(category, known))
    return chosen
