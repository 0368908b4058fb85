"""The tokens of HTML, in one pass whose time and memory grow with the text alone.

No tree is made of them. A tree can be far larger than its text: by the rules of HTML every paragraph opens again all
the formatting that the one before left open, so that 30 kB of `<p><b a1><b a2>...<p>x<p>x` are gigabytes of nodes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape

import attrs

_MARKUP = re.compile(r"<(?=[A-Za-z!?]|/.)", re.DOTALL)  # any other `<` is just a character
_TAG = re.compile(
    r"<(?P<end>/?)(?P<name>[A-Za-z][^\s/>]*+)"
    r"(?P<attributes>(?:[^\s\"'>=]++|\s++|=\s*+(?:\"[^\"]*+\"|'[^']*+'|[^\s\"'>]*+)|[\"'])*+)>"
)
_ATTRIBUTE = re.compile(r"([^\s\"'>/=]++)(?:\s*+=\s*+(?:\"([^\"]*+)\"|'([^']*+)'|([^\s\"'>]++)))?+")
_REFERENCE = re.compile(r"&(?:#[0-9]{1,8}|#[xX][0-9a-fA-F]{1,8}|[A-Za-z][A-Za-z0-9]{1,31});")
_HUGE_REFERENCE = re.compile(r"&#(?:[0-9]{9,}+|[xX][0-9a-fA-F]{9,}+);?")
_COMMENT_END = re.compile(r"--!?>")

# What stands in these is no markup; in the last two, references such as `&amp;` count.
_RAW = ("script", "style", "xmp", "iframe", "noembed", "noframes", "textarea", "title")
_RAW_END = {name: re.compile(rf"</{name}(?=[\s/>])", re.IGNORECASE) for name in _RAW}


@attrs.frozen
class Text:
    """Text as it is shown, references decoded."""

    text: str


@attrs.frozen
class Start:
    """A start tag; `name` is in small letters."""

    name: str
    source: str = attrs.field(default="", repr=False)

    def get(self, name: str) -> str:
        """The value of an attribute; empty when it has none. The first of one name counts."""
        for found in _ATTRIBUTE.finditer(self.source):
            if found[1].lower() == name:
                value = found[2] or found[3] or found[4] or ""
                # In `?a=1&copy=2` nothing is a reference, so here one must have its semicolon.
                return _REFERENCE.sub(lambda reference: unescape(reference[0]), value)
        return ""


@attrs.frozen
class End:
    """An end tag; `name` is in small letters."""

    name: str


Token = Text | Start | End


def tokens(source: str) -> Iterator[Token]:
    """The tokens of an HTML text; nothing of it is an error, as in a browser. Comments are left out."""
    at = 0
    while at < len(source):
        markup = _MARKUP.search(source, at)
        tag = markup.start() if markup else len(source)
        if tag > at:
            yield Text(decoded(source[at:tag]))
        if tag == len(source):
            return
        found = _TAG.match(source, tag)
        if found is None:
            at = _no_tag(source, tag)
            continue
        at = found.end()
        name = found["name"].lower()
        if found["end"]:
            yield End(name)
            continue
        yield Start(name, found["attributes"])
        if name in _RAW_END:
            end = _RAW_END[name].search(source, at)
            stop = end.start() if end else len(source)
            if stop > at:
                yield Text(decoded(source[at:stop]) if name in ("textarea", "title") else source[at:stop])
            at = stop


def decoded(text: str) -> str:
    """A text with its references such as `&amp;` decoded."""
    if "&" not in text:
        return text
    # Python refuses to read a number of thousands of digits; none of nine names a character.
    return unescape(_HUGE_REFERENCE.sub("\ufffd", text))


def _no_tag(source: str, at: int) -> int:
    """Where a comment, a declaration or a broken tag ends; a tag that never ends takes all that follows."""
    if source.startswith("<!--", at):
        if source.startswith((">", "->"), at + 4):  # `<!-->` and `<!--->` are whole
            return source.index(">", at) + 1
        end = _COMMENT_END.search(source, at + 4)
        return end.end() if end else len(source)
    is_tag = source[at + 1].isalpha() or (source[at + 1] == "/" and source[at + 2].isalpha())
    close = -1 if is_tag else source.find(">", at)
    return len(source) if close < 0 else close + 1
