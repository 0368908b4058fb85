"""Bytes as text, in the encoding that they are in (WHATWG Encoding, and HTML section 13.2.3.2)."""

from __future__ import annotations

import codecs
import re

_BOMS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
_PARAMETER = re.compile(r"charset\s*=\s*[\"']?\s*([\w.:-]{1,40})", re.IGNORECASE)
_META = re.compile(rb"<meta[^>]{0,500}?charset\s*=\s*[\"']?\s*([\w.:-]{1,40})", re.IGNORECASE)
_XML = re.compile(rb"^\s*<\?xml[^>]{0,200}?encoding\s*=\s*[\"']([\w.:-]{1,40})[\"']", re.IGNORECASE)
_LOOKED_AT = 4_096  # bytes in which a page names its encoding
# Labels that mean more on the web than they say.
_MEANT = {
    "ascii": "cp1252",
    "iso8859-1": "cp1252",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "shift_jis": "cp932",
    "euc_kr": "cp949",
    "big5": "big5hkscs",
    "iso8859-9": "cp1254",
    "tis-620": "cp874",
    "utf-16": "utf-16-le",
}
# What Python also calls encodings, but no page is written in; some take quadratic time.
_REFUSED = frozenset({"idna", "punycode", "raw-unicode-escape", "undefined", "unicode-escape", "utf-7"})


def decoded(body: bytes, content_type: str = "") -> tuple[str, str]:
    """The text, and the name of the encoding; what does not decode becomes U+FFFD.

    Args:
        body: a page, a feed or another text.
        content_type: the header, which counts more than what the page says of itself.
    """
    for mark, name in _BOMS:
        if body.startswith(mark):
            return body[len(mark) :].decode(name, "replace"), name
    head = body[:_LOOKED_AT]
    named = _PARAMETER.search(content_type)
    inner = _XML.search(head) or _META.search(head)
    # A page that says `utf-16` in ASCII is in none.
    own = _codec(inner[1].decode("ascii", "replace")).replace("utf-16-le", "utf-8") if inner else ""
    for name in (_codec(named[1]) if named else "", own):
        if name:
            return body.decode(name, "replace"), name
    try:
        return body.decode(), "utf-8"
    except UnicodeDecodeError:
        return body.decode("cp1252", "replace"), "cp1252"


def _codec(label: str) -> str:
    """The encoding that a label means; empty when it means none."""
    try:
        found = codecs.lookup(label).name
        "".encode(found)  # what is no encoding of text is refused here
    except (LookupError, UnicodeError):
        return ""
    return "" if found.replace("_", "-") in _REFUSED else _MEANT.get(found, found)
