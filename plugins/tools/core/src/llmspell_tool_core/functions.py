"""The functions and constants that the calculator knows."""

from __future__ import annotations

import math
from collections.abc import Callable
from fractions import Fraction
from typing import NamedTuple

MAX_DIGITS = 200
MAX_BITS = 666  # as many as 10**200 has; every number and its inverse fit a double


class NotRealError(ArithmeticError):
    """The result is not a real number."""


class Function(NamedTuple):
    """A function of `least` to `most` values; `takes` shows them."""

    compute: Callable[..., Fraction]
    takes: str
    least: int
    most: int


CONSTANTS = {"pi": Fraction(math.pi), "e": Fraction(math.e)}


def power(base: Fraction, exponent: Fraction) -> Fraction:
    """`base` to the `exponent`: exact for whole exponents within the bounds, and for square roots of squares.

    Raises:
        OverflowError, FloatingPointError: the result is beyond a double, upwards or towards 0.
        NotRealError: the result is not a real number.
    """
    if exponent.denominator == 1 and (base in (-1, 0, 1) or _fits(base, exponent)):
        return base**exponent.numerator
    if exponent == Fraction(1, 2):
        return square_root(base)
    if base < 0 and exponent.denominator != 1:
        raise NotRealError("a negative number has no such power among the real numbers")
    if base == 0 and exponent < 0:
        raise ZeroDivisionError
    result = float(base) ** float(exponent)
    if result == 0 != base:
        raise FloatingPointError
    return Fraction(result)


def _fits(base: Fraction, exponent: Fraction) -> bool:
    bits = max(base.numerator.bit_length(), base.denominator.bit_length())
    return abs(exponent) * (bits - 1) <= MAX_BITS


def square_root(value: Fraction) -> Fraction:
    """The root; exact when numerator and denominator are squares."""
    if value < 0:
        raise NotRealError("a negative number has no square root among the real numbers")
    root = Fraction(math.isqrt(value.numerator), math.isqrt(value.denominator))
    return root if root * root == value else Fraction(math.sqrt(value))


def half_away(value: Fraction, digits: Fraction = Fraction(0)) -> Fraction:
    """`value` rounded to so many decimal places; a half goes away from zero, as taught at school."""
    if digits.denominator != 1 or abs(digits) > 100:
        raise NotRealError("round needs a whole number of places, at most 100")
    scale = Fraction(10) ** digits.numerator
    rounded = math.floor(abs(value) * scale + Fraction(1, 2)) / scale
    return Fraction(rounded if value >= 0 else -rounded)


def natural_log(value: Fraction) -> Fraction:
    """The natural logarithm."""
    if value <= 0:
        raise NotRealError("only a positive number has a logarithm")
    return Fraction(math.log(value))


def log(value: Fraction, base: Fraction) -> Fraction:
    """The logarithm of `value` to `base`; exact where it is a whole number."""
    if base == 1:
        raise NotRealError("no logarithm has the base 1")
    result = natural_log(value) / natural_log(base)
    whole = Fraction(round(result))
    return whole if _fits(base, whole) and base**whole == value else result


FUNCTIONS = {
    "abs": Function(abs, "x", 1, 1),
    "ceil": Function(lambda value: Fraction(math.ceil(value)), "x", 1, 1),
    "exp": Function(lambda value: Fraction(math.exp(value)), "x", 1, 1),
    "floor": Function(lambda value: Fraction(math.floor(value)), "x", 1, 1),
    "ln": Function(natural_log, "x", 1, 1),
    "log": Function(log, "x, base", 2, 2),
    "log10": Function(lambda value: log(value, Fraction(10)), "x", 1, 1),
    "log2": Function(lambda value: log(value, Fraction(2)), "x", 1, 1),
    "max": Function(lambda *values: max(values), "x, y, ...", 1, 100),
    "min": Function(lambda *values: min(values), "x, y, ...", 1, 100),
    "round": Function(half_away, "x, places", 1, 2),
    "sqrt": Function(square_root, "x", 1, 1),
}
