"""`llmspell tools schema`."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

import click

from llmspell.cli.loading import make_kernel, set_option
from llmspell.cli.tools.choosing import find, json_option, toolbox, toolset_option
from llmspell.tool import Tool

_FORMATS: Mapping[str, Callable[[Tool], Mapping[str, Any]]] = {
    "json-schema": lambda tool: tool.parameters,
    "chat-completions": lambda tool: {
        "type": "function",
        "function": {"name": tool.name, "description": tool.description, "parameters": tool.parameters},
    },
    "messages": lambda tool: {
        "name": tool.name,
        "description": tool.description,
        "input_schema": tool.parameters,
    },
    "mcp": lambda tool: {
        "name": tool.name,
        "description": tool.description,
        "inputSchema": tool.parameters,
        "annotations": {"idempotentHint": tool.idempotent},
    },
}


@click.command()
@click.argument("name")
@click.option(
    "--format", "form", default="json-schema", type=click.Choice([*_FORMATS]), help="As which API takes a tool."
)
@toolset_option
@json_option
@set_option
def schema(name: str, form: str, toolset: str, as_json: bool, sets: tuple[str, ...]) -> None:
    """Print the JSON Schema of a tool's arguments, or the tool as an API takes it."""
    tool = find(toolbox(make_kernel(sets)), name, toolset)
    definition = _FORMATS[form](tool)
    if as_json:
        shown = {"schema": "llmspell.tool-schema/1", "name": tool.name, "format": form, "definition": definition}
        click.echo(json.dumps(shown))
    else:
        click.echo(json.dumps(definition, indent=2, ensure_ascii=False))
