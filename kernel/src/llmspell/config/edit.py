"""A file's text with one setting changed, and all else as it was: comments, order, layout.

There are several ways to write a setting into a file, and not all do in every file. So each is tried, and the first
whose text means exactly what it should is taken: nothing is written that was not read back.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator
from pathlib import PurePath
from typing import Any

from llmspell.config.document import Entry
from llmspell.config.formats import Format, format_of
from llmspell.config.keypath import KeyPath, dotted
from llmspell.errors import ConfigError

_BY_HAND = "type: llmspell config edit"


def with_value(text: str, file: PurePath, path: KeyPath, value: Any) -> str:
    """The text of `file` with `value` at `path`, which need not exist yet.

    Raises:
        ConfigError: the text is wrong already, or the setting cannot be written into it without changing another.
    """
    form = format_of(file)
    wanted = _changed(form.parse(text, str(file)).data, path, value)
    for proposed in _ways(form, text, path, value, wanted):
        if _means(form, proposed, wanted):
            return proposed
    raise ConfigError([f"{file}: `{dotted(path)}` cannot be set without touching other settings"], hint=_BY_HAND)


def with_name(text: str, file: PurePath, path: KeyPath, name: str) -> str:
    """The text of `file` with another name for the last key of `path`.

    Raises:
        ConfigError: the text is wrong already, has both names, or the key cannot be renamed by itself.
    """
    form = format_of(file)
    data = form.parse(text, str(file)).data
    new = (*path[:-1], name)
    if _at(data, new) is not None:
        raise ConfigError([f"{file}: has both `{dotted(path)}` and its new name `{dotted(new)}`; keep one of them"])
    wanted = _renamed(data, path, name)
    entry = form.entries(text).get(path)
    if entry:
        word = dotted((name,)) if text[entry.key[0]] != '"' else form.literal(name)
        proposed = text[: entry.key[0]] + word + text[entry.key[1] :]
        if _means(form, proposed, wanted):
            return proposed
    raise ConfigError([f"{file}: `{dotted(path)}` cannot be renamed to `{dotted(new)}` by itself"], hint=_BY_HAND)


def _ways(form: Format, text: str, path: KeyPath, value: Any, wanted: dict[str, Any]) -> Iterator[str]:
    """Texts that may do, the least change first."""
    entries = form.entries(text)
    if path in entries:
        yield from _replaced(form, text, entries[path], value)
    yield from form.inserted(text, path, value)
    for length in range(len(path) - 1, -1, -1):  # a table in braces is written anew
        if path[:length] in entries:
            yield from _replaced(form, text, entries[path[:length]], _at(wanted, path[:length]))


def _replaced(form: Format, text: str, entry: Entry, value: Any) -> Iterator[str]:
    if entry.value:
        begin, end = entry.value
        space = "" if begin > entry.key[1] and text[begin - 1 : begin] in " \n\t" else " "
        yield text[:begin] + form.literal(value) + text[end:]
        yield text[:begin] + space + form.literal(value) + text[end:]


def _means(form: Format, text: str, wanted: dict[str, Any]) -> bool:
    try:
        # As texts, so that 1, 1.0 and true are three things, and NaN is itself.
        return repr(_sorted(form.parse(text, "").data)) == repr(_sorted(wanted))
    except ConfigError:
        return False


def _sorted(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _sorted(value[key]) for key in sorted(value)}
    return [_sorted(item) for item in value] if isinstance(value, list) else value


def _changed(data: dict[str, Any], path: KeyPath, value: Any) -> dict[str, Any]:
    changed = copy.deepcopy(data)
    table: Any = changed
    for key in path[:-1]:
        if not isinstance(table.get(key), dict):
            table[key] = {}
        table = table[key]
    table[path[-1]] = value
    return changed


def _renamed(data: dict[str, Any], path: KeyPath, name: str) -> dict[str, Any]:
    renamed = copy.deepcopy(data)
    table = _at(renamed, path[:-1])
    table[name] = table.pop(path[-1])
    return renamed


def _at(data: Any, path: KeyPath) -> Any:
    """What stands at a path; None when nothing does."""
    for key in path:
        data = data.get(key) if isinstance(data, dict) else None
    return data
