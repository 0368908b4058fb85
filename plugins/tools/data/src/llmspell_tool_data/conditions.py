"""Conditions that items must meet, one by one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Annotated, Any, Literal, NotRequired, TypedDict

from llmspell.errors import UsageError
from llmspell_tool_data.bounds import shown
from llmspell_tool_data.ordering import key_of

Operator = Literal[
    "=", "!=", "<", "<=", ">", ">=", "in", "not_in", "contains", "starts_with", "ends_with", "is_null", "not_null"
]


class Condition(TypedDict):
    """What one field must be.

    Attributes:
        field: its name.
        operator: how it is compared; contains looks for a text in a text, or for an item in an array.
        value: what it is compared with; an array for in and not_in; none for is_null and not_null.
    """

    field: str
    operator: Operator
    value: NotRequired[Any]


Conditions = Annotated[list[Condition] | None, {"maxItems": 50}]


def equal(left: Any, right: Any) -> bool:  # Any: JSON
    """Whether two values are the same JSON; true is not 1."""
    return key_of(left) == key_of(right)


def matching(conditions: Sequence[Condition]) -> Callable[[Callable[[str], Any]], bool]:
    """Whether an item meets all conditions, asked with what gives its value of a field.

    Raises:
        UsageError: a condition has no value, or one that its operator cannot use; or, when asked, `<` and the like
            would compare what has no common order.
    """
    for condition in conditions:
        _check(condition)
    tests = [(each["field"], _TESTS[each["operator"]], _prepared(each), each) for each in conditions]

    def meets(value_of: Callable[[str], Any]) -> bool:
        return all(test(value_of(field), wanted, condition) for field, test, wanted, condition in tests)

    return meets


def _prepared(condition: Condition) -> Any:
    """What is compared with; a set where there are several, or else many of them would take very long."""
    value = condition.get("value")
    return frozenset(map(key_of, value or ())) if condition["operator"] in ("in", "not_in") else value


def _check(condition: Condition) -> None:
    operator, bare = condition["operator"], condition["operator"] in ("is_null", "not_null")
    said = f"the condition on {shown(condition['field'])} with {operator}"
    if bare == ("value" in condition):
        raise UsageError(f"{said} {'takes no' if bare else 'needs a'} value")
    value = condition.get("value")
    if operator in ("in", "not_in") and not isinstance(value, list):
        raise UsageError(f"{said} needs an array, not {shown(value)}")
    if operator in ("starts_with", "ends_with") and not isinstance(value, str):
        raise UsageError(f"{said} needs a text, not {shown(value)}")
    if operator in _SIGNS and (isinstance(value, bool) or not isinstance(value, str | int | float)):
        raise UsageError(f"{said} needs a number or a text, not {shown(value)}")


_SIGNS: dict[str, Callable[[Any, Any], bool]] = {
    "<": lambda left, right: left < right,
    "<=": lambda left, right: left <= right,
    ">": lambda left, right: left > right,
    ">=": lambda left, right: left >= right,
}


def _compare(value: Any, wanted: Any, condition: Condition) -> bool:
    """As in SQL, null is neither less nor more than anything; text and numbers have no common order."""
    if value is None:
        return False
    if isinstance(value, bool) or not isinstance(value, str if isinstance(wanted, str) else int | float):
        compared = f"{shown(value)} {condition['operator']} {shown(wanted)}"
        raise UsageError(
            f"the condition on {shown(condition['field'])} compares {compared}",
            hint="compare numbers with numbers, and text with text",
        )
    return _SIGNS[condition["operator"]](value, wanted)


def _contains(value: Any, wanted: Any) -> bool:
    if isinstance(value, list):
        return any(equal(each, wanted) for each in value)
    return isinstance(value, str) and isinstance(wanted, str) and wanted in value


_Test = Callable[[Any, Any, Condition], bool]

_TESTS: dict[str, _Test] = {
    "=": lambda value, wanted, _: equal(value, wanted),
    "!=": lambda value, wanted, _: not equal(value, wanted),
    **dict.fromkeys(_SIGNS, _compare),
    "in": lambda value, wanted, _: key_of(value) in wanted,
    "not_in": lambda value, wanted, _: key_of(value) not in wanted,
    "contains": lambda value, wanted, _: _contains(value, wanted),
    "starts_with": lambda value, wanted, _: isinstance(value, str) and value.startswith(wanted),
    "ends_with": lambda value, wanted, _: isinstance(value, str) and value.endswith(wanted),
    "is_null": lambda value, wanted, _: value is None,
    "not_null": lambda value, wanted, _: value is not None,
}
