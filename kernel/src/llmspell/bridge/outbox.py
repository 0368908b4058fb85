"""Reads an outbox one message at a time, because a flood of calls takes seconds to read and to handle."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from llmspell.values import loads

_DECODER = json.JSONDecoder()
_OPENING = re.compile(r"\s*\[\s*")
_BETWEEN = re.compile(r"\s*,?\s*")


def messages(outbox: str) -> Iterator[Any]:
    """The messages of an outbox that has some, each decoded when it is asked for.

    Raises:
        ValueError: what comes next is no message.
        RecursionError: it nests too deeply.
    """
    marked = '"$' in outbox
    opening = _OPENING.match(outbox)
    if opening is None:
        raise ValueError(f"{outbox[:20]!r} does not begin a list")
    begin = opening.end()
    while not outbox.startswith("]", begin):
        message, end = _DECODER.raw_decode(outbox, begin)
        yield loads(outbox[begin:end]) if marked else message
        between = _BETWEEN.match(outbox, end)
        assert between is not None
        begin = between.end()
