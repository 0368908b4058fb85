"""Fills a JSON Schema with what the text says, and refuses where it does not say."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, TypeGuard

from llmspell.errors import ProviderError
from llmspell_provider_offline import spelled
from llmspell_provider_offline.answer import answer, quote
from llmspell_provider_offline.turn import Turn

_DEPTH = 16
_YES = {"true": True, "yes": True, "false": False, "no": False}


class _Unknown(Exception):  # it is a signal inside this file
    """The text does not say what a place in the schema needs."""


def structured(turn: Turn, schema: Mapping[str, Any]) -> Any:  # Any: JSON
    """A value for the schema, made only of what the text says.

    Raises:
        ProviderError: the text does not say enough; the message names what is missing.
    """
    try:
        return _Filler(turn, schema).value(schema, "answer", 0)
    except _Unknown as gap:
        raise ProviderError(
            f"offline, structured output is only copied from the text, which does not say {gap}",
            component="provider:offline",
            hint="write it as `name: value`, or use a model: --model openai/<name>",
        ) from None


class _Filler:
    """One text to take values from."""

    def __init__(self, turn: Turn, root: Mapping[str, Any]) -> None:
        self._turn = turn
        self._root = root
        self._text = "\n".join([turn.asked, *(result.text for result in turn.good), turn.before])

    def value(self, schema: Any, name: str, depth: int) -> Any:
        """A value for one place in the schema, called `name`."""
        if not isinstance(schema, Mapping) or depth > _DEPTH:
            raise _Unknown(repr(name))
        if "$ref" in schema:
            return self.value(self._target(schema["$ref"], name), name, depth + 1)
        if "const" in schema:
            return schema["const"]
        if "enum" in schema:
            return self._choice(schema["enum"], name)
        kinds = schema.get("type", ())
        branches = schema.get("anyOf") or schema.get("oneOf") or ()
        branches = [*branches, *({**schema, "type": kind} for kind in kinds if not isinstance(kinds, str))]
        if branches:
            return self._first(branches, name, depth)
        fill = getattr(self, f"_{kinds}", None) if kinds in _KINDS else None
        if fill is None:
            raise _Unknown(repr(name))
        return fill(schema, name, depth)

    def _target(self, reference: str, name: str) -> Any:
        place: Any = self._root
        for step in reference.removeprefix("#").split("/")[1:]:
            place = place.get(step) if isinstance(place, Mapping) else None
        if place is None:
            raise _Unknown(repr(name))
        return place

    def _first(self, branches: list[Any], name: str, depth: int) -> Any:
        for branch in branches:
            try:
                return self.value(branch, name, depth + 1)
            except _Unknown:
                continue
        raise _Unknown(repr(name))

    def _choice(self, choices: list[Any], name: str) -> Any:
        said = [one for one in choices if spelled.says(self._text, str(one))]
        if len(said) != 1:
            raise _Unknown(f"which {name!r} of {choices!r} is meant")
        return said[0]

    def _labelled(self, name: str) -> str | None:
        match = re.search(rf"{_label(name)}([^\n.;,]+(?:\.\d+)?)", self._text, re.IGNORECASE)
        return match.group(1).strip() if match else None

    def _object(self, schema: Mapping[str, Any], name: str, depth: int) -> dict[str, Any]:
        required = schema.get("required", ())
        found = {}
        for key, rule in schema.get("properties", {}).items():
            try:
                found[key] = self.value(rule, key, depth + 1)
            except _Unknown:
                if key in required:
                    raise
        return found

    def _array(self, schema: Mapping[str, Any], name: str, depth: int) -> list[str]:
        if schema.get("items", {}).get("type") != "string":
            raise _Unknown(repr(name))
        match = re.search(rf"{_label(name)}([^\n.;]+)", self._text, re.IGNORECASE)
        if match:
            return [item.strip() for item in match.group(1).split(",")]
        listed = [result.value for result in self._turn.good if _is_texts(result.value)]
        return listed[-1] if listed else quote(self._turn)

    def _string(self, schema: Mapping[str, Any], name: str, depth: int) -> str:
        found = self._labelled(name)
        if found is not None:
            return found
        if name in ("answer", "summary", "text", "reply", "response", "result"):
            return answer(self._turn)
        raise _Unknown(repr(name))

    def _number(self, schema: Mapping[str, Any], name: str, depth: int) -> float:
        match = re.search(rf"{_label(name)}(-?\d[\d,]*(?:\.\d+)?)", self._text, re.IGNORECASE)
        if match:
            return spelled.as_number(match.group(1))
        last = self._turn.last_number()
        found = [last] if last is not None else spelled.numbers(self._text)
        if len(found) != 1:
            raise _Unknown(repr(name))
        return found[0]

    def _integer(self, schema: Mapping[str, Any], name: str, depth: int) -> int:
        number = self._number(schema, name, depth)
        if number != int(number):
            raise _Unknown(f"a whole {name!r}")
        return int(number)

    def _boolean(self, schema: Mapping[str, Any], name: str, depth: int) -> bool:
        word = (self._labelled(name) or "").lower()
        if word not in _YES:
            raise _Unknown(f"whether {name!r}")
        return _YES[word]

    def _null(self, schema: Mapping[str, Any], name: str, depth: int) -> None:
        return None


_KINDS = ("object", "array", "string", "number", "integer", "boolean", "null")


def _is_texts(value: Any) -> TypeGuard[list[str]]:
    return isinstance(value, list) and all(isinstance(item, str) for item in value)


def _label(name: str) -> str:
    """A pattern for `name` where the text gives its value: `name: `, `name = ` or `name is `."""
    return rf"(?<!\w){re.escape(name).replace('_', '[_ -]')}(?: is|\s*[:=])\s+"
