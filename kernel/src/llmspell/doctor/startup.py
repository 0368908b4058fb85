"""Code that runs whenever Python starts: lines that begin with `import` in the `.pth` files of site folders.

Such a line runs before llmspell does, with the user's rights, and in every other program, too. Packages that were
tampered with have used it. A file that no installed distribution lists is an error; one that is listed is
shown, since the distribution itself may be the culprit.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from importlib.metadata import distributions
from pathlib import Path

from llmspell.doctor.check import Check
from llmspell.doctor.system import System

_SHOWN = 100  # characters of a line


def examine(_: System) -> Iterator[Check]:
    """One check per file with such lines."""
    yield from examine_folders([Path(entry) for entry in sys.path if entry])


def examine_folders(folders: list[Path]) -> Iterator[Check]:
    """The same for some folders."""
    found = [(file, lines) for folder in folders for file in sorted(folder.glob("*.pth")) if (lines := _code(file))]
    if not found:
        yield Check("startup", "ok", "no .pth file runs code when Python starts")
        return
    owners = _owners(folders)
    for file, lines in found:
        shown = f"{file} runs code whenever Python starts: {lines[0][:_SHOWN]}"
        more = f" (and {len(lines) - 1} more lines)" if lines[1:] else ""
        if owner := owners.get(file):
            yield Check("startup", "warning", f"{shown}{more}; it belongs to {owner}")
        else:
            hint = f"find out where it comes from, or remove it: rm {file}"
            yield Check("startup", "error", f"{shown}{more}; no installed distribution lists it", hint)


def _code(file: Path) -> list[str]:
    """The lines that Python runs, by the rule of the module `site`; a file that cannot be read runs nothing."""
    try:
        text = file.read_text(encoding="utf-8-sig", errors="replace")
    except OSError:
        return []
    return [line.strip() for line in text.splitlines() if line.startswith(("import ", "import\t"))]


def _owners(folders: list[Path]) -> dict[Path, str]:
    """The distribution of every `.pth` file that one lists."""
    owners: dict[Path, str] = {}
    for found in distributions(path=[str(folder) for folder in folders]):
        for file in found.files or []:
            if file.suffix == ".pth":
                owners[Path(str(file.locate()))] = f"{found.metadata['Name']} {found.version}"
    return owners
