"""The kernel of one command: the configuration of the current folder, with what the command line says on top."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import click

from llmspell.config import LoadedConfig, load

if TYPE_CHECKING:
    from llmspell.kernel import Kernel

_Answer = TypeVar("_Answer")

set_option = click.option(
    "--set",
    "sets",
    multiple=True,
    metavar="KEY=VALUE",
    help="Set a configuration value, such as budget.tokens=5000.",
)


def load_config(sets: Sequence[str] = ()) -> LoadedConfig:
    """The configuration in force; what of the project's is left out, for want of trust, is told."""
    loaded = load(Path.cwd(), os.environ, sets)
    if loaded.withheld:
        listed = ", ".join(f"{each.key} ({each.where})" for each in loaded.withheld)
        click.echo(
            f"note: this project is not trusted, so these settings of it are left out: {listed}\n"
            "hint: read the file, then type: llmspell trust",
            err=True,
        )
    return loaded


def make_kernel(sets: Sequence[str] = ()) -> Kernel:
    """A kernel with the configuration in force."""
    from llmspell.kernel import Kernel

    return Kernel(load_config(sets))


def in_kernel(work: Callable[[Kernel], Awaitable[_Answer]], sets: Sequence[str] = ()) -> _Answer:
    """What `work` gives, in a kernel with the configuration in force."""

    async def within() -> _Answer:
        async with make_kernel(sets) as kernel:
            return await work(kernel)

    return asyncio.run(within())
