"""`llmspell graph`."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Literal

import click

from llmspell.cli.loading import load_config, set_option
from llmspell.errors import LlmspellError, UsageError

if TYPE_CHECKING:
    from llmspell.kernel import Ended
    from llmspell.spell import Source
    from llmspell.workflow import Definition

_FILES = (".yaml", ".yml", ".json")


@click.command()
@click.argument("file", metavar="FILE", type=click.Path(dir_okay=False, path_type=Path))
@click.option(
    "--format",
    "form",
    type=click.Choice(["mermaid", "svg"]),
    help="What to draw; the ending of --out decides if absent, else mermaid.",
)
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="The file to write; absent: print it.")
@click.option("--engine", default="", metavar="E", help="The script engine; chosen by extension if absent.")
@set_option
def graph(file: Path, form: str | None, out: Path | None, engine: str, sets: tuple[str, ...]) -> None:
    """Draw the workflows of a spell, or the workflow in a YAML or JSON FILE.

    A spell is run for it, and nothing that it asks for happens: agents, tools, models and workflows answer with
    nothing, and it may write no file, start no program and keep no state.
    """
    from llmspell.workflow.drawing import drawn

    chosen: Literal["mermaid", "svg"] = "svg" if form == "svg" or (form is None and _is_svg(out)) else "mermaid"
    definitions = [_read(file)] if file.suffix.lower() in _FILES else _of_spell(file, engine, sets)
    text = drawn(definitions, chosen)
    if out is None:
        click.echo(text, nl=False)
    else:
        _write(out, text)
        click.echo(f"wrote {out}", err=True)


def _is_svg(out: Path | None) -> bool:
    return out is not None and out.suffix.lower() == ".svg"


def _write(out: Path, text: str) -> None:
    try:
        out.write_text(text, encoding="utf-8")
    except OSError as error:
        raise LlmspellError(f"{out} cannot be written: {error.strerror}", kind="config") from error


def _read(file: Path) -> Definition:
    from llmspell.config.reader import read_text
    from llmspell.workflow.data import load

    return load(read_text(file, str(file)), name=str(file))


def _of_spell(file: Path, engine: str, sets: tuple[str, ...]) -> list[Definition]:
    """The workflows that a spell makes before it ends, well or not."""
    from llmspell.spell import Source

    ended = asyncio.run(_cast(Source.read(str(file)), engine, sets))
    found = [event.data["definition"] for event in ended.log.history("workflow.defined")]
    if not found and ended.error is not None:
        raise ended.error
    if not found:
        raise UsageError(f"{file} makes no workflow", hint="Workflow.sequential{...} makes one")
    if ended.error is not None:
        click.echo(f"note: the spell went no further than this: {ended.error.message}", err=True)
    return _outermost(found)


def _outermost(definitions: list[Definition]) -> list[Definition]:
    """Those that are no step of another, since that is drawn with them in it."""
    from llmspell.workflow.definition import parts

    inside = [step.workflow for each in definitions for steps in parts(each) for step in steps]
    return [each for each in definitions if not any(each is inner for inner in inside)]


async def _cast(source: Source, engine: str, sets: tuple[str, ...]) -> Ended:
    from llmspell.kernel import Kernel, RunOptions
    from llmspell.permissions import Grants
    from llmspell.plugins import Plugins
    from llmspell.stores.apart import without_stores

    loaded = without_stores(load_config(sets))
    denied = {"fs.write": ["/**"], "run": ["*"], "libraries": ["*"], "secrets": ["*"]}
    held = Grants.of({"net": ["*"]}, denied, origin="llmspell graph", base=loaded.project)
    with TemporaryDirectory(prefix="llmspell-graph-") as data:  # what the spell keeps is gone with it
        environ = {**os.environ, "LLMSPELL_DATA_HOME": data}
        plugins = Plugins.configured(loaded, environ)
        async with Kernel(loaded, environ=environ, plugins=plugins) as kernel:
            plugins.manager.register(_nothing_happens(), "graph")
            return await kernel.cast(source, RunOptions(engine=engine, profile="medium", permissions=(held,)))


def _nothing_happens() -> object:
    """Hooks that let no operation happen but the spell itself."""
    from llmspell.hookspecs import Replace, guard, hookimpl
    from llmspell.message import Completion, Message
    from llmspell.result import Result

    class Silence:
        """Answers with nothing."""

        @hookimpl(tryfirst=True)
        @guard
        def pre_llm(self) -> Replace:
            """No model is asked."""
            return Replace(Completion(Message("assistant", ""), cost=0.0))

        @hookimpl(tryfirst=True)
        @guard
        def pre_tool(self) -> Replace:
            """No tool is called."""
            return Replace(None)

        @hookimpl(tryfirst=True)
        @guard
        def pre_agent(self) -> Replace:
            """No agent is asked."""
            return Replace(Result(cost=0.0))

        @hookimpl(tryfirst=True)
        @guard
        def pre_workflow(self) -> Replace:
            """No workflow runs."""
            return Replace(Result(cost=0.0))

    return Silence()
