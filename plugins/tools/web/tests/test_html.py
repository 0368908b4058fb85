"""Pages as trees, and trees as Markdown."""

from __future__ import annotations

import random
from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from llmspell.errors import LlmspellError
from llmspell_tool_web.html import main_content, markdown, parse, plain_text
from llmspell_tool_web.html.content import own, shown
from llmspell_tool_web.html.tokens import End, Start, tokens
from llmspell_tool_web.html.tree import DEEPEST


def written(page: str) -> str:
    return markdown(parse(page), shown)


def outline(page: str) -> str:
    """The names of the elements, each in the parentheses of what it is in."""

    def show(element: object) -> str:
        name, children = getattr(element, "name", "#"), getattr(element, "children", ())
        return f"{name}({' '.join(map(show, children))})" if children else name

    return " ".join(map(show, parse(page).children))


@pytest.mark.parametrize(
    ("page", "shape"),
    [
        ("<p>a<p>b", "p(#) p(#)"),
        ("<ul><li>a<li>b<ul><li>c</ul></ul>", "ul(li(#) li(# ul(li(#))))"),
        ("<table><tr><td>a<td>b<tr><td>c</table>d", "table(tr(td(#) td(#)) tr(td(#))) #"),
        ("<table><tbody><tr><td>a</tbody><tfoot><tr><td>b</table>", "table(tbody(tr(td(#))) tfoot(tr(td(#))))"),
        ("<p>a<div>b</div>c", "p(#) div(#) #"),
        ("<a>a<a>b</a>", "a(#) a(#)"),
        ("<dl><dt>a<dd>b<dt>c</dl>", "dl(dt(#) dd(#) dt(#))"),
        ("<div><table><tr><td></div>x</td></tr></table></div>y", "div(table(tr(td(#)))) #"),
        ("<b><p>a</b>b", "b(p(#)) #"),
        ("</p>a</nothing>", "#"),
        ("<br/>a<img src=x>b", "br # img #"),
        ("<script>if (a < b) '<p>'</script><p>x", "script p(#)"),
        ("<select><option>a<option>b</select>", "select(option(#) option(#))"),
        ("<head><title>t</title><body>x</body>y", "head(title(#)) body(# #)"),
    ],
)
def test_what_is_left_open_is_closed_as_browsers_do(page: str, shape: str) -> None:
    assert outline(page) == shape


@pytest.mark.parametrize(
    ("page", "found"),
    [
        ("<a href='x' HREF=y b=\"1 > 2\" c>", [Start("a", {"href": "x", "b": "1 > 2", "c": ""}, False)]),
        ("<a b = c/>", [Start("a", {"b": "c/"}, False)]),
        ("<a/b=c / >", [Start("a", {"b": "c"}, False)]),
        ("<a b='&amp;&lt;'>", [Start("a", {"b": "&<"}, False)]),
        ("a<!-- <p> -->b<!doctype html>c<?php ?>d", ["a", "b", "c", "d"]),
        ("<!-->a<!--->b", ["a", "b"]),
        ("</a b='>'>x", [End("a"), "x"]),
        ("a < b <3 &amp; &#65; &#x41;", ["a ", "<", " b ", "<", "3 & A A"]),
        ("<title>a<p>&amp;</title>", [Start("title", {}, False), "a<p>&", End("title")]),
        ("<style>&amp;</STYLE >", [Start("style", {}, False), "&amp;", End("style")]),
        ("<p title='never ends>", []),
        ("x</", ["x"]),
    ],
)
def test_tags_are_read_as_browsers_read_them(page: str, found: list[object]) -> None:
    assert [token for token in tokens(page) if token not in ("", "</")] == found


@pytest.mark.parametrize(
    ("page", "text"),
    [
        ("<h2>A <em>b</em></h2>x", "## A *b*\n\nx"),
        ("<p>a <b> b </b>c", "a **b** c"),
        ("a<br>b", "a\nb"),
        ("<pre>\n  x &lt; y\n</pre>", "```\n  x < y\n```"),
        ("<pre>a ``` b</pre>", "````\na ``` b\n````"),
        ("<p><code>a`b</code>", "``a`b``"),
        ("<blockquote><p>a<p>b</blockquote>", "> a\n>\n> b"),
        ("<ol start=9><li>a<li><p>b<p>c</ol>", "9. a\n10. b\n    c"),
        ("<table><tr><th>a<th>b|c<tr><td>1</table>", "| a | b\\|c |\n| --- | --- |\n| 1 |  |"),
        ("<table><tr><td><table><tr><td>x<td>y</table></table>", "| x | y |\n| --- | --- |"),
        ("<table><caption>T</caption><tr><td>1<td>2</table>", "T\n\n| 1 | 2 |\n| --- | --- |"),
        ("<hr>", "---"),
        ("<img alt='A cat'>", "A cat"),
        ("<dl><dt>T<dd>D</dl>", "**T**\n\nD"),
        ("<p hidden>x<p style='display: none'>y<p aria-hidden=true>z<p>seen", "seen"),
        ("<span>a<div>b</div>c</span>", "a\n\nb\n\nc"),
    ],
)
def test_a_page_keeps_its_shape_as_markdown(page: str, text: str) -> None:
    assert written(page) == text


PROSE = "<p>" + "This is a sentence of an article, long enough to be one. " * 6 + "</p>"
AROUND = "<nav><a href=/>Home</a></nav><div class='sidebar ads'>Buy this</div><footer>Imprint</footer>"


@pytest.mark.parametrize(
    "page",
    [
        f"<body>{AROUND}<main>{PROSE}</main></body>",
        f"<body>{AROUND}<article>{PROSE}</article><article>short</article></body>",
        f"<body>{AROUND}<div role=main>{PROSE}</div></body>",
        f"<body>{AROUND}<div><div class=post>{PROSE * 3}</div><div><a href=x>{'other ' * 20}</a></div></div></body>",
        f"<body>{AROUND}{PROSE}</body>",
        f"{AROUND}{PROSE}",
    ],
)
def test_the_content_is_found_without_what_surrounds_it(page: str) -> None:
    text = markdown(main_content(parse(page)), own)
    assert "This is a sentence of an article" in text
    assert not [word for word in ("Home", "Buy this", "Imprint") if word in text]


def test_a_short_page_is_its_own_content() -> None:
    assert markdown(main_content(parse("<body><h1>Hi</h1>there</body>")), own) == "# Hi\n\nthere"


def test_a_piece_of_html_is_text_on_one_line() -> None:
    assert plain_text("<p>a <b>b</b>&amp;c</p>\n<div>d</div>") == "a b&c d"
    assert plain_text("a  b") == "a b"


# Hostile pages: linear in time, bounded in memory, and never an exception of Python's

MANY = 10_000
HOSTILE = {
    "deep": "<div>" * MANY,
    "deep lists": "<ul><li>x" * MANY,
    "deep tables": "<table><tr><td>" * MANY,
    "deep quotations": "<blockquote>x" * MANY,
    "deep marks": "<em>x" * MANY,
    "formatting that a standard parser copies into every paragraph": "<p>"
    + "".join(f"<b a={number}>" for number in range(MANY))
    + "</p>"
    + "<p>x</p>" * MANY,
    "marks across blocks": "<b>" * MANY + "<div>" * MANY + "</b>" * MANY,
    "comments that never end": "<!--" * MANY * 10,
    "tags that never end": "<a " * MANY * 10,
    "values that never end": "<a b='" * MANY * 10,
    "scripts that never end": "<script>" * MANY * 10,
    "ends of nothing": "</div>" * MANY * 10,
    "signs": "<" * MANY * 10,
    "references": "&" * MANY * 10,
    "a reference of many digits": "&#" + "9" * 5_000 + ";<p title='&#x" + "f" * 5_000 + ";'>",
    "attributes": "<div " + " ".join(f"a{number}=1" for number in range(MANY * 5)) + ">",
    "spaces": "<a" + " " * MANY * 50,
    "slashes": "<a" + "/" * MANY * 50 + ">",
    "backticks": "<pre>" + "`" * MANY * 10,
    "cells": "<table>" + "<tr><td>a<td>b" * MANY,
    "NUL": "\0<p\0>\0" * MANY,
    "one word": "a" * MANY * 50,
    "surrogates": "<p>\ud800</p>" * 10,
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_page_takes_bounded_time(name: str) -> None:
    begin = process_time()
    root = parse(HOSTILE[name])
    for keep in (own, shown):
        assert len(markdown(main_content(root), keep)) <= 4 * len(HOSTILE[name])
    assert process_time() - begin < 20


def test_a_page_of_too_many_elements_is_refused() -> None:
    with pytest.raises(LlmspellError, match=r"^the page has more than 100000 elements$"):
        parse("<p>" * 100_001)


def test_a_page_that_nests_too_deep_is_flattened_and_loses_no_text() -> None:
    root = parse("<div>" * 5_000 + "x" + "</div>" * 5_000 + "<p>y")
    assert root.text() == "x y"
    deepest, element = 0, root
    while element.children and not isinstance(child := element.children[0], str):
        deepest, element = deepest + 1, child
    assert deepest <= DEEPEST + 1


def test_the_end_of_what_was_flattened_ends_nothing_else() -> None:
    root = parse("<div>" * (DEEPEST + 50) + "</div>" * 60 + "<p>y")
    depth, element = 0, root
    while (found := element.children[-1]) and not isinstance(found, str):
        depth, element = depth + 1, found
    assert depth == DEEPEST - 10 + 1


@given(st.text(st.sampled_from("<>/=\"' ab!-&;#\n") | st.characters(), max_size=200))
def test_any_text_is_a_page(text: str) -> None:
    markdown(main_content(parse(text)), own)


@given(st.randoms(use_true_random=False))
def test_any_tags_are_a_page_and_keep_its_words(chance: random.Random) -> None:
    names = ["p", "div", "table", "tr", "td", "ul", "li", "b", "a", "pre", "blockquote", "h1", "dl", "dd", "span"]
    parts = [f"<{chance.choice(['', '/'])}{chance.choice(names)}> w{place} " for place in range(40)]
    found = markdown(parse("".join(parts)), shown)
    assert [word for word in range(40) if f"w{word}" not in found] == []
