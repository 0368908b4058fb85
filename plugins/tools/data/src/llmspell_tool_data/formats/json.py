"""JSON, strictly."""

from __future__ import annotations

import json
import math
from typing import Any, NoReturn

from llmspell.errors import UsageError
from llmspell_tool_data.bounds import check_size, shown


def parse(text: str) -> Any:
    """The value of a JSON text.

    Raises:
        UsageError: it is not JSON, a key comes twice in an object, a number is too large, or there is too much of it.
    """
    try:
        value = json.loads(text, object_pairs_hook=_object, parse_constant=_refuse, parse_float=_float)
    except json.JSONDecodeError as error:
        raise UsageError(f"the JSON is wrong in line {error.lineno}, column {error.colno}: {error.msg}") from None
    except ValueError:  # Python's bound on the digits of an integer
        raise UsageError("the JSON has a number of more than 4300 digits") from None
    except RecursionError:
        raise UsageError("the JSON is nested too deeply") from None
    check_size(value, "the JSON")
    return value


def write(value: Any) -> str:
    """The value as JSON, indented by two spaces."""
    return json.dumps(value, ensure_ascii=False, indent=2)


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        seen: set[str] = set()
        twice = next(key for key, _ in pairs if key in seen or seen.add(key))  # type: ignore[func-returns-value]  # None is false
        raise UsageError(f"the JSON is wrong: the key {shown(twice)} comes twice in an object")
    return found


def _float(digits: str) -> float:
    found = float(digits)
    if not math.isfinite(found):
        raise UsageError(f"the JSON is wrong: the number {shown(digits)} is too large")
    return found


def _refuse(word: str) -> NoReturn:
    raise UsageError(f"the JSON is wrong: {word} is no number of JSON")
