"""Brings files of an older version up to date.

`config_version` at the top of a file says which version's words it uses; a file without one uses today's. Version 2
is the first that says so itself. A migration changes words, never what they mean, and leaves everything else in the
file as it was.

To add one: raise `schema.VERSION`, and say here what the new version calls the keys of the one before.
"""

from __future__ import annotations

from pathlib import PurePath
from typing import Any

from llmspell.config.edit import with_name, with_value
from llmspell.config.formats import format_of
from llmspell.config.keypath import KeyPath, dotted
from llmspell.config.schema import VERSION
from llmspell.errors import ConfigError

RENAMED: dict[int, dict[KeyPath, str]] = {
    # `timeout` elsewhere is the time of a whole run; this one bounds one call of a model.
    1: {("run", "timeout"): "model_timeout"},
}
"""By version: the new names, in the next version, of keys."""


def renamed(path: KeyPath) -> KeyPath | None:
    """What a key of an older version is called today; None for a key that no version knew."""
    found = None
    for version in sorted(RENAMED):
        if (new := RENAMED[version].get(path)) is not None:
            found = path = (*path[:-1], new)
    return found


def version_of(data: dict[str, Any]) -> int:
    """The version of a file's words; without a statement, 1 if it has a key that was renamed since, else today's."""
    stated = data.get("config_version")
    if type(stated) is int:
        return stated
    olds = [version for version, names in RENAMED.items() if any(_has(data, path) for path in names)]
    return min(olds, default=VERSION)


def migrated(text: str, file: PurePath) -> tuple[str, list[str]]:
    """The text of `file` in today's words, and what was changed, one sentence each; nothing when it is up to date.

    Raises:
        ConfigError: it cannot be read, is newer than this llmspell, or a key cannot be renamed by itself.
    """
    data = format_of(file).parse(text, str(file)).data
    version = version_of(data)
    if version > VERSION:
        raise ConfigError([f"{file}: is of version {version}, and this llmspell knows {VERSION}"])
    if version < 1:
        raise ConfigError([f"{file}: `config_version` must be a whole number from 1 to {VERSION}"])
    changes: list[str] = []
    for step in range(version, VERSION):
        for path, name in RENAMED.get(step, {}).items():
            if _has(format_of(file).parse(text, str(file)).data, path):
                text = with_name(text, file, path, name)
                changes.append(f"`{dotted(path)}` is now `{dotted((*path[:-1], name))}`")
    if version < VERSION:
        text = with_value(text, file, ("config_version",), VERSION)
        changes.append(f"`config_version` is now {VERSION}")
    return text, changes


def _has(data: Any, path: KeyPath) -> bool:
    for key in path:
        if not isinstance(data, dict) or key not in data:
            return False
        data = data[key]
    return True
