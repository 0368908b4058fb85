"""Searching files line by line, in a bounded time.

Expressions are RE2's, whose time grows with the text's length and no faster, and whose memory is bounded, whatever the
expression is. (Libraries that go back and forth can be stopped while they search, but not while they compile.)
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import PurePosixPath
from typing import Any

import attrs

from llmspell.errors import LlmspellError, UsageError
from llmspell.files import Files
from llmspell_tool_files.deadline import Deadline
from llmspell_tool_files.globs import matcher
from llmspell_tool_files.places import kind_of
from llmspell_tool_files.tree import Tree, joined

_LARGEST = 4 << 20
_SECONDS = 30.0
_SHOWN = 500  # characters of a line
_CHECKED = 1000  # lines between two looks at the clock
_REASONS = ("binary", "too_large", "unreadable")


@attrs.frozen
class Line:
    """A line that has what is searched: its number, from 1 on, and those around it."""

    number: int
    lines: list[bytes]
    around: int

    def answer(self, path: str) -> dict[str, Any]:
        """The line as it is answered; `cut` tells whether it or one around it is longer than is shown."""
        first = max(0, self.number - 1 - self.around)
        texts = [_text(line) for line in self.lines[first : self.number + self.around]]
        cut = any(len(text) > _SHOWN for text in texts)
        shown, place = [text[:_SHOWN] for text in texts], self.number - 1 - first
        answer: dict[str, Any] = {"path": path, "line": self.number, "text": shown[place], "cut": cut}
        if self.around:
            answer |= {"before": shown[:place], "after": shown[place + 1 :]}
        return answer


class Search:
    """One search; see `file_search` for the arguments.

    Raises:
        UsageError: the glob or the expression is wrong.
    """

    def __init__(self, files: Files, text: str, *, glob: str, regex: bool, ignore_case: bool, around: int) -> None:
        self._files = files
        self._around = around
        self._fits = matcher(glob)
        self._has = _compiled(text, regex, ignore_case) if text else None
        self._deadline = Deadline(_SECONDS)
        self._skipped = dict.fromkeys(_REASONS, 0)
        self._searched = 0
        self._cut = ""

    def run(self, path: str, most: int) -> dict[str, Any]:
        """What was found, and how much was searched."""
        matches: list[dict[str, Any]] = []
        for match in self._matches(path):
            if len(matches) == most:
                self._cut = f"only the first {most} matches are answered"
                break
            matches.append(match)
        return {
            "matches": matches,
            "files_searched": self._searched,
            "files_skipped": self._skipped,
            "truncated": bool(self._cut),
            "truncated_because": self._cut,
        }

    def _matches(self, path: str) -> Iterator[dict[str, Any]]:
        for name, size in self._paths(path):
            if self._is_late():
                return
            if self._has is None:
                self._searched += 1
                yield {"path": name}
            else:
                yield from self._lines(name, size, self._has)

    def _paths(self, path: str) -> Iterator[tuple[str, int]]:
        """The files that fit, with their sizes."""
        if kind_of(self._files, path) == "file":
            seen = self._files.look(path) if self._fits(PurePosixPath(path).name) else None
            if seen:
                yield path, seen.size
            return
        tree, base = Tree(self._files.within(path)), path
        for found in tree:
            if found.seen.kind == "file" and self._fits(found.path):
                yield joined(base, found.path), found.seen.size
        self._cut = self._cut or tree.cut
        self._skipped["unreadable"] += len(tree.skipped)

    def _lines(self, path: str, size: int, has: Callable[[bytes], Any]) -> Iterator[dict[str, Any]]:
        content = self._content(path, size)
        if content is None:
            return
        self._searched += 1
        lines = content.split(b"\n")
        if lines[-1] == b"":
            lines.pop()
        for number, line in enumerate(lines, 1):
            if number % _CHECKED == 0 and self._is_late():
                return
            if has(line.removesuffix(b"\r")):
                yield Line(number, lines, self._around).answer(path)

    def _is_late(self) -> bool:
        if self._deadline.passed:
            self._cut = f"only what was found within {_SECONDS:g} seconds is answered"
        return self._deadline.passed

    def _content(self, path: str, size: int) -> bytes | None:
        """The text of a file, in UTF-8; None for one that is not searched, which is counted."""
        if size > _LARGEST:
            self._skipped["too_large"] += 1
            return None
        try:
            content = self._files.read_bytes(path, _LARGEST)
        except LlmspellError:  # denied, gone or grown meanwhile: counted, and told
            self._skipped["unreadable"] += 1
            return None
        if b"\0" in content[:8192] or not _is_text(content):
            self._skipped["binary"] += 1
            return None
        return content


def _is_text(content: bytes) -> bool:
    try:
        content.decode()
    except UnicodeDecodeError:
        return False
    return True


def _compiled(text: str, regex: bool, ignore_case: bool) -> Callable[[bytes], Any]:
    """What tells whether a line has the text or fits the expression.

    Raises:
        UsageError: the expression is wrong, or too large.
    """
    import re2  # type: ignore[import-untyped]  # it ships no types

    options = re2.Options()
    options.literal = not regex
    options.case_sensitive = not ignore_case
    options.log_errors = False
    try:
        search: Callable[[bytes], Any] = re2.compile(text, options).search
    except UnicodeEncodeError:
        raise UsageError(f"the text {text[:80]!r} is not Unicode") from None
    except re2.error as error:
        reason = error.args[0].decode(errors="replace") if error.args else "it is wrong"
        hint = "the syntax is RE2's: without look-around and back references, and at most 1000 repetitions"
        raise UsageError(f"the expression {text[:80]!r} is refused: {reason}", hint=hint) from None
    return search


def _text(line: bytes) -> str:
    return line.decode().removesuffix("\r")
