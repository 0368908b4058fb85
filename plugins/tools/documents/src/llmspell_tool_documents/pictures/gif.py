"""GIF (87a and 89a): a screen, then pictures and extensions made of short blocks."""

from __future__ import annotations

from llmspell_tool_documents.pictures.picture import Head, Picture

_EXTENSION, _PICTURE, _END = 0x21, 0x2C, 0x3B


def read(head: Head) -> Picture:
    """What the screen says, and how many pictures follow."""
    width, height = head.number(6, 2, "little"), head.number(8, 2, "little")
    flags = head.number(10, 1, "little")
    head.take(11, 2)
    frames, truncated = _frames(head, 13 + _table(flags))
    if frames == 0 and not truncated:
        raise head.error("there is no picture in it")
    return Picture("GIF", "image/gif", width, height, "P", (flags >> 4 & 7) + 1, max(frames, 1), truncated)


def _frames(head: Head, at: int) -> tuple[int, bool]:
    """How many pictures there are, and whether the end is missing."""
    frames = 0
    while at < len(head.content):
        kind = head.number(at, 1, "little")
        if kind == _END:
            return frames, False
        if kind == _PICTURE and at + 10 <= len(head.content):
            frames += 1
            at = _after(head, at + 11 + _table(head.number(at + 9, 1, "little")))
        elif kind == _EXTENSION:
            at = _after(head, at + 2)
        elif kind == _PICTURE:
            break
        else:
            raise head.error(f"the byte {at} begins nothing that a GIF has: {kind:#04x}")
    return frames, True


def _table(flags: int) -> int:
    """The bytes of a colour table."""
    return 3 << (flags & 7) + 1 if flags & 0x80 else 0


def _after(head: Head, at: int) -> int:
    """Where a chain of blocks ends."""
    while at < len(head.content):
        size = head.number(at, 1, "little")
        at += 1 + size
        if size == 0:
            break
    return at
