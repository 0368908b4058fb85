from __future__ import annotations

import re

from llmspell.ids import Ids, random_id


def test_a_run_that_is_resumed_gives_the_same_ids() -> None:
    first, again = Ids("run"), Ids("run")
    assert [first.new("session"), first.new("session")] == [again.new("session"), again.new("session")]


def test_ids_differ_by_run_purpose_and_number() -> None:
    ids, other = Ids("one"), Ids("two")
    found = {ids.new("a"), ids.new("a"), ids.new("b"), other.new("a"), random_id("a"), random_id("a")}
    assert len(found) == 6
    assert all(re.fullmatch(r"[0-9a-f]{12}", each) for each in found)


def test_what_is_made_for_one_purpose_changes_no_other_id() -> None:
    ids, other = Ids("run"), Ids("run")
    ids.new("a")
    assert ids.new("b") == other.new("b")
