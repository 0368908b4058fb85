"""TIFF 6.0: a chain of directories, one a page."""

from __future__ import annotations

from llmspell_tool_documents.pictures.directory import Directory, directory, order_of
from llmspell_tool_documents.pictures.picture import Head, Picture

_WIDTH, _HEIGHT, _BITS, _PHOTOMETRIC, _STRIPS, _SAMPLES, _LENGTHS = 256, 257, 258, 262, 273, 277, 279
_MODES = {0: "L", 1: "L", 2: "RGB", 3: "P", 5: "CMYK", 6: "YCbCr", 8: "LAB"}
_MOST_PAGES = 10_000


def read(head: Head) -> Picture:
    """What the first directory says, and how many there are."""
    order = order_of(head)
    at = head.number(4, 4, order)
    first = directory(head, at, order)
    pages, seen, page = 1, {at}, first
    while page.next:
        if page.next in seen:
            raise head.error("its pages lead in a circle")
        seen.add(page.next)
        pages += 1
        if pages > _MOST_PAGES:
            raise head.error(f"it has more than {_MOST_PAGES} pages")
        page = directory(head, page.next, order)
    width, height = first.number(_WIDTH), first.number(_HEIGHT)
    bits = first.number(_BITS, 1)
    return Picture(
        "TIFF", "image/tiff", width, height, _mode(first, bits), bits, pages, _truncated(head, first), head.content
    )


def _mode(first: Directory, bits: int) -> str:
    mode = _MODES.get(first.number(_PHOTOMETRIC), "L")
    samples = first.number(_SAMPLES, 1)
    if mode == "L":
        return "1" if bits == 1 else "LA" if samples == 2 else "L"
    return "RGBA" if mode == "RGB" and samples == 4 else mode


def _truncated(head: Head, first: Directory) -> bool:
    """Whether a strip of pixels leads out of the file."""
    starts, lengths = first.values.get(_STRIPS, ()), first.values.get(_LENGTHS, ())
    if isinstance(starts, bytes) or isinstance(lengths, bytes):
        return False
    return any(start + length > len(head.content) for start, length in zip(starts, lengths, strict=False))
