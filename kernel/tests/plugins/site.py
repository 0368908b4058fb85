"""Distributions as an installer leaves them: a folder with metadata, entry points and modules."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from textwrap import dedent

import pytest

TOOL = """
from llmspell import hookimpl
from llmspell.tool import Tool

class {class_}(Tool):
    name = "{name}"
    description = "A test."
    parameters = {{"type": "object"}}
    quick = True

    def run(self, arguments, context):
        return "{answer}"
"""


def tool_class(name: str, answer: str = "ok", class_: str = "Mine") -> str:
    """The source of a tool."""
    return TOOL.format(name=name, answer=answer, class_=class_)


def tool_module(name: str, answer: str = "ok") -> str:
    """The source of a plugin that offers one tool."""
    return tool_class(name, answer) + dedent(f"""
        @hookimpl
        def llmspell_tools(settings):
            return {{"{name}": Mine()}}
    """)


def on_path(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    """The body of a fixture: an empty folder on the path; its modules are forgotten in the end."""
    folder.mkdir()
    monkeypatch.syspath_prepend(folder)
    before = set(sys.modules)
    yield Site(folder)
    for name in set(sys.modules) - before:
        if str(getattr(sys.modules[name], "__file__", "")).startswith(str(folder)):
            del sys.modules[name]


class Site:
    """A folder like site-packages; put it on the path."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def install(
        self, name: str, points: Mapping[str, Mapping[str, str]], modules: Mapping[str, str], version: str = "1.0"
    ) -> None:
        """Install a distribution: entry points by group (`tools` stands for `llmspell.tools`), modules by name."""
        info = self.folder / f"{name.replace('-', '_')}-{version}.dist-info"
        info.mkdir()
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n")
        lines = [
            line
            for group, names in points.items()
            for line in (f"[llmspell.{group}]", *(f"{name} = {module}" for name, module in names.items()))
        ]
        (info / "entry_points.txt").write_text("\n".join(lines) + "\n")
        for module, source in modules.items():
            (self.folder / f"{module}.py").write_text(dedent(source))

    def damage(self, name: str, *, entry_points: str = "", metadata: bool = True) -> None:
        """Install metadata that no installer would leave."""
        info = self.folder / f"{name}-1.0.dist-info"
        info.mkdir()
        (info / "entry_points.txt").write_text(entry_points)
        if metadata:
            (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n")

    def llmspell(self, *words: str, cwd: Path, **environ: str) -> subprocess.CompletedProcess[str]:
        """Run the command line with this folder on the path."""
        kept = {
            name: value for name, value in os.environ.items() if not name.startswith(("LLMSPELL_", "COV_", "COVERAGE"))
        }
        environ = kept | {"PYTHONPATH": str(self.folder), "LLMSPELL_CONFIG_HOME": str(cwd)} | environ
        return subprocess.run(
            [sys.executable, "-m", "llmspell", *words],
            capture_output=True,
            text=True,
            cwd=cwd,
            env=environ,
            timeout=60,
            check=False,
        )
