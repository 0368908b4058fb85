"""`llmspell config`."""

from __future__ import annotations

import json
from pathlib import Path

import click

from llmspell.cli.loading import load_config, make_kernel, set_option
from llmspell.cli.table import table
from llmspell.config.show import default_file, rows
from llmspell.errors import ConfigError


@click.group()
def config() -> None:
    """Show, check and start configuration."""


@config.command()
@click.option("--origin", is_flag=True, help="Also say where each value comes from.")
@click.option("--json", "as_json", is_flag=True, help="Print a JSON object.")
@set_option
def show(origin: bool, as_json: bool, sets: tuple[str, ...]) -> None:
    """Print every value in force; secrets are redacted."""
    found = rows(load_config(sets))
    if as_json:
        shown = [{"key": row.key, "value": row.value, "origin": str(row.origin)} for row in found]
        click.echo(json.dumps({"schema": "llmspell.config/1", "values": shown}))
    elif origin:
        click.echo(table(("key", "value", "origin"), [(row.key, row.value, str(row.origin)) for row in found]))
    else:
        click.echo("\n".join(f"{row.key} = {row.value}" for row in found))


@config.command()
@set_option
def validate(sets: tuple[str, ...]) -> None:
    """Check every layer; all problems are listed, and the exit code is 3 when there are any."""
    loaded = make_kernel(sets).loaded
    click.echo(f"the configuration of {loaded.project} is valid", err=True)


@config.command()
def init() -> None:
    """Write llmspell.toml with every setting, commented out, to the current folder."""
    path = Path("llmspell.toml")
    try:
        with path.open("x", encoding="utf-8") as file:
            file.write(default_file())
    except FileExistsError as cause:
        raise ConfigError([f"{path} exists already"], hint="edit it, or remove it first") from cause
    except OSError as cause:
        raise ConfigError([f"{path} cannot be written: {cause.strerror}"]) from cause
    click.echo(f"wrote {path}", err=True)
