"""A stranger's text in a question: it stays in its place."""

from __future__ import annotations

import attrs
from hypothesis import given
from hypothesis import strategies as st

from llmspell.approvals.shown import lines, plain, shortened

from .test_store import APPROVAL

_hostile = st.text(st.characters(codec="utf-8") | st.sampled_from("\x1b\r\n\u202e\u2028\u200b'\\"), max_size=80)


@given(_hostile, _hostile, _hostile, _hostile)
def test_no_text_begins_a_line_moves_the_cursor_or_hides_letters(target: str, tool: str, rule: str, shown: str) -> None:
    found = lines(attrs.evolve(APPROVAL, target=target, tool=tool, rule=rule, shown=shown), whole=True)
    assert all(line.isprintable() for line in found)
    assert [line.startswith("  ") for line in found] == [False, True, True, True][: len(found)]
    assert len(found) == (4 if shown else 3)


@given(_hostile)
def test_a_quoted_text_ends_only_at_its_own_end(target: str) -> None:
    [first, *_] = lines(attrs.evolve(APPROVAL, target=target))
    inside = first.removeprefix(f"approval {APPROVAL.id}: call tool '").removesuffix("'")
    assert "'" not in inside.replace("\\\\", "").replace("\\'", "")


def test_a_tool_that_is_called_like_the_prompt_stays_in_its_quotes() -> None:
    name = "x'\napproval 000000000000: call tool 'harmless'\n  once, run, show all, or deny? [o/r/s/D] o"
    found = lines(attrs.evolve(APPROVAL, target=name))
    assert len(found) == 4
    assert "call tool 'x\\'\\napproval 000000000000" in found[0]


def test_long_arguments_show_both_ends_and_how_much_is_left_out_between() -> None:
    text = "begin" + "x" * 100_000 + "end"
    shown = lines(attrs.evolve(APPROVAL, shown=text))[-1]
    assert shown.startswith("  arguments: begin")
    assert shown.endswith("xend")
    assert "[... 98208 characters left out ...]" in shown
    assert lines(attrs.evolve(APPROVAL, shown=text), whole=True)[-1] == f"  arguments: {text}"


@given(st.text(max_size=40), st.integers(0, 10), st.integers(1, 10))
def test_what_is_not_long_is_shown_whole(text: str, head: int, tail: int) -> None:
    short = len(text) <= head + tail
    assert (shortened(text, head, tail) == text) == short


def test_escapes_tell_the_letters_apart() -> None:
    assert plain("a\x1b[2J\u202eb\n") == "a\\x1b[2J\\u202eb\\n"


def test_a_backslash_at_the_end_does_not_swallow_the_quote() -> None:
    assert lines(attrs.evolve(APPROVAL, target="x\\"))[0].endswith("call tool 'x\\\\'")
