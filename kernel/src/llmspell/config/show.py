"""The configuration for people: every value with its origin, and a commented file to start from."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import attrs

from llmspell.config.keypath import KeyPath, dotted, quoted
from llmspell.config.layers import DEFAULT, LoadedConfig, Origin
from llmspell.config.schema import Config
from llmspell.redaction import Redactor


@attrs.frozen
class Row:
    """One line of `config show --origin`: the dotted key, the value as TOML writes it, and who set it."""

    key: str
    value: str
    origin: Origin


def rows(loaded: LoadedConfig) -> list[Row]:
    """Every value in force, in the order of the schema; secrets are redacted."""
    redactor = Redactor()
    return [
        Row(
            dotted(path),
            toml_value(redactor.data(value, str(path[-1]))),
            loaded.origins.get(dotted(path), DEFAULT),
        )
        for path, value in _leaves(attrs.asdict(loaded.config), ())
    ]


def toml_value(value: Any) -> str:
    """A value as TOML writes it; None, which TOML cannot write, is `(none)`."""
    if value is None:
        return "(none)"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return quoted(value)
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{dotted((key,))} = {toml_value(item)}" for key, item in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(toml_value, value)) + "]"
    return value.isoformat() if hasattr(value, "isoformat") else str(value)


def default_file() -> str:
    """The text of a configuration file with every setting, its meaning and its default, commented out."""
    lines = ["# Every setting with its default. Take the # away from those you change."]
    for section in attrs.fields(Config):
        if "example" in section.metadata:
            text = [section.metadata["doc"], *section.metadata["example"].split("\n")]
        else:
            text = [*_section(section.name, getattr(Config(), section.name))]
        lines += ["", *(f"# {line}" for line in text)]
    return "\n".join(lines) + "\n"


def _section(name: str, defaults: attrs.AttrsInstance) -> Iterator[str]:
    yield (type(defaults).__doc__ or "").strip()
    yield f"[{name}]"
    for field in attrs.fields(type(defaults)):
        default = getattr(defaults, field.name)
        value = field.metadata["example"] if default is None else default
        unit = f" ({field.metadata['unit']})" if field.metadata["unit"] else ""
        yield f"{field.name} = {toml_value(value)}  # {field.metadata['doc']}{unit}"


def _leaves(data: Mapping[str, Any], path: KeyPath) -> Iterator[tuple[KeyPath, Any]]:
    for key, value in data.items():
        if isinstance(value, Mapping):
            yield from _leaves(value, (*path, key))
        else:
            yield (*path, key), value
