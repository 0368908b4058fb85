"""`llmspell artifacts`: what spells have made and kept."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import click

from llmspell.approvals.shown import plain, shortened
from llmspell.cli.loading import in_kernel, set_option
from llmspell.cli.table import table
from llmspell.errors import ConfigError, UsageError
from llmspell.events.log import iso
from llmspell.values import dumps

if TYPE_CHECKING:
    from llmspell.artifacts import ArtifactInfo, Artifacts
    from llmspell.kernel import Kernel

_CELL = 60


def _artifacts(kernel: Kernel) -> Artifacts:
    from llmspell.artifacts import Artifacts

    return Artifacts(kernel.store, kernel.config.artifacts)


_version_option = click.option("--version", type=int, metavar="N", help="Which version; the last one unless given.")


@click.group()
def artifacts() -> None:
    """Show, read and delete what spells have made and kept."""


@artifacts.command("list")
@click.argument("prefix", default="")
@click.option("--json", "as_json", is_flag=True, help="Print a JSON object.")
@set_option
def list_(prefix: str, *, as_json: bool, sets: tuple[str, ...]) -> None:
    """List the artifacts, or those whose name starts with PREFIX: of each, its last version."""

    async def work(kernel: Kernel) -> list[ArtifactInfo]:
        return await _artifacts(kernel).list(prefix)

    found = in_kernel(work, sets)
    if as_json:
        _print("llmspell.artifacts/1", {"artifacts": _described(found)})
    else:
        click.echo(_table(found) if found else "No artifact is kept.")


@artifacts.command()
@click.argument("name")
@click.option("--json", "as_json", is_flag=True, help="Print a JSON object.")
@set_option
def show(name: str, *, as_json: bool, sets: tuple[str, ...]) -> None:
    """Show what is known of all versions of an artifact."""

    async def work(kernel: Kernel) -> Sequence[ArtifactInfo]:
        return await _artifacts(kernel).versions(name)

    versions = in_kernel(work, sets)
    if as_json:
        _print("llmspell.artifact/1", {"name": name, "versions": _described(versions)})
        return
    click.echo(_table(versions))
    last = versions[-1]
    for what, text in (
        ("digest", last.digest),
        ("run", last.origin.run),
        ("session", last.origin.session),
        ("user", last.origin.user),
        ("metadata", json.dumps(json.loads(dumps(dict(last.metadata))), ensure_ascii=False) if last.metadata else ""),
    ):
        if text:
            click.echo(f"{what} of version {last.version}: {plain(text)}")


@artifacts.command()
@click.argument("name")
@_version_option
@click.option("--out", metavar="FILE", default="-", help="Where to write; the standard output unless given.")
@set_option
def get(name: str, version: int | None, out: str, sets: tuple[str, ...]) -> None:
    """Write the content of an artifact as it is."""

    async def work(kernel: Kernel) -> tuple[ArtifactInfo, bytes]:
        return await _artifacts(kernel).get(name, version)

    info, content = in_kernel(work, sets)
    if out == "-" and sys.stdout.isatty():
        if not info.text:
            raise UsageError(f"the artifact {name!r} is no text ({info.type})", hint="add --out FILE")
        click.echo("\n".join(map(plain, content.decode().split("\n"))))
        return
    try:
        with click.open_file(out, "wb") as file:
            file.write(content)
    except OSError as cause:
        raise ConfigError([f"{out} cannot be written: {cause.strerror}"]) from cause


@artifacts.command()
@click.argument("name")
@click.option("--version", type=int, metavar="N", help="Which version; all of them unless given.")
@set_option
def delete(name: str, version: int | None, sets: tuple[str, ...]) -> None:
    """Delete an artifact, and all bytes that nothing refers to any more."""

    async def work(kernel: Kernel) -> int:
        kept = _artifacts(kernel)
        count = await kept.delete(name, version)
        await kept.collect()
        return count

    count = in_kernel(work, sets)
    click.echo(f"deleted {plain(name)}: {count} version{'' if count == 1 else 's'}", err=True)


def _table(found: Sequence[ArtifactInfo]) -> str:
    rows = [
        (shortened(plain(each.name), _CELL, 20), str(each.version), each.type, str(each.size), iso(each.created))
        for each in found
    ]
    return table(("name", "version", "type", "bytes", "created"), rows)


def _described(found: Sequence[ArtifactInfo]) -> list[dict[str, Any]]:
    from llmspell.artifacts.shown import info_dict

    return [info_dict(each) for each in found]


def _print(schema: str, data: dict[str, Any]) -> None:
    click.echo(json.dumps(json.loads(dumps({"schema": schema, **data})), ensure_ascii=False))
