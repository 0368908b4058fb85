"""The engines: which versions, of what, and how old they are at least."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from importlib.metadata import Distribution, PackageNotFoundError, distribution

from llmspell.doctor.check import Check
from llmspell.doctor.system import System

_OLD = 180  # days; a virtual machine that reads hostile text gets security fixes more often than that
_DAY = 86400


def examine(system: System) -> Iterator[Check]:
    """One check per engine."""
    entries = list(system.plugins.entries("engine"))
    if not entries:
        yield Check(
            "engines", "error", "no script engine is installed, so no spell runs", 'pip install "llmspell[all]"'
        )
    for entry in entries:
        machines = list(_machines(entry.distribution))
        parts = [f"{found.name} {found.version}, {_age(found)}" for found in machines]
        summary = f"{entry.distribution} {entry.version} on {'; '.join(parts) or 'nothing else that is installed'}"
        old = [found.name for found in machines if (_days(found) or 0) > _OLD]
        hint = f"pip install --upgrade {' '.join(old)}" if old else ""
        yield Check(f"engine:{entry.name}", "warning" if old else "ok", summary, hint)


def _machines(name: str) -> Iterator[Distribution]:
    """What an engine's distribution stands on, other than parts of llmspell."""
    try:
        requirements = distribution(name).requires or []
    except PackageNotFoundError:
        return
    for requirement in requirements:
        needed = re.match(r"[\w.-]+", requirement)
        if needed and not needed[0].startswith("llmspell") and "extra ==" not in requirement:
            try:
                yield distribution(needed[0])
            except PackageNotFoundError:
                continue  # the worker of this engine, or the plugin check, tells that it does not load


def _age(found: Distribution) -> str:
    days = _days(found)
    if days is None:
        return "of unknown age"
    return f"at least {days} days old (its metadata does not say when it was released)"


def _days(found: Distribution) -> int | None:
    """Days since it was put on this machine: it cannot be younger. None when no file tells."""
    metadata = next((file for file in found.files or [] if file.name == "METADATA"), None)
    try:
        written = metadata.locate().stat().st_mtime if metadata else None  # type: ignore[attr-defined]  # a Path
    except OSError:
        return None
    return None if written is None else max(0, int((time.time() - written) // _DAY))
