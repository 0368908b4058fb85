"""The files of paused runs, and their questions."""

from __future__ import annotations

import fcntl
import os
import time
from pathlib import Path
from typing import Any

import attrs
import pytest

from llmspell.approvals.approval import Answer, Approval
from llmspell.errors import LlmspellError, UsageError
from llmspell.resume import PausedRun, PausedRuns, folder

RUN = "0123456789abcdef"


def question(run: str = RUN) -> Approval:
    return Approval("0123456789ab", run, "tools", "send", "tool:send", "run/tool:send", "send", "{}", "0" * 64, 1.0)


def paused(**fields: Any) -> PausedRun:
    run = PausedRun(
        run=RUN, spell="a.lua", code="", source="0" * 64, folder="/somewhere", options={"args": []}, model="",
        user="local", rules="1" * 64, paused=1.0, questions=(question(),), answers={}, granted=("granted",),
        exchanges=(), kept=(),
    )  # fmt: skip
    return attrs.evolve(run, **fields)


@pytest.fixture
def runs(tmp_path: Path) -> PausedRuns:
    return PausedRuns.of({"LLMSPELL_STATE_HOME": str(tmp_path)})


def test_what_is_kept_is_read_again(runs: PausedRuns) -> None:
    run = paused(answers={"d": Answer("run", "me")})
    runs.keep(run)
    assert runs.read(RUN) == run
    assert runs.ids() == [RUN]
    assert runs.requests.read(question().id) == question()


def test_a_question_can_be_answered_as_long_as_its_run_is_paused(runs: PausedRuns) -> None:
    run = paused()
    runs.keep(run)
    runs.requests.answer(question(), Answer("once", "me"))
    assert runs.requests.answered(question()) == Answer("once", "me")
    runs.forget(run)
    assert (runs.ids(), runs.requests.ids()) == ([], [])


def test_a_question_whose_run_is_gone_is_removed(runs: PausedRuns, tmp_path: Path) -> None:
    runs.keep(paused())
    (tmp_path / "paused" / f"{RUN}.json").unlink()
    assert runs.requests.ids() == []
    with pytest.raises(UsageError, match=r"no approval '0123456789ab' is waiting"):
        runs.requests.read(question().id)


def test_a_run_that_did_too_much_to_be_kept_is_refused(runs: PausedRuns, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(folder, "MOST_BYTES", 100)
    with pytest.raises(LlmspellError, match=r"the run cannot be paused: what it did takes \d+ bytes, and 100 can be"):
        runs.keep(paused())
    assert (runs.ids(), runs.requests.ids()) == ([], [])


def test_a_run_can_be_resumed_by_one_at_a_time_and_not_after_it_was_killed(runs: PausedRuns) -> None:
    runs.keep(paused())
    with (
        runs.resuming(RUN),
        pytest.raises(UsageError, match=r"is being resumed by another process"),
        runs.resuming(RUN),
    ):
        pass
    with runs.resuming(RUN):
        runs.begin(RUN)
    with pytest.raises(UsageError, match=r"was resumed before and killed"), runs.resuming(RUN):
        pass
    with runs.resuming(RUN, again=True) as found:
        assert found == paused()
    runs.keep(paused())
    with runs.resuming(RUN):  # it was paused again, which says all that it did
        pass


def test_a_run_that_somebody_else_has_just_gone_on_with_is_not_resumed_from_what_it_was(
    runs: PausedRuns, monkeypatch: pytest.MonkeyPatch
) -> None:
    runs.keep(paused())
    flock = fcntl.flock

    def quicker(descriptor: int, how: int) -> None:
        """The other one pauses the run again between our look at the file and our lock."""
        monkeypatch.undo()
        runs.keep(paused(paused=2.0))
        flock(descriptor, how)

    monkeypatch.setattr(fcntl, "flock", quicker)
    with pytest.raises(UsageError, match=r"is being resumed by another process"), runs.resuming(RUN):
        pass
    with runs.resuming(RUN) as found:
        assert found.paused == 2.0


def test_a_run_that_was_paused_too_long_ago_is_removed_with_its_questions(runs: PausedRuns, tmp_path: Path) -> None:
    runs.keep(paused())
    assert runs.requests.is_paused(question().id)
    long_ago = time.time() - folder.KEPT - 60
    os.utime(tmp_path / "paused" / f"{RUN}.json", (long_ago, long_ago))
    assert (runs.ids(), runs.requests.ids()) == ([], [])
    assert [file.name for file in (tmp_path / "paused").iterdir()] == ["lock"]
