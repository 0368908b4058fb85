"""The hook `logging` keeps the contract of hooks."""

from __future__ import annotations

from llmspell.testing.contracts.hook import HookContract


class TestLogging(HookContract):
    """Observes, and nothing else."""

    name = "logging"
