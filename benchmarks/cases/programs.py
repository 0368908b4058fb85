"""The commands that several benchmarks share."""

from __future__ import annotations

from collections.abc import Sequence

from benchmarks.harness.environments import OURS, PEERS
from benchmarks.harness.model import Case

PEER_NAMES = tuple(PEERS)


def program(path: str, *words: str) -> tuple[str, ...]:
    """The command of a program in this folder; `-P` keeps the program's own folder out of its imports."""
    return ("python", "-P", f"benchmarks/{path}.py", *words)


def ours(subject: str, path: str, *words: str, expect: str | None = None) -> Case:
    """A program that runs in llmspell's environment."""
    return Case(subject, OURS, program(path, *words), expect)


def peers(what: str, *words: str, names: Sequence[str] = PEER_NAMES, expect: str | None = None) -> tuple[Case, ...]:
    """The programs of the peers that measure one thing, each in its own environment."""
    paths = {name: f"peers/{name.replace('-', '_')}_{what}" for name in names}
    return tuple(Case(name, name, program(path, *words), expect) for name, path in paths.items())
