"""A secret text that shows itself only when asked by name."""

from __future__ import annotations

from typing import Any, NoReturn

from llmspell.errors import UsageError
from llmspell.secrets.shapes import REDACTED


class Secret:
    """A key or a password. `str`, `repr` and `format` hide it, `json` and `pickle` refuse it; `reveal()` gives it.

    Two are equal when their texts are; comparing takes the same time wherever they differ.

    Args:
        text: the secret; not empty.
        name: what it is known by, such as `OPENAI_API_KEY`; not secret.
    """

    __slots__ = ("_text", "name")

    _text: str
    name: str

    def __init__(self, text: str, name: str = "") -> None:
        if not text:
            raise UsageError(f"the secret {name!r} is empty")
        object.__setattr__(self, "_text", text)
        object.__setattr__(self, "name", name)

    def reveal(self) -> str:
        """The text, for the one who sends it where it belongs; every sink filters it from now on."""
        from llmspell.redaction import remember

        remember(self._text)
        return self._text

    def __repr__(self) -> str:
        return f"Secret({self.name!r}, {REDACTED})"

    def __str__(self) -> str:
        return REDACTED

    def __format__(self, spec: str) -> str:
        return format(REDACTED, spec)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Secret):
            return NotImplemented
        from hmac import compare_digest

        return compare_digest(self._text.encode("utf-8", "surrogatepass"), other._text.encode("utf-8", "surrogatepass"))

    __hash__ = None  # type: ignore[assignment]  # a hash tells something about the text

    def __setattr__(self, name: str, value: object) -> NoReturn:
        raise AttributeError(f"a Secret is frozen: {name!r} cannot be set")

    def __delattr__(self, name: str) -> NoReturn:
        raise AttributeError(f"a Secret is frozen: {name!r} cannot be deleted")

    def __copy__(self) -> Secret:
        return self

    def __deepcopy__(self, memo: dict[int, Any]) -> Secret:
        return self

    def __reduce_ex__(self, protocol: object) -> NoReturn:
        raise UsageError(
            f"the secret {self.name!r} cannot be pickled", hint="send its name, and look it up where it is needed"
        )
