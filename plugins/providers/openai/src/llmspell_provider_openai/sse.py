"""A parser of server-sent events (WHATWG HTML, section 9.2.6) that takes bytes as they come."""

from __future__ import annotations

from collections.abc import Iterator

import attrs

from llmspell_provider_openai.wire import Malformed

LONGEST_LINE = 8 * 1024 * 1024
_BOM = b"\xef\xbb\xbf"


@attrs.frozen
class ServerEvent:
    """One event; `type` is `message` where the server says nothing else."""

    data: str
    type: str = "message"


class EventParser:
    """Finds the events in a stream of bytes, however it is cut into pieces."""

    def __init__(self) -> None:
        self._line = b""
        self._after_return = False
        self._data: list[str] = []
        self._type = ""
        self._first = True

    def feed(self, piece: bytes) -> Iterator[ServerEvent]:
        """The events that `piece` completes; consume them before the next piece.

        Raises:
            Malformed: a line is longer than 8 MiB, which no model's server writes.
        """
        if self._after_return and piece.startswith(b"\n"):  # a CRLF cut in two
            piece = piece[1:]
            self._after_return = False
        if not piece:
            return
        self._after_return = piece.endswith(b"\r")
        lines = (self._line + piece).splitlines(keepends=True)
        self._line = b"" if lines[-1].endswith((b"\n", b"\r")) else lines.pop()
        if len(self._line) > LONGEST_LINE:
            raise Malformed("with a line of more than 8 MiB")
        for line in lines:
            event = self._take(line.rstrip(b"\r\n"))
            if event is not None:
                yield event

    def _take(self, line: bytes) -> ServerEvent | None:
        if self._first:
            self._first = False
            line = line.removeprefix(_BOM)
        if not line:
            return self._dispatch()
        name, _, value = line.decode("utf-8", "replace").partition(":")
        value = value.removeprefix(" ")
        if name == "data":
            self._data.append(value)
        elif name == "event":
            self._type = value
        return None  # a line that begins with a colon is a comment; `id` and `retry` are for reconnecting

    def _dispatch(self) -> ServerEvent | None:
        data, kind = self._data, self._type
        self._data, self._type = [], ""
        return ServerEvent("\n".join(data), kind or "message") if data else None
