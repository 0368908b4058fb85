"""`llmspell config`: what is in force, and whether it is right; `config_files` has the commands that change files."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import attrs
import click

from llmspell.cli.config_checks import checked
from llmspell.cli.config_files import edit, init, migrate, set_
from llmspell.cli.loading import load_config, set_option
from llmspell.cli.table import table
from llmspell.config.show import rows
from llmspell.errors import UsageError, did_you_mean


@click.group()
def config() -> None:
    """Show, check and change configuration."""


for _command in (edit, init, migrate, set_):
    config.add_command(_command)


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
@click.argument("key")
@click.option("--json", "as_json", is_flag=True, help="Print the value as JSON.")
@set_option
def get(key: str, as_json: bool, sets: tuple[str, ...]) -> None:
    """Print the value of KEY that is in force: text as it is, everything else as TOML; secrets are redacted."""
    from llmspell.config.formats.toml import literal
    from llmspell.redaction import Redactor

    value = _at(attrs.asdict(load_config(sets).config), key)
    shown = Redactor().data(value, key.rpartition(".")[2])
    if as_json:
        click.echo(json.dumps(shown, ensure_ascii=False, default=str))
    else:
        click.echo(shown if isinstance(shown, str) else literal(shown))


def _at(data: Any, key: str) -> Any:
    """The value at a dotted key of nested tables."""
    from llmspell.config.keypath import split

    try:
        path = split(key)
    except ValueError as cause:
        raise UsageError(f"{key!r} is not a key", hint="write section.key, such as budget.tokens") from cause
    for part in path:
        if not isinstance(data, dict) or part not in data:
            hint = did_you_mean(str(part), list(data)) if isinstance(data, dict) else ""
            raise UsageError(f"nothing is set at {key!r}: there is no {part!r}", kind="not_found", hint=hint)
        data = data[part]
    return data


@config.command()
@set_option
def validate(sets: tuple[str, ...]) -> None:
    """Check every layer, and what plugins say of their tables; all problems are listed, and then the exit code is 3."""
    checked(sets)
    click.echo(f"the configuration of {load_config(sets).project} is valid", err=True)


@config.command()
@click.option("--out", metavar="FILE", type=click.Path(dir_okay=False, path_type=Path), help="Where to write it.")
def schema(out: Path | None) -> None:
    """Print the JSON Schema of configuration files, for editors."""
    from llmspell.config.jsonschema import json_schema
    from llmspell.config.write import replace

    text = json.dumps(json_schema(), indent=2) + "\n"
    if out is None:
        click.echo(text, nl=False)
        return
    replace(out, text, before=out.read_text(encoding="utf-8") if out.exists() else None)
    click.echo(f"wrote {out}", err=True)
