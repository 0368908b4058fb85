"""A page in tags and texts, as browsers read it (WHATWG HTML, section 13.2.5); no character is looked at often."""

from __future__ import annotations

import re
from collections.abc import Generator, Iterator, Mapping
from html import unescape

import attrs

_SPACE = re.compile(r"[ \t\n\r\f/]*")
_NAME = re.compile(r"[A-Za-z][^ \t\n\r\f/>]*")
_ATTRIBUTE = re.compile(r"(=?[^ \t\n\r\f/>=]*)[ \t\n\r\f]*")
_EQUALS = re.compile(r"=[ \t\n\r\f]*")
_UNQUOTED = re.compile(r"[^ \t\n\r\f>]*")
_MOST_ATTRIBUTES = 100  # of one tag; more are read and dropped

RAW = frozenset({"iframe", "noembed", "noframes", "script", "style", "xmp"})
"""What holds no tags, whatever it looks like; neither do `textarea` and `title`, where references are read."""
_ENDS = {name: re.compile(rf"</{name}(?=[ \t\n\r\f/>])", re.IGNORECASE) for name in (*RAW, "textarea", "title")}


@attrs.frozen
class Start:
    """A start tag; `closed` where it ends in a slash."""

    name: str
    attributes: Mapping[str, str]
    closed: bool


@attrs.frozen
class End:
    """An end tag."""

    name: str


def tokens(text: str) -> Iterator[Start | End | str]:
    """The tags and texts of a page; comments and declarations are left out, references in texts are resolved."""
    position = 0
    while position < len(text):
        found = text.find("<", position)
        if found < 0:
            found = len(text)
        if found > position:
            yield resolved(text[position:found])
        position = found
        if text.startswith(("<!", "<?"), position):
            position = _after_declaration(text, position)
        elif name := _NAME.match(text, position + (2 if text.startswith("</", position) else 1)):
            read = _attributes(text, name.end())
            if read is None:
                return  # the page ends within a tag, which is dropped
            attributes, closed, after = read
            if text[position + 1] == "/":
                yield End(name[0].lower())
                position = after
            else:
                start = Start(name[0].lower(), attributes, closed)
                yield start
                position = yield from _raw(text, start.name, after)
        elif text.startswith("</", position):
            position = _after(text, ">", position)
        elif position < len(text):
            yield "<"
            position += 1


def resolved(text: str) -> str:
    """The text with its references (`&amp;`) resolved."""
    if "&" not in text:
        return text
    try:
        return unescape(text)
    except ValueError:  # a number of thousands of digits
        return text


def _after(text: str, mark: str, position: int) -> int:
    found = text.find(mark, position)
    return len(text) if found < 0 else found + len(mark)


def _after_declaration(text: str, position: int) -> int:
    if text.startswith("<!--", position):
        # `<!-->` and `<!--->` are whole comments
        short = next((mark for mark in ("<!-->", "<!--->") if text.startswith(mark, position)), "")
        return position + len(short) if short else _after(text, "-->", position + 4)
    return _after(text, ">", position)


def _attributes(text: str, position: int) -> tuple[dict[str, str], bool, int] | None:
    """The attributes of a tag, whether it ends in a slash, and where it ends; None where the page ends before."""
    found: dict[str, str] = {}
    while True:
        space = _SPACE.match(text, position)
        position = space.end() if space else position
        if position >= len(text):
            return None
        if text[position] == ">":
            return found, bool(space and space[0].endswith("/")), position + 1
        read = _ATTRIBUTE.match(text, position)
        assert read
        value, position = _value(text, read.end())
        if position < 0:
            return None
        if len(found) < _MOST_ATTRIBUTES:
            found.setdefault(read[1].lower(), resolved(value))


def _value(text: str, position: int) -> tuple[str, int]:
    """An attribute's value, and where it ends; -1 where the page ends before."""
    equals = _EQUALS.match(text, position)
    if not equals:
        return "", position
    position = equals.end()
    if text[position : position + 1] in ("'", '"'):
        end = text.find(text[position], position + 1)
        return text[position + 1 : end], end + 1 if end >= 0 else -1
    read = _UNQUOTED.match(text, position)
    assert read
    return read[0], read.end()


def _raw(text: str, name: str, position: int) -> Generator[str, None, int]:
    """The text of an element that holds no tags; gives where it ends."""
    end = _ENDS.get(name)
    if end is None:
        return position if name != "plaintext" else len(text)
    found = end.search(text, position)
    stop = found.start() if found else len(text)
    if stop > position:
        yield text[position:stop] if name in RAW else resolved(text[position:stop])
    return stop
