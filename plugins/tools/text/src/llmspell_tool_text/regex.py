"""The tool `regex`: finding, replacing and splitting by a pattern, within a time."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Annotated, Any, Literal

from llmspell.errors import UsageError
from llmspell.tools import Example, tool
from llmspell_tool_text.search import MOST_PATTERN, MOST_TEXT, Search

_LIMIT = 1000
_MOST_ANSWERED = 500_000


@tool(
    category="text",
    tags=("pattern", "regular expression", "find", "replace", "split"),
    idempotent=True,
    timeout=15.0,
    output_bytes=8 << 20,
    examples=(
        Example({"pattern": r"(?<year>\d{4})-\d\d", "text": "2026-11 and 2027-01"}, "two matches with their years"),
        Example(
            {"operation": "replace", "pattern": r"(\w+) (\w+)", "text": "one two", "replacement": r"\2 \1"}, "two one"
        ),
    ),
)
def regex(
    pattern: Annotated[str, {"minLength": 1, "maxLength": MOST_PATTERN}],
    text: Annotated[str, {"maxLength": MOST_TEXT}],
    operation: Literal["match", "find_all", "replace", "split"] = "find_all",
    *,
    replacement: Annotated[str | None, {"maxLength": 10_000}] = None,
    flags: Sequence[Literal["ignore_case", "multiline", "dot_all", "verbose"]] = (),
    limit: Annotated[int, {"minimum": 1, "maximum": 10_000}] = _LIMIT,
) -> dict[str, Any]:
    r"""Searches a text with a regular expression: the first match, all matches, replacing them, or splitting at them.

    Answers for match `found` and the `match` (null for none); for find_all `matches` and `count`; for replace the
    `text` and `count`; for split `pieces`. Each match has text, start, end, groups, spans and named groups; positions
    count characters from 0. `truncated` tells that there is more than the limit. A search that takes more than two
    seconds is refused.

    Args:
        pattern: Python's syntax; match searches anywhere, so write ^ and $ for the whole text.
        text: what is searched.
        operation: what to do.
        replacement: for replace; \1 and \g<name> stand for groups, \n for a line end, \\ for a backslash.
        flags: how the pattern is read.
        limit: how many matches are looked for.
    """
    if (operation == "replace") != (replacement is not None):
        verb = "needs" if replacement is None else "does not take"
        raise UsageError(f"the operation {operation} {verb} replacement", hint="replace is the one that takes it")
    search = Search(pattern, flags, text, limit)
    return _OPERATIONS[operation](search, replacement or "")


def _match(search: Search, _: str) -> dict[str, Any]:
    first = next(iter(search), None)
    return {"found": first is not None, "match": None if first is None else _described(first)}


def _find_all(search: Search, _: str) -> dict[str, Any]:
    found: list[dict[str, Any]] = []
    room = _MOST_ANSWERED
    for match in search:
        room -= len(match[0]) + sum(len(group or "") for group in match.groups()) * 2  # a named one is told twice
        if room < 0:
            search.truncated = True
            break
        found.append(_described(match))
    return {"matches": found, "count": len(found), "truncated": search.truncated}


def _replace(search: Search, replacement: str) -> dict[str, Any]:
    from llmspell_tool_text.replacement import Replacement

    parts = Replacement(replacement, search.pattern)
    pieces: list[str] = []
    room = _MOST_ANSWERED
    end = count = 0
    for match in search:
        new = [search.text[end : match.start()], *parts.of(match)]
        room -= sum(map(len, new))
        if room < 0:
            raise UsageError(f"the text would have more than {_MOST_ANSWERED} characters", hint="lower the limit")
        pieces += new
        end = match.end()
        count += 1
    return {"text": "".join([*pieces, search.text[end:]]), "count": count, "truncated": search.truncated}


def _split(search: Search, _: str) -> dict[str, Any]:
    pieces: list[str] = []
    end = 0
    for match in search:
        pieces.append(search.text[end : match.start()])
        end = match.end()
    return {"pieces": [*pieces, search.text[end:]], "truncated": search.truncated}


def _described(match: Any) -> dict[str, Any]:  # Any: the library's match
    return {
        "text": match[0],
        "start": match.start(),
        "end": match.end(),
        "groups": list(match.groups()),
        "spans": [list(match.span(number)) for number in range(1, match.re.groups + 1)],
        "named": match.groupdict(),
    }


_OPERATIONS: dict[str, Callable[[Search, str], dict[str, Any]]] = {
    "match": _match,
    "find_all": _find_all,
    "replace": _replace,
    "split": _split,
}
