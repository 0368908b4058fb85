"""What one place grants and denies: a profile, a table of the configuration, the command line, an answer."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from pathlib import Path

import attrs

from llmspell.errors import UsageError
from llmspell.permissions.kinds import KINDS, Kind, find_askable, find_kind
from llmspell.permissions.patterns import Pattern, everything, parse

Patterns = Mapping[str, Iterable[str]]
"""Patterns as they are written, by the kind's key."""


@attrs.frozen
class Rule:
    """One pattern, and where it was written: `profile 'medium'`, `llmspell.toml:3`, `--allow-net=*`."""

    pattern: Pattern
    origin: str


@attrs.frozen
class Step:
    """How much a run may spend before it asks, and again each time; `amount` is USD."""

    amount: float
    origin: str


@attrs.frozen(eq=False)
class Grants:
    """What is allowed, denied and asked about, by the kind's key; a kind that is absent says nothing.

    `origin` is where they were written, when that is one place. `cost` asks before more is spent.
    """

    allow: Mapping[str, tuple[Rule, ...]] = attrs.field(factory=dict)
    deny: Mapping[str, tuple[Rule, ...]] = attrs.field(factory=dict)
    origin: str = ""
    ask: Mapping[str, tuple[Rule, ...]] = attrs.field(factory=dict)
    cost: Step | None = None

    @classmethod
    def of(
        cls,
        allow: Patterns,
        deny: Patterns | None = None,
        *,
        origin: str,
        base: Path,
        ask: Patterns | None = None,
        cost: float | None = None,
    ) -> Grants:
        """Grants of one origin.

        Args:
            allow: patterns by kind; a kind without any allows nothing of it.
            deny: the same of what is denied, whatever allows it.
            origin: where they were written.
            base: the folder where relative paths begin, absolute.
            ask: the same of what is asked about each time; read as widely as what denies.
            cost: USD that may be spent before each further such amount is asked about.

        Raises:
            UsageError: a kind is unknown or cannot be asked about, or a pattern cannot be read.
        """

        def rules(patterns: Patterns, *, wide: bool) -> dict[str, tuple[Rule, ...]]:
            return {
                key: tuple(Rule(parse(find_kind(key), text, base, deny=wide), origin) for text in texts)
                for key, texts in patterns.items()
            }

        asked = {find_askable(key).key: texts for key, texts in (ask or {}).items()}
        step = None if cost is None else Step(checked_cost(cost), origin)
        return cls(rules(allow, wide=False), rules(deny or {}, wide=True), origin, rules(asked, wide=True), step)

    @classmethod
    def all(cls, origin: str) -> Grants:
        """Everything of every kind."""
        return cls.of({key: (everything(kind),) for key, kind in KINDS.items()}, origin=origin, base=Path("/"))

    @property
    def empty(self) -> bool:
        """Whether it says nothing."""
        return not (self.allow or self.deny or self.ask or self.cost)

    def rules(self) -> list[tuple[str, Kind, Rule]]:
        """Every rule, after the word `allow`, `deny` or `ask` and its kind, in the order of the kinds."""
        return [
            (verb, kind, rule)
            for key, kind in KINDS.items()
            for verb, rules in (("allow", self.allow), ("deny", self.deny), ("ask", self.ask))
            for rule in rules.get(key, ())
        ]


def merge(grants: Iterable[Grants]) -> Grants:
    """All of them as one: what any allows is allowed, what any denies is denied, what any asks about is asked."""
    together = tuple(grants)

    def rules(name: str) -> dict[str, tuple[Rule, ...]]:
        tables: list[Mapping[str, tuple[Rule, ...]]] = [getattr(each, name) for each in together]
        keys = [key for key in KINDS if any(key in table for table in tables)]
        return {key: tuple(rule for table in tables for rule in table.get(key, ())) for key in keys}

    steps = [each.cost for each in together if each.cost is not None]
    smallest = min(steps, key=lambda step: step.amount, default=None)
    return Grants(rules("allow"), rules("deny"), "", rules("ask"), smallest)


def checked_cost(amount: object) -> float:
    """An amount of USD to ask about.

    Raises:
        UsageError: it is no number above 0.
    """
    if isinstance(amount, bool) or not isinstance(amount, int | float) or not 0 < amount < math.inf:
        raise UsageError(f"the cost to ask about must be a number of USD above 0, found {amount!r}")
    return float(amount)
