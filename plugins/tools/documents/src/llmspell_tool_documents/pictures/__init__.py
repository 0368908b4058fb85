"""What the head of a picture says: its size, and how its pixels are stored. No pixel is ever unpacked.

picture     what is found, and the bytes that it is found in
png jpeg gif webp bmp tiff      one format each
directory   the tagged values of TIFF, which EXIF is made of; exif what they mean
"""

from __future__ import annotations

from llmspell_tool_documents.deadline import Deadline
from llmspell_tool_documents.pictures import bmp, gif, jpeg, png, tiff, webp
from llmspell_tool_documents.pictures.picture import Head, Picture

__all__ = ["Picture", "look"]

MOST_PIXELS = 500_000_000
_FORMATS = (
    ((b"\x89PNG\r\n\x1a\n",), png.read),
    ((b"\xff\xd8\xff",), jpeg.read),
    ((b"GIF87a", b"GIF89a"), gif.read),
    ((b"RIFF",), webp.read),
    ((b"BM",), bmp.read),
    ((b"II*\0", b"MM\0*"), tiff.read),
)


def look(content: bytes, name: str, deadline: Deadline) -> Picture:
    """What the picture says of itself.

    Args:
        content: the file.
        name: as the caller wrote it.
        deadline: looked at for each piece of the file.

    Raises:
        UsageError: it is no picture of a known format, it is damaged before its size is known, or says that it is
            larger than any screen or printer needs.
    """
    head = Head(content, name, deadline)
    for signatures, read in _FORMATS:
        if content.startswith(signatures):
            picture = read(head)
            if picture.width <= 0 or picture.height <= 0:
                raise head.error(f"it says that it is {picture.width} x {picture.height} pixels")
            if picture.width * picture.height > MOST_PIXELS:
                raise head.error(
                    f"it says that it is {picture.width} x {picture.height} pixels, "
                    f"and at most {MOST_PIXELS} are taken for a picture"
                )
            return picture
    raise head.error(f"it is no PNG, JPEG, GIF, WebP, BMP or TIFF picture: it begins with {content[:8]!r}")
