"""The tool that picks things out of XML."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from llmspell.errors import PermissionDenied, UsageError
from llmspell.testing.contracts.tool import ToolContract
from llmspell_tool_data import xml_select, xml_tree

Call = Callable[..., Awaitable[Any]]

BOOKS = """<?xml version="1.0"?>
<books xmlns:d="urn:d">
  <book id="b1" d:rank="2"><title>Emma</title><year>1815</year></book>
  <book id="b2"><title>Ulys<i>s</i>es</title></book>
  <d:book>Dune</d:book>
</books>"""


class TestXmlQueryContract(ToolContract):
    name = "xml_query"
    allow = {"fs.read": ["**"]}
    good = ({"query": "//title", "text": BOOKS}, {"query": "/books/book/@id", "path": "books.xml"})
    bad = (
        {},
        {"query": "//title"},
        {"query": "", "text": BOOKS},
        {"query": "//title[", "text": BOOKS},
        {"query": "//x:title", "text": BOOKS},
        {"query": "//title", "text": "<books>"},
        {"query": "//title", "path": "none.xml"},
        {"query": "//title", "text": BOOKS, "limit": 0},
    )

    def prepare(self, folder: Path) -> None:
        (folder / "books.xml").write_text(BOOKS)


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("/books/book/title", ["Emma", "Ulysses"]),
        ("books/book/title", ["Emma", "Ulysses"]),
        ("//title", ["Emma", "Ulysses"]),
        ("//book[2]/title", ["Ulysses"]),
        ("//book[last()]/title", ["Ulysses"]),
        ("//book[3]", []),
        ("//book[@id='b2']/title", ["Ulysses"]),
        ('//book[@id!="b2"]/title', ["Emma"]),
        ("//book[year]/title", ["Emma"]),
        ("//book[title='Ulysses']/@id", ["b2"]),
        ("//book[title!='Ulysses']/@id", ["b1"]),
        ("//title[.='Emma']", ["Emma"]),
        ("//title[text()='Emma']", ["Emma"]),
        ("//book[@id='b1'][year='1815']/@id", ["b1"]),
        ("//book[@id='b1'][year='1816']/@id", []),
        ("//i/..", ["Ulysses"]),
        ("//i/../../@id", ["b2"]),
        ("//title/text()", ["Emma", "Ulyses"]),
        ("//book/@*", ["b1", "2", "b2"]),
        ("//@id", ["b1", "b2"]),
        ("//book/./year", ["1815"]),
        ("//*/*/*/*", ["s"]),
        ("//*//*//i", ["s"]),
        ("//*:book", ["Emma1815", "Ulysses", "Dune"]),
        ("//x:book", ["Dune"]),
        ("//book/@x:rank", ["2"]),
        ("/..", []),
        (" // book [ year ] / title ", ["Emma"]),
    ],
)
async def test_a_query_finds_what_xpath_says(call: Call, query: str, found: list[str]) -> None:
    answer = await call("xml_query", query=query, text=BOOKS, answer="text", namespaces={"x": "urn:d"})
    assert answer == {"matches": found, "count": len(found), "truncated": False}


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ("//", "a name is missing at its end"),
        ("//book[0]", "positions start at 1"),
        ("//book[@id=1]", "= must be followed by text in quotes"),
        ("//book[.]", r"\[.\] needs a comparison"),
        ("//book[year/x]", "a ] is missing, or this predicate is not known here"),
        ("//book/@id/x", "nothing can follow an attribute or text()"),
        ("//book title", "'title' is not expected here"),
        ("count(//book)", r"'\(' at character 6 is not known here"),
        ("//book | //title", r"'\|' at character 8 is not known here"),
        ("//'x'", "\"'x'\" is no name"),
        ("/" + "a" * 1_000, "the XPath has 1001 characters, and at most 1000 are read"),
        ("//y:book", "has the prefix 'y', and namespaces does not"),
    ],
)
async def test_what_is_not_understood_is_named(call: Call, query: str, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        await call("xml_query", query=query, text=BOOKS)


async def test_an_element_is_an_object(call: Call) -> None:
    answer = await call("xml_query", query="//book[1]", text=BOOKS)
    assert answer["matches"] == [
        {
            "tag": "book",
            "attributes": {"id": "b1", "{urn:d}rank": "2"},
            "text": "",
            "children": [
                {"tag": "title", "attributes": {}, "text": "Emma", "children": []},
                {"tag": "year", "attributes": {}, "text": "1815", "children": []},
            ],
        }
    ]


async def test_the_empty_prefix_is_for_names_without_one(call: Call) -> None:
    text = '<feed xmlns="urn:f"><entry a="1"/></feed>'
    assert (await call("xml_query", query="//entry/@a", text=text))["matches"] == []
    assert (await call("xml_query", query="//entry/@a", text=text, namespaces={"": "urn:f"}))["matches"] == ["1"]


async def test_the_limit_cuts_and_says_so(call: Call) -> None:
    answer = await call("xml_query", query="//@id", text=BOOKS, limit=1)
    assert answer == {"matches": ["b1"], "count": 2, "truncated": True}


DEEP = "<a>" * 60 + "<b/>" * 1_000 + "</a>" * 60


@pytest.mark.parametrize("query", ["//*//*//*//*[@x]", "//*[.='z']"])
async def test_a_query_of_much_work_is_stopped(call: Call, monkeypatch: pytest.MonkeyPatch, query: str) -> None:
    monkeypatch.setattr(xml_select, "UNITS", 60_000)
    with pytest.raises(UsageError, match="the XPath would touch more than 60000 values"):
        await call("xml_query", query=query, text=DEEP)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "the XML is wrong in line 1, column 1: no element found"),
        ("hello", "the XML is wrong in line 1, column 1: syntax error"),
        ("<a><b></a>", "the XML is wrong in line 1, column 9: mismatched tag"),
        ("<a>\n<b", "the XML is wrong in line 2, column 1: unclosed token"),
        ("<a/><b/>", "the XML is wrong in line 1, column 5: junk after document element"),
        ("<a x='1' x='2'/>", "the XML is wrong in line 1, column 10: duplicate attribute"),
        ("<a>&lol;</a>", "the XML is wrong in line 1, column 4: undefined entity"),
        ("<a>\x01</a>", r"the XML is wrong in line 1, column 4: not well-formed \(invalid token\)"),
        ("<a>\ud800</a>", r"the XML is wrong: it has '\\ud800', which is no character"),
        ("<a>\0</a>", "the text has a NUL character at offset 3"),
        ("<p:a/>", "the XML is wrong in line 1, column 1: unbound prefix"),
        ("<a>" * 65, "the XML nests deeper than 64 levels"),
        ("<a>" + "x" * 4_000_000 + "</a>", "the text has 4000007 characters, and at most 4000000 are read"),
    ],
    ids=lambda value: repr(value)[:30],
)
async def test_malformed_or_huge_xml_is_refused_with_the_place(call: Call, text: str, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        await call("xml_query", query="//a", text=text)


@pytest.mark.parametrize(
    "text", ["<a>" + "<b/>" * 1_000 + "</a>", "<a " + " ".join(f"x{n}=''" for n in range(1_000)) + "/>"]
)
async def test_xml_of_too_many_parts_is_refused(call: Call, monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.setattr(xml_tree, "MAX_VALUES", 1_000)  # half a million take seconds to read
    with pytest.raises(UsageError, match="the XML has more than 1000 elements and attributes"):
        await call("xml_query", query="//a", text=text)


LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))


@pytest.mark.parametrize(
    "doctype",
    [
        "<!DOCTYPE a>",
        f'<!DOCTYPE a [<!ENTITY l0 "lol">{LAUGHS}]>',
        '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]>',
        '<!DOCTYPE a [<!ENTITY % x SYSTEM "http://127.0.0.1:9/x.dtd"> %x;]>',
        '<!DOCTYPE a SYSTEM "http://127.0.0.1:9/x.dtd">',
        '<!DOCTYPE a PUBLIC "-//x" "x.dtd">',
        f'<!DOCTYPE a [<!ENTITY x "{"y" * 100_000}">]>',
        '<!DOCTYPE a [<!ATTLIST a x CDATA "1">]>',
    ],
    ids=lambda doctype: doctype[:40],
)
async def test_nothing_can_be_declared(call: Call, doctype: str) -> None:
    with pytest.raises(UsageError, match=r"the XML has a document type \(<!DOCTYPE ...>\), and these are refused"):
        await call("xml_query", query="//a", text=f"{doctype}<a>&x;</a>")


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("<a><!-- x --><![CDATA[<b>&amp;]]>&lt;</a>", ["<b>&amp;<"]),
        ("\ufeff<a>x</a>", ["x"]),
        ('<?xml version="1.0" encoding="latin-1"?><a>é</a>', ["é"]),
        ("<a>" + "&amp;" * 100_000 + "</a>", ["&" * 100_000]),
        ("<a xml:lang='de'>&#x1F600;</a>", ["😀"]),
        ("<?xml-stylesheet href='http://127.0.0.1:9'?><a xmlns:xi='http://www.w3.org/2001/XInclude'>"
         "<xi:include href='/etc/passwd' parse='text'/></a>", [""]),
    ],
    ids=lambda value: repr(value)[:30],
)  # fmt: skip
async def test_odd_xml_is_read_as_it_says(call: Call, text: str, found: list[str]) -> None:
    assert (await call("xml_query", query="/a", text=text, answer="text"))["matches"] == found


async def test_a_file_may_only_be_read_where_that_is_granted(call_without: Call, tmp_path: Path) -> None:
    (tmp_path / "a.xml").write_text(BOOKS)
    with pytest.raises(PermissionDenied, match=r"fs.read of '.*a\.xml' is not allowed in profile 'high'") as caught:
        await call_without("xml_query", {}, query="//a", path="a.xml")
    assert "--allow-fs-read=" in caught.value.hint
