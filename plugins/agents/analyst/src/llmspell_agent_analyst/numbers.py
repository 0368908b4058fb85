"""The numbers of texts and tool answers, and whether one is another one rounded."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import Any

from llmspell.tool import as_text

SMALL = 12
"""Whole numbers up to this one are words as much as figures: three shops, the first two rows."""

_PLAIN = re.compile(r"(?<![\w.])-?\d+(?:\.\d+)?(?:[eE][+-]?\d{1,3}(?!\d))?")
_GROUPED = re.compile(r"(?<![\w.,])-?\d{1,3}(?:,\d{3})+(?:\.\d+)?")


def numbers(value: Any) -> Iterator[Decimal]:
    """The numbers in JSON or in a text; 1,250 is read both as one number and as two."""
    text = as_text(value)
    yield from map(Decimal, _PLAIN.findall(text))
    yield from (Decimal(found.replace(",", "")) for found in _GROUPED.findall(text))


def said(text: str) -> Iterator[Decimal]:
    """The numbers that a sentence states, without sign; the small whole ones are left out."""
    text = _GROUPED.sub(lambda found: found[0].replace(",", ""), text)
    for found in _PLAIN.findall(text):
        number = abs(Decimal(found))
        if number > SMALL or number != number.to_integral_value():
            yield number


def among(number: Decimal, known: Iterable[Decimal]) -> bool:
    """Whether a number is one of those that are known, or one of them rounded to as many digits as it has."""
    exponent = number.as_tuple().exponent
    if not isinstance(exponent, int):  # no number, or an infinite one
        return False
    digits = min(0, exponent)
    slack = Decimal(1).scaleb(digits) / 2
    return any(abs(number - each) <= slack for each in known)
