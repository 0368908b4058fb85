"""The parser of server-sent events follows the specification."""

from __future__ import annotations

import pytest

from llmspell_provider_openai import sse
from llmspell_provider_openai.sse import EventParser, ServerEvent
from llmspell_provider_openai.wire import Malformed


def parse(*pieces: bytes) -> list[ServerEvent]:
    parser = EventParser()
    return [event for piece in pieces for event in parser.feed(piece)]


@pytest.mark.parametrize(
    ("data", "events"),
    [
        (b"data: a\n\n", [ServerEvent("a")]),
        (b"data:a\n\n", [ServerEvent("a")]),
        (b"data:  a\n\n", [ServerEvent(" a")]),
        (b"data: a\r\n\r\ndata: b\r\n\r\n", [ServerEvent("a"), ServerEvent("b")]),
        (b"data: a\r\rdata: b\r\r", [ServerEvent("a"), ServerEvent("b")]),
        (b"data: a\ndata: b\n\n", [ServerEvent("a\nb")]),
        (b"data\n\n", [ServerEvent("")]),
        (b": a comment\n\ndata: a\n: another\n\n", [ServerEvent("a")]),
        (b"event: error\ndata: a\n\ndata: b\n\n", [ServerEvent("a", "error"), ServerEvent("b")]),
        (b"event: error\n\ndata: b\n\n", [ServerEvent("b")]),
        (b"id: 1\nretry: 5\nunknown: x\ndata: a\n\n", [ServerEvent("a")]),
        (b"\xef\xbb\xbfdata: a\n\n", [ServerEvent("a")]),
        (b"data: a: b\n\n", [ServerEvent("a: b")]),
        (b"data: \xc3\xbc\xff\n\n", [ServerEvent("ü\N{REPLACEMENT CHARACTER}")]),
        (b"data: a\x0b\x0cb\xe2\x80\xa8c\n\n", [ServerEvent("a\x0b\x0cb\u2028c")]),
        (b"data: unfinished\n", []),
        (b"\n\n\n", []),
    ],
)
def test_events_are_found(data: bytes, events: list[ServerEvent]) -> None:
    assert parse(data) == events
    assert parse(*(data[place : place + 1] for place in range(len(data)))) == events


def test_a_carriage_return_and_a_line_feed_in_two_pieces_are_one_line_end() -> None:
    assert parse(b"data: a\r", b"", b"\ndata: b\r\n\r", b"\n") == [ServerEvent("a\nb")]


def test_a_line_without_end_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sse, "LONGEST_LINE", 10)
    with pytest.raises(Malformed, match="with a line of more than"):
        parse(b"data: 12", b"345", b"67")
