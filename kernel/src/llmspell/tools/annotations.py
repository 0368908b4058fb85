"""The JSON Schema of a Python annotation, and the values that it wants of JSON.

str int float bool None Any         as in JSON
list[X] tuple[X, ...] Sequence[X]   an array
dict[str, X] Mapping[str, X]        an object
Literal["a", "b"], an Enum          one of these values
X | Y                               one of both
a TypedDict, attrs class, dataclass an object with these keys, and no others
Annotated[X, "text"]                X, with a description
Annotated[X, {"minimum": 0}]        X, with more keywords of JSON Schema
"""

from __future__ import annotations

import types
from collections.abc import Callable, Iterator, Mapping, Sequence
from enum import Enum
from typing import (
    Annotated,
    Any,
    Literal,
    NotRequired,
    Required,
    Union,
    get_args,
    get_origin,
    get_type_hints,
    is_typeddict,
)

from llmspell.errors import UsageError
from llmspell.tools.docstring import read

_PLAIN: dict[Any, dict[str, Any]] = {
    Any: {},
    str: {"type": "string"},
    int: {"type": "integer"},
    float: {"type": "number"},
    bool: {"type": "boolean"},
    None: {"type": "null"},
    type(None): {"type": "null"},
    list: {"type": "array"},
    dict: {"type": "object"},
}
_ARRAYS = (list, tuple, Sequence)
_OBJECTS = (dict, Mapping)


def schema_of(annotation: Any, inside: tuple[Any, ...] = ()) -> dict[str, Any]:  # Any: annotations have no type
    """The JSON Schema of what an annotation allows.

    Args:
        annotation: see above; names in quotes are resolved already.
        inside: the classes that it stands in; one that stands in itself is refused.

    Raises:
        UsageError: JSON has nothing like it.
    """
    if isinstance(annotation, type | types.NoneType) and annotation in _PLAIN:
        return dict(_PLAIN[annotation])
    if annotation is Any:
        return {}
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin in (Annotated, Required, NotRequired):
        return _with_notes(schema_of(arguments[0], inside), getattr(annotation, "__metadata__", ()))
    if origin is Literal:
        return _one_of(list(arguments))
    if origin in (Union, types.UnionType):
        return _either([schema_of(each, inside) for each in arguments])
    if origin in _ARRAYS and (origin is not tuple or arguments[1:] == (...,)):
        return {"type": "array", "items": schema_of(arguments[0], inside)}
    if origin in _OBJECTS and arguments[0] is str:
        rest = schema_of(arguments[1], inside)
        return {"type": "object", "additionalProperties": rest} if rest else {"type": "object"}
    if isinstance(annotation, type) and issubclass(annotation, Enum):
        return _one_of([member.value for member in annotation])
    fields = _fields(annotation)
    if fields is None or annotation in inside:
        reason = "stands in itself" if fields is not None else "is nothing that JSON has"
        raise UsageError(f"the annotation {_name(annotation)} {reason}", hint="annotate with what llmspell.tools knows")
    said = read(annotation.__doc__).arguments
    return object_of(
        {
            name: (described(schema_of(hint, (*inside, annotation)), said.get(name, "")), needed)
            for name, hint, needed in fields
        }
    )


def object_of(properties: Mapping[str, tuple[dict[str, Any], bool]]) -> dict[str, Any]:
    """The schema of an object with these keys, each with its schema and whether it is required, and no others."""
    return {
        "type": "object",
        "properties": {name: schema for name, (schema, _) in properties.items()},
        "required": [name for name, (_, needed) in properties.items() if needed],
        "additionalProperties": False,
    }


def described(schema: dict[str, Any], text: str) -> dict[str, Any]:
    """The schema with a description, unless it has one."""
    return {**schema, "description": text} if text and "description" not in schema else schema


def structure_of(annotation: Any) -> Callable[[Any], Any] | None:
    """What makes a value of the annotation from JSON that fits its schema; None where JSON is such a value already."""
    if not any(map(_is_made, _parts(annotation))):
        return None

    def structure(value: Any) -> Any:
        from cattrs import Converter

        return Converter(detailed_validation=False).structure(value, annotation)

    return structure


def _parts(annotation: Any) -> Iterator[Any]:
    """The annotation and all that stands in its brackets."""
    yield annotation
    if get_origin(annotation) is not Literal:
        for argument in get_args(annotation):
            yield from _parts(argument)


def _is_made(part: Any) -> bool:
    if get_origin(part) is tuple:
        return True
    return isinstance(part, type) and (issubclass(part, Enum) or (not is_typeddict(part) and _fields(part) is not None))


def _with_notes(schema: dict[str, Any], notes: Sequence[Any]) -> dict[str, Any]:
    for note in notes:
        if isinstance(note, str):
            schema = {**schema, "description": note}
        elif isinstance(note, Mapping):
            schema = {**schema, **note}
        else:
            raise UsageError(
                f"the annotation's {note!r} is neither a description nor keywords of JSON Schema",
                hint='write Annotated[int, {"minimum": 0}]',
            )
    return schema


def _one_of(values: list[Any]) -> dict[str, Any]:
    kinds = {type(value) for value in values}
    if not kinds <= {str, int, float, bool, types.NoneType}:
        raise UsageError(f"the values {values!r} are not all of JSON", hint="use text, numbers, booleans or None")
    return {**(_PLAIN[kinds.pop()] if len(kinds) == 1 else {}), "enum": values}


def _either(schemas: list[dict[str, Any]]) -> dict[str, Any]:
    """Bare types are joined, as in `{"type": ["string", "null"]}`."""
    if all(schema.keys() == {"type"} and isinstance(schema["type"], str) for schema in schemas):
        return {"type": [schema["type"] for schema in schemas]}
    *others, last = schemas
    if len(others) == 1 and last == {"type": "null"} and others[0].keys() >= {"type"} and "enum" not in others[0]:
        return {**others[0], "type": [others[0]["type"], "null"]}
    return {"anyOf": schemas}


def _fields(annotation: Any) -> list[tuple[str, Any, bool]] | None:
    """The fields of a class as name, annotation and whether it is required; None for what has none."""
    if is_typeddict(annotation):
        hints = get_type_hints(annotation, include_extras=True)
        return [(name, hint, _is_required(hint, annotation.__total__)) for name, hint in hints.items()]
    if not isinstance(annotation, type):
        return None
    if hasattr(annotation, "__attrs_attrs__"):
        import attrs

        hints = get_type_hints(annotation, include_extras=True)
        return [(f.name, hints[f.name], f.default is attrs.NOTHING) for f in attrs.fields(annotation) if f.init]
    if hasattr(annotation, "__dataclass_fields__"):
        import dataclasses

        hints = get_type_hints(annotation, include_extras=True)
        missing = dataclasses.MISSING
        return [
            (f.name, hints[f.name], f.default is missing and f.default_factory is missing)
            for f in dataclasses.fields(annotation)
            if f.init
        ]
    return None


def _is_required(hint: Any, total: bool) -> bool:
    """Whether a key must be there; `__required_keys__` does not know where annotations are texts."""
    return get_origin(hint) is Required or (total and get_origin(hint) is not NotRequired)


def _name(annotation: Any) -> str:
    return annotation.__name__ if isinstance(annotation, type) else repr(annotation)
