"""What the steps of an XPath select in a document, bounded in work.

After each step every element is there once, so a path of many `//` costs no more than its length times the document.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from llmspell_tool_data.bounds import Fuel
from llmspell_tool_data.xml_tree import Element
from llmspell_tool_data.xpath import Predicate, Step

UNITS = 5_000_000
"""How many elements and texts the steps of a path may pass, all in all."""


def select(document: Element, steps: Sequence[Step]) -> list[Element | str]:
    """The elements, attribute values or texts that are found, in the order of the document.

    Raises:
        UsageError, TimedOut: it would be too much work.
    """
    fuel = Fuel("the XPath", units=UNITS)
    places = [document]
    for step in steps:
        if step.deep:
            places = _unique((each for place in places for each in _inside(place, fuel)), fuel)
        if step.kind in ("attribute", "text"):
            return [text for place in places for text in _texts(place, step)]
        places = _unique((each for place in places for each in _stepped(place, step, fuel)), fuel)
    return [place for place in places if place.tag]


def _stepped(place: Element, step: Step, fuel: Fuel) -> list[Element]:
    match step.kind:
        case "self":
            found = [place]
        case "parent":
            found = [place.parent] if place.parent else []
        case _:
            children = place.children
            fuel.spend(1 + len(place.content))
            found = [child for child in children if _is_named(child.tag, step.name)]
    for predicate in step.predicates:
        found = _kept(found, predicate, fuel)
    return found


def _texts(place: Element, step: Step) -> list[str]:
    if step.kind == "text":
        return [place.own_text] if place.own_text else []
    return [value for name, value in place.attributes.items() if _is_named(name, step.name)]


def _kept(found: list[Element], predicate: Predicate, fuel: Fuel) -> list[Element]:
    match predicate.kind:
        case "position":
            return found[int(predicate.value) - 1 : int(predicate.value)]
        case "last":
            return found[-1:]
        case _:
            return [element for element in found if _holds(element, predicate, fuel)]


def _holds(element: Element, predicate: Predicate, fuel: Fuel) -> bool:
    """As XPath says: of several values, one that compares is enough, for != too."""
    values = list(_values(element, predicate, fuel))
    if not predicate.sign:
        return bool(values)
    return any((value == predicate.value) == (predicate.sign == "=") for value in values)


def _values(element: Element, predicate: Predicate, fuel: Fuel) -> Iterator[str]:
    if predicate.kind == "attribute":
        yield from (value for name, value in element.attributes.items() if _is_named(name, predicate.name))
    elif predicate.name == "text()":
        yield from [element.own_text] if element.own_text else []
    elif predicate.kind == "self":
        yield _whole_text(element, fuel)
    else:
        fuel.spend(1 + len(element.content))
        for child in element.children:
            if _is_named(child.tag, predicate.name):
                yield _whole_text(child, fuel) if predicate.sign else ""


def _whole_text(element: Element, fuel: Fuel) -> str:
    texts = []
    for each in element.inside():
        fuel.spend(1)
        if isinstance(each, str):
            fuel.spend(len(each) // 32)
            texts.append(each)
    return "".join(texts)


def _inside(place: Element, fuel: Fuel) -> Iterator[Element]:
    for each in place.inside():
        fuel.spend(1)
        if isinstance(each, Element):
            yield each


def _unique(found: Iterator[Element], fuel: Fuel) -> list[Element]:
    seen = {element.order: element for element in found}
    fuel.spend(len(seen))
    return [seen[order] for order in sorted(seen)]


def _is_named(tag: str, name: str) -> bool:
    if name == "*":
        return True
    return tag == name or (name.startswith("*:") and tag.rpartition("}")[2] == name[2:])
