"""Which pages are meant: `3`, `1-5`, `8-`, `1-3,7`."""

from __future__ import annotations

import re

from llmspell.errors import UsageError

_PART = re.compile(r"([1-9][0-9]{0,6})(?:(-)([1-9][0-9]{0,6})?)?")


def chosen(text: str, count: int, name: str) -> list[int]:
    """The pages, in the order of the file, each once.

    Args:
        text: what is wanted; empty for all.
        count: how many there are.
        name: the file.

    Raises:
        UsageError: it is written wrongly, or there is no such page.
    """
    if not text.strip():
        return list(range(1, count + 1))
    pages: set[int] = set()
    for part in text.split(","):
        found = _PART.fullmatch(part.strip())
        if not found:
            raise UsageError(f"{part.strip()!r} is no page", hint="write pages like 3, 1-5, 8- or 1-3,7")
        first = int(found[1])
        last = int(found[3]) if found[3] else count if found[2] else first
        if last > count or first > last:
            raise UsageError(f"{name!r} has {count} pages, and {part.strip()!r} is not among them")
        pages.update(range(first, last + 1))
    return sorted(pages)
