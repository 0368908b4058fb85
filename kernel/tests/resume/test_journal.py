"""Nothing happens twice, whatever a run does beside the question that it is paused for."""

from __future__ import annotations

from pathlib import Path

import pytest

from llmspell.errors import UsageError
from llmspell.resume import journal

from .kit import Desk

ASKS = 'Tool.run("calculator", { expression = "1 + 1" }).output'


def append(text: str) -> str:
    return f'Tool.run("file_append", {{ path = "log.txt", text = "{text}\\n" }})'


async def test_equal_questions_that_are_asked_at_once_are_answered_one_after_another(tmp_path: Path) -> None:
    desk = Desk(tmp_path, f"return Async.map({{ 1, 2, 3 }}, function() return {ASKS} end)")
    ended, asked = await desk.begin(), []
    while ended.stop_reason == "interrupted":
        asked += [question.id for question in desk.paused().questions]
        ended = await desk.go_on(desk.paused())
    assert (ended.value, len(set(asked))) == ([2, 2, 2], 3)


async def test_what_was_done_and_not_come_to_again_before_a_second_pause_is_not_done_again(tmp_path: Path) -> None:
    (tmp_path / "quiet").mkdir()
    desk = Desk(
        tmp_path,
        f"""Async.all{{
          function() Async.sleep(0.6) {append("once")} end,
          function() Tool.run("file_watch", {{ path = "quiet", seconds = 1.0 }}) local _ = {ASKS} end,
        }}""",
    )
    await desk.begin()
    assert desk.written() == ["once"]
    await desk.go_on(desk.paused(), None)  # the watch is served, so that the question comes before the other branch
    assert [each.name for each in desk.paused().exchanges].count("file_append") == 1
    ended = await desk.go_on(desk.paused())
    assert (ended.stop_reason, desk.written()) == ("completed", ["once"])


async def test_a_new_call_may_come_to_the_path_of_one_that_is_made_again_later(tmp_path: Path) -> None:
    desk = Desk(
        tmp_path,
        f"""Async.all{{
          function() {append("a1")} local _ = {ASKS} {append("a2")} end,
          function() Async.sleep(0.05) {append("b1")} Async.sleep(0.05) {append("b2")} end,
        }}""",
    )
    await desk.begin()
    ended = await desk.go_on(desk.paused())
    assert (ended.stop_reason, desk.written()) == ("completed", ["a1", "a2", "b1", "b2"]), ended.error


async def test_a_run_that_went_another_way_stays_paused_and_can_go_on_the_old_way(tmp_path: Path) -> None:
    desk = Desk(tmp_path, f'Tool.run("file_append", {{ path = "log.txt", text = Args[1] }}) return {ASKS}')
    await desk.begin("a")
    questions = desk.paused().questions
    ended = await desk.go_on(desk.paused(), None, "b")
    assert (ended.stop_reason, ended.error and ended.error.kind) == ("error", "conflict")
    assert 'recorded: "a"' in str(ended.error)
    assert (desk.paused().questions, desk.written()) == (questions, ["a"])
    ended = await desk.go_on(desk.paused(), "once", "a")
    assert (ended.value, desk.written()) == (2, ["a"])


async def test_state_sessions_and_artifacts_are_written_once(tmp_path: Path) -> None:
    desk = Desk(
        tmp_path,
        f"""
        Artifact.put("report", "text")
        local talk = Session.create{{}}
        talk:run(Agent.create{{ name = "echo", run = function(input) return input end }}, "hello")
        local function count(value) return (value or 0) + 1 end
        State.scope("app"):update("count", count)
        local _ = {ASKS}
        State.scope("app"):update("count", count)
        return {{ #Artifact.versions("report"), #Session.list(), #talk:turns(), State.scope("app"):get("count") }}
        """,
    )
    await desk.begin()
    ended = await desk.go_on(desk.paused())
    assert ended.value == [1, 1, 1, 2], ended.error


async def test_what_goes_on_for_ever_beside_a_question_is_held_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(journal, "_LONGEST", 0.3)
    (tmp_path / "done").touch()
    desk = Desk(
        tmp_path,
        f"""local answer
        Async.all{{
          function() answer = {ASKS} end,
          function() repeat Tool.run("file_stat", {{ path = "done" }}) Async.sleep(0.01) until answer end,
        }}
        return answer""",
    )
    ended = await desk.begin()
    assert ended.stop_reason == "interrupted"
    assert (await desk.go_on(desk.paused())).value == 2


async def test_a_run_does_not_go_on_for_another_user(tmp_path: Path) -> None:
    desk = Desk(tmp_path, f"return {ASKS}")
    await desk.begin()
    with pytest.raises(UsageError, match=r"^run \w+ is for the user 'local', and `run.user` is 'eve' now$"):
        await desk.go_on(desk.paused(), user="eve")


async def test_a_run_does_not_go_on_with_other_permissions(tmp_path: Path) -> None:
    desk = Desk(tmp_path, f"return {ASKS}")
    await desk.begin()
    with pytest.raises(UsageError, match=r"^run \w+ may not do the same as when it was paused: its permissions have"):
        await desk.go_on(desk.paused(), net=["*"])
