"""Groups of items, and one value for each group: a sum, a mean, a count."""

from __future__ import annotations

import math
import statistics
from collections.abc import Callable, Sequence
from typing import Annotated, Any, Literal, NotRequired, TypedDict, TypeVar

from llmspell.errors import UsageError
from llmspell_tool_data.bounds import shown
from llmspell_tool_data.ordering import key_of

Function = Literal["count", "sum", "mean", "median", "min", "max", "distinct", "first", "last", "values"]
_NUMERIC = ("sum", "mean", "median")

_Item = TypeVar("_Item")


class Aggregate(TypedDict):
    """One value made of a group.

    Attributes:
        function: what is made; distinct counts different values; values lists them, null included.
        field: of which field; count and values without one are of the items themselves.
        name: what it is called in the answer; function_field without one, such as sum_amount.
    """

    function: Function
    field: NotRequired[str]
    name: NotRequired[str]


Aggregates = Annotated[list[Aggregate] | None, {"maxItems": 50}]

_COUNT: Sequence[Aggregate] = ({"function": "count"},)


def aggregated(
    items: Sequence[_Item],
    group: Sequence[str],
    aggregates: Sequence[Aggregate],
    value: Callable[[_Item, str], Any],
) -> list[dict[str, Any]]:
    """One object for each group, in the order in which they appear; all items are one group where none are named.

    Args:
        items: what is grouped.
        group: the fields whose values make a group.
        aggregates: what is made of each group; without any, the items are counted.
        value: gives an item's value of a field.

    Raises:
        UsageError: two values would have one name, a field is missing, or numbers are wanted of something else.
    """
    wanted = aggregates or _COUNT
    _check_names(names_of(group, wanted))
    groups: dict[Any, list[_Item]] = {} if group else {(): []}
    for item in items:
        groups.setdefault(tuple(key_of(value(item, field)) for field in group), []).append(item)
    return [
        {field: value(members[0], field) for field in group}
        | {_name(each): _aggregate(each, members, value) for each in wanted}
        for members in groups.values()
    ]


def names_of(group: Sequence[str], aggregates: Sequence[Aggregate]) -> list[str]:
    """The keys of the objects that `aggregated` makes."""
    return [*group, *map(_name, aggregates or _COUNT)]


def _name(aggregate: Aggregate) -> str:
    default = "_".join(filter(None, (aggregate["function"], aggregate.get("field"))))
    return aggregate.get("name") or default


def _check_names(names: list[str]) -> None:
    for name in names:
        if names.count(name) > 1:
            raise UsageError(f"two values of a group would be called {shown(name)}", hint="give one another name")


def _aggregate(aggregate: Aggregate, items: Sequence[_Item], value: Callable[[_Item, str], Any]) -> Any:
    function, field = aggregate["function"], aggregate.get("field")
    if field is None:
        if function == "count":
            return len(items)
        if function == "values":
            return list(items)
        raise UsageError(f"the aggregate {function} needs a field")
    values = [value(item, field) for item in items]
    if function == "values":
        return values
    known = [each for each in values if each is not None]
    if function in _NUMERIC:
        _check_numbers(known, function, field)
    try:
        return _FUNCTIONS[function](known)
    except OverflowError:
        raise UsageError(f"the {function} of {shown(field)} is too large for a number") from None


def _check_numbers(values: Sequence[Any], function: str, field: str) -> None:
    for each in values:
        if isinstance(each, bool) or not isinstance(each, int | float):
            raise UsageError(f"the {function} of {shown(field)} is of numbers, and {shown(each)} is none")


def total(values: Sequence[int | float]) -> int | float:
    """The sum, exact for integers."""
    return sum(values) if all(isinstance(each, int) for each in values) else math.fsum(values)


def mean(values: Sequence[int | float]) -> float:
    """The arithmetic mean; where the sum is too large for a number, the mean of it is not."""
    try:
        return statistics.fmean(values)
    except OverflowError:
        return math.fsum(value / len(values) for value in values)


_FUNCTIONS: dict[str, Callable[[list[Any]], Any]] = {
    "count": len,
    "sum": total,
    "mean": lambda values: mean(values) if values else None,
    "median": lambda values: statistics.median(values) if values else None,
    "min": lambda values: min(values, key=key_of, default=None),
    "max": lambda values: max(values, key=key_of, default=None),
    "distinct": lambda values: len({key_of(each) for each in values}),
    "first": lambda values: values[0] if values else None,
    "last": lambda values: values[-1] if values else None,
}
