"""The commands that several benchmarks share."""

from __future__ import annotations

from benchmarks.harness.environments import OURS, PEERS
from benchmarks.harness.model import Case

PEER_NAMES = tuple(PEERS)


def program(path: str, *words: str) -> tuple[str, ...]:
    """The command of a program in this folder; `-P` keeps the program's own folder out of its imports."""
    return ("python", "-P", f"benchmarks/{path}.py", *words)


def ours(subject: str, path: str, *words: str, expect: str | None = None) -> Case:
    """A program that runs in llmspell's environment."""
    return Case(subject, OURS, program(path, *words), expect)


def peers(*words: str, expect: str | None = None) -> tuple[Case, ...]:
    """The agent program of every peer, in its own environment."""
    return tuple(Case(name, name, program(f"peers/{name.replace('-', '_')}_agent", *words), expect) for name in PEERS)
