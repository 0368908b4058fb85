"""Which keys there are, by name: their text is never looked at."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from llmspell.doctor.check import Check
from llmspell.doctor.system import System
from llmspell.errors import LlmspellError
from llmspell.provider import Provider


def examine(system: System) -> Iterator[Check]:
    """One check per provider that has a key, and one for those that lack theirs."""
    without: list[str] = []
    for name in system.plugins.names("provider"):
        try:
            provider: Provider = system.plugins.get("provider", name)
            names = provider.key_names()
            found = _found(system, names)
        except LlmspellError as error:
            yield Check(f"key:{name}", "error", str(error), error.hint)
            continue
        if found:
            yield Check(f"key:{name}", "ok", found)
        elif names:
            without.append(f"{name} ({' or '.join(names)})")
    if without:
        yield Check("keys", "ok", f"no key, so not used: {', '.join(without)}")


def _found(system: System, names: Sequence[str]) -> str:
    """Where the first of these keys is; empty when there is none."""
    for name in names:
        if places := system.plugins.settings.secrets.places(name):
            others = f"; {' and '.join(places[1:])} has one, too, which does not count" if places[1:] else ""
            return f"{name} is in the {places[0]}{others}"
    return ""
