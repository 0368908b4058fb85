"""PNG (ISO/IEC 15948): a signature, then chunks of length, type, data and check sum."""

from __future__ import annotations

import zlib

from llmspell_tool_documents.pictures.picture import Head, Picture

_MODES = {
    0: ("L", (1, 2, 4, 8, 16)),
    2: ("RGB", (8, 16)),
    3: ("P", (1, 2, 4, 8)),
    4: ("LA", (8, 16)),
    6: ("RGBA", (8, 16)),
}


def read(head: Head) -> Picture:
    """What the first chunk says, and what chunks follow."""
    if head.take(8, 8) != b"\0\0\0\rIHDR":
        raise head.error("its first chunk is not IHDR")
    if zlib.crc32(head.take(12, 17)) != head.number(29, 4, "big"):
        raise head.error("the check sum of its first chunk is wrong")
    width, height, bits, colour = (head.number(at, size, "big") for at, size in ((16, 4), (20, 4), (24, 1), (25, 1)))
    mode, depths = _MODES.get(colour, ("", ()))
    if bits not in depths:
        raise head.error(f"there is no colour type {colour} of {bits} bits")
    frames, exif, truncated = _chunks(head)
    mode = "1" if (mode, bits) == ("L", 1) else mode
    return Picture("PNG", "image/png", width, height, mode, bits, frames, truncated, exif)


def _chunks(head: Head) -> tuple[int, bytes, bool]:
    """The number of frames, the EXIF block, and whether the last chunk is missing."""
    frames, exif, at = 1, b"", 33
    while at + 12 <= len(head.content):
        size, kind = head.number(at, 4, "big"), head.take(at + 4, 4)
        if kind == b"IEND":
            return frames, exif, False
        if at + 12 + size > len(head.content):
            break
        if kind == b"acTL" and size == 8:
            frames = head.number(at + 8, 4, "big")
        elif kind == b"eXIf":
            exif = head.take(at + 8, size)
        at += 12 + size
    return frames, exif, True
