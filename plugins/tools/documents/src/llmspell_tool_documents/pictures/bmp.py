"""BMP: the head of a file, the head of a bitmap, then rows of pixels."""

from __future__ import annotations

from llmspell_tool_documents.pictures.picture import Head, Picture

_OLD = 12  # bytes of the oldest head, whose numbers are shorter
_HEADS = {_OLD, 40, 52, 56, 64, 108, 124}
_MODES = {1: "P", 4: "P", 8: "P", 16: "RGB", 24: "RGB", 32: "RGB"}
_PLAIN = (0, 3)  # ways of packing where each row has as many bytes


def read(head: Head) -> Picture:
    """What the two heads say."""
    start, size = head.number(10, 4, "little"), head.number(14, 4, "little")
    if size not in _HEADS:
        raise head.error(f"there is no bitmap whose head has {size} bytes")
    if size == _OLD:
        width, height = head.number(18, 2, "little"), head.number(20, 2, "little")
        depth, packing = head.number(24, 2, "little"), 0
    else:
        width, height = (head.number(at, 4, "little", signed=True) for at in (18, 22))
        depth, packing = head.number(28, 2, "little"), head.number(30, 4, "little")
    if depth not in _MODES:
        raise head.error(f"a pixel has {depth} bits")
    height = abs(height)  # negative where the first row is the upper one
    rows = (width * depth + 31) // 32 * 4 * height if packing in _PLAIN else 1
    mode = _MODES[depth]
    bits = depth if mode == "P" else 5 if depth == 16 else 8
    return Picture("BMP", "image/bmp", width, height, mode, bits, truncated=start + rows > len(head.content))
