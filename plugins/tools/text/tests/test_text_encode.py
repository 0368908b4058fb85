"""The tool that encodes and decodes text."""

from __future__ import annotations

import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from llmspell.errors import UsageError
from llmspell.testing.contracts.tool import ToolContract
from llmspell_tool_text.text_encode import text_encode

BOTH_WAYS = ("base64", "base64url", "hex", "url", "form", "html", "rot13", "quoted_printable")


class TestTextEncodeContract(ToolContract):
    name = "text_encode"
    good = tuple({"text": "a b", "encoding": encoding} for encoding in (*BOTH_WAYS, "nfc", "nfkd"))
    bad = (
        {},
        {"text": "a"},
        {"text": "a", "encoding": "morse"},
        {"text": "a", "encoding": "base64", "direction": "decode"},
        {"text": "a", "encoding": "nfc", "direction": "decode"},
        {"text": "\ud800", "encoding": "hex"},
        {"text": "é", "encoding": "hex", "charset": "ascii"},
        {"text": "é", "encoding": "hex", "charset": "koi8"},
        {"text": "x" * 500_001, "encoding": "hex"},
    )


def encoded(text: str, encoding: str, **arguments: Any) -> Any:
    return text_encode(text, encoding, **arguments)["text"]


def decoded(text: str, encoding: str, **arguments: Any) -> Any:
    return text_encode(text, encoding, "decode", **arguments)["text"]


@pytest.mark.parametrize(
    ("text", "encoding", "written"),
    [
        ("grüße?>", "base64", "Z3LDvMOfZT8+"),
        ("grüße?>", "base64url", "Z3LDvMOfZT8-"),
        ("grü", "hex", "6772c3bc"),
        ("a b/ü~", "url", "a%20b%2F%C3%BC~"),
        ("a b+c", "form", "a+b%2Bc"),
        ("<a href='x'>&", "html", "&lt;a href=&#x27;x&#x27;&gt;&amp;"),
        ("ü=", "quoted_printable", "=C3=BC=3D"),
        ("Hello", "rot13", "Uryyb"),
        ("bücher.example", "punycode", "xn--bcher-kva.example"),
    ],
)
def test_each_encoding_both_ways(text: str, encoding: str, written: str) -> None:
    assert encoded(text, encoding) == written
    assert decoded(written, encoding) == text


@pytest.mark.parametrize(
    ("text", "form", "written"),
    [("e\u0301", "nfc", "é"), ("é", "nfd", "e\u0301"), ("ﬁ²", "nfkc", "fi2"), ("é①", "nfkd", "e\u03011")],
)
def test_unicode_forms(text: str, form: str, written: str) -> None:
    assert encoded(text, form) == written


@pytest.mark.parametrize(
    ("charset", "written"), [("utf-16-le", "e900"), ("iso-8859-1", "e9"), ("windows-1252", "e9"), ("utf-8", "c3a9")]
)
def test_the_charset_is_what_bytes_stand_for(charset: str, written: str) -> None:
    assert encoded("é", "hex", charset=charset) == written
    assert decoded(written, "hex", charset=charset) == "é"


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=60), st.sampled_from(BOTH_WAYS))
def test_decoding_undoes_encoding(text: str, encoding: str) -> None:
    if encoding == "quoted_printable":
        text = " ".join(text.split())  # it has line ends and spaces at ends of its own
    assert decoded(encoded(text, encoding), encoding) == text


@pytest.mark.parametrize(
    ("text", "encoding", "message", "hint"),
    [
        ("a", "base64", "'a' is not base64", ""),
        ("YQ==YQ==", "base64", "is not base64", ""),
        ("é===", "base64", "is not base64", ""),
        ("a+b/", "base64url", "is not base64url, which has - and _", "use base64"),
        ("abc", "hex", "'abc' is not hexadecimal: Odd-length", ""),
        ("zz", "hex", "is not hexadecimal", ""),
        ("é1", "hex", "is not hexadecimal", ""),
        ("100%", "url", "the % at 3 is not followed by two hexadecimal digits", "write %25 for %"),
        ("%zz", "form", "the % at 0 is not followed", ""),
        ("%ff", "url", "what the url holds is not utf-8 text: bytes ff at offset 0", "try another charset"),
        ("=4", "quoted_printable", "the = at 0 is not followed", "write =3D for ="),
        ("é", "quoted_printable", "quoted-printable is ASCII", ""),
        ("xn--\u00e9", "punycode", "is not punycode", ""),
        ("xn--99999999", "punycode", "is not punycode", ""),
        ("a" * 254, "punycode", "a host name has at most 253 characters, found 254", ""),
        ("e", "nfc", "nfc has no way back", "use direction encode"),
        ("ff", "hex", "is not utf-8 text: bytes ff at offset 0", ""),
    ],
)
def test_what_is_not_in_the_encoding_is_refused(text: str, encoding: str, message: str, hint: str) -> None:
    with pytest.raises(UsageError, match=message) as caught:
        decoded(text, encoding)
    assert hint in caught.value.hint


@pytest.mark.parametrize(("text", "charset", "place"), [("aé", "ascii", "at 1"), ("\ud800", "utf-8", "at 0")])
def test_a_character_that_the_charset_lacks_is_named(text: str, charset: str, place: str) -> None:
    with pytest.raises(UsageError, match=rf"{charset} does not have the character '[^']+' {place}"):
        encoded(text, "hex", charset=charset)


@given(st.text(max_size=40), st.sampled_from([*BOTH_WAYS, "punycode"]))
def test_any_text_is_decoded_or_refused_in_words(text: str, encoding: str) -> None:
    try:
        assert isinstance(decoded(text, encoding), str)
    except UsageError as error:
        assert error.message  # noqa: PT017  # either outcome is right


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("&#" + "9" * 400_000 + ";", "html"),
        ("&#x" + "f" * 400_000, "html"),
        ("&" * 500_000, "html"),
        ("&amp;" * 100_000, "html"),
        ("%41" * 160_000, "url"),
        ("%" * 500_000, "url"),
        ("=" * 500_000, "quoted_printable"),
        ("= " * 250_000, "quoted_printable"),
        ("=\n" * 250_000, "quoted_printable"),
        ("xn--" + "9" * 249, "punycode"),
        (" " * 500_000, "base64"),
    ],
)
def test_hostile_texts_are_decoded_soon(text: str, encoding: str) -> None:
    started = time.process_time()
    try:
        decoded(text, encoding)
    except UsageError as error:
        assert error.message  # noqa: PT017  # either outcome is right
    assert time.process_time() - started < 10
