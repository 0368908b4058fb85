"""What observers see of an event: its data without secrets, filtered as it is looked at."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

import attrs

from llmspell.messages import Messages
from llmspell.secrets.shapes import REDACTED

if TYPE_CHECKING:
    from llmspell.redaction import Redactor


class RedactedData(Mapping[str, Any]):
    """An event's data; each value is filtered when it is read, so that what nobody reads costs nothing."""

    __slots__ = ("_data", "_redactor")

    def __init__(self, data: Mapping[str, Any], redactor: Redactor) -> None:
        self._data = data
        self._redactor = redactor

    def __getitem__(self, key: str) -> Any:
        from llmspell.redaction import secret_name

        value = redacted(self._data[key], self._redactor.text)
        return REDACTED if isinstance(value, str) and value and secret_name(key) else value

    def __iter__(self) -> Iterator[str]:
        return iter(self._data)

    def __len__(self) -> int:
        return len(self._data)

    def __repr__(self) -> str:
        return repr(dict(self))


def redacted(value: Any, text: Callable[[str], str]) -> Any:
    """`value`, its types kept, with every string in it passed through `text`; objects without fields stay."""
    if isinstance(value, str):
        return text(value)
    if isinstance(value, Mapping):
        return {redacted(key, text): redacted(item, text) for key, item in value.items()}
    if type(value) in (list, tuple):
        return type(value)(redacted(item, text) for item in value)
    if isinstance(value, Messages):
        return tuple(redacted(message, text) for message in value)
    if attrs.has(type(value)) and not isinstance(value, type):
        fields = {field.alias: getattr(value, field.name) for field in attrs.fields(type(value)) if field.init}
        changed = {name: new for name, old in fields.items() if (new := redacted(old, text)) != old}
        return attrs.evolve(value, **changed) if changed else value
    return value
