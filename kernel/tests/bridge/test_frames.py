"""However the bytes arrive, the same lines come out."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from llmspell.bridge.frames import Frames
from llmspell.errors import LlmspellError


@given(st.lists(st.binary(max_size=9).map(lambda line: line.replace(b"\n", b"")), max_size=9), st.data())
def test_lines_do_not_depend_on_how_they_are_cut(lines: list[bytes], data: st.DataObject) -> None:
    stream = b"".join(line + b"\n" for line in lines)
    cuts = sorted(data.draw(st.lists(st.integers(0, len(stream)), max_size=5)))
    frames = Frames(100)
    found = []
    for begin, end in zip([0, *cuts], [*cuts, len(stream)], strict=True):
        found += frames.feed(stream[begin:end])
    assert found == lines


def test_a_line_of_the_limit_passes_and_a_longer_one_does_not() -> None:
    assert Frames(10).feed(b"0123456789\n") == [b"0123456789"]
    with pytest.raises(LlmspellError, match="more than 10 bytes in one step"):
        Frames(10).feed(b"0123456789a\n")


def test_a_line_without_end_is_refused_as_soon_as_it_is_too_long() -> None:
    frames = Frames(10)
    assert frames.feed(b"01234567") == []
    with pytest.raises(LlmspellError, match="more than 10 bytes in one step"):
        frames.feed(b"01234567")
