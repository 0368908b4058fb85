"""Source text to a parse tree without errors, and places in it."""

from __future__ import annotations

import re
from bisect import bisect_right
from functools import cache
from typing import TYPE_CHECKING, Literal, NoReturn

from llmspell.errors import ScriptFailed

if TYPE_CHECKING:
    from tree_sitter import Language, Node

Dialect = Literal["javascript", "typescript"]

_LINE_END = re.compile(rb"\r\n|[\n\r]|\xe2\x80[\xa8\xa9]")
_LONE_RETURN = re.compile(rb"\r(?!\n)")
_UNENDED = re.compile(rb"(?m)^((?!.*//)[ \t]*(?:import|export)\b[^;\n]*[}'\"][ \t\r]*)\n(?=\s*[(\[`+/-])")
_CLAUSE = re.compile(rb"((?:import|export)\b[^{};'\"()=]{0,200})(\{[^{}()=]*\})")
_KEYWORD = re.compile(
    rb"\b(?:break|case|catch|class|const|continue|debugger|delete|do|else|enum|export|extends|false|finally|for|function"
    rb"|if|import|in|instanceof|new|null|return|super|switch|this|throw|true|try|typeof|var|void|while|with)\b"
)
_ESCAPE = re.compile(r"\\u(?:\{([0-9a-fA-F]+)\}|([0-9a-fA-F]{4}))")
_HALF = re.compile("[\ud800-\udfff]")
_SHOWN = 160


class Text:
    """One file's text and the places in it.

    Attributes:
        name: the file's name as errors show it.
        data: the source in UTF-8; all offsets are into this.
    """

    __slots__ = ("_starts", "data", "name")

    def __init__(self, text: str, name: str) -> None:
        self.name = name
        self.data = text.encode(errors="replace")
        self._starts = [0, *(match.end() for match in _LINE_END.finditer(self.data))]
        half = _HALF.search(text)
        if half:
            offset = len(text[: half.start()].encode(errors="replace"))
            self.fail("the text holds half of a surrogate pair", offset, hint="write it as an escape: '\\uD83D'")

    def place(self, offset: int) -> tuple[int, int]:
        """The line and column of an offset, both one-based, the column in UTF-16 units as engines count it."""
        line = bisect_right(self._starts, offset)
        return line, width(self.data[self._starts[line - 1] : offset].decode(errors="replace")) + 1

    def fail(self, message: str, offset: int, *, hint: str = "") -> NoReturn:
        """Raise the error of the spell's author at an offset.

        Raises:
            ScriptFailed: always; `traceback` shows the place and its line, `details` holds `column` and `source`.
        """
        line, column = self.place(offset)
        shown = _LINE_END.split(self.data[self._starts[line - 1] :], maxsplit=1)[0].decode()
        start = max(0, column - _SHOWN // 2) if len(shown) > _SHOWN else 0
        excerpt = shown[start : start + _SHOWN]
        raise ScriptFailed(
            f"SyntaxError: {message}",
            file=self.name,
            line=line,
            traceback=f"{self.name}:{line}:{column}\n    {excerpt}\n    {' ' * (column - 1 - start)}^",
            hint=hint,
            details={"column": column, "source": excerpt},
        )


class Source(Text):
    """A text with its parse tree, which may have errors; `parse` gives one that has none.

    Attributes:
        root: the tree.
    """

    __slots__ = ("root",)

    def __init__(self, text: str, name: str, dialect: Dialect) -> None:
        from tree_sitter import Parser

        super().__init__(text, name)
        parser = Parser(_language(dialect))
        data = _LONE_RETURN.sub(b"\n", self.data)
        self.root: Node = parser.parse(data).root_node
        if self.root.has_error:
            again = parser.parse(_helped(data)).root_node
            self.root = self.root if again.has_error else again

    def word(self, node: Node) -> str:
        """The name that an identifier writes, as the author wrote it, escapes read."""
        return unescaped(self.raw(node))

    def raw(self, node: Node) -> str:
        """A node's text as the author wrote it."""
        return self.data[node.start_byte : node.end_byte].decode()


def parse(text: str, name: str, dialect: Dialect = "javascript") -> Source:
    """The text's tree.

    Raises:
        ScriptFailed: the text is not of the dialect; the error names line and column.
    """
    source = Source(text, name, dialect)
    if source.root.has_error:
        for node in _errors(source.root):
            source.fail(_what_is_wrong(source, node), node.start_byte)
    return source


def decoded(node: Node) -> str:
    """An identifier's name, its unicode escapes read."""
    text = (node.text or b"").decode()
    return unescaped(text) if "\\" in text else text


def unescaped(text: str) -> str:
    r"""The text with each `\uXXXX` and `\u{X}` that names a character replaced by it."""

    def character(match: re.Match[str]) -> str:
        code = int(match[1] or match[2], 16)
        return chr(code) if code <= 0x10FFFF else match[0]

    return _ESCAPE.sub(character, text)


def width(text: str) -> int:
    """The length in UTF-16 units."""
    return len(text) if text.isascii() else len(text.encode("utf-16-le", "surrogatepass")) // 2


@cache
def _language(dialect: Dialect) -> Language:
    from tree_sitter import Language

    if dialect == "javascript":
        import tree_sitter_javascript

        return Language(tree_sitter_javascript.language())
    import tree_sitter_typescript

    return Language(tree_sitter_typescript.language_typescript())


def _helped(data: bytes) -> bytes:
    """A text of the same length without what is right and the grammar does not know; only for the parser.

    These are keywords as names in `export { a as delete }`, and import and export statements that a line's end ends
    though the next line starts with a parenthesis.
    """

    def named(match: re.Match[bytes]) -> bytes:
        return match[1] + _KEYWORD.sub(lambda word: b"_" * len(word[0]), match[2])

    return _UNENDED.sub(rb"\1;", _CLAUSE.sub(named, data))


def _errors(root: Node) -> list[Node]:
    """The faults of a tree, first the earliest; without those that only the parser, not the language, has."""
    found = []
    waiting = [root]
    while waiting:
        node = waiting.pop()
        if node.is_missing or node.is_error:
            if not (_is_type_only_star(node) or _is_variance(node) or _ends_line(node)):
                found.append(node)
        elif node.has_error:
            waiting.extend(node.children)
    return sorted(found, key=lambda node: node.start_byte)


def _is_type_only_star(node: Node) -> bool:
    """Whether this is the `type` of `export type * from`, which the grammar does not know."""
    following = node.next_sibling
    return node.text == b"type" and following is not None and following.type in {"*", "namespace_export"}


def _is_variance(node: Node) -> bool:
    """Whether this is the name after `in` or `out` in `<in T, out U>`, which the grammar does not know."""
    before = node.prev_sibling
    return before is not None and before.type == "type_parameter" and before.text in {b"in", b"out"}


def _ends_line(node: Node) -> bool:
    """Whether this is a semicolon that the grammar misses at a line's end, where none is needed."""
    around = node.parent
    if not node.is_missing or node.type != ";" or around is None:
        return False
    if around.type == "class_body":
        before, after = node.prev_sibling, node.next_sibling
    else:
        before, after = around, around.next_sibling
    can_end = around.type in {
        "break_statement",
        "class_body",
        "continue_statement",
        "export_statement",
        "import_statement",
    }
    return can_end and before is not None and (after is None or after.start_point.row > before.end_point.row)


def _what_is_wrong(source: Source, node: Node) -> str:
    if node.is_missing:
        return f"expected {node.type!r}"
    text = (node.text or b"").decode(errors="replace")
    if node.child_count > 1 or "\n" in text:
        return f"the code from here to line {source.place(node.end_byte)[0]} does not parse"
    return f"unexpected {text.strip()[:40]!r}" if text.strip() else "unexpected end of the text"
