"""Schemas of a document as JSON Schema that stands by itself.

A reference is written out in its place, unless it leads back to where it stands, or there would be too much of it:
then it leads to `$defs`. What OpenAPI 3.0 says in words of its own is said in those of JSON Schema.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from typing import Any

from llmspell.tools.openapi.document import Document

INLINE = 2_000
"""Parts that the schemas of one operation may have with all references written out."""
MOST = 20_000
"""Parts that they may have at all."""
_DEEPEST_INLINE = 8
_LONGEST_TEXT = 1_000

_ONE = frozenset(
    "additionalItems additionalProperties contains contentSchema else if items not propertyNames then "  # noqa: SIM905 words read better than quotes
    "unevaluatedItems unevaluatedProperties".split()
)
_LISTS = frozenset({"allOf", "anyOf", "oneOf", "prefixItems"})
_TABLES = frozenset({"properties", "patternProperties", "dependentSchemas"})
_LEFT_OUT = frozenset(
    "$anchor $comment $defs $dynamicAnchor $id $schema $vocabulary definitions discriminator example externalDocs "  # noqa: SIM905 as above
    "nullable readOnly writeOnly xml".split()
)
_REMARKS = frozenset({"default", "deprecated", "description", "examples", "summary", "title"})


class TooLarge(Exception):
    """With every reference written out there would be too much; never leaves the package."""


def plain(text: str, longest: int = _LONGEST_TEXT) -> str:
    """A text for a model: without characters that nobody sees, and not too long."""
    seen = "".join(char for char in text if char in "\n\t" or unicodedata.category(char)[0] != "C").strip()
    return seen if len(seen) <= longest else f"{seen[: longest - 1]}…"


class Schemas:
    """Writes the schemas of one operation.

    Args:
        document: where they stand.
        inline: write references out where that can be.

    Attributes:
        defs: what is to stand under `$defs`; complete after `finish`.
    """

    def __init__(self, document: Document, *, inline: bool) -> None:
        self.defs: dict[str, Any] = {}
        self._document = document
        self._inline = inline
        self._parts = 0
        self._names: dict[str, str] = {}
        self._waiting: list[str] = []

    def write(self, schema: Any, where: str, inside: tuple[str, ...] = ()) -> Any:
        """A schema of the document as JSON Schema.

        Raises:
            UsageError: it is no schema, refers out of the document or to nothing, or is too large.
            TooLarge: it is, with references written out.
        """
        if isinstance(schema, bool):
            return schema
        if not isinstance(schema, Mapping):
            raise self._document.wrong(where, f"must be a schema, found {schema!r:.60}")
        self._count(where)
        if "$ref" in schema:
            return self._reference(schema, where, inside)
        for word in ("$dynamicRef", "$recursiveRef"):
            if word in schema:
                raise self._document.wrong(where, f"uses {word}, which is not supported")
        found = {
            key: self._keyword(key, value, where, inside)
            for key, value in schema.items()
            if key not in _LEFT_OUT and not key.startswith("x-")
        }
        self._leave_out_answers(schema, found, where)
        return _of_today(schema, found) if self._document.old else found

    def finish(self) -> dict[str, Any]:
        """All of `defs`.

        Raises:
            UsageError, TooLarge: as `write`.
        """
        while self._waiting:
            reference = self._waiting.pop()
            target = self._document.lookup(reference, reference)
            self.defs[self._names[reference]] = self.write(target, reference, (reference,))
        return self.defs

    def _count(self, where: str, parts: int = 1) -> None:
        self._parts += parts
        if self._inline and self._parts > INLINE:
            raise TooLarge
        if self._parts > MOST:
            raise self._document.wrong(where, f"has schemas of more than {MOST} parts")

    def _keyword(self, key: str, value: Any, where: str, inside: tuple[str, ...]) -> Any:
        if key in _ONE and not isinstance(value, list):
            return self.write(value, where, inside)
        if (key in _LISTS or key == "items") and isinstance(value, list):
            return [self.write(each, where, inside) for each in value]
        if key in _TABLES and isinstance(value, Mapping):
            return {name: self.write(each, where, inside) for name, each in value.items()}
        if key in ("description", "title") and isinstance(value, str):
            return plain(value)
        if isinstance(value, list | tuple | Mapping):
            self._count(where, _size(value))
        return value

    def _reference(self, schema: Mapping[str, Any], where: str, inside: tuple[str, ...]) -> Any:
        reference = schema["$ref"]
        target = self._document.lookup(reference, where)
        beside = {key: value for key, value in schema.items() if key != "$ref" and not key.startswith("x-")}
        if self._document.old:  # 3.0 ignores what stands beside a reference; remarks do no harm
            beside = {key: value for key, value in beside.items() if key in _REMARKS}
        if self._is_named(reference, inside):
            found: Any = {"$ref": f"#/$defs/{self._name(reference)}"}
        else:
            found = self.write(target, where, (*inside, reference))
        if not beside:
            return found
        more = self.write(beside, where, inside)
        if set(more) <= _REMARKS and isinstance(found, dict):
            return {**found, **more}
        return {**more, "allOf": [*more.get("allOf", ()), found]}

    def _is_named(self, reference: str, inside: tuple[str, ...]) -> bool:
        return not self._inline or reference in self._names or reference in inside or len(inside) >= _DEEPEST_INLINE

    def _name(self, reference: str) -> str:
        if reference not in self._names:
            stem = "".join(char if char.isascii() and char.isalnum() else "_" for char in reference.rpartition("/")[2])
            stem, taken = stem[:60] or "schema", set(self._names.values())
            number = next(n for n in range(1, len(taken) + 2) if (f"{stem}_{n}" if n > 1 else stem) not in taken)
            self._names[reference] = f"{stem}_{number}" if number > 1 else stem
            self._waiting.append(reference)
        return self._names[reference]

    def _leave_out_answers(self, schema: Mapping[str, Any], found: dict[str, Any], where: str) -> None:
        """Leave out properties that only answers have."""
        properties = schema.get("properties")
        if not isinstance(properties, Mapping):
            return
        gone = {name for name, each in properties.items() if isinstance(each, Mapping) and self._only_in_answers(each)}
        if gone:
            found["properties"] = {name: each for name, each in found["properties"].items() if name not in gone}
            if isinstance(found.get("required"), list):
                found["required"] = [name for name in found["required"] if name not in gone]

    def _only_in_answers(self, schema: Mapping[str, Any]) -> bool:
        return schema.get("readOnly") is True


def _size(value: Any) -> int:
    """How many values there are in it, as far as it matters."""
    stack, count = [value], 0
    while stack and count <= MOST:
        top = stack.pop()
        count += 1
        if isinstance(top, Mapping):
            stack.extend(top.values())
        elif isinstance(top, list | tuple):
            stack.extend(top)
    return count


def _of_today(schema: Mapping[str, Any], found: dict[str, Any]) -> dict[str, Any]:
    """The words of OpenAPI 3.0 as JSON Schema has them."""
    for bound, inclusive in (("exclusiveMinimum", "minimum"), ("exclusiveMaximum", "maximum")):
        if isinstance(found.get(bound), bool):
            exclusive = found.pop(bound)
            if exclusive and inclusive in found:
                found[bound] = found.pop(inclusive)
    if schema.get("nullable") is not True:
        return found
    if "enum" in found and isinstance(found["enum"], list) and None not in found["enum"]:
        found["enum"] = [*found["enum"], None]
    if isinstance(found.get("type"), str):
        return {**found, "type": [found["type"], "null"]}
    remarks = {key: found[key] for key in found if key in _REMARKS}
    rest = {key: found[key] for key in found if key not in _REMARKS}
    return {**remarks, "anyOf": [rest, {"type": "null"}]} if rest else found
