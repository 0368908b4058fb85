"""`llmspell run` and `llmspell exec`."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, NoReturn, TypeVar

import click

from llmspell.cli.grants import grant_options, take_grants
from llmspell.cli.loading import load_config, set_option
from llmspell.cli.recording import Taping, paused_by, record_options, taping
from llmspell.engine import Engine
from llmspell.errors import UsageError
from llmspell.permissions import PROFILES
from llmspell.plugins import Plugins
from llmspell.spell import Source, choose_engine

if TYPE_CHECKING:
    from llmspell.bridge.pool import WorkerPool
    from llmspell.config import LoadedConfig
    from llmspell.kernel import Kernel, RunOptions

_Command = TypeVar("_Command", bound=Callable[..., Any])


def _options(command: _Command) -> _Command:
    """The options that `run` and `exec` share."""
    for option in (
        click.argument("args", nargs=-1, type=click.UNPROCESSED),
        click.option("--dry-run", is_flag=True, help="Show what would run and what it may do; run nothing."),
        grant_options,
        record_options,
        click.option(
            "--pause-approvals", is_flag=True, help="Stop where an approval is wanted; `llmspell resume` goes on."
        ),
        click.option(
            "--wait-approvals", is_flag=True, help="Let `llmspell approvals` answer, even where there is a terminal."
        ),
        click.option(
            "--session", metavar="NAME", help="Go on with this session, or begin it: its chats and its state are kept."
        ),
        click.option("--timeout", type=click.FloatRange(min=0, min_open=True), metavar="S", help="Seconds in all."),
        click.option("--metrics", is_flag=True, help="Print counts, durations, tokens and cost at the end."),
        click.option("--jsonl", is_flag=True, help="Print every event as a JSON line, and the result last."),
        click.option("--json", "as_json", is_flag=True, help="Print the result as one JSON object."),
        set_option,
        click.option("--model", default="", metavar="MODEL", help="The default model, PROVIDER/MODEL."),
        click.option(
            "--profile",
            default="",
            metavar="P",
            help="The security level: low, medium, high or one of your own; medium unless configured.",
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
    run_source(Source.read(file), options)


@click.command("exec")
@click.argument("code", metavar="CODE")
@_options
def exec_(code: str, **options: Any) -> None:
    """Run CODE as a spell; `-` reads it from standard input."""
    text = sys.stdin.read() if code == "-" else code
    run_source(Source(text, "(exec)"), options)


def run_source(source: Source, options: dict[str, Any], tape: Taping | None = None) -> NoReturn:
    """Run a spell with the options of `llmspell run`, recorded by `tape` if it is given, and exit."""
    if options["as_json"] and options["jsonl"]:
        raise UsageError("--json and --jsonl cannot both be given", hint="choose one")
    if options["session"] is not None:
        from llmspell.sessions.parts import check_id

        check_id(options["session"])
    tape = tape or taping(options)
    loaded = load_config(options["sets"])
    tape = tape or paused_by(loaded.config.approvals, options)
    plugins = Plugins.configured(loaded, os.environ)
    hooks = _hooks(plugins, metrics=options["metrics"])
    engine = _engine(plugins, source, loaded.config.engine, options["engine"])
    # The worker starts while this process imports what it needs itself.
    pools = {} if options["dry_run"] else _prestarted(engine, loaded, options["profile"])

    from llmspell.cli.casting import Output, cast
    from llmspell.kernel import Kernel, RunOptions

    chosen = RunOptions(
        engine=engine.name,
        profile=options["profile"],
        model=options["model"],
        timeout=options["timeout"],
        args=tuple(options["args"]),
        hooks=hooks,
        permissions=take_grants(options, loaded.project),
        journal=tape.journal if tape else None,
        answerers=tape.answerers if tape else (),
        session=options["session"] or "",
    )
    kernel = Kernel(loaded, plugins=plugins, pools=pools)
    if options["dry_run"]:
        _dry_run(kernel, source, engine, chosen, as_json=options["as_json"])
    if "llmspell:" in source.text:  # a header may ask for something
        chosen = _asked(kernel, source, chosen)
    output = Output("json" if options["as_json"] else "jsonl" if options["jsonl"] else "text")
    sys.exit(cast(kernel, source, chosen, output, wait=options["wait_approvals"], tape=tape))


def _dry_run(kernel: Kernel, source: Source, engine: Engine, chosen: RunOptions, *, as_json: bool) -> NoReturn:
    from llmspell.cli.perms import describe, show

    show(describe(kernel, source, chosen, engine=engine.name), as_json=as_json)
    sys.exit(0)


def _asked(kernel: Kernel, source: Source, chosen: RunOptions) -> RunOptions:
    """The options with what the user answers to the spell's requests."""
    import attrs

    from llmspell.cli.asking import answered, tell

    found, granted = answered(source, kernel.loaded, kernel.policy(chosen, source), ask=True)
    tell(found, source)
    return attrs.evolve(chosen, permissions=(*chosen.permissions, granted))


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


def _prestarted(engine: Engine, loaded: LoadedConfig, flag: str) -> dict[str, WorkerPool]:
    """A pool with one worker on its way, if the profile wants one."""
    name = flag or loaded.config.run.profile
    if name not in PROFILES:
        from llmspell.permissions.configured import configured

        profile = configured(loaded).profile(name)
    else:
        profile = PROFILES[name]
    if profile.transport != "worker":
        return {}
    from llmspell.bridge.pool import WorkerPool

    pool = WorkerPool(engine.machine, idle=0)
    pool.prestart()
    return {engine.machine: pool}
