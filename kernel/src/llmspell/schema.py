"""Checks arguments against JSON Schema, and writes the short form of a tool's parameters out as JSON Schema.

Validation is `jsonschema-rs`: quick, and no pattern or recursive schema makes it hang. It is imported when
the first `Validator` is made. A schema must be whole: `#/...` references work, any other `$ref` is refused,
so a stranger's schema makes nobody fetch or open anything. `format` is checked for the formats that JSON
Schema defines; any other format is a remark, as the standard says.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from reprlib import Repr
from typing import TYPE_CHECKING, Any

from llmspell.errors import LlmspellError, UsageError, near_names

if TYPE_CHECKING:
    import jsonschema_rs

_SHOWN = 5
_SMALL = 1_000
_BASE = "schema:/"
_MASK = "the value"
_CHOICES = 20

_repr = Repr()
_repr.maxstring = _repr.maxother = 60
_repr.maxlist = _repr.maxtuple = _repr.maxdict = 3
_repr.maxlevel = 2


class Validator:
    """Checks values against one JSON Schema; make it once, a check that passes takes about a microsecond.

    Args:
        schema: any JSON Schema; the newest draft unless `$schema` says otherwise.
        component: whose schema it is, for the messages: `tool:half`.

    Raises:
        UsageError: the schema is not valid, or refers to something outside itself.
        LlmspellError: `jsonschema-rs` is not installed (kind `plugin`).
    """

    __slots__ = ("_component", "_is_valid", "_rules", "_schema")

    def __init__(self, schema: Mapping[str, Any], component: str) -> None:
        self._schema = dict(schema)
        self._component = component
        self._rules = _compile(self._schema, component)
        self._is_valid = self._rules.is_valid

    def check(self, arguments: Any) -> None:  # Any: arguments are whatever a model or a script passed
        """Return if `arguments` fit.

        Raises:
            UsageError: they do not (kind `invalid_arguments`). The message has up to five problems, each with
                its JSON path, what was expected and what was found; `details["problems"]` has each apart.
        """
        try:
            if self._is_valid(arguments):
                return
        except ValueError as error:
            raise UsageError(
                f"{self._component} got arguments that are not JSON: {error}", component=self._component
            ) from None
        raise self._refusal(arguments)

    def problems(self, value: Any, most: int = 100) -> list[dict[str, str]]:
        """What does not fit, each with its `path` and `message`; nothing where all fits.

        Args:
            value: any JSON.
            most: how many are told; of a value with more than a thousand parts, each costs some microseconds.
        """
        errors = islice(self._rules.iter_errors(value), most)
        told = ((_path(error.instance_path), text) for error in errors for text in _texts(error, self._schema))
        return [{"path": path, "message": text} for path, text in islice(told, most)]

    def _refusal(self, arguments: Any) -> UsageError:
        problems = list(islice(self._problems(arguments), _SHOWN + 1))
        sentences = [f"{path}: {text}" for path, text in problems[:_SHOWN]]
        more = ["and more"] if len(problems) > _SHOWN else []
        return UsageError(
            f"{self._component} got wrong arguments: {'; '.join(sentences + more)}",
            component=self._component,
            hint=_signature(self._schema),
            details={"problems": [{"path": path, "message": text} for path, text in problems[:_SHOWN]]},
        )

    def _problems(self, arguments: Any) -> Iterator[tuple[str, str]]:
        for error in self._errors(arguments):
            path = _path(error.instance_path)
            for text in _texts(error, self._schema):
                yield path, text

    def _errors(self, arguments: Any) -> Iterator[jsonschema_rs.ValidationError]:
        # All errors are made at once, 18 microseconds each: a large value is told its first error only.
        if sum(1 for _ in islice(_leaves(arguments), _SMALL + 1)) <= _SMALL:
            yield from self._rules.iter_errors(arguments)
            return
        import jsonschema_rs

        try:
            self._rules.validate(arguments)
        except jsonschema_rs.ValidationError as error:
            yield error


def _compile(schema: dict[str, Any], component: str) -> jsonschema_rs.Validator:
    try:
        import jsonschema_rs
    except ModuleNotFoundError as error:
        raise LlmspellError(
            f"{component} needs argument validation, and jsonschema-rs is not installed",
            kind="plugin",
            component=component,
            hint='pip install "llmspell[schema]"',
        ) from error
    refused: list[str] = []

    def refuse(uri: str) -> Any:
        refused.append(uri.removeprefix(_BASE))
        raise ValueError("refused")

    try:
        return jsonschema_rs.validator_for(schema, validate_formats=True, retriever=refuse, base_uri=_BASE, mask=_MASK)
    except jsonschema_rs.ValidationError as error:
        reason = (
            f"remote {'$schema' if schema.get('$schema') == refused[0] else '$ref'} {refused[0]!r} is refused"
            if refused
            else f"{_path(error.instance_path)}: {_shorten(error.message)}"
        )
    except ValueError as error:
        reason = str(error)
    raise UsageError(
        f"{component} has an invalid JSON Schema: {reason}",
        component=component,
        hint='a schema must be whole: write "#/$defs/..." instead' if refused else "",
    )


def _texts(error: jsonschema_rs.ValidationError, schema: Mapping[str, Any]) -> Iterator[str]:
    keyword = error.schema_path[-1] if error.schema_path else ""
    if keyword == "required":
        yield f"{error.kind.property!r} is missing"  # type: ignore[attr-defined]  # narrowed by the keyword
    elif keyword == "additionalProperties" and hasattr(error.kind, "unexpected"):
        known = _properties(schema, error.schema_path[:-1])
        for name in error.kind.unexpected:
            near = near_names(name, known)
            yield f"{name!r} is not known" + (f", did you mean {near[0]!r}?" if near else "")
    else:
        yield f"{_expected(error, keyword)}, found {_repr.repr(error.instance)}"


def _expected(error: jsonschema_rs.ValidationError, keyword: str | int) -> str:
    if keyword == "type":
        return f"expected {' or '.join(error.kind.types)}"  # type: ignore[attr-defined]  # narrowed
    if keyword == "enum":
        options: list[Any] = error.kind.options  # type: ignore[attr-defined]  # narrowed
        choices = ", ".join(map(_repr.repr, options[:_CHOICES])) + (", ..." if len(options) > _CHOICES else "")
        return f"expected one of {choices}"
    branches = getattr(error.kind, "context", None) or []
    kinds = [getattr(branch[0].kind, "types", None) for branch in branches if branch]
    if kinds and all(kinds):
        names = dict.fromkeys(name for types in kinds for name in types or ())
        return f"expected {' or '.join(names)}"
    return _shorten(error.message)


def _properties(schema: Mapping[str, Any], path: Sequence[str | int]) -> list[str]:
    """The property names at `path` inside the schema."""
    place: Any = schema  # Any: a schema nests mappings and lists
    for step in path:
        place = place[step]
    return list(place.get("properties", ()))


def _signature(schema: Mapping[str, Any]) -> str:
    """What the arguments should have been, in one clause; empty when the schema names no properties."""
    required = schema.get("required", ())
    parts = []
    for name, rule in dict(schema.get("properties", {})).items():
        kind = rule.get("type", "any value") if isinstance(rule, Mapping) else "any value"
        kind = type_words(kind)
        parts.append(f"{name} ({kind})" if name in required else f"{name} ({kind}, optional)")
    return f"it takes {', '.join(parts)}" if parts else ""


def type_words(types: str | Sequence[str]) -> str:
    """The types of a schema as words; that it may also be null goes without saying where there is something else."""
    if isinstance(types, str):
        return types
    return " or ".join(each for each in types if each != "null") or "null"


def _path(steps: Sequence[str | int]) -> str:
    """`$.items[0].name`; a key that is not a plain word is quoted."""
    path = "$"
    for step in steps:
        if isinstance(step, str) and step.isidentifier():
            path += f".{step}"
        else:
            path += f"[{step!r}]"
    return path


def _leaves(value: Any) -> Iterator[None]:
    """One item for each value inside `value`, itself included."""
    stack = [value]
    while stack:
        top = stack.pop()
        yield None
        if isinstance(top, dict):
            stack.extend(top.values())
        elif isinstance(top, list | tuple):
            stack.extend(top)


def _shorten(text: str) -> str:
    return text if len(text) <= 200 else f"{text[:199]}…"


TYPES = ("string", "number", "integer", "boolean", "array", "object", "null")
"""The type names of JSON Schema."""

_OTHER_WORDS = {
    "any": "{}",
    "dict": "object",
    "float": "number",
    "function": "{}",
    "int": "integer",
    "list": "array",
    "map": "object",
    "nil": "null",
    "str": "string",
    "table": "object",
    "text": "string",
}
_WORDS = """
    $ref $defs $comment $anchor $id type enum const title description default examples deprecated
    readOnly writeOnly format contentEncoding contentMediaType pattern minLength maxLength minimum
    maximum exclusiveMinimum exclusiveMaximum multipleOf items prefixItems contains minContains
    maxContains minItems maxItems uniqueItems properties patternProperties additionalProperties
    propertyNames required minProperties maxProperties dependentRequired dependentSchemas
    unevaluatedItems unevaluatedProperties allOf anyOf oneOf not if then else
"""
_KEYWORDS = frozenset(_WORDS.split())


def expand(parameters: Any, component: str = "") -> dict[str, Any]:  # Any: a script wrote it
    """`parameters` as a JSON Schema of type object.

    The short form maps a name to a type name (`{sku = "string"}`), to a property's schema, or to `{}` for any
    value; a name is required unless its schema says `optional = true`, and no other names are allowed.
    What the short form cannot be is taken for a JSON Schema and returned as it is:

    - it has a key that starts with a dollar sign (`$schema`, `$ref`, `$defs`), or
    - `allOf`, `anyOf`, `oneOf` or `required` is a list, or
    - `type` is `"object"`, and there is nothing else, or `additionalProperties`, or a `properties` that maps
      names to schemas.

    So a parameter may be called `type`: `{type = "string"}` is one. Only a lone parameter `type` that is an
    object must be spelled out: `{type = {type = "object"}}`.

    Raises:
        UsageError: a type name or a keyword is unknown, or `parameters` is neither form.
    """
    who = component or "parameters"
    if _is_schema(parameters):
        return dict(parameters)
    if not isinstance(parameters, Mapping) and parameters != []:
        raise UsageError(
            f"{who}: parameters must map names to types, not {_repr.repr(parameters)}", component=component
        )
    fields = dict(parameters or {})
    properties = {name: _property(who, name, rule) for name, rule in fields.items()}
    required = [name for name, rule in fields.items() if not _is_optional(who, name, rule)]
    return {"type": "object", "properties": properties, "required": required, "additionalProperties": False}


def _is_schema(parameters: Any) -> bool:
    if not isinstance(parameters, Mapping):
        return False
    if any(key.startswith("$") for key in parameters):
        return True
    if any(isinstance(parameters.get(key), list) for key in ("allOf", "anyOf", "oneOf", "required")):
        return True
    if parameters.get("type") != "object":
        return False
    inner = parameters.get("properties")
    named = isinstance(inner, Mapping) and all(isinstance(rule, Mapping | bool) for rule in inner.values())
    return named or len(parameters) == 1 or "additionalProperties" in parameters


def _property(who: str, name: str, rule: Any) -> dict[str, Any]:
    if rule in ({}, []):  # a script's empty table may arrive as either
        return {}
    if isinstance(rule, str):
        return {"type": _type_name(who, name, rule)}
    if not isinstance(rule, Mapping):
        raise UsageError(
            f"{who}: parameter {name!r} must be a type name or a schema, not {_repr.repr(rule)}",
            hint=f'write {name} = "string"; the types are {", ".join(TYPES)}',
        )
    for key in rule:
        if key not in _KEYWORDS and key != "optional" and not key.startswith("x-"):
            near = near_names(key, sorted(_KEYWORDS | {"optional"}))
            raise UsageError(
                f"{who}: parameter {name!r} has an unknown keyword {key!r}",
                hint=f"did you mean {near[0]!r}?" if near else "use JSON Schema's keywords, or one that starts with x-",
            )
    if isinstance(rule.get("type"), str):
        _type_name(who, name, rule["type"])
    return {key: value for key, value in rule.items() if key != "optional"}


def _is_optional(who: str, name: str, rule: Any) -> bool:
    optional = rule.get("optional", False) if isinstance(rule, Mapping) else False
    if not isinstance(optional, bool):
        raise UsageError(f"{who}: optional of parameter {name!r} must be true or false, not {optional!r}")
    return optional


def _type_name(who: str, name: str, word: str) -> str:
    if word in TYPES:
        return word
    near = [_OTHER_WORDS[word]] if word in _OTHER_WORDS else near_names(word, TYPES)
    raise UsageError(
        f"{who}: parameter {name!r} has the unknown type {word!r}",
        hint=f"did you mean {near[0]!r}?" if near else f"the types are {', '.join(TYPES)}",
    )
