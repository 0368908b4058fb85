"""`llmspell tools`."""

from __future__ import annotations

import asyncio
import json
import sys
from typing import Any

import attrs
import click

from llmspell.cli.grants import grant_options, take_grants
from llmspell.cli.loading import make_kernel, set_option
from llmspell.cli.table import table
from llmspell.errors import UsageError, did_you_mean
from llmspell.kernel import Kernel, RunOptions
from llmspell.tool import Tool, as_text


@click.group()
def tools() -> None:
    """List, show and run tools."""


@tools.command("list")
@click.option("--json", "as_json", is_flag=True, help="Print a JSON object.")
def list_(as_json: bool) -> None:
    """List the installed tools; none of them is imported."""
    registry = make_kernel().plugins
    entries = list(registry.entries("tool"))
    if as_json:
        shown = [{"name": entry.name, "distribution": entry.distribution} for entry in entries]
        click.echo(json.dumps({"schema": "llmspell.tools/1", "tools": shown}))
    else:
        click.echo(table(("name", "distribution"), [(entry.name, entry.distribution) for entry in entries]))


@tools.command()
@click.argument("name")
@click.option("--json", "as_json", is_flag=True, help="Print a JSON object.")
def show(name: str, as_json: bool) -> None:
    """Show what a tool does and takes."""
    tool: Tool = make_kernel().plugins.get("tool", name)
    if as_json:
        shown = {**attrs.asdict(tool.spec()), "needs": list(tool.needs), "timeout": tool.timeout}
        click.echo(json.dumps({"schema": "llmspell.tool/1", **shown}))
        return
    click.echo(f"{tool.name}: {tool.description}\n")
    required = tool.parameters.get("required", ())
    for parameter, schema in tool.parameters.get("properties", {}).items():
        mark = "" if parameter in required else " (optional)"
        click.echo(f"  {parameter}{mark}: {schema.get('type', 'any')}  {schema.get('description', '')}".rstrip())
    if tool.needs:
        click.echo(f"\nneeds: {', '.join(tool.needs)}")


@tools.command()
@click.argument("name")
@click.argument("arguments", required=False, default="")
@click.option("--arg", "pairs", multiple=True, metavar="NAME=VALUE", help="One argument; may be given again.")
@click.option("--json", "as_json", is_flag=True, help="Print a JSON object.")
@grant_options
@set_option
def run(
    name: str, arguments: str, pairs: tuple[str, ...], as_json: bool, sets: tuple[str, ...], **options: Any
) -> None:
    """Run a tool with ARGUMENTS, a JSON object (`-` reads it from standard input), or with --arg."""
    kernel = make_kernel(sets)
    tool: Tool = kernel.plugins.get("tool", name)
    given = {**_object(arguments), **dict(_pair(tool, pair) for pair in pairs)}
    chosen = RunOptions(permissions=take_grants(options, kernel.loaded.project))
    if kernel.policy(chosen).asks:
        from llmspell.cli.questions import answerers

        chosen = attrs.evolve(chosen, answerers=answerers(kernel.config.approvals))
    output = asyncio.run(_run(kernel, tool, given, chosen))
    if as_json:
        click.echo(json.dumps({"schema": "llmspell.tool-result/1", "output": output}, ensure_ascii=False))
    else:
        click.echo(as_text(output))


async def _run(kernel: Kernel, tool: Tool, arguments: dict[str, Any], options: RunOptions) -> Any:
    async with kernel:
        run = kernel.open_run(options)
        try:
            return await run.call_tool(tool, arguments, run.root)
        finally:
            await run.close()


def _object(text: str) -> dict[str, Any]:
    if not text:
        return {}
    try:
        found = json.loads(sys.stdin.read() if text == "-" else text)
    except ValueError as cause:
        raise UsageError(f"the arguments are not JSON: {cause}", hint="or use --arg NAME=VALUE") from cause
    if not isinstance(found, dict):
        raise UsageError(f"the arguments must be a JSON object, not {found!r}")
    return found


def _pair(tool: Tool, pair: str) -> tuple[str, Any]:
    name, equals, value = pair.partition("=")
    properties: dict[str, Any] = tool.parameters.get("properties", {})
    if not equals:
        raise UsageError(f"--arg {pair!r} has no value", hint="write --arg NAME=VALUE")
    if name not in properties:
        raise UsageError(f"tool {tool.name!r} has no argument {name!r}", hint=did_you_mean(name, list(properties)))
    if properties[name].get("type") == "string":
        return name, value
    try:
        return name, json.loads(value)
    except ValueError:
        return name, value
