"""The compiler of TypeScript, as an editor would use it on a folder of spells."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import attrs

ROOT = Path(__file__).parents[2]
README = ROOT / "plugins" / "languages" / "javascript" / "README.md"
VERSION = "5.9.3"
TOP_LEVEL_RETURN = 1108  # what every script has that ends with `return`; it cannot be switched off
_PROBLEM = re.compile(r"^(.+?)\((\d+),\d+\): error TS(\d+): (.*)$", re.MULTILINE)


@attrs.frozen
class Problem:
    """An error that the compiler reports."""

    file: str
    line: int
    code: int
    message: str


def documented_config() -> dict[str, Any]:
    """The `tsconfig.json` that the README tells users to write."""
    [text] = re.findall(r"^```json\n(.*?)^```$", README.read_text(), re.MULTILINE | re.DOTALL)
    config: dict[str, Any] = json.loads(text)
    return config


def install(folder: Path) -> str:
    """Install the compiler; the reason why that cannot be done, or ""."""
    if missing := [name for name in ("node", "npm") if shutil.which(name) is None]:
        return f"{' and '.join(missing)} not installed"
    options = ["--no-save", "--no-audit", "--no-fund", "--ignore-scripts", "--prefer-offline"]
    command = ["npm", "install", *options, "--prefix", str(folder), f"typescript@{VERSION}"]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=50, check=False)
    return "" if ended.returncode == 0 else f"npm cannot install typescript: {ended.stderr.strip()[-300:]}"


def compile_spells(compiler: Path, folder: Path, spells: Mapping[str, str], **options: Any) -> list[Problem]:
    """What the compiler says about some spells.

    Args:
        compiler: where it is installed.
        folder: an empty one, for the project.
        spells: their text by file name.
        options: compiler options beside the documented ones.
    """
    config = documented_config()
    config["compilerOptions"] |= options
    shutil.copy(ROOT / "docs" / "reference" / "llmspell.d.ts", folder)
    for name, text in {**spells, "tsconfig.json": json.dumps(config)}.items():
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    tsc = compiler / "node_modules" / "typescript" / "bin" / "tsc"
    command = ["node", str(tsc), "--project", str(folder), "--pretty", "false"]
    ended = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=50, check=False)
    found = [Problem(file, int(line), int(code), text) for file, line, code, text in _PROBLEM.findall(ended.stdout)]
    assert bool(found) == bool(ended.returncode), ended.stdout + ended.stderr
    return [problem for problem in found if problem.code != TOP_LEVEL_RETURN]
