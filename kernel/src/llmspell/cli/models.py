"""`llmspell providers` and `llmspell models`."""

from __future__ import annotations

import asyncio
import json

import click

from llmspell.cli.loading import make_kernel, set_option
from llmspell.cli.table import table
from llmspell.errors import LlmspellError
from llmspell.kernel import Kernel


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print a JSON object.")
@set_option
def providers(as_json: bool, sets: tuple[str, ...]) -> None:
    """List the installed providers, and which of them is set up."""
    kernel = make_kernel(sets)
    rows = [_provider(kernel, name) for name in kernel.models.names()]
    default = kernel.config.run.model or _default(kernel)
    if as_json:
        shown = [dict(zip(("name", "status", "default_model"), row, strict=True)) for row in rows]
        click.echo(json.dumps({"schema": "llmspell.providers/1", "default": default, "providers": shown}))
    else:
        click.echo(table(("name", "status", "default model"), rows))
        click.echo(f"model of agents that name none: {default or 'none'}", err=True)


def _provider(kernel: Kernel, name: str) -> tuple[str, str, str]:
    try:
        model = kernel.models.provider(name).default_model()
    except LlmspellError as error:
        return name, f"broken: {error}", ""
    return name, "set up" if model else "no default model", model


def _default(kernel: Kernel) -> str:
    try:
        return kernel.models.default()
    except LlmspellError:
        return ""


@click.command()
@click.argument("provider", required=False, default="")
@click.option("--json", "as_json", is_flag=True, help="Print a JSON object.")
@set_option
def models(provider: str, as_json: bool, sets: tuple[str, ...]) -> None:
    """List the models that PROVIDER knows of (every provider's, without one); it may ask its server."""
    found, problems = asyncio.run(_models(make_kernel(sets), provider))
    if as_json:
        click.echo(json.dumps({"schema": "llmspell.models/1", "models": found, "problems": problems}))
    else:
        for model in found:
            click.echo(model)
        for problem in problems:
            click.echo(f"note: {problem}", err=True)


async def _models(kernel: Kernel, provider: str) -> tuple[list[str], list[str]]:
    found: list[str] = []
    problems: list[str] = []
    async with kernel:
        for name in [provider] if provider else kernel.models.names():
            try:
                found += [f"{name}/{model}" for model in await kernel.models.provider(name).models()]
            except LlmspellError as error:
                if provider:
                    raise
                problems.append(str(error))
    return found, problems
