"""The log, written as JSON Lines."""

from __future__ import annotations

import io
import json

from llmspell.errors import UsageError
from llmspell.events import EventLog
from llmspell.message import Message, Usage


def test_an_event_is_one_line_of_json_whatever_it_holds() -> None:
    log = EventLog("r1")
    log.append("a.b", "run", {"text": "two\nlines, ä", "usage": Usage(1, 2), "message": Message("user", "hi")})
    log.append("a.c", "run/tool:x", {"error": UsageError("no"), "object": object, "items": (1, {2})})
    file = io.StringIO()
    log.export(file)
    first, second = (json.loads(line) for line in file.getvalue().splitlines())
    assert (first["seq"], first["run"], first["path"], first["kind"]) == (1, "r1", "run", "a.b")
    assert first["time"].endswith("Z")
    assert first["data"]["usage"]["total_tokens"] == 3
    assert first["data"]["message"]["content"] == "hi"
    assert second["data"]["error"]["message"] == "no"
    assert second["data"]["items"] == [1, [2]]


def test_only_what_matches_is_written() -> None:
    log = EventLog("r1")
    for kind in ("a.b", "c.d", "a.e"):
        log.append(kind, "run", {})
    file = io.StringIO()
    log.export(file, "a.*")
    assert [json.loads(line)["kind"] for line in file.getvalue().splitlines()] == ["a.b", "a.e"]
