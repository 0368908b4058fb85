"""A key that was revealed is known exactly: it is found in disguises, in parts, and where nobody would look."""

from __future__ import annotations

import json
import re
from base64 import b64encode, urlsafe_b64encode
from collections.abc import Callable
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import given
from hypothesis import strategies as st

from llmspell.cli.errors import render
from llmspell.errors import ProviderError
from llmspell.events import EventLog
from llmspell.message import Message
from llmspell.redaction import RedactedStream, Redactor
from llmspell.secrets import Secret

KEY = 'not/a known+shape "at" all \u00e9?>?'
FORM = f"x=1&y={quote_plus(KEY)}"
PARTS = ("known", "shape")


@pytest.fixture(autouse=True)
def key() -> str:
    return Secret(KEY, "A_KEY").reveal()


def _raised() -> str:
    try:
        try:
            raise ValueError(f"the server said: {KEY}")
        except ValueError as cause:
            raise ProviderError("no answer") from cause
    except ProviderError as error:
        return Redactor().traceback(error)


def _streamed() -> str:
    stream = RedactedStream(Redactor())
    return "".join(map(stream.push, f"it is {KEY}.")) + stream.end()


def _observed() -> str:
    seen = []
    log = EventLog("r", [lambda event: seen.append(repr(event.data["message"]))])
    log.append("llm.finished", "run", {"message": Message("assistant", f"it is {KEY}")})
    return seen[0]


def _told_to_the_spell() -> str:
    event = EventLog("r").append("tool.failed", "run", {"error": {"details": [{"said": KEY}]}})
    return json.dumps(event.to_dict(), ensure_ascii=False)


def _with_details() -> str:
    return json.dumps(Redactor().data({"error": {"details": {KEY: [KEY]}}}), ensure_ascii=False)


VARIANTS: dict[str, Callable[[], str]] = {
    "as it is": lambda: Redactor().text(f"it is {KEY}."),
    "base64": lambda: Redactor().text(b64encode(KEY.encode()).decode()),
    "base64 of a basic header, one before": lambda: Redactor().text(b64encode(f"u:::{KEY}".encode()).decode()),
    "base64 of a basic header, two before": lambda: Redactor().text(b64encode(f"u:{KEY}:x".encode()).decode()),
    "base64 for addresses": lambda: Redactor().text(urlsafe_b64encode(f"me:{KEY}".encode()).decode()),
    "in an address": lambda: Redactor().text(f"https://host/v1/{quote(KEY, safe='')}/models?page=2"),
    "in a form, in small letters": lambda: Redactor().text(re.sub("%..", lambda found: found[0].lower(), FORM)),
    "in JSON": lambda: Redactor().text(json.dumps({"x": f"it is {KEY}"})),
    "in hexadecimal": lambda: Redactor().text(KEY.encode().hex()),
    "in the text of a cause": _raised,
    "split across the pieces of a stream": _streamed,
    "as a key of data": _with_details,
    "in a message that an observer sees": _observed,
    "in an event that a spell reads": _told_to_the_spell,
}


@pytest.mark.parametrize("name", VARIANTS)
def test_a_revealed_key_is_found(name: str) -> None:
    shown = VARIANTS[name]()
    assert "[redacted]" in shown
    assert KEY not in shown
    for form in (b64encode(KEY.encode())[4:-8].decode(), KEY.encode().hex(), quote(KEY), *PARTS):
        assert form not in shown


def test_an_error_on_the_terminal_does_not_show_it() -> None:
    error = ProviderError(f"the server said {KEY}", hint=f"try another than {KEY}")
    assert render(error) == "error: the server said [redacted]\nhint: try another than [redacted]"


def test_a_key_that_is_too_short_to_be_told_from_words_is_not_looked_for() -> None:
    Secret("short", "B_KEY").reveal()
    assert Redactor().text("short") == "short"


def test_what_an_observer_sees_keeps_its_types() -> None:
    seen = []
    log = EventLog("r", [lambda event: seen.append(event.data)])
    message = Message("user", "plain")
    log.append("x", "run", {"message": message, "n": 5, "list": ("a", 1)})
    assert seen[0] == {"message": message, "n": 5, "list": ("a", 1)}
    assert seen[0]["message"] is message
    assert log.history()[0].data["message"] is message


_WORDS = st.text("ab", max_size=30)


@given(st.sets(st.text("ab", min_size=2, max_size=5), min_size=1, max_size=4), st.lists(_WORDS))
def test_a_stream_shows_what_the_whole_text_would(values: set[str], pieces: list[str]) -> None:
    redactor = Redactor(frozenset(values))
    stream = RedactedStream(redactor)
    shown = "".join(map(stream.push, pieces)) + stream.end()
    assert shown == redactor.exact("".join(pieces))


@given(st.binary(max_size=20), st.text(min_size=8, max_size=40), st.binary(max_size=20))
def test_base64_hides_no_secret_wherever_it_stands(before: bytes, secret: str, after: bytes) -> None:
    raw = before + secret.encode("utf-8", "surrogatepass") + after
    assert "[redacted]" in Redactor(frozenset({secret})).text(b64encode(raw).decode())
