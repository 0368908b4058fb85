"""Numbers as people read them on an axis or beside a bar."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

_UNITS = ((1e12, "T"), (1e9, "B"), (1e6, "M"), (1e3, "k"))
_COMPACT = 1e5  # from here on thousands are written with a unit
_HUGE, _TINY = 1e15, 1e-4
_RAISED = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
_MINUS, _TIMES = "\N{MINUS SIGN}", "\N{MULTIPLICATION SIGN}"


def written_as(values: Sequence[float], step: float) -> Callable[[float], str]:
    """How to write the numbers of one axis: all with the same unit, and as many decimals as the step needs."""
    largest = max(map(abs, values), default=0)
    if largest and not _TINY <= largest < _HUGE:
        exponent = math.floor(math.log10(largest))
        decimals = min(_decimals(step / 10**exponent), 9)
        return lambda value: _scientific(value, exponent, decimals)
    size, unit = next(((size, unit) for size, unit in _UNITS if largest >= max(size, _COMPACT)), (1.0, ""))
    decimals = _decimals(step / size)
    return lambda value: _signed(f"{value / size:,.{decimals}f}") + unit if value else "0"


def short(value: float) -> str:
    """One number with three or four digits."""
    largest = abs(value)
    if largest and not _TINY <= largest < _HUGE:
        exponent = math.floor(math.log10(largest))
        return _scientific(value, exponent, 0 if float(f"{value:.0e}") == value else 2)
    size, unit = next(((size, unit) for size, unit in _UNITS if largest >= max(size, _COMPACT)), (1.0, ""))
    scaled = value / size
    whole = math.floor(math.log10(abs(scaled))) + 1 if scaled else 1
    text = f"{scaled:,.{min(max(3 - whole, 0), 6)}f}"
    return _signed(text.rstrip("0").rstrip(".") if "." in text else text) + unit


def _decimals(step: float) -> int:
    """How many decimals a step needs to be told from its multiples."""
    for decimals in range(10):
        scaled = step * 10**decimals
        if abs(scaled - round(scaled)) < 1e-6 and round(scaled):
            return decimals
    return 9


def _scientific(value: float, exponent: int, decimals: int) -> str:
    if value == 0:
        return "0"
    return f"{_signed(f'{value / 10**exponent:.{decimals}f}')}{_TIMES}10{str(exponent).translate(_RAISED)}"


def _signed(text: str) -> str:
    """The number with a true minus sign, and none before nought."""
    return text.replace("-", _MINUS) if float(text.replace(",", "")) else text.lstrip("-")
