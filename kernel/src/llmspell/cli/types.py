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
    """Write what editors need: llmspell.lua for the Lua language server, llmspell.d.ts for TypeScript."""
    from llmspell.script.luals import lua_annotations
    from llmspell.script.typescript import type_declarations

    for name, text in (("llmspell.lua", lua_annotations()), ("llmspell.d.ts", type_declarations())):
        path = out / name
        try:
            out.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        except OSError as cause:
            raise ConfigError([f"{path} cannot be written: {cause.strerror}"]) from cause
        click.echo(f"wrote {path}", err=True)
