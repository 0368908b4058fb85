"""The configuration: its files, and what is wrong with them."""

from __future__ import annotations

from collections.abc import Iterator

from llmspell.doctor.check import Check
from llmspell.doctor.system import System


def examine(system: System) -> Iterator[Check]:
    """Each problem, or where the settings come from."""
    for problem in system.problems:
        yield Check("configuration", "error", problem, "what else is checked here has the default settings")
    if system.problems:
        return
    loaded = system.loaded
    counts: dict[str, int] = {}
    for path in loaded.origins:
        if not any(other.startswith(f"{path}.") for other in loaded.origins):
            where = str(loaded.origins[path]).partition(":")[0]
            counts[where] = counts.get(where, 0) + 1
    listed = ", ".join(f"{where} ({count})" for where, count in counts.items())
    yield Check("configuration", "ok", f"settings come from {listed}" if counts else "all settings are the defaults")
    if loaded.withheld:
        keys = ", ".join(str(each.key) for each in loaded.withheld)
        left_out = f"the project {loaded.project} is not trusted, so these settings of it are left out: {keys}"
        yield Check("configuration", "warning", left_out, "read the file, then type: llmspell trust")
