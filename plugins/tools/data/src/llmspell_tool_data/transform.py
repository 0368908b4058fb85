"""The steps of a transformation."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Annotated, Any, TypedDict

from llmspell.errors import UsageError
from llmspell_tool_data.bounds import Fuel, check_size, shown
from llmspell_tool_data.conditions import Condition, matching
from llmspell_tool_data.fields import field_of
from llmspell_tool_data.json_path import parse
from llmspell_tool_data.template import Fill, Templates

UNITS = 5_000_000
"""How many values all steps may visit or make, all in all."""

Change = Callable[[Any], Any]
"""Makes one value of another."""


class Step(TypedDict, total=False):
    """One step, so exactly one of these keys. All but at are done to each item of an array, or to one object.

    Attributes:
        at: go on with what is at this path of the whole value, such as $.response.items
        filter: keep the items that meet all conditions; for arrays only.
        pick: keep these keys, in this order; one that an object does not have is left out.
        drop: leave these keys out.
        rename: give keys other names, old to new.
        set: set keys to templates of the object as it was; see map.
        map: make this template of each item; in it, a text such as $.user.name or $.tags[*] is a path into the item.
    """

    at: str
    filter: Annotated[list[Condition], {"maxItems": 50}]
    pick: list[str]
    drop: list[str]
    rename: dict[str, str]
    set: dict[str, Any]
    map: Any


OneStep = Annotated[Step, {"minProperties": 1, "maxProperties": 1}]


def transformed(value: Any, steps: Sequence[Step]) -> Any:  # Any: JSON
    """The value after all steps.

    Raises:
        UsageError: a step is wrong or does not fit what it is done to, or there would be too much work.
        TimedOut: it takes too long.
    """
    fuel = Fuel("the transformation", units=UNITS)
    templates = Templates(fuel)
    changes = [_change(step, fuel, templates) for step in steps]
    for index, change in enumerate(changes):
        try:
            value = change(value)
            check_size(value, "the result")
        except UsageError as error:
            raise UsageError(f"step {index + 1} ({', '.join(steps[index])}): {error}", hint=error.hint) from None
    return value


def _change(step: Step, fuel: Fuel, templates: Templates) -> Change:
    (kind, argument), *_ = step.items()
    match kind:
        case "at":
            return partial(_at, str(argument), fuel)
        case "filter":
            return _filter(step["filter"], fuel)
        case "map":
            return _each(templates.read(argument), fuel)
        case _:
            change = _OBJECT_STEPS[kind](argument, templates)
            return _each(partial(_for_object, change), fuel)


def _at(path: str, fuel: Fuel, value: Any) -> Any:
    if not path.startswith("$"):
        raise UsageError(f"the path {shown(path)} does not start with $", hint=f"$.{path}")
    return parse(path).of(value, fuel)


def _filter(conditions: Sequence[Condition], fuel: Fuel) -> Change:
    meets = matching(conditions)

    def change(value: Any) -> Any:
        if not isinstance(value, list):
            raise UsageError(f"only arrays can be filtered, not {shown(value)}")
        fuel.spend(len(value) * len(conditions))
        return [item for item in value if meets(partial(field_of, item))]

    return change


def _each(change: Change, fuel: Fuel) -> Change:
    """Done to every item of an array, or to the value itself."""

    def changed(value: Any) -> Any:
        items = value if isinstance(value, list) else [value]
        made = []
        for item in items:
            fuel.spend(1 + (len(item) if isinstance(item, dict) else 0))
            made.append(change(item))
        return made if isinstance(value, list) else made[0]

    return changed


def _for_object(change: Change, item: Any) -> Any:
    if not isinstance(item, dict):
        raise UsageError(f"it is done to objects, not to {shown(item)}", hint="use map")
    return change(item)


def _pick(names: Sequence[str], _: Templates) -> Change:
    return lambda item: {name: item[name] for name in names if name in item}


def _drop(names: Sequence[str], _: Templates) -> Change:
    unwanted = frozenset(names)
    return lambda item: {name: value for name, value in item.items() if name not in unwanted}


def _rename(names: Mapping[str, str], _: Templates) -> Change:
    def change(item: dict[str, Any]) -> dict[str, Any]:
        renamed = {names.get(name, name): value for name, value in item.items()}
        if len(renamed) < len(item):
            raise UsageError(f"two keys of {shown(item)} would have one name")
        return renamed

    return change


def _set(values: Mapping[str, Any], templates: Templates) -> Change:
    fills: dict[str, Fill] = {name: templates.read(template) for name, template in values.items()}
    return lambda item: {**item, **{name: fill(item) for name, fill in fills.items()}}


_OBJECT_STEPS: dict[str, Callable[[Any, Templates], Change]] = {
    "pick": _pick,
    "drop": _drop,
    "rename": _rename,
    "set": _set,
}
