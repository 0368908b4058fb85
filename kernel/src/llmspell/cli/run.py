"""`llmspell run` and `llmspell exec`."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, TypeVar

import click

from llmspell.cli.loading import load_config, set_option
from llmspell.engine import Engine
from llmspell.errors import UsageError
from llmspell.permissions import find_profile
from llmspell.plugins import Plugins
from llmspell.spell import Source, choose_engine

if TYPE_CHECKING:
    from llmspell.bridge.pool import WorkerPool

_Command = TypeVar("_Command", bound=Callable[..., Any])


def _options(command: _Command) -> _Command:
    """The options that `run` and `exec` share."""
    for option in (
        click.argument("args", nargs=-1, type=click.UNPROCESSED),
        click.option("--timeout", type=click.FloatRange(min=0, min_open=True), metavar="S", help="Seconds in all."),
        click.option("--metrics", is_flag=True, help="Print counts, durations, tokens and cost at the end."),
        click.option("--jsonl", is_flag=True, help="Print every event as a JSON line, and the result last."),
        click.option("--json", "as_json", is_flag=True, help="Print the result as one JSON object."),
        set_option,
        click.option("--model", default="", metavar="MODEL", help="The default model, PROVIDER/MODEL."),
        click.option(
            "--profile",
            type=click.Choice(["low", "medium", "high"]),
            default=None,
            help="The security level; medium unless configured.",
        ),
        click.option("--engine", default="", metavar="E", help="The script engine; chosen by extension if absent."),
    ):
        command = option(command)
    return command


@click.command()
@click.argument("file", metavar="FILE")
@_options
def run(file: str, **options: Any) -> None:
    """Run the spell in FILE. Words after `--` are its arguments."""
    _run(Source.read(file), options)


@click.command("exec")
@click.argument("code", metavar="CODE")
@_options
def exec_(code: str, **options: Any) -> None:
    """Run CODE as a spell; `-` reads it from standard input."""
    text = sys.stdin.read() if code == "-" else code
    _run(Source(text, "(exec)"), options)


def _run(source: Source, options: dict[str, Any]) -> None:
    if options["as_json"] and options["jsonl"]:
        raise UsageError("--json and --jsonl cannot both be given", hint="choose one")
    loaded = load_config(options["sets"])
    plugins = Plugins.configured(loaded, os.environ)
    hooks = _hooks(plugins, metrics=options["metrics"])
    engine = _engine(plugins, source, loaded.config.engine, options["engine"])
    # The worker starts while this process imports what it needs itself.
    pools = _prestarted(engine, options["profile"] or loaded.config.run.profile)

    from llmspell.cli.casting import Output, cast
    from llmspell.kernel import Kernel, RunOptions

    chosen = RunOptions(
        engine=engine.name,
        profile=options["profile"] or "",
        model=options["model"],
        timeout=options["timeout"],
        args=tuple(options["args"]),
        hooks=hooks,
    )
    output = Output("json" if options["as_json"] else "jsonl" if options["jsonl"] else "text")
    sys.exit(cast(Kernel(loaded, plugins=plugins, pools=pools), source, chosen, output))


def _hooks(plugins: Plugins, *, metrics: bool) -> tuple[str, ...]:
    """The hooks that the command line adds; a report is asked of every hook that has one."""
    if metrics and "metrics" not in plugins.names("hook"):
        raise UsageError("--metrics needs the hook metrics", hint="pip install llmspell-hook-metrics")
    return ("metrics",) if metrics else ()


def _engine(plugins: Plugins, source: Source, preferred: Mapping[str, str], flag: str) -> Engine:
    """The engine; code from the command line has no file to tell which, so it is as if its extension was `exec`."""
    if not flag and source.path is None and not source.text.startswith("#!"):
        configured = preferred.get("exec")
        names = [configured] if configured else plugins.engines_for("exec")
        if len(names) == 1 or len(names := plugins.names("engine")) == 1:
            flag = names[0]
    return choose_engine(plugins, source, flag=flag, preferred=preferred)


def _prestarted(engine: Engine, profile: str) -> dict[str, WorkerPool]:
    """A pool with one worker on its way, if the profile wants one."""
    if find_profile(profile).transport != "worker":
        return {}
    from llmspell.bridge.pool import WorkerPool

    pool = WorkerPool(engine.machine, idle=0)
    pool.prestart()
    return {engine.machine: pool}
