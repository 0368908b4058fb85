"""`llmspell tools show`."""

from __future__ import annotations

import json
import shlex
from collections.abc import Iterator
from typing import Any

import attrs
import click

from llmspell.cli.loading import make_kernel, set_option
from llmspell.cli.tools.choosing import find, json_option, toolbox, toolset_option
from llmspell.plugins import Entry
from llmspell.schema import type_words
from llmspell.tool import Example, Tool
from llmspell.tools.wrapped import WrappedTool


@click.command()
@click.argument("name")
@toolset_option
@json_option
@set_option
def show(name: str, toolset: str, as_json: bool, sets: tuple[str, ...]) -> None:
    """Show what a tool does, takes and needs, and calls of it to copy."""
    box = toolbox(make_kernel(sets))
    tool = find(box, name, toolset)
    entry = box.plugins.find("tool", tool.origin if isinstance(tool, WrappedTool) else tool.name)
    calls = [_command(tool, example, toolset) for example in tool.examples]
    if as_json:
        click.echo(json.dumps({"schema": "llmspell.tool/1", **_data(tool, entry, calls)}, default=repr))
    else:
        click.echo("\n".join(_lines(tool, entry, calls)))


def _command(tool: Tool, example: Example, toolset: str) -> str:
    """An example as a shell takes it."""
    arguments = json.dumps(dict(example.arguments), ensure_ascii=False)
    return shlex.join(["llmspell", "tools", "run", tool.name, arguments, *(["--toolset", toolset] if toolset else ())])


def _data(tool: Tool, entry: Entry, calls: list[str]) -> dict[str, Any]:
    examples = [
        {"arguments": dict(example.arguments), "shows": example.shows, "command": call}
        for example, call in zip(tool.examples, calls, strict=True)
    ]
    said = {name: getattr(tool, name) for name in Tool.__annotations__ if name != "quick"}
    known = {"version": tool.version or entry.version, "distribution": entry.distribution}
    return {**said, **attrs.asdict(tool.spec()), **known, "examples": examples}


def _lines(tool: Tool, entry: Entry, calls: list[str]) -> Iterator[str]:
    yield f"{tool.name}: {tool.description}\n"
    required = tool.parameters.get("required", ())
    for parameter, schema in tool.parameters.get("properties", {}).items():
        mark = "" if parameter in required else " (optional)"
        yield f"  {parameter}{mark}: {type_words(schema.get('type', 'any'))}  {schema.get('description', '')}".rstrip()
    yield ""
    yield from (f"{key}: {text}" for key, text in _facts(tool, entry) if text)
    for example, call in zip(tool.examples, calls, strict=True):
        yield f"\n# {example.shows}\n{call}" if example.shows else f"\n{call}"


def _facts(tool: Tool, entry: Entry) -> Iterator[tuple[str, str]]:
    yield "category", tool.category
    yield "tags", ", ".join(tool.tags)
    yield "needs", ", ".join(tool.needs)
    yield "idempotent", "yes, it may be called again" if tool.idempotent else ""
    yield "timeout", f"{tool.timeout:g} seconds"
    yield "answers", f"at most {tool.output_bytes} bytes"
    yield "group", f"{tool.group}, one at a time" if tool.group else ""
    yield "cost", "depends" if tool.cost is None else f"about {tool.cost:g} USD for a call" if tool.cost else ""
    yield "from", " ".join(filter(None, (entry.distribution, tool.version or entry.version)))
