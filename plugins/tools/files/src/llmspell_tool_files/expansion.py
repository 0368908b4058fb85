"""Compressed bytes, expanded so far and no further."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from llmspell.errors import UsageError
from llmspell_tool_files.deadline import Deadline

MOST_PACKED = 64 << 20
MOST_EXPANDED = 128 << 20
_HARMLESS = 8 << 20  # what any archive may expand to, however small it is
_RATIO = 100
_MEMORY = 128 << 20  # what xz may need to expand
_PIECE = 1 << 16
_SECONDS = 30.0


def most_expanded(packed: int) -> int:
    """How many bytes an archive of so many bytes may expand to; more is taken for a bomb."""
    return min(MOST_EXPANDED, max(_HARMLESS, _RATIO * packed))


def too_large(path: str, packed: int) -> UsageError:
    """The error for an archive that would expand to more than it may."""
    most = most_expanded(packed)
    why = "" if most == MOST_EXPANDED else f" from {packed}, which is more than {_RATIO} to 1"
    return UsageError(f"{path!r} expands to more than {most} bytes{why}", details={"max_bytes": most})


def compression(content: bytes) -> str:
    """How bytes are compressed: `gz`, `bz2`, `xz`, or an empty string."""
    return next((name for name, (magic, _) in _KINDS.items() if content.startswith(magic)), "")


def expanded(content: bytes, path: str) -> bytes:
    """What compressed bytes stand for; several streams one after the other are one.

    Raises:
        UsageError: they are damaged, or expand to too much.
    """
    _, start = _KINDS[compression(content)]
    most, deadline = most_expanded(len(content)), Deadline(_SECONDS)
    made, position = bytearray(), 0
    while position < len(content) and not (content[position] == 0 and _is_padding(content, position)):
        stream = start()
        while not stream.eof:
            piece = content[position : position + _PIECE]
            if not piece:
                raise UsageError(f"{path!r} is damaged: its compressed data ends too early")
            position += len(piece)
            made += _decompressed(stream, piece, most + 1 - len(made), path)
            if len(made) > most:
                raise too_large(path, len(content))
        position -= len(stream.unused_data)
        if deadline.passed:
            raise UsageError(f"{path!r} takes longer than {_SECONDS:g} seconds to expand")
    return bytes(made)


def _decompressed(stream: Any, piece: bytes, most: int, path: str) -> bytes:  # Any: three libraries, one interface
    from lzma import LZMAError
    from zlib import error as ZlibError  # noqa: N812 it is a class

    try:
        found: bytes = stream.decompress(piece, most)
    except (LZMAError, ZlibError, OSError, EOFError, ValueError) as error:
        raise UsageError(f"{path!r} is damaged: its compressed data cannot be expanded: {error}") from error
    return found


def _is_padding(content: bytes, position: int) -> bool:
    return not content[position:].strip(b"\0")


def _gzip() -> Any:
    from zlib import MAX_WBITS, decompressobj

    return decompressobj(16 + MAX_WBITS)


def _bzip2() -> Any:
    from bz2 import BZ2Decompressor

    return BZ2Decompressor()


def _xz() -> Any:
    from lzma import FORMAT_XZ, LZMADecompressor

    return LZMADecompressor(FORMAT_XZ, memlimit=_MEMORY)


_KINDS: dict[str, tuple[bytes, Callable[[], Any]]] = {
    "gz": (b"\x1f\x8b", _gzip),
    "bz2": (b"BZh", _bzip2),
    "xz": (b"\xfd7zXZ\0", _xz),
}
