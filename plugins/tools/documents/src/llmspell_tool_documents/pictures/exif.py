"""What a camera adds to a picture (CIPA DC-008, EXIF 2.32); where it was taken only for those who ask."""

from __future__ import annotations

from typing import Any

from llmspell_tool_documents.pictures.directory import Directory, directory, order_of
from llmspell_tool_documents.pictures.picture import Head

_EXIF, _GPS = 0x8769, 0x8825
_TEXTS = {
    "make": 0x010F,
    "model": 0x0110,
    "software": 0x0131,
    "taken": 0x9003,
    "changed": 0x0132,
    "offset": 0x9011,
    "artist": 0x013B,
    "copyright": 0x8298,
    "lens": 0xA434,
}
_NUMBERS = {
    "orientation": 0x0112,
    "exposure_seconds": 0x829A,
    "f_number": 0x829D,
    "iso": 0x8827,
    "focal_length_mm": 0x920A,
}
_MOMENTS = ("taken", "changed")
_LONGEST_TEXT = 200


def read(head: Head, *, gps: bool) -> dict[str, Any]:
    """The basics, as far as they are there, and `has_location`; with `gps`, `latitude` and the rest too.

    Args:
        head: the EXIF block.
        gps: whether the place is wanted.

    Raises:
        UsageError: the block is damaged.
    """
    order = order_of(head)
    first = directory(head, head.number(4, 4, order), order)
    parts = [first]
    if first.number(_EXIF):
        parts.append(directory(head, first.number(_EXIF), order))
    found: dict[str, Any] = {}
    for part in parts:
        texts = {name: part.text(tag)[:_LONGEST_TEXT] for name, tag in _TEXTS.items()}
        found |= {name: _moment(text) if name in _MOMENTS else text for name, text in texts.items() if text}
        found |= {name: _plain(part, tag) for name, tag in _NUMBERS.items() if _plain(part, tag) is not None}
    place = first.number(_GPS)
    found["has_location"] = bool(place)
    if gps and place:
        found |= _location(directory(head, place, order))
    return found


def _plain(part: Directory, tag: int) -> float | None:
    value = part.values.get(tag)
    if not isinstance(value, tuple) or not value:
        return None
    return int(value[0]) if float(value[0]).is_integer() else round(value[0], 6)


def _moment(text: str) -> str:
    """`2026:01:31 10:00:00` as ISO 8601; whatever else stands there, as it is."""
    date, _, time = text.partition(" ")
    return f"{date.replace(':', '-')}T{time}" if time and date.count(":") == 2 else text


def _location(part: Directory) -> dict[str, float]:
    """Degrees, south and west negative, and metres above the sea."""
    found = {}
    for name, reference, tag in (("latitude", 1, 2), ("longitude", 3, 4)):
        value = part.values.get(tag)
        if isinstance(value, tuple) and len(value) == 3:
            degrees = value[0] + value[1] / 60 + value[2] / 3600
            found[name] = round(-degrees if part.text(reference) in ("S", "W") else degrees, 7)
    height = _plain(part, 6)
    if height is not None:
        found["altitude_m"] = -height if part.number(5) == 1 else height
    return found
