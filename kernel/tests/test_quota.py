"""What a run may use is counted."""

from __future__ import annotations

import pytest

from llmspell.errors import BudgetExceeded
from llmspell.quota import Quota


def test_only_so_many_events_are_made_in_a_second(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 100.0
    monkeypatch.setattr("llmspell.quota.monotonic", lambda: now)
    quota = Quota(event_rate=3)
    for _ in range(3):
        quota.count_event()
    for _ in range(2):
        with pytest.raises(BudgetExceeded, match="the budget event_rate of 3 events in a second is used up"):
            quota.count_event()
    now = 101.0
    for _ in range(3):
        quota.count_event()
    with pytest.raises(BudgetExceeded):
        quota.count_event()
