"""The configuration's JSON Schema (2020-12), from the classes of `schema`: editors complete and check with it."""

from __future__ import annotations

import types
from collections.abc import Mapping
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

import attrs

from llmspell.config.formats.json import SCHEMA_KEY
from llmspell.config.schema import VERSION, Config

_TYPES: dict[Any, dict[str, Any]] = {
    str: {"type": "string"},
    int: {"type": "integer"},
    float: {"type": "number"},
    bool: {"type": "boolean"},
    type(None): {"type": "null"},
    Any: {},
}


def json_schema() -> dict[str, Any]:
    """The schema of a configuration file, in any of its formats, as JSON-like data."""
    schema = _table_of(Config)
    own = {
        "config_version": {
            "type": "integer",
            "minimum": 1,
            "maximum": VERSION,
            "default": VERSION,
            "description": "Which version's words the file uses; `llmspell config migrate` brings it up to date.",
        },
        "include": {
            "type": "array",
            "items": {"type": "string"},
            "default": [],
            "description": "Files to read first, relative to this one; this one wins over them.",
        },
        SCHEMA_KEY: {"type": "string", "description": "Where this schema is; only JSON files may say it."},
    }
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "The configuration of llmspell",
        **schema,
        "properties": own | schema["properties"],
    }


def _table_of(cls: type) -> dict[str, Any]:
    """The schema of an attrs class; its fields are the keys."""
    hints = get_type_hints(cls)
    fields = {field.name: _field(field, hints[field.name]) for field in attrs.fields(cls) if field.init}
    required = [field.name for field in attrs.fields(cls) if field.default is attrs.NOTHING]
    schema: dict[str, Any] = {
        "type": "object",
        "description": " ".join((cls.__doc__ or "").split()),
        "properties": fields,
        "additionalProperties": False,
    }
    return schema | ({"required": required} if required else {})


def _field(field: attrs.Attribute[Any], hint: Any) -> dict[str, Any]:
    schema = dict(_schema(hint))
    if doc := field.metadata.get("doc"):
        unit = field.metadata.get("unit")
        schema["description"] = f"{doc} ({unit})" if unit else doc
    if (minimum := field.metadata.get("minimum")) is not None:
        schema["minimum"] = minimum
    if isinstance(field.default, str | int | float | tuple):
        schema["default"] = list(field.default) if isinstance(field.default, tuple) else field.default
    return schema


def _schema(hint: Any) -> dict[str, Any]:
    origin, arguments = get_origin(hint) or hint, get_args(hint)
    if hint in _TYPES:
        return _TYPES[hint]
    if origin in (Union, types.UnionType):
        members = [_schema(member) for member in arguments]
        if all(member.keys() == {"type"} for member in members):
            return {"type": [member["type"] for member in members]}
        return {"anyOf": members}
    if origin is Literal:
        return {"enum": list(arguments)}
    if origin in (tuple, list):
        return {"type": "array", "items": _schema(arguments[0])}
    if origin in (dict, Mapping):
        return {"type": "object", "additionalProperties": _schema(arguments[1])}
    if attrs.has(origin):
        return _table_of(origin)
    raise TypeError(f"the configuration's JSON Schema cannot say {hint!r}")
