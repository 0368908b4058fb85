"""The global `Json`."""

from __future__ import annotations

import json
from typing import Any, TypeVar

import attrs

from llmspell.errors import UsageError
from llmspell.script.declare import Global, guest, method

Item = TypeVar("Item")


@attrs.frozen
class EncodeOptions:
    """How `Json.encode` writes: `indent` spaces per level; none means one line."""

    indent: int | None = None


class Json(Global):
    """JSON text, and what a language may lack: `Json.null` for null, and `Json.array` to mark an empty list."""

    @method
    def encode(self, value: Any, options: EncodeOptions | None = None) -> str:
        """The value as JSON text, with the keys in their own order."""
        indent = options.indent if options else None
        try:
            return json.dumps(value, ensure_ascii=False, allow_nan=False, indent=indent)
        except (TypeError, ValueError) as cause:
            raise UsageError(f"Json.encode: {cause}") from cause

    @method
    def decode(self, text: str) -> Any:
        """The value that JSON text stands for."""
        try:
            return json.loads(text, parse_constant=_refuse)
        except RecursionError as cause:
            raise UsageError("Json.decode: the text nests too deeply") from cause
        except ValueError as cause:
            raise UsageError(f"Json.decode: {cause}") from cause

    @guest
    def array(self, items: list[Item] | None = None) -> list[Item]:
        """The same table, marked as a list, so that it stays one when it is empty."""
        raise NotImplementedError

    @guest
    def is_null(self, value: Any) -> bool:
        """Whether a value is JSON's null."""
        raise NotImplementedError


def _refuse(name: str) -> Any:
    raise ValueError(f"{name} is not JSON")
