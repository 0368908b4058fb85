"""How wide words are, about: exactly so in the font that PNG is drawn with, and nearly in those of browsers."""

from __future__ import annotations

import unicodedata

# Widths of the characters from space to tilde in hundredths of the size, in Inter's regular weight.
_WIDTHS = (
    28, 28, 40, 63, 64, 81, 64, 22, 36, 36, 50, 66, 28, 46, 28, 36, 62, 46, 61, 64, 64, 61, 62, 57, 62, 62, 28, 28,
    66, 66, 66, 51, 94, 68, 65, 73, 72, 60, 59, 74, 74, 26, 54, 65, 56, 89, 75, 76, 63, 76, 64, 64, 64, 74, 68, 95,
    64, 66, 62, 36, 36, 36, 47, 45, 50, 56, 62, 56, 62, 58, 36, 61, 59, 24, 24, 54, 24, 87, 59, 60, 61, 61, 37, 52,
    36, 58, 56, 81, 54, 56, 54, 36, 33, 36, 66,
)  # fmt: skip
_OTHERS, _WIDE = 62, 100
_BOLD = 1.05
_ELLIPSIS = "…"


def width(text: str, size: float, *, bold: bool = False) -> float:
    """How wide a line of text is, in pixels."""
    hundredths = sum(map(_width, text))
    return hundredths * size / 100 * (_BOLD if bold else 1)


def shortened(text: str, size: float, most: float, *, bold: bool = False) -> str:
    """The text, or as much of its beginning as fits, with an ellipsis."""
    if width(text, size, bold=bold) <= most:
        return text
    left = most - width(_ELLIPSIS, size, bold=bold)
    kept = 0
    for character in text:
        left -= width(character, size, bold=bold)
        if left < 0:
            break
        kept += 1
    return text[:kept].rstrip() + _ELLIPSIS


def wrapped(text: str, size: float, most: float, lines: int, *, bold: bool = False) -> list[str]:
    """The text in so many lines at most, divided between words; the last line is shortened."""
    found: list[str] = []
    words = text.split()
    while words and len(found) < lines - 1:
        line = words.pop(0)
        while words and width(f"{line} {words[0]}", size, bold=bold) <= most:
            line += " " + words.pop(0)
        found.append(shortened(line, size, most, bold=bold))
    return [*found, shortened(" ".join(words), size, most, bold=bold)] if words else found


def _width(character: str) -> int:
    if " " <= character <= "~":
        return _WIDTHS[ord(character) - 32]
    if unicodedata.combining(character):
        return 0
    return _WIDE if unicodedata.east_asian_width(character) in "WF" else _OTHERS
