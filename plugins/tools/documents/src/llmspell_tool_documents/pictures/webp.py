"""WebP (RFC 9649): chunks in a RIFF container."""

from __future__ import annotations

from llmspell_tool_documents.pictures.picture import Head, Picture

_ALPHA = 0x10


def read(head: Head) -> Picture:
    """What the first chunk says, and what chunks follow."""
    if head.take(8, 4) != b"WEBP":
        raise head.error(f"its container holds {head.take(8, 4)!r}, not WEBP")
    kind = head.take(12, 4)
    if kind == b"VP8 ":
        width, height, alpha = _lossy(head)
    elif kind == b"VP8L":
        width, height, alpha = _lossless(head)
    elif kind == b"VP8X":
        width, height = (head.number(at, 3, "little") + 1 for at in (24, 27))
        alpha = bool(head.number(20, 1, "little") & _ALPHA)
    else:
        raise head.error(f"its first chunk is {kind!r}")
    frames, exif = _chunks(head)
    truncated = head.number(4, 4, "little") + 8 > len(head.content)
    mode = "RGBA" if alpha else "RGB"
    return Picture("WebP", "image/webp", width, height, mode, 8, max(frames, 1), truncated, exif)


def _lossy(head: Head) -> tuple[int, int, bool]:
    if head.take(23, 3) != b"\x9d\x01\x2a":
        raise head.error("its first frame has no start code")
    return head.number(26, 2, "little") & 0x3FFF, head.number(28, 2, "little") & 0x3FFF, False


def _lossless(head: Head) -> tuple[int, int, bool]:
    if head.take(20, 1) != b"\x2f":
        raise head.error("its pixels have no signature")
    packed = head.number(21, 4, "little")
    return (packed & 0x3FFF) + 1, (packed >> 14 & 0x3FFF) + 1, bool(packed >> 28 & 1)


def _chunks(head: Head) -> tuple[int, bytes]:
    """The number of frames of an animation, and the EXIF block."""
    frames, exif, at = 0, b"", 12
    while at + 8 <= len(head.content):
        kind, size = head.take(at, 4), head.number(at + 4, 4, "little")
        if kind == b"ANMF":
            frames += 1
        elif kind == b"EXIF" and at + 8 + size <= len(head.content):
            exif = head.take(at + 8, size).removeprefix(b"Exif\0\0")
        at += 8 + size + size % 2
    return frames, exif
