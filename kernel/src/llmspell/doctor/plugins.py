"""Whether every installed plugin loads, and how long that takes."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator

from llmspell.doctor.check import Check
from llmspell.doctor.system import System
from llmspell.plugins import Entry

_PATIENCE = 20.0  # seconds for one plugin
_SLOW = 0.5  # seconds of processor time; every command that uses the plugin pays them


def examine(system: System) -> Iterator[Check]:
    """One check per module, in a process of its own: a plugin may hang, or end its process."""
    from concurrent.futures import ThreadPoolExecutor

    modules: dict[str, list[Entry]] = {}
    for entry in system.plugins.catalogue:
        if entry.kind != "extension" and not system.plugins.blocked(entry):
            modules.setdefault(entry.module, []).append(entry)
    if not modules:
        yield Check("plugins", "error", "no plugin is installed", 'pip install "llmspell[all]"')
    with ThreadPoolExecutor(2) as pool:
        yield from pool.map(lambda item: _probe(*item), modules.items())


def _probe(module: str, entries: list[Entry]) -> Check:
    distribution = entries[0].distribution
    what = f"{distribution} ({', '.join(f'{entry.kind} {entry.name}' for entry in entries)})"
    name = f"plugin:{distribution}"
    hint = f"reinstall {distribution}, report it to its authors, or switch it off with LLMSPELL_BLOCK={distribution}"
    command = [sys.executable, "-m", "llmspell.doctor.probe", module]
    try:
        ended = subprocess.run(  # noqa: S603 the module's name is installed metadata, and no shell reads it
            command, capture_output=True, text=True, errors="replace", timeout=_PATIENCE, check=False
        )
    except subprocess.TimeoutExpired:
        return Check(name, "error", f"{what} does not load within {_PATIENCE:g} seconds", hint)
    answers = [line for line in ended.stdout.splitlines() if line.startswith('{"seconds": ')]
    if ended.returncode != 0 or not answers:
        said = ended.stderr.strip().rpartition("\n")[2]
        return Check(name, "error", f"{what} ends its process with {ended.returncode} when it loads: {said}", hint)
    imported, problem = json.loads(answers[0]), json.loads(answers[-1])["problem"]
    if problem:
        return Check(name, "error", f"{what} does not load: {problem}", hint)
    return _timed(name, what, imported["seconds"])


def _timed(name: str, what: str, seconds: float) -> Check:
    loads = f"{what} loads in {seconds * 1000:.0f} ms of processor time"
    return Check(name, "warning" if seconds > _SLOW else "ok", loads + (", which is slow" if seconds > _SLOW else ""))
