"""An OpenAPI document: data from a stranger, bounded before anything is made of it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import unquote

import attrs

from llmspell.errors import UsageError

LARGEST = 16 << 20
"""Bytes of a document."""
DEEPEST = 64
"""Levels of objects and lists on top of one another."""
MOST = 1_000_000
"""Values in all."""
_HOPS = 20
_VERSIONS = ("3.0", "3.1")


@attrs.frozen(eq=False)
class Document:
    """A document that says that it is OpenAPI 3.0 or 3.1.

    Attributes:
        name: what errors call it.
        data: what it says.
    """

    name: str
    data: Mapping[str, Any] = attrs.field(repr=False)

    @classmethod
    def parse(cls, content: bytes, name: str) -> Document:
        """The document in a text: JSON where it begins with a brace, else YAML.

        Raises:
            UsageError: it is neither, no OpenAPI document, too large or too deep, or uses aliases.
        """
        if len(content) > LARGEST:
            raise UsageError(f"{name} has {len(content)} bytes, and at most {LARGEST} are read")
        try:
            text = content.decode("utf-8-sig")
        except UnicodeDecodeError as cause:
            raise UsageError(f"{name} is not UTF-8 text: byte {cause.start} is {content[cause.start]:#04x}") from None
        if text.lstrip()[:1] == "{":
            return cls.of(_json(text, name), name)
        from llmspell.tools.openapi.yaml import parse

        return cls.of(parse(text, name, deepest=DEEPEST, most=MOST), name)

    @classmethod
    def of(cls, data: Any, name: str) -> Document:  # Any: whatever was read, or a script gave
        """The document that JSON-like data is.

        Raises:
            UsageError: it is no OpenAPI document, too large or too deep.
        """
        if not isinstance(data, Mapping):
            raise UsageError(f"{name} is no OpenAPI document: it is {_kind(data)}, not an object")
        _bound(data, name)
        found = cls(name, data)
        version = data.get("openapi")
        if "swagger" in data and version is None:
            raise found.wrong("swagger", f"is {data['swagger']!r:.20}", hint="convert it to OpenAPI 3 first")
        if not isinstance(version, str) or not version.startswith(tuple(f"{each}." for each in _VERSIONS)):
            raise found.wrong("openapi", f"must be {' or '.join(_VERSIONS)}, found {version!r:.40}")
        return found

    @property
    def old(self) -> bool:
        """Whether it is OpenAPI 3.0, whose schemas are not quite JSON Schema."""
        return str(self.data["openapi"]).startswith("3.0")

    def wrong(self, where: str, what: str, *, hint: str = "") -> UsageError:
        """The error that something in it is not as it should be."""
        return UsageError(f"{self.name}: {where} {what}", hint=hint)

    def table(self, value: Any, where: str) -> Mapping[str, Any]:
        """A value that must be an object, or a reference to one; None is an empty one.

        Raises:
            UsageError: it is none, or the reference leads nowhere, out of the document, or in a circle.
        """
        for _ in range(_HOPS):
            if value is None:
                return {}
            if not isinstance(value, Mapping):
                raise self.wrong(where, f"must be an object, found {_kind(value)}")
            if "$ref" not in value:
                return value
            value = self.lookup(value["$ref"], where)
        raise self.wrong(where, f"refers to itself, or through more than {_HOPS} references")

    def items(self, value: Any, where: str) -> list[Any]:
        """A value that must be a list; None is an empty one.

        Raises:
            UsageError: it is none.
        """
        if value is None:
            return []
        if not isinstance(value, list | tuple):
            raise self.wrong(where, f"must be a list, found {_kind(value)}")
        return list(value)

    def text(self, value: Any, where: str) -> str:
        """A value that must be text; None is an empty one.

        Raises:
            UsageError: it is none.
        """
        if value is None:
            return ""
        if not isinstance(value, str):
            raise self.wrong(where, f"must be text, found {_kind(value)}")
        return value

    def lookup(self, reference: Any, where: str) -> Any:
        """What a reference leads to.

        Raises:
            UsageError: it leads out of the document, or nowhere.
        """
        if not isinstance(reference, str) or not (reference == "#" or reference.startswith("#/")):
            hint = "only references inside the document are followed: write #/components/..."
            raise self.wrong(where, f"refers to {reference!r:.200}, which is refused", hint=hint)
        place: Any = self.data
        for step in reference.split("/")[1:]:
            key = unquote(step).replace("~1", "/").replace("~0", "~")
            if isinstance(place, Mapping) and key in place:
                place = place[key]
            elif isinstance(place, list | tuple) and key.isascii() and key.isdigit() and int(key[:9]) < len(place):
                place = place[int(key[:9])]
            else:
                raise self.wrong(where, f"refers to {reference!r:.200}, which does not exist")
        return place


def _json(text: str, name: str) -> Any:
    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        found = dict(pairs)
        if len(found) < len(pairs):
            keys = [key for key, _ in pairs]
            twice = next(key for key in keys if keys.count(key) > 1)
            raise UsageError(f"{name} has the key {twice!r:.100} twice in one object")
        return found

    def refuse(word: str) -> Any:
        raise UsageError(f"{name} is not JSON: {word} is no number")

    try:
        return json.loads(text, object_pairs_hook=once, parse_constant=refuse)
    except RecursionError:
        raise UsageError(f"{name} nests deeper than {DEEPEST} levels") from None
    except ValueError as cause:
        raise UsageError(f"{name} is not JSON: {cause}") from None


def _bound(data: Any, name: str) -> None:
    stack, count = [(data, 1)], 0
    while stack:
        value, depth = stack.pop()
        count += 1
        if depth > DEEPEST:
            raise UsageError(f"{name} nests deeper than {DEEPEST} levels")
        if count > MOST:
            raise UsageError(f"{name} has more than {MOST} values")
        if isinstance(value, Mapping):
            stack.extend((each, depth + 1) for each in value.values())
        elif isinstance(value, list | tuple):
            stack.extend((each, depth + 1) for each in value)


def _kind(value: Any) -> str:
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    if isinstance(value, list | tuple):
        return "a list"
    return "an object" if isinstance(value, Mapping) else f"{value!r:.60}"
