"""YAML, as much of it as JSON has: objects, arrays and plain values.

It is read from the parser's events, so that nothing is built but JSON. Tags, anchors, aliases, merge keys, keys that
are no text, keys that come twice, and second documents are refused. Plain words mean what they mean in YAML 1.2's core
schema: `no` and `on` are text.
"""

from __future__ import annotations

import math
import re
from functools import cache
from typing import Any

import attrs

from llmspell.errors import UsageError
from llmspell_tool_data.bounds import MAX_DEPTH, Fuel, shown

MAX_TEXT = 1_000_000  # of which every second one may be a value
SECONDS = 10.0
_WORDS = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL"), None),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}
_INTEGER = re.compile(r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+")
_FLOAT = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?")
_NO_NUMBER = re.compile(r"[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)")


def parse(text: str) -> Any:
    """The value of a YAML text.

    Raises:
        UsageError: it is too long, is not YAML, or uses more of YAML than JSON has; the line is named.
        TimedOut: it takes too long.
    """
    import yaml

    if len(text) > MAX_TEXT:
        raise UsageError(f"the YAML has {len(text)} characters, and at most {MAX_TEXT} are read")
    fuel = Fuel("the YAML", seconds=SECONDS)
    reader = _Reader()
    try:
        for event in yaml.parse(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader)):
            fuel.spend(1)
            reader.take(type(event).__name__.removesuffix("Event"), event)
    except yaml.YAMLError as error:
        raise _wrong(_line(error, text), _reason(error)) from None
    except UnicodeEncodeError as error:
        raise UsageError(f"the YAML is wrong: it has {shown(text[error.start])}, which is no character") from None
    return reader.value


def write(value: Any) -> str:
    """The value as YAML, in block style, its keys in their order.

    Text that any version of YAML could take for something else is in quotes.
    """
    import yaml

    found: str = yaml.dump(value, Dumper=_dumper(), allow_unicode=True, sort_keys=False, width=120)
    return found.removesuffix("...\n")


@cache
def _dumper() -> Any:
    """PyYAML's safe writer, without aliases, and with quotes around what is a number in YAML 1.2 only."""
    import yaml

    class Dumper(getattr(yaml, "CSafeDumper", yaml.SafeDumper)):  # type: ignore[misc]  # it has no types
        def ignore_aliases(self, _: Any) -> bool:
            return True

    number = re.compile(f"^(?:{_INTEGER.pattern}|{_FLOAT.pattern})$")
    Dumper.add_implicit_resolver("tag:yaml.org,2002:float", number, list("-+.0123456789"))
    return Dumper


def _line(error: Any, text: str) -> int:  # Any: PyYAML has no types
    mark = getattr(error, "problem_mark", None)
    return mark.line + 1 if mark else text.count("\n", 0, getattr(error, "position", None) or 0) + 1


def _reason(error: Any) -> str:
    return getattr(error, "problem", None) or getattr(error, "reason", None) or "it cannot be read"


def _wrong(line: int, reason: str, hint: str = "") -> UsageError:
    return UsageError(f"the YAML is wrong in line {line}: {reason}", hint=hint)


@attrs.define
class _Level:
    """An object or array that is being read; `key` is that of the value which comes next."""

    value: dict[str, Any] | list[Any]
    key: str | None = None


class _Reader:
    """Takes the parser's events one by one."""

    def __init__(self) -> None:
        self._levels: list[_Level] = []
        self._documents = 0
        self.value: Any = None

    def take(self, kind: str, event: Any) -> None:  # Any: PyYAML has no types
        """Go on with one event: `kind` is its class's name."""
        line = event.start_mark.line + 1
        if kind == "Alias" or getattr(event, "anchor", None):
            raise _wrong(line, "anchors and aliases are refused", "write the value where it is needed")
        if getattr(event, "tag", None):
            raise _wrong(line, f"the tag {shown(event.tag)} is refused", "write plain values")
        match kind:
            case "DocumentStart":
                self._documents += 1
                if self._documents > 1:
                    raise _wrong(line, "there is a second document", "pass one at a time")
            case "MappingStart" | "SequenceStart":
                self._open({} if kind == "MappingStart" else [], line)
            case "MappingEnd" | "SequenceEnd":
                self._levels.pop()
            case "Scalar" if self._awaits_key():
                self._take_key(event, line)
            case "Scalar":
                self._put(_plain(event.value, line) if event.implicit[0] else event.value)

    def _awaits_key(self) -> bool:
        level = self._levels[-1] if self._levels else None
        return level is not None and isinstance(level.value, dict) and level.key is None

    def _open(self, value: dict[str, Any] | list[Any], line: int) -> None:
        if self._awaits_key():
            raise _wrong(line, "a key must be text")
        if len(self._levels) >= MAX_DEPTH:
            raise _wrong(line, f"it nests deeper than {MAX_DEPTH} levels")
        self._put(value)
        self._levels.append(_Level(value))

    def _take_key(self, event: Any, line: int) -> None:
        level, key = self._levels[-1], event.value
        if event.implicit[0] and key == "<<":
            raise _wrong(line, "merge keys (<<) are refused", "write the keys where they are needed")
        if event.implicit[0] and _WORDS.get(key, 0) is None:
            raise _wrong(line, "a key must be text")
        if key in level.value:
            raise _wrong(line, f"the key {shown(key)} comes twice")
        level.key = key

    def _put(self, value: Any) -> None:
        if not self._levels:
            self.value = value
            return
        level = self._levels[-1]
        if isinstance(level.value, list):
            level.value.append(value)
        elif level.key is not None:
            level.value[level.key] = value
            level.key = None


def _plain(word: str, line: int) -> Any:
    if word in _WORDS:
        return _WORDS[word]
    if _NO_NUMBER.fullmatch(word):
        raise _wrong(line, f"JSON has no number for {word}")
    try:
        if _INTEGER.fullmatch(word):
            return int(word, 0) if word.startswith(("0o", "0x")) else int(word)
        found: Any = float(word) if _FLOAT.fullmatch(word) else word
    except ValueError:  # Python's bound on the digits of an integer
        raise _wrong(line, "a number has more than 4300 digits") from None
    if isinstance(found, float) and not math.isfinite(found):
        raise _wrong(line, f"the number {shown(word)} is too large")
    return found
