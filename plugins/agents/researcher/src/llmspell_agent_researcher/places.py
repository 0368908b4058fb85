"""Where the answers of tools come from: the URLs and paths that were asked for, and those that were found."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from llmspell.message import Message
from llmspell.result import CallRecord

_KEYS = frozenset({"final_url", "path", "paths", "url", "urls"})
_MENTIONED = frozenset({"links", "redirects"})  # what a page merely points to was neither found nor read


def places(calls: Sequence[CallRecord], history: Sequence[Message]) -> set[str]:
    """What may be named as a source, in the one form that `canonical` gives.

    That is what the calls that did not fail were given or have answered as `url` or `path`, and the same of the
    answers in JSON that the conversation before has.
    """
    found = {place for call in calls if call.error is None for place in _places([call.arguments, call.output])}
    for message in history:
        if message.role == "tool":
            found.update(_places(_data(message.content)))
    return found


def canonical(place: str) -> str:
    """A URL without fragment, with its host in small letters and no slash at its end; a path without `./`."""
    try:
        parts = urlsplit(place.strip())
    except ValueError:
        return place
    if not parts.netloc:
        return place.strip().removeprefix("./")
    return urlunsplit((parts.scheme.lower(), parts.netloc.lower(), parts.path.rstrip("/"), parts.query, ""))


def _data(text: str) -> Any:  # Any: JSON
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def _places(value: Any) -> Iterator[str]:
    waiting = [value]
    while waiting:
        match waiting.pop():
            case dict() as table:
                for key, item in table.items():
                    if key in _KEYS:
                        yield from (canonical(each) for each in _texts(item))
                    if key not in _MENTIONED:
                        waiting.append(item)
            case list() | tuple() as items:
                waiting.extend(items)


def _texts(item: Any) -> Iterator[str]:
    yield from (each for each in (item if isinstance(item, list | tuple) else [item]) if isinstance(each, str))
