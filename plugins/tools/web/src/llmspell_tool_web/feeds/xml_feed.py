"""RSS 2.0 and 0.9x, RSS 1.0 (RDF) and Atom."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from xml.etree.ElementTree import Element  # nothing is parsed with it

from llmspell_tool_web.dates import iso
from llmspell_tool_web.feeds.entry import Feed, Item
from llmspell_tool_web.pages import joined
from llmspell_tool_web.xml_tree import local

_ATOM = frozenset({"{http://www.w3.org/2005/Atom}", "{http://purl.org/atom/ns#}"})
_XML = "{http://www.w3.org/XML/1998/namespace}"


def read_xml(root: Element, url: str) -> Feed | None:
    """The feed whose root this is; None when it is another kind of document.

    Args:
        root: the document.
        url: where it came from, for links that are relative.
    """
    name, space = local(root.tag), root.tag.removesuffix(local(root.tag))
    if name == "feed" and (space in _ATOM or not space):
        return _atom(root, joined(url, root.get(f"{_XML}base", "")) or url)
    channel = _child(root, "channel")
    if name == "rss" and channel is not None:
        return _rss(f"rss {root.get('version', '')}".strip(), channel, [*_children(channel, "item")], url)
    if name == "RDF" and channel is not None:
        return _rss("rss 1.0", channel, [*_children(root, "item")], url)
    return None


def _rss(kind: str, channel: Element, items: list[Element], url: str) -> Feed:
    return Feed(
        kind,
        _text(channel, "title"),
        joined(url, _text(channel, "link")),
        _text(channel, "description"),
        (_rss_item(item, url) for item in items),
        len(items),
    )


def _rss_item(item: Element, url: str) -> Item:
    link, guid = _text(item, "link"), _child(item, "guid")
    own = _text(item, "guid") or item.get("{http://www.w3.org/1999/02/22-rdf-syntax-ns#}about", "")
    if not link and guid is not None and guid.get("isPermaLink", "true") == "true":
        link = own
    enclosure = _child(item, "enclosure")
    return Item(
        title=_text(item, "title"),
        url=joined(url, link) if link else "",
        id=own,
        published=_date(item, "pubDate", "date", "published"),
        updated=_date(item, "updated", "modified"),
        author=_text(item, "author") or _text(item, "creator"),
        summary=_text(item, "description") or _text(item, "encoded"),
        categories=_all(item, "category", "subject"),
        enclosure=joined(url, enclosure.get("url", "")) if enclosure is not None else "",
    )


def _atom(feed: Element, url: str) -> Feed:
    entries = [*_children(feed, "entry")]
    description = _text(feed, "subtitle") or _text(feed, "tagline")
    items = (_atom_item(entry, joined(url, entry.get(f"{_XML}base", "")) or url) for entry in entries)
    return Feed("atom", _text(feed, "title"), _link(feed, url, "alternate"), description, items, len(entries))


def _atom_item(entry: Element, url: str) -> Item:
    names = (_text(author, "name") for author in _children(entry, "author"))
    return Item(
        title=_text(entry, "title"),
        url=_link(entry, url, "alternate"),
        id=_text(entry, "id"),
        published=_date(entry, "published", "issued"),
        updated=_date(entry, "updated", "modified"),
        author=", ".join(filter(None, names)),
        summary=_text(entry, "summary") or _text(entry, "content"),
        categories=tuple(category.get("term", "") for category in _children(entry, "category")),
        enclosure=_link(entry, url, "enclosure"),
    )


def _link(element: Element, url: str, relation: str) -> str:
    links = (each.get("href", "") for each in _children(element, "link") if each.get("rel", "alternate") == relation)
    href = next(links, "")
    return joined(url, href) if href else ""


def _children(element: Element, *names: str) -> Iterator[Element]:
    return (child for child in element if local(child.tag) in names)


def _child(element: Element, name: str) -> Element | None:
    """The first child of this name; of several, one without a namespace that is not the parent's."""
    found = [*_children(element, name)]
    space = element.tag.removesuffix(local(element.tag))
    return next((child for child in found if child.tag == space + name), found[0] if found else None)


def _text(element: Element, name: str) -> str:
    child = _child(element, name)
    return "" if child is None else "".join(child.itertext()).strip()


def _all(element: Element, *names: str) -> tuple[str, ...]:
    return tuple(text for child in _children(element, *names) if (text := "".join(child.itertext()).strip()))


def _date(element: Element, *names: str) -> str:
    return next(_dates(element, names), "")


def _dates(element: Element, names: Iterable[str]) -> Iterator[str]:
    return (iso(text) for name in names if (text := _text(element, name)))
