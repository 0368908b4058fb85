"""`llmspell tools`: one module per command."""

from __future__ import annotations

import click

from llmspell.cli.tools.index import index
from llmspell.cli.tools.list import list_
from llmspell.cli.tools.run import run
from llmspell.cli.tools.schema import schema
from llmspell.cli.tools.search import search
from llmspell.cli.tools.show import show
from llmspell.cli.tools.test import test

__all__ = ["tools"]


@click.group()
def tools() -> None:
    """List, find, show, run and test tools."""


for _command in (index, list_, run, schema, search, show, test):
    tools.add_command(_command)
