"""What a spell's header asks for, and what is none."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from llmspell.errors import LlmspellError, UsageError
from llmspell.permissions.request import requests
from llmspell.spell import Source


def asked(text: str) -> list[tuple[str, str, str, int]]:
    return [(each.kind.key, each.pattern, each.reason, each.line) for each in requests(Source(text, "x.lua"))]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('-- llmspell: allow-net=a.org reason="prices of today"', [("net", "a.org", "prices of today", 1)]),
        ("// llmspell: allow-net=a.org:443", [("net", "a.org:443", "", 1)]),
        ("--llmspell: allow-net=a.org", [("net", "a.org", "", 1)]),
        ("  -- llmspell: allow-net=a.org\r\n", [("net", "a.org", "", 1)]),
        ("#!/usr/bin/lua\n\n-- words\n-- llmspell: allow-env=HOME", [("env", "HOME", "", 4)]),
        ("-- llmspell: allow-library=io,os", [("libraries", "io", "", 1), ("libraries", "os", "", 1)]),
        ("-- llmspell: allow-fs-read=a,b", [("fs.read", "a,b", "", 1)]),
        ("-- llmspell: allow-run='git log **'", [("run", "git log **", "", 1)]),
        (
            "-- llmspell: allow-net=a.org reason=x allow-tool=t",
            [("net", "a.org", "x", 1), ("tools", "t", "x", 1)],
        ),
        ("-- llmspell: allow-net=a.org\n-- llmspell: allow-net=a.org reason=later", [("net", "a.org", "", 1)]),
        ("print(1)\n-- llmspell: allow-net=a.org", []),
        ("local x = 1 -- llmspell: allow-net=a.org", []),
        ("--[[ llmspell: allow-net=a.org ]]", []),
        ("--[[\n-- llmspell: allow-net=a.org\n]]", []),
        ("/* llmspell: allow-net=a.org */", []),
        ("# llmspell: allow-net=a.org", []),
        ("#!/usr/bin/lua llmspell: allow-net=a.org", []),
        ("-- about llmspell: allow-net=a.org", []),
        ('print("llmspell: allow-net=a.org")', []),
        ("", []),
    ],
)
def test_a_header_asks(text: str, expected: list[tuple[str, str, str, int]]) -> None:
    assert asked(text) == expected


@pytest.mark.parametrize(
    ("line", "problem", "hint"),
    [
        ("allow-nte=a.org", "no permission is called 'nte'", "did you mean 'net'?"),
        ("deny-net=a.org", "'deny-net' is not known", "did you mean 'allow-net'?"),
        ("net=a.org", "'net' is not known", "did you mean 'allow-net'?"),
        ("resaon=x allow-net=a.org", "'resaon' is not known", "did you mean 'reason'?"),
        ("allow-net", "'allow-net' names nothing", "write allow-net=HOST[:PORT]"),
        ("allow-net=", "'allow-net=' names nothing", "write allow-net=HOST[:PORT]"),
        ("allow-net=a.org,", "'allow-net=a.org,' names nothing", ""),
        ('allow-net="a.org', "no closing quotation", ""),
        ("", "it asks for nothing", "write `llmspell: allow-net=api.example.com"),
        ("reason=why", "it asks for nothing", ""),
        ("allow-all", "no permission is called 'all'", "known: "),
    ],
)
def test_a_header_that_cannot_be_understood_is_an_error_with_its_line(line: str, problem: str, hint: str) -> None:
    with pytest.raises(UsageError, match=r"^x\.lua:2: the header cannot be understood: ") as raised:
        asked(f"-- words\n-- llmspell: {line}\n")
    assert problem in raised.value.message
    assert raised.value.hint.startswith(hint)


@given(st.text(max_size=60))
def test_no_header_is_a_defect_of_ours(text: str) -> None:
    with suppress(LlmspellError):
        asked(f"-- llmspell: {text}")
