"""JSON Feed 1.0 and 1.1 (jsonfeed.org)."""

from __future__ import annotations

import json
from typing import Any

from llmspell.errors import LlmspellError
from llmspell_tool_web.dates import iso
from llmspell_tool_web.feeds.entry import Feed, Item
from llmspell_tool_web.pages import joined


def read_json(text: str, url: str, name: str) -> Feed:
    """The feed that a text is.

    Args:
        text: JSON.
        url: where it came from, for links that are relative.
        name: what it is called in errors.

    Raises:
        LlmspellError: it is no JSON, or no feed; of kind `network`.
    """
    try:
        data = json.loads(text)
    except (ValueError, RecursionError) as cause:
        raise LlmspellError(f"{name} is no JSON: {_reason(cause)}", kind="network") from None
    version = data.get("version") if isinstance(data, dict) else None
    if not isinstance(version, str) or "jsonfeed.org" not in version:
        raise LlmspellError(f"{name} is JSON, but no JSON Feed: it has no version of one", kind="network")
    items = data.get("items")
    found = [item for item in items if isinstance(item, dict)] if isinstance(items, list) else []
    return Feed(
        "json feed",
        _text(data, "title"),
        joined(url, _text(data, "home_page_url")) if _text(data, "home_page_url") else "",
        _text(data, "description"),
        (_item(item, url) for item in found),
        len(found),
    )


def _item(item: dict[str, Any], url: str) -> Item:
    link = _text(item, "url") or _text(item, "external_url")
    attachments = _dicts(item, "attachments")
    authors = _dicts(item, "authors") or [author for author in [item.get("author")] if isinstance(author, dict)]
    tags = item.get("tags")
    return Item(
        title=_text(item, "title"),
        url=joined(url, link) if link else "",
        id=_text(item, "id"),
        published=_date(item, "date_published"),
        updated=_date(item, "date_modified"),
        author=", ".join(filter(None, (_text(author, "name") for author in authors))),
        summary=_text(item, "summary") or _text(item, "content_html") or _text(item, "content_text"),
        categories=tuple(tag for tag in tags if isinstance(tag, str)) if isinstance(tags, list) else (),
        enclosure=joined(url, _text(attachments[0], "url")) if attachments else "",
    )


def _dicts(item: dict[str, Any], key: str) -> list[dict[str, Any]]:
    value = item.get(key)
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []


def _text(item: dict[str, Any], key: str) -> str:
    value = item.get(key)
    return str(value).strip() if isinstance(value, str | int | float) and not isinstance(value, bool) else ""


def _date(item: dict[str, Any], key: str) -> str:
    text = _text(item, key)
    return iso(text) if text else ""


def _reason(cause: Exception) -> str:
    if isinstance(cause, json.JSONDecodeError):
        return f"{cause.msg} at line {cause.lineno}, column {cause.colno}"
    return "it is too deep" if isinstance(cause, RecursionError) else "a number in it is too long"
