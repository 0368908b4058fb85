"""Cuts the stream of bytes from a worker into frames: lines of limited length."""

from __future__ import annotations

from llmspell.errors import LlmspellError


class Frames:
    """Collects bytes until they are whole lines.

    Args:
        limit: bytes that a line may have, without its end; at least as many as one `feed` brings.
    """

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._part = bytearray()

    def feed(self, data: bytes) -> list[bytes]:
        """The lines that `data` completes, without their ends.

        Raises:
            LlmspellError: of kind `budget`; a line, complete or not, is longer than the limit.
        """
        first, *rest = data.split(b"\n")
        if len(self._part) + len(first) > self._limit:
            raise LlmspellError(
                f"the script's worker process sent more than {self._limit} bytes in one step",
                kind="budget",
                hint="pass fewer or smaller values at a time",
                details={"budget": "step_bytes", "limit": self._limit},
            )
        if not rest:
            self._part += first
            return []
        if self._part:
            first = bytes(self._part) + first
            self._part.clear()
        self._part += rest.pop()
        return [first, *rest]
