"""`llmspell types`."""

from __future__ import annotations

from pathlib import Path

import click

from llmspell.errors import ConfigError


@click.command()
@click.option(
    "--out",
    default=".",
    metavar="DIR",
    type=click.Path(file_okay=False, path_type=Path),
    help="Where to write.",
)
def types(out: Path) -> None:
    """Write llmspell.lua, editor annotations for the Lua language server."""
    from llmspell.script.luals import lua_annotations

    path = out / "llmspell.lua"
    try:
        out.mkdir(parents=True, exist_ok=True)
        path.write_text(lua_annotations(), encoding="utf-8")
    except OSError as cause:
        raise ConfigError([f"{path} cannot be written: {cause.strerror}"]) from cause
    click.echo(f"wrote {path}", err=True)
