"""Markdown of the tokens of HTML, written as they come."""

from __future__ import annotations

import re
from collections.abc import Callable

import attrs

from llmspell_tool_text.blocks import Blocks
from llmspell_tool_text.html_links import kept
from llmspell_tool_text.html_table import Table
from llmspell_tool_text.html_tokens import End, Start, Text, Token
from llmspell_tool_text.markdown_inline import Inline, code_block

_INLINE = {
    **dict.fromkeys(("b", "strong"), "strong"),
    **dict.fromkeys(("i", "em", "cite", "dfn", "var"), "em"),
    **dict.fromkeys(("s", "strike", "del"), "del"),
    **dict.fromkeys(("code", "kbd", "samp", "tt"), "code"),
}
_HEADINGS = {f"h{level}": "#" * level for level in range(1, 7)}
_BLOCKS = frozenset(
    "address article aside body center dd details dialog dir div dl dt fieldset figcaption figure footer form "  # noqa: SIM905 words read better than quotes
    "header hgroup html legend main menu nav optgroup option p search section summary".split()
)
_DROPPED = frozenset(
    "script style template svg math iframe noembed noframes object canvas audio video select datalist "  # noqa: SIM905
    "textarea frameset".split()
)
_FOREIGN = frozenset({"svg", "math"})  # only in these does `/>` end an element
_LANGUAGE = re.compile(r"(?:^|\s)(?:language|lang|highlight-source)-([\w+#.-]{1,30})(?=\s|$)")


@attrs.frozen
class Wanted:
    """What is written.

    Attributes:
        base: the address of the page, by which relative ones become whole; empty leaves them as they are.
        links: whether links keep their addresses.
        images: whether images are written; else only their descriptions are.
        most: characters of Markdown.
    """

    base: str = ""
    links: bool = True
    images: bool = True
    most: int = 100_000


class Writer:
    """Takes tokens, one after the other; `end` gives the Markdown."""

    def __init__(self, wanted: Wanted) -> None:
        self.title = ""
        self._wanted = wanted
        self._blocks = Blocks(wanted.most)
        self._inline = Inline()
        self._heading = ""
        self._table: Table | None = None
        self._code: list[str] | None = None
        self._language = ""
        self._dropped = ""
        self._dropped_depth = 0
        self._in_title = False
        self._full = False

    @property
    def truncated(self) -> bool:
        """Whether the rest is left out."""
        return self._blocks.truncated or self._full

    def end(self) -> str:
        """The Markdown of all that came."""
        self._end_code()
        if self._table:
            self._table.depth = 1
        self._end_table()
        self._end_block()
        return self._blocks.text()

    def take(self, token: Token) -> None:
        """Write what a token says."""
        if self._dropped:
            self._drop(token)
        elif isinstance(token, Text):
            self._text(token.text)
        elif isinstance(token, Start):
            self._start(token)
        else:
            self._end(token.name)

    def _drop(self, token: Token) -> None:
        """Look for the end of what is left out."""
        if isinstance(token, Start) and token.name == self._dropped:
            self._dropped_depth += not _is_whole(token)
        elif isinstance(token, End) and token.name == self._dropped:
            self._dropped_depth -= 1
            if not self._dropped_depth:
                self._dropped = ""

    def _text(self, text: str) -> None:
        if self._in_title:
            self.title = self.title or " ".join(text.split())
        elif self._code is not None:
            self._code.append(text)
        else:
            self._inline.text(text)

    def _start(self, tag: Start) -> None:
        name = tag.name
        if name in _DROPPED:
            if not _is_whole(tag):
                self._dropped, self._dropped_depth = name, 1
        elif name == "title":
            self._in_title = True
        elif self._code is not None:
            self._start_in_code(tag)
        elif name in _INLINE:
            self._inline.open(_INLINE[name])
        elif name in _STARTS:
            _STARTS[name](self, tag)
        elif name in _BLOCKS:
            self._end_block()
        elif name in _HEADINGS:
            self._end_block()
            self._heading = "" if self._table else _HEADINGS[name]

    def _end(self, name: str) -> None:
        if name == "title":
            self._in_title = False
        elif name == "pre":
            self._end_code()
        elif self._code is not None:
            return
        elif name in _INLINE:
            self._inline.close(_INLINE[name])
        elif name in _ENDS:
            _ENDS[name](self)
        elif name in _BLOCKS or name in _HEADINGS:
            self._end_block()

    # Text in lines

    def _start_link(self, tag: Start) -> None:
        self._inline.open("link", kept(tag.get("href"), self._wanted.base) if self._wanted.links else "")

    def _end_link(self) -> None:
        self._inline.close("link")

    def _start_image(self, tag: Start) -> None:
        self._inline.image(tag.get("alt"), kept(tag.get("src"), self._wanted.base) if self._wanted.images else "")

    def _break(self, _: Start) -> None:
        self._inline.line_break()

    def _quote_mark(self, _: Start | None = None) -> None:
        self._inline.text('"')

    # Blocks

    def _end_block(self) -> None:
        """Write what has come of a paragraph; in a table, blocks are parts of one cell."""
        if self._table:
            self._inline.text(" ")
            return
        paragraphs = self._inline.take()
        if self._heading:
            line = _line(paragraphs)
            if line:
                ending = "\\#" if line.endswith("#") else line[-1]  # a `#` at the end would be left out
                self._blocks.add(f"{self._heading} {line[:-1]}{ending}")
            self._heading = ""
            return
        for paragraph in paragraphs:
            self._blocks.add(paragraph)

    def _rule(self, _: Start) -> None:
        self._end_block()
        if not self._table:
            self._blocks.add("___")  # unlike `---` it is a rule in an item too

    def _start_quote(self, _: Start) -> None:
        self._end_block()
        if not self._table:
            self._blocks.open_quote()

    def _end_quote(self) -> None:
        self._end_block()
        if not self._table:
            self._blocks.close("quote")

    def _start_list(self, tag: Start) -> None:
        self._end_block()
        if not self._table:
            self._blocks.open_list(_first_number(tag) if tag.name == "ol" else None)

    def _end_list(self) -> None:
        self._end_block()
        if not self._table:
            self._blocks.close("list")

    def _start_item(self, _: Start) -> None:
        self._end_block()
        if not self._table:
            self._blocks.open_item()

    def _end_item(self) -> None:
        self._end_block()
        if not self._table:
            self._blocks.close_item()

    # Code

    def _start_code(self, tag: Start) -> None:
        self._end_block()
        self._code = []
        self._language = _language(tag)

    def _start_in_code(self, tag: Start) -> None:
        if tag.name == "br" and self._code is not None:
            self._code.append("\n")
        elif tag.name == "code" and not self._language:
            self._language = _language(tag)

    def _end_code(self) -> None:
        if self._code is None:
            return
        text = "".join(self._code).replace("\r\n", "\n").replace("\r", "\n").removeprefix("\n").rstrip("\n")
        self._code = None
        if self._table:
            self._inline.open("code")
            self._inline.text(text)
            self._inline.close("code")
        elif text:
            self._blocks.add(code_block(text, self._language))

    # Tables

    def _start_table(self, _: Start) -> None:
        if self._table:
            self._table.depth += 1
            return
        self._end_block()
        self._table = Table(self._wanted.most)
        self._inline = Inline(in_table=True)

    def _start_row(self, _: Start) -> None:
        if self._table and self._table.depth == 1:
            self._end_cell(self._table)
            self._table.add_row()

    def _start_cell(self, _: Start) -> None:
        if self._table is None or self._table.depth > 1:
            self._end_block()
        else:
            self._end_cell(self._table)
            self._table.add_cell()

    def _end_cell(self, table: Table) -> None:
        table.put(_line(self._inline.take()))
        self._full = self._full or table.full

    def _start_caption(self, _: Start) -> None:
        if self._table and self._table.depth == 1:
            self._end_cell(self._table)

    def _end_caption(self) -> None:
        """Write a caption above its table, which is written when it ends."""
        if self._table and self._table.depth == 1:
            for paragraph in self._inline.take():
                self._blocks.add(paragraph)

    def _end_table(self) -> None:
        table = self._table
        if table is None:
            return
        table.depth -= 1
        if table.depth:
            self._inline.text(" ")
        else:
            self._end_cell(table)
            self._table = None
            self._inline = Inline()
            self._blocks.add(table.markdown())


def _line(paragraphs: list[str]) -> str:
    """Paragraphs as one line, for where there can be no other."""
    return " ".join(" ".join(paragraphs).split("\\\n"))


def _is_whole(tag: Start) -> bool:
    """Whether an element ends where it starts."""
    return tag.name in _FOREIGN and tag.source.endswith("/")


def _language(tag: Start) -> str:
    found = _LANGUAGE.search(tag.get("class"))
    return found[1] if found else ""


def _first_number(tag: Start) -> int:
    start = tag.get("start").strip()
    return int(start) if start.isascii() and start.isdigit() and len(start) <= 8 else 1


_STARTS: dict[str, Callable[[Writer, Start], None]] = {
    "a": Writer._start_link,
    "img": Writer._start_image,
    "br": Writer._break,
    "q": Writer._quote_mark,
    "hr": Writer._rule,
    "blockquote": Writer._start_quote,
    "ul": Writer._start_list,
    "ol": Writer._start_list,
    "li": Writer._start_item,
    "pre": Writer._start_code,
    "table": Writer._start_table,
    "tr": Writer._start_row,
    "td": Writer._start_cell,
    "th": Writer._start_cell,
    "caption": Writer._start_caption,
}
_ENDS: dict[str, Callable[[Writer], None]] = {
    "a": Writer._end_link,
    "q": Writer._quote_mark,
    "blockquote": Writer._end_quote,
    "ul": Writer._end_list,
    "ol": Writer._end_list,
    "li": Writer._end_item,
    "caption": Writer._end_caption,
    "table": Writer._end_table,
}
