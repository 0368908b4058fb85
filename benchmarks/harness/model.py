"""What there is to measure: benchmarks, each with cases to run in turns and targets to compare with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

SERVER = "{server}"
"""Stands for the address of the model server in a case's command and environment."""

Figures = Mapping[str, float]


@dataclass(frozen=True)
class Case:
    """One program that gives one sample of each of its quantities.

    Attributes:
        subject: who is measured, as the tables name it.
        environment: whose virtual environment it runs in; a peer's name makes it a peer's case.
        command: the words; the first is a command of that environment.
        expect: how its first line of output begins when its work is done: the process itself is timed, `ms`
            to that line, `exit_ms` to its end, `cpu_ms` in all. None: it measures; its last line is JSON.
        environ: variables besides the common ones.
    """

    subject: str
    environment: str
    command: tuple[str, ...]
    expect: str | None = None
    environ: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Target:
    """What one quantity of one subject should be: `at_most` or `at_least`; with neither it is only shown.

    Attributes:
        what: the row's name.
        subject: whose quantity it is.
        quantity: which of its figures.
        unit: the figure's, or `x` for a ratio.
        over: the figure is divided by the best one among these subjects.
    """

    what: str
    subject: str
    quantity: str
    unit: str
    at_most: float | None = None
    at_least: float | None = None
    over: tuple[str, ...] = ()


@dataclass(frozen=True)
class Benchmark:
    """Cases that are compared with one another; a round runs each of them `repeat` times.

    `warm_up` runs each once more at the beginning and forgets it: the files are then in memory, and compiled.
    """

    name: str
    cases: tuple[Case, ...]
    targets: tuple[Target, ...]
    repeat: int = 1
    warm_up: bool = False
