"""`llmspell tools test`."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Any

import click

from llmspell.cli.grants import allow_options, take_allowed
from llmspell.cli.loading import make_kernel, set_option
from llmspell.cli.table import table
from llmspell.cli.tools.choosing import find, json_option, toolbox
from llmspell.errors import UsageError
from llmspell.plugins.local import LocalEntry
from llmspell.testing.installed import check

if TYPE_CHECKING:
    from llmspell.kernel import Kernel
    from llmspell.testing.installed import Checked
    from llmspell.tool import Tool


@click.command()
@click.argument("name")
@click.option(
    "--files",
    metavar="DIR",
    type=click.Path(exists=True, file_okay=False, resolve_path=True),
    help="Copy these files to the folder in which it is called.",
)
@json_option
@allow_options
@set_option
def test(name: str, files: str | None, as_json: bool, sets: tuple[str, ...], **options: Any) -> None:
    """Check that an installed tool keeps the contract of tools; its own examples are called.

    It is called in an empty folder, and only when everything that it needs is allowed. The exit code is 1 when a
    sentence of the contract does not hold.
    """
    kernel = make_kernel(sets)
    tool, allow = _installed(kernel, name), take_allowed(options)
    lacking = [kind for kind in tool.needs if kind not in allow]
    found = check(name, allow=allow, lacking=lacking, files=files or "", tables=kernel.config.tool)
    failed = [each for each in found if each.verdict == "failed"]
    if as_json:
        click.echo(json.dumps(_report(name, found)))
    else:
        click.echo(table(("verdict", "what a tool does"), [(each.verdict, _told(each)) for each in found]))
        if lacking:
            flags = " ".join(f"--allow-{kind.replace('.', '-')}=..." for kind in lacking)
            click.echo(f"note: {name} needs {', '.join(lacking)}; to call it, add {flags}", err=True)
    sys.exit(1 if failed or not found else 0)


def _installed(kernel: Kernel, name: str) -> Tool:
    tool = find(toolbox(kernel), name, "")
    entry = kernel.plugins.find("tool", name)
    if isinstance(entry, LocalEntry):
        raise UsageError(
            f"tool {name!r} comes from {entry.distribution}, and only tools of installed packs are tested",
            hint="in a test file, subclass llmspell.testing.contracts.tool.ToolContract, or call it with Bench",
        )
    return tool


def _told(checked: Checked) -> str:
    return f"{checked.sentence}: {checked.reason}" if checked.reason else checked.sentence


def _report(name: str, found: list[Checked]) -> dict[str, Any]:
    counts = {verdict: sum(each.verdict == verdict for each in found) for verdict in ("passed", "failed", "skipped")}
    checks = [{"sentence": each.sentence, "verdict": each.verdict, "reason": each.reason} for each in found]
    return {"schema": "llmspell.tool-test/1", "name": name, **counts, "checks": checks}
