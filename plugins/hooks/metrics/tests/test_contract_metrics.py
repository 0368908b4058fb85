"""The hook `metrics` keeps the contract of hooks."""

from __future__ import annotations

from llmspell.testing.contracts.hook import HookContract


class TestMetrics(HookContract):
    """Observes, and nothing else."""

    name = "metrics"
