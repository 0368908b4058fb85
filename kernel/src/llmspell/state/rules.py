"""What holds for single keys of a scope: what their values must be, how long they last, and how branches merge."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import attrs

from llmspell.errors import UsageError
from llmspell.state.reducers import Reduce, reducer

if TYPE_CHECKING:
    from llmspell.schema import Validator


@attrs.frozen
class Rule:
    """What holds for a key.

    Attributes:
        schema: the JSON Schema that each value must fit; None lets any pass.
        reducer: how the values of parallel branches become one; None makes two of them a conflict.
        ttl: seconds for which a value lasts, unless it is set for another time; None for ever.
    """

    schema: Mapping[str, Any] | None = None
    reducer: str | Reduce | None = None
    ttl: float | None = None


class Rules:
    """The rules of one scope, for as long as its run."""

    def __init__(self, scope: str) -> None:
        self._scope = scope
        self._rules: dict[str, Rule] = {}
        self._validators: dict[str, Validator] = {}

    def define(self, key: str, rule: Rule) -> None:
        """Let a rule hold for a key from now on, in place of the one that did.

        Raises:
            UsageError: its schema or its reducer is none.
        """
        if rule.reducer is not None:
            reducer(rule.reducer)
        check_ttl(rule.ttl)
        self._validators.pop(key, None)
        if rule.schema is not None:
            from llmspell.schema import Validator

            self._validators[key] = Validator(rule.schema, f"state:{key}")
        self._rules[key] = rule

    def check(self, key: str, value: Any) -> None:
        """Refuse a value that the key must not have (`UsageError`)."""
        if (validator := self._validators.get(key)) is None:
            return
        try:
            validator.check(value)
        except UsageError as error:
            problems = "; ".join(f"{each['path']}: {each['message']}" for each in error.details.get("problems", ()))
            raise UsageError(
                f"the state key {key!r} ({self._scope}) cannot have this value: {problems or error.message}",
                component=f"state:{self._scope}",
                hint=error.hint,
                details=error.details,
            ) from error

    def ttl(self, key: str, given: float | None) -> float | None:
        """For how many seconds a value lasts that is set now.

        Raises:
            UsageError: what is given is no such number.
        """
        check_ttl(given)
        return given if given is not None else self._rules.get(key, _ANY).ttl

    def reducer(self, key: str) -> Reduce | None:
        """How the values of branches become one; None when nobody said."""
        named = self._rules.get(key, _ANY).reducer
        return None if named is None else reducer(named)


_ANY = Rule()
_LONGEST = 100 * 366 * 86_400.0


def check_ttl(ttl: float | None) -> None:
    """Refuse what is no number of seconds that a value can last (`UsageError`)."""
    if ttl is not None and not 0 < ttl <= _LONGEST:
        raise UsageError(f"ttl must be more than 0 and at most {_LONGEST:g} seconds, not {ttl!r}")
