"""The tagged values of TIFF 6.0, which EXIF is made of."""

from __future__ import annotations

from collections.abc import Mapping

import attrs

from llmspell_tool_documents.pictures.picture import Head, Order

_SIZES = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8}  # bytes by type
_SIGNED = (6, 8, 9, 10)
_RATIONAL = (5, 10)
_TEXT, _BYTES = 2, 7
_MOST_ENTRIES = 1_000
_LONGEST = 2_000  # bytes of one value; longer ones are pixels, profiles and the like
Value = bytes | tuple[float, ...]


@attrs.frozen
class Directory:
    """Values by their tag, and where the next directory stands; 0 for nowhere."""

    values: Mapping[int, Value]
    next: int

    def number(self, tag: int, default: int = 0) -> int:
        """A value's first number."""
        found = self.values.get(tag)
        return int(found[0]) if found and isinstance(found, tuple) else default

    def text(self, tag: int) -> str:
        """A value's text; what is no text is none."""
        found = self.values.get(tag)
        return found.split(b"\0")[0].decode("utf-8", "replace").strip() if isinstance(found, bytes) else ""


def order_of(head: Head) -> Order:
    """How numbers are written.

    Raises:
        UsageError: it does not begin as TIFF does.
    """
    start = head.take(0, 4)
    if start not in (b"II*\0", b"MM\0*"):
        raise head.error(f"its tags begin with {start!r}")
    return "little" if start.startswith(b"II") else "big"


def directory(head: Head, at: int, order: Order) -> Directory:
    """The directory that stands there; values that are longer than any of interest are left out.

    Raises:
        UsageError: it leads out of the file, or has too many values.
    """
    count = head.number(at, 2, order)
    if count > _MOST_ENTRIES:
        raise head.error(f"a directory of tags has {count} values, and at most {_MOST_ENTRIES} are read")
    values: dict[int, Value] = {}
    for entry in range(at + 2, at + 2 + 12 * count, 12):
        tag, kind = head.number(entry, 2, order), head.number(entry + 2, 2, order)
        amount = head.number(entry + 4, 4, order)
        size = _SIZES.get(kind, 0) * amount
        if 0 < size <= _LONGEST:
            start = entry + 8 if size <= 4 else head.number(entry + 8, 4, order)
            values[tag] = _value(head.take(start, size), kind, order)
    end = at + 2 + 12 * count
    return Directory(values, head.number(end, 4, order))


def _value(data: bytes, kind: int, order: Order) -> Value:
    if kind in (_TEXT, _BYTES):
        return data
    step = 4 if kind in _RATIONAL else _SIZES[kind]
    found = [int.from_bytes(data[at : at + step], order, signed=kind in _SIGNED) for at in range(0, len(data), step)]
    if kind not in _RATIONAL:
        return tuple(found)
    return tuple(above / below for above, below in zip(found[::2], found[1::2], strict=True) if below)
