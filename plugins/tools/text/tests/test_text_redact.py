"""The tool that takes secrets and personal numbers out of a text."""

from __future__ import annotations

import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from llmspell.testing.contracts.tool import ToolContract
from llmspell_tool_text.text_redact import text_redact


class TestTextRedactContract(ToolContract):
    name = "text_redact"
    good = ({"text": "write to ada@example.com"}, {"text": "", "kinds": ["ip"]})
    bad = ({}, {"text": 3}, {"text": "x", "kinds": []}, {"text": "x", "kinds": ["name"]}, {"text": "x" * 500_001})


@pytest.mark.parametrize(
    ("text", "cleaned"),
    [
        ("mail ada@example.com, or bob+x@mail.example.co.uk.", "mail [email], or [email]."),
        ("<müller@büro.example>", "<[email]>"),
        ("not@home, a@b, user@localhost", "not@home, a@b, user@localhost"),
        ("card 4111 1111 1111 1111 and 5500-0000-0000-0004.", "card [card] and [card]."),
        ("amex 378282246310005", "amex [card]"),
        ("4111 1111 1111 1111 123", "[card] 123"),
        ("no 22 4111 1111 1111 1111", "no 22 [card]"),
        ("wrong digit 4111 1111 1111 1112", "wrong digit 4111 1111 1111 1112"),
        ("0000 0000 0000 0000 is none", "0000 0000 0000 0000 is none"),
        ("DE89 3704 0044 0532 0130 00 OK", "[iban] OK"),
        ("GB82WEST12345698765432", "[iban]"),
        ("GB83WEST12345698765432 is wrong", "GB83WEST12345698765432 is wrong"),
        ("from 10.0.0.1, fe80::1 and ::1", "from [ip], [ip] and [ip]"),
        ("at 12:30:45, std::vector, 1.2.3.4.5, 300.1.1.1, ::", "at 12:30:45, std::vector, 1.2.3.4.5, 300.1.1.1, ::"),
        ("call +49 (30) 1234-567 or 0049 30 1234567", "call [phone] or [phone]"),
        ("call (030) 123456, 030/1234567, 555-123-4567", "call [phone], [phone], [phone]"),
        ("on 22.11.2026, 01.02.2026, 2026-11-22, 12345678", "on 22.11.2026, 01.02.2026, 2026-11-22, 12345678"),
        ("on 01-02-2026 or 01/02/2026", "on 01-02-2026 or 01/02/2026"),
        ("key sk-abcdefghij0123456789", "key [redacted]"),
        ("password=hunter2222", "password=[redacted]"),
        ("Authorization: Bearer abcdef0123456789", "Authorization: Bearer [redacted]"),
    ],
)
def test_what_has_the_shape_goes_and_the_rest_stays(text: str, cleaned: str) -> None:
    assert text_redact(text)["text"] == cleaned


def test_each_kind_is_counted() -> None:
    found = text_redact("a@example.com b@example.com 10.0.0.1 password=hunter2222")
    assert found["counts"] == {"secret": 1, "email": 2, "iban": 0, "card": 0, "ip": 1, "phone": 0}


def test_only_the_kinds_that_are_wanted_go() -> None:
    found = text_redact("a@example.com 10.0.0.1", ["ip"])
    assert found == {"text": "a@example.com [ip]", "counts": {"ip": 1}}


def test_what_was_redacted_before_is_not_counted_again() -> None:
    text = "password=hunter2222 a@example.com 4111 1111 1111 1111"
    once = text_redact(text)["text"]
    again: dict[str, Any] = text_redact(once)
    assert again["text"] == once
    assert set(again["counts"].values()) == {0}


@given(st.text("ab1.@:+-( )/=0DE", max_size=60))
def test_nothing_is_added_but_marks(text: str) -> None:
    found = text_redact(text)
    if not any(found["counts"].values()):
        assert found["text"] == text


_HOSTILE = [
    "4",
    "4 ",
    "4-",
    "a@",
    "a.",
    "@a.",
    "1:",
    ":",
    "1.",
    "+1",
    "+1 ",
    "(1",
    "0 ",
    "DE89",
    "DE89 ",
    "00",
    "password=",
    "://a:",
]


@pytest.mark.parametrize("piece", _HOSTILE)
def test_half_a_million_of_anything_is_cleaned_soon(piece: str) -> None:
    started = time.process_time()
    text_redact((piece * 500_000)[:500_000])
    assert time.process_time() - started < 20
