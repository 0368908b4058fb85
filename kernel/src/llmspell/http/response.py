"""A server's answer."""

from __future__ import annotations

import codecs
import re
from collections.abc import Mapping
from typing import Any

import attrs

from llmspell.errors import LlmspellError
from llmspell.http.url import parse_url

_CHARSET = re.compile(r"charset\s*=\s*\"?([\w.:-]+)", re.IGNORECASE)
# What Python also calls encodings, but no page is written in; some take quadratic time.
_NO_CHARSETS = frozenset({"idna", "punycode", "raw-unicode-escape", "undefined", "unicode-escape", "utf-7"})


@attrs.frozen
class Response:
    """An answer, whatever its status: who asks decides what a 404 means.

    Attributes:
        status: such as 200.
        headers: names in small letters; several of one name are joined by a comma and a space.
        body: decompressed; empty where it went to a sink.
        url: what answered, after all redirects.
        truncated: whether the body was longer, and was cut as the request asked.
    """

    status: int
    headers: Mapping[str, str] = attrs.field(repr=False)
    body: bytes = attrs.field(repr=False)
    url: str = attrs.field(repr=False)
    truncated: bool = False

    @property
    def ok(self) -> bool:
        """Whether the status says success."""
        return 200 <= self.status < 300

    def text(self) -> str:
        """The body as text in the encoding that its type names, else in UTF-8; what does not decode becomes U+FFFD."""
        return self.body.decode(self._charset(), "replace")

    def json(self) -> Any:  # Any: JSON-like data
        """The body as JSON.

        Raises:
            LlmspellError: it is none; of kind `network`.
        """
        from json import loads

        try:
            return loads(self.body)
        except (ValueError, RecursionError) as cause:
            kind = self.headers.get("content-type", "without a type")
            raise LlmspellError(
                f"{parse_url(self.url).shown} answered {self.status} with no JSON ({kind:.100})",
                kind="network",
                hint="look at the answer's text",
                details={"status": self.status},
            ) from cause

    def _charset(self) -> str:
        named = _CHARSET.search(self.headers.get("content-type", ""))
        try:
            found = codecs.lookup(named[1] if named else "utf-8")
            "".encode(found.name)  # what is no encoding of text is refused here
        except (LookupError, UnicodeError):
            return "utf-8"
        return "utf-8" if found.name.replace("_", "-") in _NO_CHARSETS else found.name
