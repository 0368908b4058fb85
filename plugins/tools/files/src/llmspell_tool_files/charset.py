"""Text in the encodings that people have files in, by the names that they know them by."""

from __future__ import annotations

import codecs
import re
from functools import cache
from typing import Literal

from llmspell.errors import UsageError, did_you_mean

Errors = Literal["strict", "replace"]

# Not all that Python knows: some of those are not for text, and some take a time that grows with the text's square.
KNOWN = [
    "utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-le", "utf-32-be", "ascii",
    "latin-1", "iso8859-2", "iso8859-3", "iso8859-4", "iso8859-5", "iso8859-6", "iso8859-7", "iso8859-8",
    "iso8859-9", "iso8859-10", "iso8859-13", "iso8859-14", "iso8859-15", "iso8859-16", "cp1250", "cp1251", "cp1252",
    "cp1253", "cp1254", "cp1255", "cp1256", "cp1257", "cp1258", "cp437", "cp850", "cp852", "cp866", "koi8-r",
    "koi8-u", "mac-roman", "shift_jis", "cp932", "euc_jp", "iso2022_jp", "gb2312", "gbk", "gb18030", "big5",
    "cp950", "euc_kr", "cp949",
]  # fmt: skip
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),  # before UTF-16, whose mark its own begins with
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


def encoding_called(name: str) -> str:
    """The encoding's name in `KNOWN`, however it is spelled.

    Raises:
        UsageError: it is none of those.
    """
    try:
        known = _names().get(codecs.lookup(name).name) if re.fullmatch(r"[A-Za-z0-9_ .:-]{1,40}", name) else None
    except LookupError:
        known = None
    if known is None:
        raise UsageError(f"the encoding {name[:40]!r} is not known", hint=did_you_mean(name, KNOWN))
    return known


@cache
def _names() -> dict[str, str]:
    """Those of `KNOWN` by the names that the library has for them; each is loaded for it."""
    return {codecs.lookup(name).name: name for name in KNOWN}


def encoded(text: str, encoding: str, errors: Errors = "strict") -> bytes:
    """The text's bytes; `replace` puts a question mark where the encoding lacks a character.

    Raises:
        UsageError: the encoding is not known, or lacks a character.
    """
    known = encoding_called(encoding)
    try:
        return text.encode(known, errors)
    except UnicodeEncodeError as error:
        line = text.count("\n", 0, error.start) + 1
        raise UsageError(
            f"{known} has no {text[error.start]!r}, which the text has in line {line}",
            hint="choose utf-8" if known != "utf-8" else "leave it out: it is half of a character",
        ) from None


def decoded(content: bytes, encoding: str, path: str, errors: Errors = "strict") -> str:
    """The text of a file; `replace` puts U+FFFD where bytes stand for nothing.

    Raises:
        UsageError: the encoding is not known, or not the file's.
    """
    known = encoding_called(encoding)
    try:
        return content.decode(known, errors)
    except UnicodeDecodeError as error:
        found = f"byte {content[error.start]:#04x} at offset {error.start}" if error.start < len(content) else "its end"
        raise UsageError(f"{path!r} is not {known} text: {found} does not fit", hint="name another encoding") from None


def marked(content: bytes) -> str:
    """The encoding that a byte order mark at the beginning tells; empty where there is none."""
    return next((encoding for mark, encoding in _MARKS if content.startswith(mark)), "")
