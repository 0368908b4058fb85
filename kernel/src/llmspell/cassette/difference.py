"""How a request differs from a recorded one, for people."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from itertools import zip_longest
from typing import Any

from llmspell.cassette.matching import agree

_MOST = 8  # differences that are shown
_LONGEST = 72  # characters of a value that are shown
_BEFORE = 24  # characters that are shown before the first that differs
_ABSENT = object()

Same = Callable[[Any, Any], bool]


def differences(recorded: Any, asked: Any, where: str = "", same: Same = agree) -> Iterator[tuple[str, Any, Any]]:
    """Each place in which they differ, with what stands there in either; a mark of its own where there is nothing."""
    if recorded is _ABSENT or asked is _ABSENT:
        yield where, recorded, asked
    elif isinstance(recorded, Mapping) and isinstance(asked, Mapping):
        for key in {**recorded, **asked}:
            below = f"{where}.{key}" if where else str(key)
            yield from differences(recorded.get(key, _ABSENT), asked.get(key, _ABSENT), below, same)
    elif isinstance(recorded, list) and isinstance(asked, list):
        for number, (one, other) in enumerate(zip_longest(recorded, asked, fillvalue=_ABSENT), 1):
            yield from differences(one, other, f"{where}[{number}]", same)
    elif not same(recorded, asked):
        yield where, recorded, asked


def described(
    recorded: Any, asked: Any, *, names: tuple[str, str] = ("recorded", "asked"), same: Same = agree
) -> list[str]:
    """The differences as lines: the place, then what was recorded and what is asked, or what else `names` say."""
    found = list(differences(recorded, asked, same=same))
    first, second = (f"{name}:".ljust(max(map(len, names)) + 1) for name in names)
    lines = []
    for where, one, other in found[:_MOST]:
        start = _start(one, other)
        lines += [
            f"  {where or 'all of it'}",
            f"    - {first} {_shown(one, start)}",
            f"    + {second} {_shown(other, start)}",
        ]
    if len(found) > _MOST:
        lines.append(f"  and {len(found) - _MOST} more differences")
    return lines


def _start(one: Any, other: Any) -> int:
    """Where to begin to show two long texts, so that the first difference is in sight."""
    if not (isinstance(one, str) and isinstance(other, str)) or max(len(one), len(other)) <= _LONGEST:
        return 0
    differ = (at for at, (left, right) in enumerate(zip(one, other, strict=False)) if left != right)
    return max(0, next(differ, min(len(one), len(other))) - _BEFORE)


def _shown(value: Any, start: int) -> str:
    if value is _ABSENT:
        return "(nothing)"
    before = "..." if start else ""
    text = json.dumps(value[start:] if start else value, ensure_ascii=False)
    return before + (text if len(text) <= _LONGEST else text[: _LONGEST - 3] + "...")
