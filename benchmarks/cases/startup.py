"""Whole processes: the bare interpreter, the version, and a spell that prints one line."""

from __future__ import annotations

from benchmarks.harness.environments import OURS
from benchmarks.harness.model import Benchmark, Case, Target

_PYTHON = "python -c pass"
_VERSION = "llmspell --version"
_HELLO = "llmspell run hello.lua"
_RUN = ("llmspell", "run", "benchmarks/ours/hello.lua")
_LOW = "llmspell run hello.lua, profile low"

STARTUP = Benchmark(
    "startup",
    (
        Case(_PYTHON, OURS, ("python", "-c", "pass"), ""),
        Case(_VERSION, OURS, ("llmspell", "--version"), "llmspell "),
        Case(_HELLO, OURS, _RUN, "hello"),
        Case(_LOW, OURS, (*_RUN, "--profile", "low"), "hello"),
    ),
    (
        Target(f"{_VERSION} / {_PYTHON}", _VERSION, "exit_ms", "x", at_most=2, over=(_PYTHON,)),
        Target(f"{_HELLO}, whole process", _HELLO, "exit_ms", "ms", at_most=250),
        Target(f"{_HELLO} / {_PYTHON}", _HELLO, "exit_ms", "x", over=(_PYTHON,)),
        Target(f"{_LOW}, whole process", _LOW, "exit_ms", "ms"),
    ),
    repeat=3,
    warm_up=True,
)
