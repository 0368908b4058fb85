"""The tool `text_encode`: text written in other characters, and back."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from llmspell.tools import Example, tool


@tool(
    category="text",
    tags=("base64", "hex", "url", "escape", "unicode", "decode", "punycode"),
    idempotent=True,
    timeout=10.0,
    output_bytes=8 << 20,
    examples=(
        Example({"text": "a b&c", "encoding": "url"}, "a%20b%26c"),
        Example({"text": "aGk=", "encoding": "base64", "direction": "decode"}, "hi"),
    ),
)
def text_encode(
    text: Annotated[str, {"maxLength": 500_000}],
    encoding: Literal[
        "base64",
        "base64url",
        "hex",
        "url",
        "form",
        "html",
        "quoted_printable",
        "rot13",
        "punycode",
        "nfc",
        "nfd",
        "nfkc",
        "nfkd",
    ],
    direction: Literal["encode", "decode"] = "encode",
    charset: Literal["utf-8", "utf-16", "utf-16-le", "utf-16-be", "iso-8859-1", "windows-1252", "ascii"] = "utf-8",
) -> dict[str, Any]:
    """Encodes or decodes text: base64, hex, URL, HTML entities, quoted-printable, rot13, punycode, Unicode forms.

    Answers `text`. Decoding is strict: what is not in the encoding, or not text in the charset, is an error that says
    where. The Unicode forms (nfc, nfd, nfkc, nfkd) only go one way.

    Args:
        text: what to encode or decode.
        encoding: url escapes all but letters, digits and -._~ and form writes + for a space; punycode is of host names.
        direction: which way.
        charset: the bytes that stand for the text, in base64, base64url, hex, url, form and quoted_printable.
    """
    from llmspell_tool_text.encodings import decode, encode

    return {"text": (encode if direction == "encode" else decode)(text, encoding, charset)}
