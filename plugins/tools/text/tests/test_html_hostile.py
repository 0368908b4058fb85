"""The tool that makes Markdown of HTML: what it does with HTML that means harm, or none at all."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from llmspell_tool_text.html_to_markdown import html_to_markdown

_MOST = 1_000_000


def _filled(piece: str) -> str:
    return piece * (_MOST // len(piece))


_HOSTILE = {
    "formatting that every paragraph opens again": "<p>"
    + "".join(f"<b a{index}>" for index in range(40_000))
    + "<p>x" * 90_000,
    "nested divisions": _filled("<div>"),
    "nested quotations": _filled("<blockquote>x"),
    "nested lists": _filled("<ul><li>x"),
    "nested tables": _filled("<table><tr><td>"),
    "nested formatting": _filled("<b><i>"),
    "crossed formatting": _filled("<b><i></b></i>x"),
    "adjacent formatting": _filled("<b>x</b>"),
    "nested drawings": _filled("<svg>"),
    "no tags": _filled("<"),
    "comments without an end": _filled("<!--"),
    "declarations without an end": _filled("<![CDATA["),
    "tags without an end": _filled("<a "),
    "end tags without an end": _filled("</a "),
    "quotes without an end": _filled("<a b='"),
    "quotes of both kinds": "<a " + _filled("\"'")[: _MOST - 3],
    "many attributes": "<a " + _filled("a=b ")[: _MOST - 3],
    "equals signs": "<a " + _filled("=")[: _MOST - 3],
    "scripts without an end": _filled("<script></script"),
    "references": _filled("&"),
    "a huge reference": "&#" + "9" * 900_000 + ";",
    "a huge hexadecimal reference": "&#x" + "f" * 900_000,
    "deep code": "<ul><li>" * 40 + "<pre>" + "\n" * 900_000,
    "many cells": "<table>" + _filled("<td>x")[: _MOST - 7],
    "a long link in many cells": "<table><a href='" + "u" * 1990 + "'>" + _filled("<td>x")[: _MOST - 3000],
    "a long link in many paragraphs": "<a href='" + "u" * 1990 + "'>" + _filled("<p>x")[: _MOST - 3000],
    "backticks": "<code>" + "`" * 900_000,
    "backticks in turn": _filled("<code>`"),
    "line breaks": _filled("x<br>"),
    "NUL characters": _filled("\0"),
    "half characters": _filled("\ud800"),
    "spaces": _filled(" "),
}


@pytest.mark.parametrize("html", _HOSTILE.values(), ids=_HOSTILE.keys())
def test_a_million_characters_end_soon_and_small(html: str) -> None:
    started = time.process_time()
    found = html_to_markdown(html)
    assert len(found["markdown"]) <= 100_000
    assert time.process_time() - started < 20


_SOUP = """
    <p> <b> </b> <i> </i> <a_href=x> </a> <ul> </ul> <ol> <li> <table> <tr> <td> </table> <pre> </pre> <code> </code>
    <blockquote> </blockquote> <h1> </h1> <br> <img_src=x> <svg> </svg> x <!-- --> & " ' < >
"""


@given(st.lists(st.sampled_from(_SOUP.split()), max_size=40))
def test_any_soup_of_tags_is_written(pieces: list[str]) -> None:
    found = html_to_markdown("".join(pieces).replace("_", " "))
    assert isinstance(found["markdown"], str)
    assert found["markdown"] == found["markdown"].strip("\n")


@given(st.text(max_size=100))
def test_any_text_is_written(text: str) -> None:
    assert not html_to_markdown(text)["truncated"]


@pytest.mark.parametrize(
    "html",
    [
        "<",
        "</",
        "<a",
        "<a href",
        "<a href=",
        '<a href="',
        "<!",
        "<!-",
        "<!--",
        "<?",
        "</>",
        "<!-->",
        "<!--->",
        "<script",
        "&",
        "&#",
        "&#x",
        "<a/",
        "<pre",
        "<table><",
    ],
)
def test_what_is_cut_short_is_written_as_far_as_it_goes(html: str) -> None:
    assert html_to_markdown(f"<p>before {html}")["markdown"].startswith("before")
