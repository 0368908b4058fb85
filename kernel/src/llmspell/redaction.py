"""The one filter that keeps secrets out of every sink: logs, events, errors, `--json`, exports, what a spell prints.

Three nets: the name of a field (`api_key`), the shape of a text (`sk-...`, `Bearer ...`), and exact values: those
of environment variables whose names say that they are secret, and every text that a `Secret` ever revealed. An
exact value is also found URL-encoded, in JSON, in hexadecimal, and anywhere inside base64. It errs towards
redacting too much.

What passes: a secret that was turned round or compressed, one of fewer than 8 characters, and one that a spell
prints in parts of its own making. A spell never holds a key, unless it is let read the variable that has it.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Mapping, Sequence
from typing import Any

import attrs

from llmspell.secrets.shapes import REDACTED, without_shapes, without_tokens

SHORTEST = 8
"""Characters; a shorter "secret" (`1`, `true`) would blacken half of every log."""

_SHORT = 64  # characters

_SECRET_WORDS = frozenset(
    "apikey auth authorization bearer cookie credential credentials key keys passphrase passwd password "  # noqa: SIM905 words read better than quotes
    "passwords pat private pwd secret secrets token".split()
)
_SECRET_PARTS = (
    "password",
    "passwd",
    "passphrase",
    "secret",
    "apikey",
    "accesskey",
    "privatekey",
    "authtoken",
)
# Names with "token" that count tokens, and names with "key" that open nothing.
_HARMLESS_WORDS = frozenset(
    "budget cached count counts input limit max min output per public reasoning total usage".split()  # noqa: SIM905
)
_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")


_FOLDERS = frozenset({"PWD", "OLDPWD"})  # the shell's variables; elsewhere that word means a password


@functools.lru_cache(maxsize=4096)
def secret_name(name: str) -> bool:
    """Whether a field or variable of this name holds a secret: `api_key`, `githubToken`, `PGPASSWORD`.

    Names that end in `_env` name a variable, and names that count tokens (`max_tokens`) are no secrets.
    """
    words = [word.lower() for word in _WORD.findall(name)]
    if not words or words[-1] == "env":
        return False
    if any(part in "".join(words) for part in _SECRET_PARTS):
        return True
    if "tokens" in words:
        return bool({"api", "access", "auth", "refresh", "bearer"} & set(words))
    return bool(_SECRET_WORDS.intersection(words)) and not _HARMLESS_WORDS.intersection(words)


# Of the process and not of a run: a traceback, an exit message and another run's log are sinks too. It only grows.
_revealed: set[str] = set()


def remember(text: str) -> None:
    """Keep this exact text out of every sink of the process, from now on."""
    if len(text) >= SHORTEST:
        _revealed.add(text)


@attrs.frozen
class Redactor:
    """Replaces secrets by `[redacted]`; `values` are exact texts to look for besides what the process knows."""

    values: frozenset[str] = attrs.field(default=frozenset(), repr=False)

    @classmethod
    def of_environment(cls, environ: Mapping[str, str]) -> Redactor:
        """One that also knows the values of variables with secret-like names, if they have 8 characters."""
        secret = (value for name, value in environ.items() if secret_name(name) and name not in _FOLDERS)
        return cls(frozenset(value for value in secret if len(value.strip()) >= SHORTEST))

    def text(self, text: str) -> str:
        """`text` without exact values and known shapes: for logs, events, errors and files."""
        return redact(self.exact(text))

    def said(self, text: str) -> str:
        """`text` without exact values and tokens: for what a spell prints, which may well discuss `password=...`."""
        return without_tokens(self.exact(text))

    def exact(self, text: str) -> str:
        """`text` without exact values."""
        found = [needle for needle in self.needles if needle in text]
        return re.sub("|".join(map(re.escape, found)), REDACTED, text) if found else text

    def data(self, value: Any, name: str = "") -> Any:  # Any: JSON-like data of any type
        """JSON-like data without secrets: texts are filtered, and what a secret-like name holds goes.

        Only a boolean, null and the empty text under such a name stay: they tell whether a secret is set.
        """
        if name and secret_name(name) and value not in (None, "") and not isinstance(value, bool):
            return REDACTED
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, Mapping):
            return {self._key(key): self.data(item, str(key)) for key, item in value.items()}
        if type(value) in (list, tuple):
            return [self.data(item) for item in value]
        return value

    def traceback(self, error: BaseException) -> str:
        """Python's traceback of an error and of all that it came from, as lines of text without secrets."""
        from traceback import format_exception

        return self.text("".join(format_exception(error)))

    @property
    def needles(self) -> tuple[str, ...]:
        """The exact texts to look for, in every encoding, the longest first."""
        return _needles(self.values, len(_revealed))

    def _key(self, key: object) -> object:
        return self.text(key) if isinstance(key, str) else key


class RedactedStream:
    """Exact values taken out of text that arrives in pieces, wherever a piece ends: for streamed answers.

    The end of a piece that may begin a secret is held back until the next piece, or the end, tells.
    """

    def __init__(self, redactor: Redactor) -> None:
        self._redactor = redactor
        self._held = ""

    def push(self, piece: str) -> str:
        """What of the text so far can be shown now."""
        text = self._held + piece
        cut = self._cut(text)
        self._held = text[cut:]
        return self._redactor.exact(text[:cut])

    def end(self) -> str:
        """What was held back."""
        held, self._held = self._held, ""
        return self._redactor.exact(held)

    def _cut(self, text: str) -> int:
        """Where the part begins that cannot be judged yet: a secret's beginning, or a secret that reaches into it."""
        needles = self._redactor.needles
        if not needles:
            return len(text)
        first = max(0, len(text) - len(needles[0]) + 1)
        starts = (at for at in range(first, len(text)) if any(needle.startswith(text[at:]) for needle in needles))
        cut = next(starts, len(text))
        for found in re.finditer("|".join(map(re.escape, needles)), text):
            if found.start() < cut < found.end():
                return found.start()
        return cut


def redact(text: str) -> str:
    """`text` with every secret of a well-known shape redacted; a second pass changes nothing."""
    return _redact_short(text) if len(text) <= _SHORT else without_shapes(text)


# Field names, kinds and paths come again and again.
_redact_short = functools.lru_cache(maxsize=4096)(without_shapes)


@functools.lru_cache(maxsize=64)
def _needles(values: frozenset[str], count: int) -> tuple[str, ...]:
    """`count` stands for what has been revealed, which only grows."""
    if not values and not count:
        return ()
    from llmspell.secrets.encodings import encodings

    found = {form for value in values | _revealed for form in encodings(value)}
    return tuple(sorted(found, key=lambda form: (-len(form), form)))


def redact_words(words: Sequence[str]) -> tuple[str, ...]:
    """The words of a command without secrets: what looks like one, and what follows an option whose name says so."""
    return tuple(
        REDACTED if _names_secret(before) else _without_value(word)
        for before, word in zip(("", *words), words, strict=False)
    )


def _names_secret(word: str) -> bool:
    return word.startswith("-") and "=" not in word and secret_name(word)


def _without_value(word: str) -> str:
    name, equals, value = word.partition("=")
    return f"{name}={REDACTED}" if equals and value and secret_name(name) else redact(word)
