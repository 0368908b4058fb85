"""The formats that data is read from and written to, each as `parse(text)` and `write(value)`.

json     strict: no duplicate keys, no `NaN`
yaml     the part of YAML 1.2 that JSON has
toml     TOML 1.0; dates and times become text
csv      objects of a table

What is written must have passed `check_writable`.
"""

from __future__ import annotations

import math
from typing import Any

from llmspell.errors import UsageError


def check_writable(value: Any) -> None:  # Any: JSON
    """Return if all numbers and texts in a value can be written.

    Raises:
        UsageError: a number is none, or a text has half of a character.
    """
    stack = [value]
    while stack:
        match stack.pop():
            case float() as number if not math.isfinite(number):
                raise UsageError(f"the data has {number}, which is no number of JSON")
            case str() as text:
                _check_text(text)
            case dict() as items:
                stack.extend(items)
                stack.extend(items.values())
            case list() as items:
                stack.extend(items)


def _check_text(text: str) -> None:
    try:
        text.encode("utf-8")
    except UnicodeEncodeError as error:
        raise UsageError(f"the data has {text[error.start]!r}, which is no character of a text") from None
