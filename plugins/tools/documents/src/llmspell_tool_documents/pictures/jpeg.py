"""JPEG (ITU-T T.81): segments that begin with a marker, up to the first scan."""

from __future__ import annotations

from llmspell_tool_documents.pictures.picture import Head, Picture

_FRAMES = set(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}  # the markers of a frame's head; the other three are tables
_ALONE = {0x01, *range(0xD0, 0xD8)}
_SCAN, _END, _APP1 = 0xDA, 0xD9, 0xE1
_EXIF = b"Exif\0\0"
_MODES = {1: "L", 3: "RGB", 4: "CMYK"}


def read(head: Head) -> Picture:
    """What the segments before the first scan say."""
    frame, exif, at = b"", b"", 2
    while True:
        if head.take(at, 1) != b"\xff":
            raise head.error(f"a marker is expected at the byte {at}")
        marker = head.number(at + 1, 1, "big")
        if marker == 0xFF:  # filling
            at += 1
            continue
        if marker in _ALONE:
            at += 2
            continue
        if marker in (_SCAN, _END):
            break
        size = head.number(at + 2, 2, "big")
        if size < 2:
            raise head.error(f"the segment at the byte {at} has a length of {size}")
        data = head.take(at + 4, size - 2)
        if marker in _FRAMES:
            frame = data
        elif marker == _APP1 and data.startswith(_EXIF) and not exif:
            exif = data.removeprefix(_EXIF)
        at += 2 + size
    return _picture(head, frame, exif, truncated=head.content.find(b"\xff\xd9", at) < 0)


def _picture(head: Head, frame: bytes, exif: bytes, *, truncated: bool) -> Picture:
    if len(frame) < 6:
        raise head.error("it ends, or its pixels begin, before it says how large it is")
    bits, channels = frame[0], frame[5]
    if channels not in _MODES:
        raise head.error(f"it has {channels} channels")
    height, width = int.from_bytes(frame[1:3], "big"), int.from_bytes(frame[3:5], "big")
    return Picture("JPEG", "image/jpeg", width, height, _MODES[channels], bits, 1, truncated, exif)
