"""The tool that makes plain text of Markdown."""

from __future__ import annotations

import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from llmspell.errors import UsageError
from llmspell.testing.contracts.tool import ToolContract
from llmspell_tool_text import plain
from llmspell_tool_text.markdown_to_text import MOST_INPUT, markdown_to_text


class TestMarkdownToTextContract(ToolContract):
    name = "markdown_to_text"
    good = ({"text": "# Title\n\nSome *text*."}, {"text": ""}, {"text": "\ud800"})
    bad = ({}, {"text": 3}, {"text": "x", "addresses": "maybe"}, {"text": "x" * (MOST_INPUT + 1)})


def text_of(markdown: str, **arguments: Any) -> str:
    found: str = markdown_to_text(markdown, **arguments)["text"]
    return found


@pytest.mark.parametrize(
    ("markdown", "text"),
    [
        ("# Title\n\nSome *text*, **bold** and ~~gone~~.", "Title\n\nSome text, bold and gone."),
        ("Title\n===\none\ntwo  \nthree", "Title\n\none two\nthree"),
        ("- a\n- b\n  1. c\n  2. d\n\npara", "- a\n- b\n  1. c\n  2. d\n\npara"),
        ("3. a\n4. b", "3. a\n4. b"),
        ("> quoted\n> text\n\nown", "quoted text\n\nown"),
        ("`a*b` and\n\n```py\nx = 1\n  y\n```\n\n    z", "a*b and\n\nx = 1\n  y\n\nz"),
        ("[link](https://example.com) ![alt *text*](i.png)", "link alt text"),
        ("[a][r]\n\n[r]: /x", "a"),
        ("<https://example.com>", "https://example.com"),
        ("| a | b |\n|---|---|\n| 1 | *2* |", "a | b\n1 | 2"),
        ("a\n\n---\n\nb", "a\n\nb"),
        ("a <b>c</b> <script>alert(1)</script> d", "a c  d"),
        ("<div>\n<p>x &amp; y</p>\n<script>alert(1)</script>\n</div>", "x & y"),
        ("\\*not\\* &lt;b&gt;", "*not* <b>"),
        ("snake_case 2 * 3", "snake_case 2 * 3"),
    ],
)
def test_marks_are_taken_away(markdown: str, text: str) -> None:
    assert text_of(markdown) == text


def test_headings_are_listed() -> None:
    found = markdown_to_text("# A\n\n## B *c*\n\ntext")["headings"]
    assert found == [{"level": 1, "text": "A"}, {"level": 2, "text": "B c"}]


def test_addresses_may_follow_their_links() -> None:
    assert text_of("see [a](https://example.com/x)", addresses=True) == "see a (https://example.com/x)"


@given(st.text(max_size=80))
def test_any_text_is_converted(text: str) -> None:
    assert isinstance(text_of(text), str)


def _filled(piece: str) -> str:
    return piece * (MOST_INPUT // len(piece))


_HOSTILE = {
    "emphasis": _filled("*a "),
    "emphasis in words": _filled("*a**b"),
    "nested emphasis": "*" * 60_000 + "a" + "*" * 60_000,
    "underscores": _filled("_a__b_"),
    "brackets": _filled("["),
    "images": _filled("!["),
    "nested links": "[" * 20_000 + "a" + "](b)" * 20_000,
    "links without an end": _filled("[a]("),
    "titles without an end": _filled('[a](b "'),
    "tags without an end": _filled("<a "),
    "addresses without an end": _filled("<a:"),
    "backticks of all lengths": "".join("`" * length + " " for length in range(600)),
    "nested quotations": _filled(">"),
    "nested lists": _filled("- "),
    "deep lists": "\n".join("  " * depth + "- x" for depth in range(400)),
    "definitions": _filled("[a]: x\n"),
    "entities": _filled("&amp;"),
    "a wide table": "|" + "a|" * 5000 + "\n|" + "-|" * 5000 + "\n" + "x\n" * 50_000,
    "NUL characters": _filled("\0"),
    "strikethrough": _filled("~~a"),
}


@pytest.mark.parametrize("markdown", _HOSTILE.values(), ids=_HOSTILE.keys())
def test_hostile_markdown_ends_soon(markdown: str) -> None:
    started = time.process_time()
    try:
        markdown_to_text(markdown)
    except UsageError as error:
        assert error.message == "the text takes more than 5 seconds to parse"  # noqa: PT017  # either outcome is right
    assert time.process_time() - started < 25


@pytest.mark.parametrize(
    ("markdown", "seconds"), [("---\n\n" * 10, 0.0), ("![" * 100_000, 0.25)], ids=["blocks", "words"]
)
def test_parsing_is_given_up_when_its_time_is_over(
    markdown: str, seconds: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(plain, "SECONDS", seconds)
    with pytest.raises(UsageError, match=rf"the text takes more than {seconds:g} seconds to parse") as caught:
        markdown_to_text(markdown)
    assert caught.value.hint == "give it in parts"
