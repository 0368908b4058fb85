"""The tool `random`: numbers, choices and passwords by chance."""

from __future__ import annotations

import math
import secrets
import string
from collections.abc import Callable, Mapping, Sequence
from random import Random, SystemRandom
from typing import Annotated, Any, Literal

from llmspell.errors import UsageError
from llmspell.tools import Example, tool

_SAFE = (1 << 53) - 1  # what JavaScript's numbers keep
_SYMBOLS = "!#%+,-./:=?@_~"  # none that a shell, a quotation or a URL minds much
_Arguments = Mapping[str, Any]


@tool(
    category="system",
    tags=("chance", "password", "token", "shuffle", "choice", "dice"),
    timeout=10.0,
    examples=(
        Example({"operation": "integer", "low": 1, "high": 6}, "a die"),
        Example({"operation": "password", "length": 20}, "a password of 20 characters"),
    ),
)
def random(
    operation: Literal["integer", "float", "choice", "sample", "shuffle", "password", "token"],
    *,
    low: float | None = None,
    high: float | None = None,
    items: Annotated[Sequence[Any] | None, {"minItems": 1, "maxItems": 10_000}] = None,
    count: Annotated[int | None, {"minimum": 1, "maximum": 10_000}] = None,
    length: Annotated[int | None, {"minimum": 8, "maximum": 256}] = None,
    symbols: bool | None = None,
    seed: int | str | None = None,
) -> dict[str, Any]:
    """Picks by chance: whole numbers, fractions, items of a list, an order, a password, a token.

    Answers `values`, a list. Without seed, chance is that of the system, which nobody can guess; with one, the same
    seed gives the same values. Passwords and tokens take no seed.

    Args:
        operation: integer (low to high, both included), float (low to high, 0 to 1 by default), choice (items, maybe
            one of them twice), sample (items, none twice), shuffle (all items), password, or token (for URLs).
        low: the least number.
        high: the largest number.
        items: what to choose from or shuffle.
        count: how many values; 1 by default.
        length: characters of a password (20 by default), or random bytes of a token (32 by default).
        symbols: whether a password has other characters than letters and digits; true by default.
        seed: makes the values reproducible.
    """
    given = {
        "low": low,
        "high": high,
        "items": items,
        "count": count,
        "length": length,
        "symbols": symbols,
        "seed": seed,
    }
    arguments = {name: value for name, value in given.items() if value is not None}
    work, needed, allowed = _OPERATIONS[operation]
    if missing := [name for name in needed if name not in arguments]:
        raise UsageError(f"{operation} needs {' and '.join(missing)}")
    if extra := sorted(arguments.keys() - {*needed, *allowed}):
        raise UsageError(f"{operation} does not take {' or '.join(extra)}", hint=f"it takes {_listed(needed, allowed)}")
    generator = SystemRandom() if seed is None else Random(seed)  # noqa: S311 a seed is what makes it not secret
    return {"values": work(generator, arguments)}


def _integer(generator: Random, arguments: _Arguments) -> list[int]:
    low, high = _range(arguments)
    if low != int(low) or high != int(high) or max(abs(low), abs(high)) > _SAFE:
        raise UsageError(f"integer needs whole numbers up to {_SAFE}, found {low!r} and {high!r}", hint="use float")
    return [generator.randint(int(low), int(high)) for _ in range(arguments.get("count", 1))]


def _float(generator: Random, arguments: _Arguments) -> list[float]:
    low, high = _range({"low": 0.0, "high": 1.0, **arguments})
    if not math.isfinite(high - low):
        raise UsageError(f"the range from {low!r} to {high!r} is too wide")
    return [min(high, low + (high - low) * generator.random()) for _ in range(arguments.get("count", 1))]


def _choice(generator: Random, arguments: _Arguments) -> list[Any]:
    return generator.choices(arguments["items"], k=arguments.get("count", 1))


def _sample(generator: Random, arguments: _Arguments) -> list[Any]:
    items, count = arguments["items"], arguments.get("count", 1)
    if count > len(items):
        raise UsageError(f"sample cannot take {count} of {len(items)} items", hint="use choice to take some twice")
    return generator.sample(items, count)


def _shuffle(generator: Random, arguments: _Arguments) -> list[Any]:
    return generator.sample(arguments["items"], len(arguments["items"]))


def _password(_: Random, arguments: _Arguments) -> list[str]:
    return [
        _one_password(arguments.get("length", 20), arguments.get("symbols", True))
        for _ in range(_few(arguments, "passwords"))
    ]


def _one_password(length: int, symbols: bool) -> str:
    """One with every class of characters in it: it is drawn anew until it is, so that all of those are as likely."""
    classes = [string.ascii_lowercase, string.ascii_uppercase, string.digits, *([_SYMBOLS] if symbols else [])]
    while True:
        password = "".join(secrets.choice("".join(classes)) for _ in range(length))
        if all(set(password) & set(each) for each in classes):
            return password


def _token(_: Random, arguments: _Arguments) -> list[str]:
    return [secrets.token_urlsafe(arguments.get("length", 32)) for _ in range(_few(arguments, "tokens"))]


def _few(arguments: _Arguments, what: str) -> int:
    count: int = arguments.get("count", 1)
    if count > 100:
        raise UsageError(f"at most 100 {what} are made at once, found {count}")
    return count


def _range(arguments: _Arguments) -> tuple[float, float]:
    low, high = arguments["low"], arguments["high"]
    if low > high:
        raise UsageError(f"low {low!r} is more than high {high!r}", hint="give the smaller number as low")
    return low, high


def _listed(needed: Sequence[str], allowed: Sequence[str]) -> str:
    return ", ".join([*needed, *(f"{name} (optional)" for name in allowed)])


# What does the work, the arguments it needs, and those it also allows.
_OPERATIONS: dict[str, tuple[Callable[[Random, _Arguments], list[Any]], tuple[str, ...], tuple[str, ...]]] = {
    "integer": (_integer, ("low", "high"), ("count", "seed")),
    "float": (_float, (), ("low", "high", "count", "seed")),
    "choice": (_choice, ("items",), ("count", "seed")),
    "sample": (_sample, ("items",), ("count", "seed")),
    "shuffle": (_shuffle, ("items",), ("seed",)),
    "password": (_password, (), ("length", "symbols", "count")),
    "token": (_token, (), ("length", "count")),
}
