"""The command `llmspell`: one module per command, imported when the command is used."""

from __future__ import annotations

import os
from importlib import import_module
from typing import Any

import click

from llmspell import __version__
from llmspell.cli.errors import reported
from llmspell.errors import near_names

_COMMANDS = {
    "approvals": "llmspell.cli.approvals:approvals",
    "artifacts": "llmspell.cli.artifacts:artifacts",
    "config": "llmspell.cli.config:config",
    "doctor": "llmspell.cli.doctor:doctor",
    "exec": "llmspell.cli.run:exec_",
    "graph": "llmspell.cli.graph:graph",
    "keys": "llmspell.cli.keys:keys",
    "models": "llmspell.cli.models:models",
    "new": "llmspell.cli.new:new",
    "perms": "llmspell.cli.perms:perms",
    "plugins": "llmspell.cli.plugins:plugins",
    "providers": "llmspell.cli.models:providers",
    "resume": "llmspell.cli.resume:resume",
    "run": "llmspell.cli.run:run",
    "sessions": "llmspell.cli.sessions:sessions",
    "state": "llmspell.cli.state:state",
    "test": "llmspell.cli.test:test",
    "tools": "llmspell.cli.tools:tools",
    "trust": "llmspell.cli.trust:trust",
    "types": "llmspell.cli.types:types",
    "version": "llmspell.cli.version:version",
}


class _Lazy(click.Group):
    """A group whose commands are imported by name."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in _COMMANDS:
            return None
        module, _, name = _COMMANDS[cmd_name].partition(":")
        command: click.Command = getattr(import_module(module), name)
        return command

    def resolve_command(self, ctx: click.Context, args: list[str]) -> Any:
        """The command; a file runs, as `#!/usr/bin/env llmspell` asks, and all words after it are the spell's own."""
        if args and args[0] not in _COMMANDS and not args[0].startswith("-"):
            if not os.path.isfile(args[0]):
                ctx.fail(self._unknown(args[0]))
            args = ["run", args[0], "--", *args[1:]]
        return super().resolve_command(ctx, args)

    def _unknown(self, name: str) -> str:
        near = near_names(name, list(_COMMANDS))
        if near:
            return f"no command named {name!r}; did you mean {near[0]!r}?"
        if "." in name or "/" in name:
            return f"no command named {name!r}; to run a spell, type: llmspell run {name}"
        return f"no command named {name!r}; commands: {', '.join(sorted(_COMMANDS))}"

    def invoke(self, ctx: click.Context) -> Any:
        with reported():
            return super().invoke(ctx)


@click.group(cls=_Lazy, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="llmspell", message="%(prog)s %(version)s")
def cli() -> None:
    """Run spells: short Lua or JavaScript scripts that orchestrate LLM agents, tools and workflows."""
