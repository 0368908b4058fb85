"""Settings that come as words: environment variables, and `--set` on the command line."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import attrs

from llmspell.config.keypath import KeyPath, split
from llmspell.config.layers import Layer, lengths, merge_tables, nested
from llmspell.config.schema import RESERVED, Config
from llmspell.errors import ConfigError, near_names

PREFIX = "LLMSPELL_"
OTHERS = frozenset(
    {
        "LLMSPELL_BLOCK",
        "LLMSPELL_CONFIG_HOME",
        "LLMSPELL_DATA_HOME",
        "LLMSPELL_ENV",
        "LLMSPELL_KEYS_PASSPHRASE",
        "LLMSPELL_KEYS_PASSPHRASE_FILE",
        "LLMSPELL_STATE_HOME",
    }
)
"""Variables with the prefix that are no configuration."""


def environment_layer(environ: Mapping[str, str]) -> tuple[Layer, list[str]]:
    """What the variables set, and what is wrong with their names."""
    data: dict[str, Any] = {}
    places: dict[KeyPath, str] = {}
    problems: list[str] = []
    for name in sorted(name for name in environ if name.startswith(PREFIX) and name not in OTHERS):
        path = tuple(name.removeprefix(PREFIX).lower().split("__"))
        if problem := _unknown_variable(name, path):
            problems.append(problem)
            continue
        data = merge_tables(data, nested(path, value_of(environ[name])))
        places |= {path[:end]: name for end in lengths(path)}
    return Layer("environment", data, places, "the environment"), problems


def command_line_layer(sets: Sequence[str]) -> tuple[Layer, list[str]]:
    """What was given to `--set`, each `dotted.key=value`, and what is wrong with it."""
    data: dict[str, Any] = {}
    places: dict[KeyPath, str] = {}
    problems: list[str] = []
    for text in sets:
        key, equals, value = text.partition("=")
        try:
            path = split(key)
        except ValueError:
            equals = ""
        if not equals:
            problems.append(f"--set {key}: is not a setting; write --set section.key=value")
            continue
        data = merge_tables(data, nested(path, value_of(value)))
        places |= {path[:end]: f"--set {key}" for end in lengths(path)}
    return Layer("command line", data, places, "--set"), problems


def value_of(text: str) -> Any:
    """`text` as a TOML value where it is one (`5`, `true`, `["a"]`, `"5"`), else as a string."""
    from llmspell.config.formats import toml

    try:
        data = toml.parse(f"value = {text}", "").data
    except ConfigError:
        return text
    return data["value"] if data.keys() == {"value"} else text


def _unknown_variable(name: str, path: tuple[str, ...]) -> str:
    """What is wrong with a variable's name, and what it may have meant; empty when it is right."""
    sections = [field.name for field in attrs.fields(Config)]
    if "" in path:
        return f"{name}: is not a setting; write {PREFIX}SECTION__KEY"
    if path[0] in sections or path[0] in RESERVED:
        return ""
    others = [variable.removeprefix(PREFIX).lower() for variable in sorted(OTHERS)]
    near = near_names(path[0], [*sections, *others])
    corrected = "__".join((near[0], *path[1:])).upper() if near else ""
    hint = f"did you mean {PREFIX}{corrected}?" if near else f"known sections: {', '.join(sections)}"
    return f"{name}: no section of the configuration is called {path[0]!r}; {hint}"
