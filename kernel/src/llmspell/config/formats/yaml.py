"""YAML, as much of it as settings need: tables, lists and plain values, with the line of every key.

Read from the parser's events, so that nothing is built but dicts, lists, texts, numbers, booleans and null. Tags,
anchors, aliases, merge keys, keys that are no text, keys that come twice and second documents are errors. Plain
words mean what they mean in YAML 1.2: `no` and `on` are texts.

Needs PyYAML (`llmspell[yaml]`).
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

import attrs

from llmspell.config.document import DEEPEST, Document, Entry, Span, too_deep
from llmspell.config.keypath import KeyPath
from llmspell.errors import ConfigError

_WORDS = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL"), None),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}
_INTEGER = re.compile(r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+")
_FLOAT = re.compile(
    r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)"
)
_UNPRINTABLE = re.compile("[\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]")
_PLAIN_KEY = re.compile(r"[A-Za-z_][\w-]*")


def parse(text: str, name: str) -> Document:
    """The content of a YAML text; errors call it `name`.

    Raises:
        ConfigError: it nests deeper than 32 levels, is not YAML, or uses more of YAML than settings need.
    """
    reader = _read(text, name)
    return Document(reader.data, reader.lines)


def entries(text: str) -> Mapping[KeyPath, Entry]:
    """Where each key and value stands."""
    return _read(text, "").entries


def literal(value: Any) -> str:
    """A value on one line, as JSON writes it, which is YAML too when what YAML cannot hold is escaped."""
    text = json.dumps(value, ensure_ascii=False, default=str)
    return _UNPRINTABLE.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def inserted(text: str, path: KeyPath, value: Any) -> Iterator[str]:
    """The text with one more setting, below the nearest table that has a line for each key."""
    reader = _read(text, "")
    for length in range(len(path) - 1, -1, -1):
        inside = [key for key in reader.entries if len(key) == length + 1 and key[:length] == path[:length]]
        if length and not inside:
            continue
        column = _column(text, reader.entries[inside[0]].key[0]) if inside else 0
        end = max((entry.value[1] for key in inside if (entry := reader.entries[key]).value), default=len(text))
        stop = text.find("\n", end)
        before, after = (text[: stop + 1], text[stop + 1 :]) if stop >= 0 else (text, "")
        joint = "\n" if before and not before.endswith("\n") else ""
        yield before + joint + _nested(path[length:], value, column) + after


def _nested(path: KeyPath, value: Any, column: int) -> str:
    lines = [f"{' ' * (column + 2 * depth)}{_key(key)}:" for depth, key in enumerate(path)]
    return "\n".join(lines) + f" {literal(value)}\n"


def _key(key: str | int) -> str:
    plain = isinstance(key, str) and _PLAIN_KEY.fullmatch(key) and key not in _WORDS
    return str(key) if plain else literal(key)


def _column(text: str, position: int) -> int:
    return position - (text.rfind("\n", 0, position) + 1)


def _read(text: str, name: str) -> _Reader:
    try:
        import yaml
    except ImportError:
        raise ConfigError(
            [f"{name}: YAML needs the package PyYAML, which is not installed"],
            hint='pip install "llmspell[yaml]", or write the file as TOML',
        ) from None
    reader = _Reader(text, name)
    try:
        for event in yaml.parse(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader)):
            reader.take(type(event).__name__.removesuffix("Event"), event)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        position = getattr(error, "position", None)
        line = mark.line + 1 if mark else text.count("\n", 0, position or 0) + 1
        reason = getattr(error, "problem", None) or getattr(error, "reason", None) or "it cannot be read"
        raise ConfigError([f"{name}:{line}: is not YAML: {reason}"]) from None
    return reader


@attrs.define
class _Level:
    """A table or a list that is being read; `key` is where the key stands whose value comes next."""

    value: dict[str, Any] | list[Any]
    path: KeyPath
    begin: int
    end: int = 0
    key: str | None = None
    key_span: Span = (0, 0)


class _Reader:
    """Takes the parser's events one by one."""

    def __init__(self, text: str, name: str) -> None:
        self._text = text
        self._name = name
        self._levels: list[_Level] = []
        self._documents = 0
        self.data: dict[str, Any] = {}
        self.lines: dict[KeyPath, int] = {}
        self.entries: dict[KeyPath, Entry] = {}

    def take(self, kind: str, event: Any) -> None:  # Any: PyYAML has no types
        """Go on with one event: `kind` is its class's name."""
        line = event.start_mark.line + 1
        if kind == "Alias" or getattr(event, "anchor", None):
            raise self._unwanted(line, "anchors and aliases are not taken; write the value where it is needed")
        if getattr(event, "tag", None):
            raise self._unwanted(line, f"the tag {event.tag[:60]!r} is not taken; write plain values")
        if kind == "DocumentStart":
            self._documents += 1
            if self._documents > 1:
                raise self._unwanted(line, "a file is one document")
        elif kind in ("MappingStart", "SequenceStart"):
            self._open({} if kind == "MappingStart" else [], event, line)
        elif kind in ("MappingEnd", "SequenceEnd"):
            self._close(event)
        elif kind == "Scalar":
            self._scalar(event, line)

    def _open(self, value: dict[str, Any] | list[Any], event: Any, line: int) -> None:
        if self._awaits_key():
            raise self._unwanted(line, "a key must be text")
        if len(self._levels) >= DEEPEST:
            raise too_deep(self._name, line)
        path = self._path(line)
        self._levels.append(_Level(value, path, event.start_mark.index, event.end_mark.index))

    def _close(self, event: Any) -> None:
        level = self._levels.pop()
        # A table or list without brackets has no end of its own: it ends with the last thing in it.
        closing = self._text[event.start_mark.index : event.end_mark.index]
        end = event.end_mark.index if closing in ("}", "]") else level.end
        if not self._levels:
            if not isinstance(level.value, dict):
                raise self._unwanted(1, "must be a table at its top", syntax=False)
            self.data = level.value
            if closing:
                self.entries[()] = Entry((level.begin, level.begin), (level.begin, end))
            return
        self._put(level.value, (level.begin, end))

    def _scalar(self, event: Any, line: int) -> None:
        begin, end = event.start_mark.index, event.end_mark.index
        end = begin + len(self._text[begin:end].rstrip())
        if self._awaits_key():
            self._take_key(event, line, (begin, end))
            return
        value = self._plain(event.value, line) if event.implicit[0] else self._quoted(event.value, line)
        if not self._levels:
            if value is not None:
                raise self._unwanted(line, "must be a table at its top", syntax=False)
            return
        self._path(line)
        self._put(value, (begin, end))

    def _take_key(self, event: Any, line: int, span: Span) -> None:
        level = self._levels[-1]
        key = self._quoted(event.value, line)
        if event.implicit[0] and (key == "<<" or _WORDS.get(key, 0) is None):
            raise self._unwanted(line, "merge keys are not taken" if key == "<<" else "a key must be text")
        if key in level.value:
            raise ConfigError([f"{self._name}:{line}: is not YAML: the key {key[:60]!r} is set twice"])
        level.key, level.key_span = key, span
        self.lines[*level.path, key] = line

    def _put(self, value: Any, span: Span) -> None:
        level = self._levels[-1]
        level.end = max(level.end, span[1])
        if isinstance(level.value, list):
            self.entries[*level.path, len(level.value)] = Entry(span, span)
            level.value.append(value)
        else:
            assert level.key is not None
            self.entries[*level.path, level.key] = Entry(level.key_span, span)
            level.value[level.key], level.key = value, None

    def _path(self, line: int) -> KeyPath:
        """The path of the value that begins."""
        if not self._levels:
            return ()
        level = self._levels[-1]
        if isinstance(level.value, list):
            path = (*level.path, len(level.value))
            self.lines[path] = line
            return path
        assert level.key is not None
        return (*level.path, level.key)

    def _awaits_key(self) -> bool:
        return bool(self._levels) and isinstance(self._levels[-1].value, dict) and self._levels[-1].key is None

    def _plain(self, word: str, line: int) -> Any:
        if word in _WORDS:
            return _WORDS[word]
        if _INTEGER.fullmatch(word):
            base = {"0o": 8, "0x": 16}.get(word[:2], 10)
            try:
                return int(word, base)
            except ValueError:  # Python refuses to read an integer of more than 4300 digits
                raise self._unwanted(line, "an integer has more than 4300 digits") from None
        if _FLOAT.fullmatch(word):
            return float(word.lower().replace(".inf", "inf").replace(".nan", "nan"))
        return self._quoted(word, line)

    def _quoted(self, text: str, line: int) -> str:
        try:
            text.encode()
        except UnicodeEncodeError:
            raise self._unwanted(line, "a text holds half of a surrogate pair") from None
        return text

    def _unwanted(self, line: int, reason: str, *, syntax: bool = True) -> ConfigError:
        return ConfigError([f"{self._name}:{line}: {'in YAML, ' if syntax else ''}{reason}"])
