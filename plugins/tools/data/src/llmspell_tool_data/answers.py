"""Answers that are cut to what may be passed on, and say so."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from llmspell.errors import UsageError

ANSWER_BYTES = 900_000
"""Less than a tool may answer (`llmspell.tool.OUTPUT_BYTES`), so that there is room for what stands around."""


class Page:
    """The first items of many: as many as were asked for, and as fit into an answer.

    Args:
        limit: how many at most.

    Attributes:
        items: what was taken.
        truncated: whether there was more.
    """

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._left = ANSWER_BYTES
        self.items: list[Any] = []
        self.truncated = False

    def take(self, items: Iterable[Any]) -> Page:
        """Take what fits; no more is asked of `items` than it takes to know whether there is more.

        Raises:
            UsageError: the first item alone is too long.
        """
        for item in items:
            self._left -= len(json.dumps(item, ensure_ascii=False).encode("utf-8", "surrogatepass")) + 2
            if self._left < 0 and not self.items:
                raise UsageError(
                    f"the first result alone has more than {ANSWER_BYTES} bytes", hint="ask for a part of it"
                )
            if self._left < 0 or len(self.items) == self._limit:
                self.truncated = True
                break
            self.items.append(item)
        return self
