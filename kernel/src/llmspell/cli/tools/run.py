"""`llmspell tools run`."""

from __future__ import annotations

import asyncio
import json
import sys
from typing import Any

import attrs
import click

from llmspell.cli.grants import grant_options, take_grants
from llmspell.cli.loading import make_kernel, set_option
from llmspell.cli.tools.choosing import find, json_option, toolbox, toolset_option
from llmspell.errors import UsageError, did_you_mean
from llmspell.kernel import Kernel, RunOptions
from llmspell.tool import Tool, as_text


@click.command()
@click.argument("name")
@click.argument("arguments", required=False, default="")
@click.option("--arg", "pairs", multiple=True, metavar="NAME=VALUE", help="One argument; may be given again.")
@toolset_option
@json_option
@grant_options
@set_option
def run(
    name: str, arguments: str, pairs: tuple[str, ...], as_json: bool, sets: tuple[str, ...], **options: Any
) -> None:
    """Run a tool with ARGUMENTS, a JSON object (`-` reads it from standard input), or with --arg."""
    kernel = make_kernel(sets)
    tool = find(toolbox(kernel), name, options["toolset"])
    given = {**_object(arguments), **dict(_pair(tool, pair) for pair in pairs)}
    chosen = RunOptions(permissions=take_grants(options, kernel.loaded.project))
    if kernel.asks(chosen):
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
