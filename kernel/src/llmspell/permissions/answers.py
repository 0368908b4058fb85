"""What the user answered to a spell's requests.

`always` and `never` are kept. They hold for one text of the spell, down to the last byte, and for exactly one request;
another word in either, and the user is asked again. (The modules that a spell loads are not part of its text.)
"""

from __future__ import annotations

import hashlib
import shlex
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Literal

import attrs

from llmspell.errors import ConfigError
from llmspell.permissions.grants import Grants, merge
from llmspell.permissions.kinds import spelled
from llmspell.permissions.patterns import Pattern, parse
from llmspell.permissions.policy import Policy
from llmspell.permissions.request import Request
from llmspell.permissions.store import Store
from llmspell.spell import Source

Answer = Literal["once", "always", "never", "no"]
Outcome = Literal[
    "granted already", "denied", "granted once", "granted always", "refused", "refused for good", "not asked"
]
Ask = Callable[[Request, str], Answer]
"""Asks the user about a request; the text is what it comes to, such as a whole path."""

FILE = "answers.json"


@attrs.frozen
class Answered:
    """A request, how it was answered, and the flag that grants it."""

    request: Request
    outcome: Outcome
    flag: str

    @property
    def granted(self) -> bool:
        """Whether the spell has what it asked for."""
        return self.outcome in ("granted already", "granted once", "granted always")


class Answers:
    """Answers to the requests of one spell.

    Args:
        store: where the answers are kept.
        source: the spell.
        project: the folder where relative paths begin.
        ask: asks the user; None where there is no terminal, so that what is not answered yet is not granted.
    """

    def __init__(self, store: Store, source: Source, project: Path, ask: Ask | None = None) -> None:
        self._store = store
        self._source = source
        self._project = project
        self._ask = ask

    def answer(self, requests: Iterable[Request], policy: Policy) -> tuple[Answered, ...]:
        """How each request is answered; only what the policy does not settle is looked up or asked.

        Raises:
            UsageError: a request's pattern cannot be read.
            ConfigError: the file of answers cannot be trusted, or an answer cannot be kept.
        """
        found = []
        for request in requests:
            pattern = parse(request.kind, request.pattern, self._project)
            outcome = _settled(request, pattern, policy) or self._outcome(request, pattern)
            found.append(Answered(request, outcome, spelled(request.kind, request.pattern)))
        return tuple(found)

    def grants(self, answered: Iterable[Answered]) -> Grants:
        """What the user's answers allow."""
        origins = {"granted once": "your answer", "granted always": "your answer, kept"}
        return merge(
            Grants.of(
                {each.request.kind.key: (each.request.pattern,)}, origin=origins[each.outcome], base=self._project
            )
            for each in answered
            if each.outcome in origins
        )

    def _outcome(self, request: Request, pattern: Pattern) -> Outcome:
        key = self._key(request, pattern)
        kept = self._store.read().get(key)
        if kept not in (None, "always", "never"):
            raise ConfigError([f"{self._store.path} holds an unknown answer {kept!r}"], hint="remove the file")
        if kept is not None:
            return "granted always" if kept == "always" else "refused for good"
        if self._ask is None:
            return "not asked"
        answer = self._ask(request, _meaning(request, pattern))
        if answer in ("always", "never"):
            self._store.change(lambda entries: entries.__setitem__(key, answer))
        outcomes: dict[Answer, Outcome] = {
            "once": "granted once",
            "always": "granted always",
            "never": "refused for good",
        }
        return outcomes.get(answer, "refused")

    def _key(self, request: Request, pattern: Pattern) -> str:
        parts = (self._source.text, request.kind.key, _meaning(request, pattern), request.pattern)
        digest = hashlib.sha256()
        for part in parts:
            content = part.encode("utf-8", "surrogatepass")
            digest.update(len(content).to_bytes(8, "big") + content)
        return digest.hexdigest()


def _settled(request: Request, pattern: Pattern, policy: Policy) -> Outcome | None:
    """What the policy alone says; None when the user must."""
    kind = request.kind
    rules = policy.grants
    if any(covers(rule.pattern, pattern, kind.shape) for rule in rules.deny.get(kind.key, ())):
        return "denied"
    if any(covers(rule.pattern, pattern, kind.shape) for rule in rules.allow.get(kind.key, ())):
        return "granted already"
    return None


def covers(wide: Pattern, narrow: Pattern, shape: str) -> bool:
    """Whether all that `narrow` fits is sure to fit `wide` too."""
    if wide.everything or (wide.text, wide.root) == (narrow.text, narrow.root):
        return True
    if shape == "path":
        return wide.matches(narrow.root)  # a path brings all below it along
    if any(mark in narrow.text for mark in "*?[") or (shape == "host" and "/" in narrow.text):
        return False
    return wide.matches(tuple(shlex.split(narrow.text)) if shape == "command" else narrow.text)


def _meaning(request: Request, pattern: Pattern) -> str:
    """The request as it concerns this machine: a relative path means another folder in another project."""
    if request.kind.shape != "path":
        return request.pattern
    wild = "*" in request.pattern or "?" in request.pattern
    return f"{request.pattern} in {pattern.root}" if wild else pattern.root
