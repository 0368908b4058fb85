"""What is found about a picture, and the bytes that it is found in."""

from __future__ import annotations

from typing import Literal

import attrs

from llmspell.errors import UsageError
from llmspell_tool_documents.deadline import Deadline

Order = Literal["big", "little"]


@attrs.frozen
class Picture:
    """A picture, by its own account.

    Attributes:
        format: such as `PNG`.
        media_type: such as `image/png`.
        width: pixels.
        height: pixels.
        mode: `1`, `L` (grey), `LA`, `P` (palette), `RGB`, `RGBA`, `CMYK`, `YCbCr` or `LAB`.
        bits: of one channel of one pixel.
        frames: more than one for an animation, or a file of several pages.
        truncated: whether the file ends before the picture does.
        exif: what the camera added, a TIFF file of its own; empty for nothing.
    """

    format: str
    media_type: str
    width: int
    height: int
    mode: str
    bits: int
    frames: int = 1
    truncated: bool = False
    exif: bytes = b""


@attrs.frozen
class Head:
    """The bytes of a picture, or of a part of one.

    Attributes:
        content: the bytes.
        name: the file, as the caller wrote it.
        deadline: looked at for each piece.
    """

    content: bytes
    name: str
    deadline: Deadline

    def error(self, reason: str) -> UsageError:
        """An error that says what is wrong with the file."""
        return UsageError(f"{self.name!r} cannot be read as a picture: {reason}")

    def take(self, at: int, size: int) -> bytes:
        """Exactly so many bytes.

        Raises:
            UsageError: the file ends before.
        """
        self.deadline.check()
        if at < 0 or at + size > len(self.content):
            raise self.error(f"it has {len(self.content)} bytes, and the byte {at + size} is needed")
        return self.content[at : at + size]

    def number(self, at: int, size: int, order: Order, *, signed: bool = False) -> int:
        """A whole number of so many bytes. Raises as `take` does."""
        return int.from_bytes(self.take(at, size), order, signed=signed)
