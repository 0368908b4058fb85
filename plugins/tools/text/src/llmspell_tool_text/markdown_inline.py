"""The text of one block as Markdown: words escaped, with emphasis, code, links and images."""

from __future__ import annotations

import re

import attrs

MARKS = {"strong": "**", "em": "*", "del": "~~"}

_SPACES = re.compile(r"[ \t\n\r\f]+")
_SPECIAL = re.compile(
    r"[\\`*\[\]~|]"
    r"|(?<![^\W_])_|_(?![^\W_])"  # inside a word it means nothing
    r"|<(?=[A-Za-z/!?]|$)|&(?=#?\w{1,32};|$)"
)
_LINE_START = re.compile(r"\A(#{1,6}(?=\s|$)|>|-(?=[\s-]|$)|\+(?=\s|$)|=(?==*\s*$)|:(?=-))")
_NUMBER_START = re.compile(r"\A([0-9]{1,9})([.)](?:\s|$))")
_NO_ADDRESS = re.compile(r"[\x00-\x20()<>\"\\|`]")
_ENTITY = re.compile(r"&(?=#?\w{1,32};)")


@attrs.define
class _Frame:
    """What was written since a mark, a link or a code began; `ended` is the mark that ended last, with none after."""

    kind: str
    address: str = ""
    pieces: list[str] = attrs.field(factory=list)
    ended: str = ""

    def add(self, *pieces: str) -> None:
        self.pieces += pieces
        self.ended = ""

    def guard_mark(self) -> None:
        """Keep a `!` from making an image of the link that follows."""
        if self.pieces and self.pieces[-1].endswith("!"):
            self.pieces[-1] = f"{self.pieces[-1][:-1]}\\!"


class Inline:
    """The text of a block, as it comes.

    Args:
        in_table: whether it is a cell, where `|` in code must be escaped too.
    """

    def __init__(self, *, in_table: bool = False) -> None:
        self._in_table = in_table
        self._frames = [_Frame("")]
        self._counts: dict[str, int] = {}
        self._after_space = True

    def text(self, text: str) -> None:
        """Add words; white space is one space, and none where the block begins."""
        text = _SPACES.sub(" ", text)
        if self._after_space:
            text = text.removeprefix(" ")
        if text:
            self._after_space = text.endswith(" ")
            self._frames[-1].add(text if self._in_code else escaped(text))

    def line_break(self) -> None:
        """The next word stands on a new line."""
        self._frames[-1].add("\n")
        self._after_space = True

    def image(self, alt: str, address: str) -> None:
        """Add an image; in code, its description."""
        if not address or self._in_code:
            self.text(alt)
            return
        frame = self._frames[-1]
        frame.guard_mark()
        frame.add(f"![{escaped(_SPACES.sub(' ', alt).strip())}]({address})")
        self._after_space = False

    def open(self, kind: str, address: str = "") -> None:
        """What follows is `strong`, `em`, `del`, `code` or a `link` to an address; inside code nothing begins."""
        if kind == "link":
            self.close(kind)
        elif self._counts.get(kind):
            self._counts[kind] += 1
            return
        if self._in_code:
            return
        self._counts[kind] = 1
        self._frames.append(_Frame(kind, address))

    def close(self, kind: str) -> None:
        """End what `open` began; what began inside of it and has not ended goes on."""
        if not self._counts.get(kind):
            return
        self._counts[kind] -= 1
        if self._counts[kind]:
            return
        again: list[_Frame] = []
        while self._frames[-1].kind != kind:
            again.append(self._end_frame())
        self._end_frame()
        self._frames += [_Frame(each.kind, each.address) for each in reversed(again)]

    def take(self) -> list[str]:
        """The paragraphs so far, each with its lines; what is open goes on in the next block."""
        again = self._frames[1:]
        while len(self._frames) > 1:
            self._end_frame()
        lines = [line.strip() for line in "".join(self._frames[0].pieces).split("\n")]
        self._frames = [_Frame(""), *(_Frame(each.kind, each.address) for each in again)]
        self._after_space = True
        return ["\\\n".join(map(_safe_start, lines)) for lines in _runs(lines)]

    @property
    def _in_code(self) -> bool:
        return bool(self._counts.get("code"))

    def _end_frame(self) -> _Frame:
        """Write a frame into the one around it; white space at its ends stays outside."""
        frame = self._frames.pop()
        around = self._frames[-1]
        content = "".join(frame.pieces)
        core = content.strip()
        if not core:
            around.add(content)
            return frame
        before, _, after = content.partition(core)
        if before:
            around.add(before)
        mark = MARKS.get(frame.kind)
        if mark and around.ended == mark:  # `**a****b**` would show its stars
            around.pieces.pop()
            around.add(core, mark)
        elif mark:
            around.add(mark, core, mark)
        elif frame.kind == "code":
            around.add(code(core.replace("|", "\\|") if self._in_table else core))
        else:
            around.guard_mark()
            around.add(f"[{core}]({frame.address})" if frame.address else core)
        around.ended = mark or ""
        if after:
            around.add(after)
        return frame


def escaped(text: str) -> str:
    """A text that Markdown shows as it is, but for what only means something where a line begins."""
    return _SPECIAL.sub(r"\\\g<0>", text)


def code(text: str) -> str:
    """A text as code in a line, fenced by more backticks than it has in a row."""
    fence = "`" * (_longest_run(text) + 1)
    text = text.replace("\n", " ")
    space = " " if text.startswith("`") or text.endswith("`") else ""
    return f"{fence}{space}{text}{space}{fence}"


def code_block(text: str, language: str = "") -> str:
    """A text as a block of code."""
    fence = "`" * max(3, _longest_run(text) + 1)
    return f"{fence}{language}\n{text}\n{fence}"


def address(url: str) -> str:
    """An address as it can stand in the parentheses of a link."""
    return _ENTITY.sub(r"\\&", _NO_ADDRESS.sub(lambda found: f"%{ord(found[0]):02X}", url))


def _longest_run(text: str) -> int:
    return max(map(len, re.findall(r"`+", text)), default=0)


def _safe_start(line: str) -> str:
    return _NUMBER_START.sub(r"\1\\\2", line) if line[:1].isdigit() else _LINE_START.sub(r"\\\1", line)


def _runs(lines: list[str]) -> list[list[str]]:
    """The lines between empty ones."""
    runs: list[list[str]] = [[]]
    for line in lines:
        if line:
            runs[-1].append(line)
        elif runs[-1]:
            runs.append([])
    return [run for run in runs if run]
