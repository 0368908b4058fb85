"""What the commands about tools have in common: which tool is meant, and how it is listed."""

from __future__ import annotations

from collections.abc import Iterable
from weakref import WeakKeyDictionary

import click

from llmspell.cli.table import table
from llmspell.kernel import Kernel
from llmspell.tool import Tool
from llmspell.toolbox import Toolbox
from llmspell.tools.search import Record

_WIDTH = 72  # of a description; a table's line is hard to read when it is broken

json_option = click.option("--json", "as_json", is_flag=True, help="Print a JSON object.")
toolset_option = click.option(
    "--toolset", default="", metavar="NAME", help="As the configured toolset has it: its names, rules and limits."
)


def toolbox(kernel: Kernel) -> Toolbox:
    """All tools, for a command that calls none of them."""
    return Toolbox(kernel.plugins, WeakKeyDictionary(), kernel.config.tools.coerce)


def find(box: Toolbox, name: str, toolset: str) -> Tool:
    """The tool of this name, in the toolset if one is named.

    Raises:
        UsageError: there is none; near names are in the hint.
    """
    return box.toolsets.find(toolset).find(name) if toolset else box.find(name)


def listed(records: Iterable[Record]) -> str:
    """Tools as a table."""
    rows = [(record.name, record.category, _short(record.description), record.distribution) for record in records]
    return table(("name", "category", "description", "distribution"), rows)


def _short(text: str) -> str:
    return text if len(text) <= _WIDTH else f"{text[: _WIDTH - 1].rstrip()}…"
