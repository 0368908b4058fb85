"""`llmspell run` and `llmspell exec`."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

import click

from llmspell.cli.casting import Output, cast
from llmspell.cli.loading import make_kernel, set_option
from llmspell.errors import UsageError
from llmspell.kernel import Kernel, RunOptions
from llmspell.spell import Source, choose_engine

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
    sets: Sequence[str] = options["sets"]
    kernel = make_kernel(sets)
    hooks = _hooks(kernel, metrics=options["metrics"])
    engine = options["engine"] or _engine(kernel, source)
    output = Output("json" if options["as_json"] else "jsonl" if options["jsonl"] else "text")
    chosen = RunOptions(
        engine=engine,
        profile=options["profile"] or "",
        model=options["model"],
        timeout=options["timeout"],
        args=tuple(options["args"]),
        hooks=hooks,
    )
    sys.exit(cast(kernel, source, chosen, output))


def _hooks(kernel: Kernel, *, metrics: bool) -> tuple[str, ...]:
    """The hooks that the command line adds; a report is asked of every hook that has one."""
    if metrics and "metrics" not in kernel.plugins.names("hook"):
        raise UsageError("--metrics needs the hook metrics", hint="pip install llmspell-hook-metrics")
    return ("metrics",) if metrics else ()


def _engine(kernel: Kernel, source: Source) -> str:
    """The engine's name; code from the command line has no file to tell, so a sole engine runs it."""
    installed = kernel.plugins.names("engine")
    if source.path is None and len(installed) == 1 and not source.text.startswith("#!"):
        return installed[0]
    return choose_engine(kernel.plugins, source, preferred=kernel.config.engine).name
