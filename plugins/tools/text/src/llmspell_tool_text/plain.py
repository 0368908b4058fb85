"""Plain text of Markdown."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from llmspell.errors import UsageError
from llmspell_tool_text.blocks import Blocks
from llmspell_tool_text.html_tokens import End, Start, Text, tokens

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.token import Token

SECONDS = 5.0
"""How long one text may be parsed; a few constructions take a time that grows with the square of their number."""

_UNSHOWN = re.compile(r"<(script|style)\b", re.IGNORECASE)


class Plain:
    """One text that is converted.

    Args:
        addresses: whether links are followed by their addresses.

    Attributes:
        headings: the headings found, as `{"level": ..., "text": ...}`.
    """

    def __init__(self, addresses: bool) -> None:
        self.headings: list[dict[str, Any]] = []
        self._addresses = addresses
        self._blocks = Blocks(1 << 20, quote="")
        self._row: list[str] | None = None

    def convert(self, text: str) -> str:
        """The plain text.

        Raises:
            UsageError: parsing takes too long.
        """
        level = 0
        for token in _parser().parse(text):
            if token.type == "heading_open":
                level = int(token.tag[1:])
            elif token.type == "inline":
                self._add(_spoken(token.children or (), self._addresses), level)
                level = 0
            elif token.type in ("fence", "code_block"):
                self._blocks.add(token.content.rstrip("\n"))
            elif token.type == "html_block":
                self._blocks.add(_without_tags(token.content))
            elif token.type in _ACTIONS:
                _ACTIONS[token.type](self, token)
        return self._blocks.text()

    def _add(self, text: str, level: int) -> None:
        if self._row is not None:
            self._row.append(" ".join(text.split()))
            return
        if level:
            self.headings.append({"level": level, "text": text})
        self._blocks.add(text.strip())

    def _open_list(self, token: Token) -> None:
        self._blocks.open_list(int(token.attrGet("start") or 1) if token.tag == "ol" else None)

    def _close_list(self, _: Token) -> None:
        self._blocks.close("list")

    def _open_item(self, _: Token) -> None:
        self._blocks.open_item()

    def _close_item(self, _: Token) -> None:
        self._blocks.close_item()

    def _open_table(self, _: Token) -> None:
        self._rows: list[str] = []

    def _close_table(self, _: Token) -> None:
        self._blocks.add("\n".join(self._rows))

    def _open_row(self, _: Token) -> None:
        self._row = []

    def _close_row(self, _: Token) -> None:
        self._rows.append(" | ".join(self._row or ()))
        self._row = None


_ACTIONS: dict[str, Callable[[Plain, Any], None]] = {
    "bullet_list_open": Plain._open_list,
    "ordered_list_open": Plain._open_list,
    "bullet_list_close": Plain._close_list,
    "ordered_list_close": Plain._close_list,
    "list_item_open": Plain._open_item,
    "list_item_close": Plain._close_item,
    "table_open": Plain._open_table,
    "table_close": Plain._close_table,
    "tr_open": Plain._open_row,
    "tr_close": Plain._close_row,
}


def _parser() -> MarkdownIt:
    """A parser that gives up when its time is over."""
    from markdown_it import MarkdownIt

    end = time.monotonic() + SECONDS

    def check(*_: object) -> bool:
        if time.monotonic() > end:
            raise UsageError(f"the text takes more than {SECONDS:g} seconds to parse", hint="give it in parts")
        return False

    parser = MarkdownIt("commonmark").enable(["table", "strikethrough"])
    parser.block.ruler.before("table", "deadline", check)
    parser.inline.ruler.before("text", "deadline", check)
    return parser


def _spoken(children: Iterable[Token], addresses: bool) -> str:
    """What the parts of a line say."""
    pieces: list[str] = []
    links: list[str] = []
    unshown = ""
    for token in children:
        if token.type == "html_inline":
            unshown = _unshown(token.content, unshown)
        elif unshown:
            continue
        elif token.type in ("text", "code_inline", "text_special"):
            pieces.append(token.content)
        elif token.type in ("softbreak", "hardbreak"):
            pieces.append(" " if token.type == "softbreak" else "\n")
        elif token.type == "image":
            pieces.append(_spoken(token.children or (), addresses=False))
        elif token.type == "link_open":
            links.append(str(token.attrGet("href") or ""))
        elif token.type == "link_close" and addresses:
            pieces.append(f" ({links.pop()})")
    return "".join(pieces)


def _unshown(tag: str, inside: str) -> str:
    """The name of the element whose content is not shown, after a tag; empty outside of one."""
    if inside:
        return "" if tag.lower().startswith(f"</{inside}") else inside
    found = _UNSHOWN.match(tag)
    return found[1].lower() if found else ""


def _without_tags(html: str) -> str:
    """The text of HTML, one line each for what stands on one."""
    pieces: list[str] = []
    unshown = ""
    for token in tokens(html):
        if isinstance(token, Start) and token.name in ("script", "style"):
            unshown = token.name
        elif isinstance(token, End) and token.name == unshown:
            unshown = ""
        elif isinstance(token, Text) and not unshown:
            pieces.append(token.text)
    lines = (" ".join(line.split()) for line in "".join(pieces).split("\n"))
    return "\n".join(line for line in lines if line)
