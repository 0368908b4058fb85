"""A feed and its items, whatever format they came in."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import attrs

from llmspell_tool_web.html import plain_text

LONGEST_SUMMARY = 1_000
LONGEST = 2_000
"""Characters of any other text."""
_MOST_MARKUP = 100_000  # characters of one item's text that are read


@attrs.frozen
class Item:
    """One entry of a feed; what it does not say is empty.

    Attributes:
        title: as plain text.
        url: its page.
        id: what it is told from others by.
        published: ISO 8601 where the feed's date could be read.
        updated: the same.
        author: names, separated by commas.
        summary: what it says, as HTML; see `to_dict`.
        categories: as they are written.
        enclosure: the URL of its sound, picture or the like.
    """

    title: str = ""
    url: str = ""
    id: str = ""
    published: str = ""
    updated: str = ""
    author: str = ""
    summary: str = ""
    categories: tuple[str, ...] = ()
    enclosure: str = ""

    def to_dict(self) -> dict[str, Any]:
        """What a tool answers: title, URL and summary always, the rest where it is known."""
        summary = plain_text(self.summary[:_MOST_MARKUP])
        found: dict[str, Any] = {
            "title": plain_text(self.title[:LONGEST]),
            "url": self.url[:LONGEST],
            "summary": summary[:LONGEST_SUMMARY],
        }
        if len(summary) > LONGEST_SUMMARY or len(self.summary) > _MOST_MARKUP:
            found["summary_truncated"] = True
        for key in ("id", "published", "updated", "author", "enclosure"):
            if value := getattr(self, key):
                found[key] = value[:LONGEST]
        if self.categories:
            found["categories"] = [category[:200] for category in self.categories[:50]]
        return found


@attrs.frozen
class Feed:
    """A feed.

    Attributes:
        format: such as `rss 2.0`.
        title: as plain text.
        url: the page that it belongs to.
        description: as HTML.
        items: made as they are asked for.
        count: how many there are.
    """

    format: str
    title: str
    url: str
    description: str
    items: Iterator[Item]
    count: int
