"""The tool that makes Markdown of HTML: what it writes."""

from __future__ import annotations

from html import escape
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from llmspell.errors import UsageError
from llmspell.testing.contracts.tool import ToolContract
from llmspell_tool_text.html_table import Table
from llmspell_tool_text.html_to_markdown import html_to_markdown


class TestHtmlToMarkdownContract(ToolContract):
    name = "html_to_markdown"
    good = ({"html": "<h1>Hello</h1>"}, {"html": ""}, {"html": "<a href=/x>y", "base_url": "https://example.com"})
    bad = (
        {},
        {"html": 3},
        {"html": "x", "base_url": "/relative"},
        {"html": "x", "max_chars": 99},
        {"html": "x" * 1_000_001},
    )


def markdown(html: str, **arguments: Any) -> str:
    found: str = html_to_markdown(html, **arguments)["markdown"]
    return found


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<h1>One</h1><h3>Two <em>three</em></h3>", "# One\n\n### Two *three*"),
        ("<h2>C#</h2>", r"## C\#"),
        ("<p>one\n  two<p>three", "one two\n\nthree"),
        ("a<br>b<br/><br>c", "a\\\nb\n\nc"),
        ("<b> bold </b>x <i>it</i> <del>d</del>", "**bold** x *it* ~~d~~"),
        ("<b>a</b><b>b</b>", "**ab**"),
        ("<b><i>x</b> y</i>", "***x*** *y*"),
        ("<b>a<p>b</b>", "**a**\n\n**b**"),
        ("<b></b><i> </i>x", "x"),
        ("say <q>hi</q>", 'say "hi"'),
        ("<hr>", "___"),
        ("<ul><li>a<li>b</ul>", "- a\n- b"),
        ("<ol start=3><li>a<li>b</ol>", "3. a\n4. b"),
        ("<ul><li>a<ol><li>b</ol><li>c</ul>", "- a\n  1. b\n- c"),
        ("<ul><li>a<p>b<li>c</ul>d", "- a\n\n  b\n- c\n\nd"),
        ("<ul><li>a</ul><ul><li>b</ul>", "- a\n\n* b"),
        ("<ul><li><li>a</ul>", "- a"),
        ("<li>a<li>b", "- a\n\n- b"),
        ("<blockquote>a<p>b</blockquote><blockquote>c</blockquote>", "> a\n>\n> b\n\n> c"),
        ("<ul><li><blockquote>a<br>b</blockquote></ul>", "- > a\\\n  > b"),
        ("<code>x`y</code> <kbd>*</kbd>", "``x`y`` `*`"),
        ("<code>`</code>", "`` ` ``"),
        ("<pre><code class='hljs language-py'>\n x\n\n y\n</code></pre>", "```py\n x\n\n y\n```"),
        ("<pre>```</pre>", "````\n```\n````"),
        ("<pre>a<br>b<script>x</script></pre>", "```\na\nb\n```"),
        ("<dl><dt>a<dd>b</dl>", "a\n\nb"),
        ("<div>a<div>b</div>c</div>", "a\n\nb\n\nc"),
        ("a<!-- <b>c</b> -->b<!doctype html><?php x?>", "ab"),
        ("&lt;b&gt; &amp;amp; &eacute;&#233;&#xe9; &#0; 1 < 2", r"\<b> \&amp; ééé � 1 < 2"),
        (
            "1. x<br>- y<br># z<br>+ a<br>> b<br>===<br>2) c",
            "1\\. x\\\n\\- y\\\n\\# z\\\n\\+ a\\\n\\> b\\\n\\===\\\n2\\) c",
        ),
        ("snake_case _x_ *y* [z] `w` ~~v~~ a\\b", r"snake_case \_x\_ \*y\* \[z\] \`w\` \~\~v\~\~ a\\b"),
    ],
)
def test_each_element_has_its_markdown(html: str, text: str) -> None:
    assert markdown(html) == text


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<a href='https://example.com/a?b=1&copy=2'>x</a>", "[x](https://example.com/a?b=1&copy=2)"),
        ("<a href='/a b(1)'>x</a>", "[x](https://example.org/a%20b%281%29)"),
        ("<a href='#top'>x</a>", "[x](#top)"),
        ("<a href='//cdn.example/x'>x</a>", "[x](https://cdn.example/x)"),
        ("<a href=mailto:a@example.com>x</a>", "[x](mailto:a@example.com)"),
        ("<a>x</a> <a href=''>y</a>", "x y"),
        ("<a href=/x></a>", ""),
        ("<a href=/1>a<a href=/2>b</a>", "[a](https://example.org/1)[b](https://example.org/2)"),
        ("<a href=/1><p>a<p>b</a>", "[a](https://example.org/1)\n\n[b](https://example.org/1)"),
        ("wow!<a href=/x>y</a>", "wow\\![y](https://example.org/x)"),
        (
            "<a href=/x><img src=i.png alt='[A]\n b'></a>",
            r"[![\[A\] b](https://example.org/q/i.png)](https://example.org/x)",
        ),
        ("<img alt=x>", "x"),
        ("<img src='data:image/png;base64,AAAA' alt=x>", "x"),
    ],
)
def test_links_and_images_are_whole(html: str, text: str) -> None:
    assert markdown(html, base_url="https://example.org/q/") == text


@pytest.mark.parametrize(
    "address",
    [
        "javascript:alert(1)",
        "JaVaScRiPt:alert(1)",
        " \x01java\nscript\t:alert(1)",
        "java&#10;script&colon;alert(1)",
        "vbscript:x",
        "data:text/html,<script>",
        "file:///etc/passwd",
        "http://[",
        "https://example.com/" + "x" * 2000,
    ],
)
@pytest.mark.parametrize("base", ["", "https://example.org/"])
def test_an_address_that_may_do_harm_is_left_out(address: str, base: str) -> None:
    found = markdown(f'<a href="{address}">x</a>', base_url=base)
    assert found == "x" or (address == "http://[" and not base)


def test_links_and_images_can_be_left_out() -> None:
    html = "<a href=https://example.com>x</a> <img src=a.png alt=y>"
    assert markdown(html, links=False, images=False) == "x y"


def test_a_table_has_its_first_row_as_header() -> None:
    html = """<table><caption>Cap</caption><thead><tr><th>a|b<th>c</thead>
    <tr><td><code>x|y</code><td><p>p<ul><li>q</ul><tr><td>only<tr></tr></table>after"""
    assert markdown(html) == "Cap\n\n| a\\|b | c |\n| --- | --- |\n| `x\\|y` | p q |\n| only |\n\nafter"


def test_a_table_in_a_cell_is_text() -> None:
    html = "<table><tr><td>a<table><tr><td>b<td>c</table>d<td>e</table>"
    assert markdown(html) == "| a b c d | e |\n| --- | --- |"


@pytest.mark.parametrize(
    "hidden",
    [
        "<script>let a = '<b>x</b>'; // secret</script>",
        "<STYLE>p { color: secret }</STYLE>",
        "<template><p>secret</template>",
        "<svg><title>secret</title><svg/><text>secret</text></svg>",
        "<iframe>secret</iframe>",
        "<noembed>secret</noembed>",
        "<object><p>secret<object></object>secret</object>",
        "<!-- secret -->",
        "<textarea>secret</textarea>",
        "<select><option>secret</select>",
        "<script src=x />secret</script>",
    ],
)
def test_what_a_page_does_not_show_as_text_is_left_out(hidden: str) -> None:
    assert markdown(f"<p>a{hidden}b</p>") == "ab"


def test_the_title_is_told_beside_the_text() -> None:
    found = html_to_markdown("<head><title>A &amp;\n b</title></head><body>c<svg><title>d</title></svg>")
    assert found == {"markdown": "c", "title": "A & b", "truncated": False}


def test_what_is_too_long_is_cut_at_a_block_and_said() -> None:
    found = html_to_markdown("<p>" + "a" * 90 + "<p>" + "b" * 90 + "<p>c", max_chars=100)
    assert found == {"markdown": "a" * 90, "title": "", "truncated": True}
    found = html_to_markdown("<p>" + "a" * 200, max_chars=100)
    assert (found["markdown"], found["truncated"]) == ("a" * 100, True)


def test_a_table_that_is_too_long_keeps_its_first_rows() -> None:
    found = html_to_markdown("<table>" + "<tr><td>abcdefghi" * 100, max_chars=100)
    assert found["truncated"]
    assert found["markdown"].startswith("| abcdefghi |\n| --- |")


def test_a_row_that_does_not_fit_is_said_to_be_left_out() -> None:
    found = html_to_markdown(f"<table><tr><td>{'a' * 60}<tr><td>{'b' * 60}</table>", max_chars=100)
    assert (found["markdown"], found["truncated"]) == (f"| {'a' * 60} |\n| --- |", True)


def test_a_table_stops_taking_cells_when_it_is_full() -> None:
    table = Table(most=10)
    for _ in range(5):
        table.add_cell()
        table.put("abc")
    assert table.full
    assert table.markdown().count("abc") == 3


def test_what_is_beyond_the_last_column_stands_in_it() -> None:
    header, *_ = markdown("<table><tr>" + "<td>x" * 102).splitlines()
    assert header == "| " + "x | " * 99 + "x x x |"


def test_what_is_too_deep_stands_in_the_last_quotation() -> None:
    found = markdown("<blockquote>" * 40 + "deep" + "</blockquote>" * 39 + "<p>one" + "</blockquote><p>none")
    assert found.splitlines()[0] == "> " * 32 + "deep"
    assert found.endswith("\n> one\n\nnone")


def test_a_base_that_is_no_address_is_refused() -> None:
    with pytest.raises(UsageError, match=r"base_url 'example.com' is no http or https address") as caught:
        html_to_markdown("x", base_url="example.com")
    assert caught.value.hint == "write https://HOST/PATH"


def _shown(text: str) -> list[tuple[str, str]]:
    """What Markdown shows of a text, as the kinds of its blocks and their texts."""
    tokens = MarkdownIt("commonmark").enable(["table", "strikethrough"]).parse(text)
    return [(token.type, "".join(child.content for child in token.children or ())) for token in tokens]


_WORDS = st.text(
    st.sampled_from("ab1 .)*_`~[]()<>!#+-=|:&;\\/\"'é\u00a0{}") | st.characters(exclude_categories=["Cs", "Cc"])
)


@given(_WORDS)
def test_any_words_are_shown_as_they_are(words: str) -> None:
    plain = " ".join(part for part in words.replace("\u00a0", "x").split())
    found = _shown(markdown(f"<p>{escape(plain)}</p>"))
    assert found == ([("paragraph_open", ""), ("inline", plain), ("paragraph_close", "")] if plain else [])


@given(_WORDS)
def test_any_code_is_shown_as_it_is(words: str) -> None:
    plain = " ".join(words.replace("\u00a0", "x").split())
    found = _shown(markdown(f"<code>{escape(plain)}</code>"))
    assert found == ([("paragraph_open", ""), ("inline", plain), ("paragraph_close", "")] if plain else [])
    block = MarkdownIt().parse(markdown(f"<pre>x{escape(plain)}</pre>"))
    assert [(token.type, token.content) for token in block] == [("fence", f"x{plain}\n")]
