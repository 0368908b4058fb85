"""YAML as data, without what makes it dangerous: aliases, tags and merge keys are refused.

It is read from the parser's events, so that nothing is built but what JSON has. Plain words mean what they mean in
YAML 1.2 (`no` is a text, and so is a date), and a key is the text that it is written as: `200:` is "200".

Needs PyYAML (`llmspell[yaml]`).
"""

from __future__ import annotations

import math
import re
from typing import Any

import attrs

from llmspell.errors import LlmspellError, UsageError

LARGEST = 4 << 20
"""Characters; reading YAML takes about a second for each million."""

_WORDS = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL"), None),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}
_INTEGER = re.compile(r"[-+]?[0-9]{1,4000}")
_FLOAT = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?")


@attrs.define
class _Level:
    """A table or a list that is being read; `key` is that of the value to come."""

    value: dict[str, Any] | list[Any]
    key: str | None = None


def parse(text: str, name: str, *, deepest: int, most: int) -> Any:
    """What a YAML text says.

    Raises:
        UsageError: it is not YAML, uses aliases, tags or merge keys, or is too large or too deep.
        LlmspellError: PyYAML is not installed (kind `plugin`).
    """
    if len(text) > LARGEST:
        hint = "convert it to JSON, of which more is read"
        raise UsageError(f"{name} has {len(text)} characters of YAML, and at most {LARGEST} are read", hint=hint)
    try:
        import yaml
    except ModuleNotFoundError as cause:
        raise LlmspellError(
            f"{name} is YAML, and PyYAML is not installed", kind="plugin", hint='pip install "llmspell[yaml]"'
        ) from cause
    reader = _Reader(name, deepest, most)
    try:
        for event in yaml.parse(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader)):
            reader.take(type(event).__name__.removesuffix("Event"), event)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        reason = getattr(error, "problem", None) or getattr(error, "reason", None) or "it cannot be read"
        raise UsageError(f"{name}{f':{mark.line + 1}' if mark else ''} is not YAML: {reason}") from None
    return reader.root


class _Reader:
    """Builds a document from events."""

    def __init__(self, name: str, deepest: int, most: int) -> None:
        self.root: Any = None
        self._name = name
        self._deepest = deepest
        self._left = most
        self._levels: list[_Level] = []
        self._documents = 0

    def take(self, kind: str, event: Any) -> None:
        """One event of the parser."""
        if kind == "DocumentStart":
            self._documents += 1
            if self._documents > 1:
                raise self._refused(event, "has a second document")
        if kind == "Alias" or getattr(event, "anchor", None):
            raise self._refused(event, "uses an anchor or an alias; write it out, or use $ref")
        if getattr(event, "tag", None) not in (None, "!"):
            raise self._refused(event, f"uses the tag {event.tag!r:.60}")
        if kind in ("MappingStart", "SequenceStart"):
            self._begin({} if kind == "MappingStart" else [], event)
        elif kind in ("MappingEnd", "SequenceEnd"):
            self._levels.pop()
        elif kind == "Scalar":
            self._scalar(event)

    def _begin(self, value: dict[str, Any] | list[Any], event: Any) -> None:
        if self._awaits_key():
            raise self._refused(event, "has a key that is no text")
        if len(self._levels) >= self._deepest:
            raise self._refused(event, f"nests deeper than {self._deepest} levels")
        self._put(value, event)
        self._levels.append(_Level(value))

    def _scalar(self, event: Any) -> None:
        if not self._awaits_key():
            self._put(_plain(event.value) if event.implicit[0] else event.value, event)
            return
        level = self._levels[-1]
        if event.implicit[0] and event.value == "<<":
            raise self._refused(event, "uses a merge key; write it out, or use $ref")
        if event.value in level.value:
            raise self._refused(event, f"has the key {event.value!r:.100} twice in one table")
        level.key = event.value

    def _put(self, value: Any, event: Any) -> None:
        self._left -= 1
        if self._left < 0:
            raise self._refused(event, "has too many values")
        if not self._levels:
            self.root = value
            return
        level = self._levels[-1]
        if isinstance(level.value, list):
            level.value.append(value)
        else:
            assert level.key is not None
            level.value[level.key], level.key = value, None

    def _awaits_key(self) -> bool:
        return bool(self._levels) and isinstance(self._levels[-1].value, dict) and self._levels[-1].key is None

    def _refused(self, event: Any, what: str) -> UsageError:
        return UsageError(f"{self._name}:{event.start_mark.line + 1} {what}")


def _plain(word: str) -> Any:
    if word in _WORDS:
        return _WORDS[word]
    if _INTEGER.fullmatch(word):
        return int(word)
    if _FLOAT.fullmatch(word) and math.isfinite(float(word)):
        return float(word)
    return word
