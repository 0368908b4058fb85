"""The configuration for people: every value with its origin, and a commented file to start from."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Any

import attrs

from llmspell.config.formats.toml import literal
from llmspell.config.keypath import KeyPath, dotted
from llmspell.config.layers import DEFAULT, LoadedConfig, Origin
from llmspell.config.schema import VERSION, Config
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
            literal(redactor.data(value, str(path[-1]))),
            loaded.origins.get(dotted(path), DEFAULT),
        )
        for path, value in _leaves(attrs.asdict(loaded.config), ())
    ]


def default_file(chosen: Mapping[str, Any] = MappingProxyType({})) -> str:
    """The text of a configuration file with every setting, its meaning and its default.

    All is commented out but what is `chosen`, by dotted key: those values stand in the file.
    """
    lines = ["# Every setting with its default. Take the # away from those you change."]
    version = chosen.get("config_version", VERSION)
    lines += [f"{'' if 'config_version' in chosen else '# '}config_version = {version}"]
    for section in attrs.fields(Config):
        if "example" in section.metadata:
            text = [section.metadata["doc"], *section.metadata["example"].split("\n")]
            lines += ["", *(f"# {line}" for line in text)]
        else:
            lines += ["", *_section(section.name, getattr(Config(), section.name), chosen)]
    return "\n".join(lines) + "\n"


def _section(name: str, defaults: attrs.AttrsInstance, chosen: Mapping[str, Any]) -> Iterator[str]:
    yield f"# {(type(defaults).__doc__ or '').strip()}"
    yield f"[{name}]" if any(key.startswith(f"{name}.") for key in chosen) else f"# [{name}]"
    for field in attrs.fields(type(defaults)):
        default = getattr(defaults, field.name)
        value = chosen.get(f"{name}.{field.name}", field.metadata["example"] if default is None else default)
        unit = f" ({field.metadata['unit']})" if field.metadata["unit"] else ""
        mark = "" if f"{name}.{field.name}" in chosen else "# "
        yield f"{mark}{field.name} = {literal(value)}  # {field.metadata['doc']}{unit}"


def _leaves(data: Mapping[str, Any], path: KeyPath) -> Iterator[tuple[KeyPath, Any]]:
    for key, value in data.items():
        if isinstance(value, Mapping):
            yield from _leaves(value, (*path, key))
        else:
            yield (*path, key), value
