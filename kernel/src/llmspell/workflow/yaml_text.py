"""Plain data as YAML: a line for each part, and words without quotes where they can be nothing else."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from llmspell.config.formats.yaml import literal

_WORD = re.compile(r"[A-Za-z_][A-Za-z0-9_/.-]*(?: [A-Za-z0-9_/.,()-]+)*")
_OTHERS = re.compile(r"(?i)y|n|yes|no|on|off|true|false|null|nan|inf")
"""Words that some or all readers of YAML take for something else."""


def yaml_text(data: Mapping[str, Any]) -> str:
    """A table as YAML."""
    return "".join(f"{line}\n" for line in _table(data))


def _table(data: Mapping[str, Any]) -> Iterator[str]:
    for key, value in data.items():
        yield from _entry(f"{_scalar(str(key))}:", value, "  ")


def _list(items: list[Any]) -> Iterator[str]:
    for item in items:
        yield from _entry("-", item, "  ")


def _entry(head: str, value: Any, indent: str) -> Iterator[str]:
    """What stands after a key or a dash."""
    if isinstance(value, Mapping | list) and value:
        lines = _table(value) if isinstance(value, Mapping) else _list(value)
        if head == "-":
            yield f"- {next(lines)}"
        else:
            yield head
        for line in lines:
            yield indent + line
    else:
        yield f"{head} {_scalar(value)}"


def _scalar(value: Any) -> str:
    if isinstance(value, str) and _WORD.fullmatch(value) and not _OTHERS.fullmatch(value):
        return value
    return literal(value)
