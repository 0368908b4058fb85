"""TOML 1.0."""

from __future__ import annotations

import math
import re
from datetime import date, datetime, time
from typing import Any

from llmspell.errors import UsageError
from llmspell_tool_data.bounds import check_size, shown

MAX_TEXT = 500_000
_MAX_KEYS = 64
# The library remembers every beginning of a dotted key, which for a long one is its square.
_LONG_KEY = re.compile(rf"""(?<![\w-])(?:(?>[\w-]+|"[^"\n]*"|'[^'\n]*')[ \t]*+\.[ \t]*+){{{_MAX_KEYS}}}""", re.ASCII)
_PLACE = re.compile(r"(.*) \(at (?:line (\d+), column (\d+)|end of document)\)", re.DOTALL)


def parse(text: str) -> dict[str, Any]:
    """The table of a TOML text; dates and times become ISO 8601 text, as JSON has none.

    Raises:
        UsageError: it is too long, or not TOML; the line is named.
    """
    import tomllib

    if len(text) > MAX_TEXT:
        raise UsageError(f"the TOML has {len(text)} characters, and at most {MAX_TEXT} are read")
    if long := _LONG_KEY.search(text):
        line = text.count("\n", 0, long.start()) + 1
        raise UsageError(f"the TOML has a dotted key of more than {_MAX_KEYS} parts in line {line}")
    try:
        value = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise UsageError(_explained(str(error))) from None
    except RecursionError:
        raise UsageError("the TOML is nested too deeply") from None
    except ValueError:  # Python's bound on the digits of an integer
        raise UsageError("the TOML has a number of more than 4300 digits") from None
    check_size(value, "the TOML")
    found: dict[str, Any] = _plain(value, "$")
    return found


def write(value: Any) -> str:
    """An object as TOML.

    Raises:
        UsageError: it is something else, or holds what TOML has nothing like, such as null.
    """
    import tomli_w

    if not isinstance(value, dict):
        raise UsageError(f"TOML is a table, and the value is {shown(value)}", hint="put it into an object, under a key")
    _check(value, "$")
    return tomli_w.dumps(value)


def _plain(value: Any, path: str) -> Any:
    match value:
        case dict():
            return {key: _plain(each, f"{path}.{key}") for key, each in value.items()}
        case list():
            return [_plain(each, f"{path}[{index}]") for index, each in enumerate(value)]
        case datetime() | date() | time():
            return value.isoformat()
        case float() if not math.isfinite(value):
            raise UsageError(f"the TOML has {value} at {path}, and JSON has no such number")
        case _:
            return value


def _check(value: Any, path: str) -> None:
    match value:
        case dict():
            for key, each in value.items():
                _check(each, f"{path}.{key}")
        case list():
            for index, each in enumerate(value):
                _check(each, f"{path}[{index}]")
        case None:
            raise UsageError(f"TOML has no null, and there is one at {path}", hint="leave the key out")
        case int() if not -(2**63) <= value < 2**63:
            raise UsageError(f"TOML has no integer as large as the one at {path}")


def _explained(message: str) -> str:
    found = _PLACE.fullmatch(message)
    if not found:
        return f"the TOML is wrong: {message}"
    place = f"in line {found[2]}, column {found[3]}" if found[2] else "at its end"
    return f"the TOML is wrong {place}: {found[1]}"
