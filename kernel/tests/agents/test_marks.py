"""The marks that stand for a script's handoffs."""

from __future__ import annotations

from typing import Any

import pytest

from llmspell.errors import LlmspellError
from llmspell.result import HandoffRequest
from llmspell.script.handoff import Pending


def test_a_mark_stands_for_its_handoff_each_time_that_it_is_returned() -> None:
    pending, request = Pending(), HandoffRequest("b")
    mark = pending.add(request)
    assert [pending.redeem(mark), pending.redeem(dict(mark))] == [request, request]


@pytest.mark.parametrize("answer", [None, "b", {"handoff": "b"}, {"handoff": ["x"]}, {"handoff": "b", "more": 1}, []])
def test_what_is_no_mark_is_data(answer: Any) -> None:
    pending = Pending()
    pending.add(HandoffRequest("b"))
    assert pending.redeem(answer) is answer


def test_those_that_were_returned_make_room_for_others() -> None:
    pending = Pending()
    for _ in range(3000):
        assert isinstance(pending.redeem(pending.add(HandoffRequest("b"))), HandoffRequest)


def test_handoffs_that_are_never_returned_are_bounded() -> None:
    pending = Pending()
    for _ in range(1000):
        pending.add(HandoffRequest("b"))
    with pytest.raises(LlmspellError, match="asked for 1000 handoffs that it did not return"):
        pending.add(HandoffRequest("b"))
