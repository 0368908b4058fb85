"""What an operation takes in its path, query, headers and cookies."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any

import attrs

from llmspell.errors import UsageError
from llmspell.tools.openapi import styles
from llmspell.tools.openapi.endpoints import Endpoint
from llmspell.tools.openapi.schemas import Schemas, plain

_STYLES = {
    "path": ("simple", "label", "matrix"),
    "query": ("form", "spaceDelimited", "pipeDelimited", "deepObject"),
    "header": ("simple",),
    "cookie": ("form",),
}
_NOT_PARAMETERS = frozenset({"accept", "authorization", "content-type"})
_VARIABLE = re.compile(r"\{([^{}]*)\}")
_DOTS = re.compile(r"(?:\.|%2e){1,2}", re.IGNORECASE)
BODY = "body"
"""The argument that is the body."""


@attrs.frozen
class Parameter:
    """One parameter.

    Attributes:
        name: as the server knows it.
        place: `path`, `query`, `header` or `cookie`.
        argument: as the tool's arguments have it: models allow fewer characters.
        schema: of its value.
        required: whether it must be given.
        style: how it is written; see `llmspell.tools.openapi.styles`.
        explode: whether each part of its value stands by itself.
        reserved: whether characters with a meaning may stand for themselves.
        json: whether it is written as JSON.
    """

    name: str
    place: str
    argument: str
    schema: Any = attrs.field(repr=False)
    required: bool = False
    style: str = ""
    explode: bool = False
    reserved: bool = False
    json: bool = False


def parameters(endpoint: Endpoint, schemas: Schemas, without: Iterable[tuple[str, str]] = ()) -> list[Parameter]:
    """The parameters of an operation and of its path.

    Args:
        endpoint: the operation.
        schemas: writes their schemas.
        without: places and names of those that are filled in by somebody else.

    Raises:
        UsageError: one of them is wrong, or path and parameters do not agree.
    """
    document = endpoint.document
    said: dict[tuple[str, str], Mapping[str, Any]] = {}
    for level in (endpoint.item, endpoint.data):
        for number, value in enumerate(document.items(level.get("parameters"), f"{endpoint.where}: parameters")):
            where = f"{endpoint.where}: parameters[{number}]"
            data = document.table(value, where)
            name, place = document.text(data.get("name"), where), document.text(data.get("in"), where)
            if not name or place not in _STYLES:
                raise document.wrong(where, f"must have a name and a place, found {name!r:.100} in {place!r:.100}")
            said[place, name] = data
    filled = {(place, name.lower()) for place, name in without}
    _check_path(endpoint, {name for place, name in said if place == "path"})
    found: list[Parameter] = []
    for (place, name), data in said.items():
        if (place, name.lower()) not in filled and (place != "header" or name.lower() not in _NOT_PARAMETERS):
            argument = _argument(name, place, {each.argument for each in found})
            found.append(_parameter(endpoint, argument, data, schemas))
    return found


def _parameter(endpoint: Endpoint, argument: str, data: Mapping[str, Any], schemas: Schemas) -> Parameter:
    name, place = data["name"], data["in"]
    document, where = endpoint.document, f"{endpoint.where}: parameter {name!r:.100}"
    content = document.table(data.get("content"), f"{where}: content")
    style = document.text(data.get("style"), f"{where}: style") or _STYLES[place][0]
    if style not in _STYLES[place]:
        raise document.wrong(where, f"has the style {style!r:.60}, which a {place} cannot have")
    schema = data.get("schema", True)
    if content:
        schema = document.table(next(iter(content.values())), f"{where}: content").get("schema", True)
    explode = data.get("explode", style in ("form", "deepObject"))
    return Parameter(
        name,
        place,
        argument,
        _described(schemas.write(schema, where), data.get("description")),
        place == "path" or data.get("required") is True,
        style,
        explode is True,
        data.get("allowReserved") is True,
        any("json" in kind for kind in content),
    )


def _argument(name: str, place: str, taken: set[str]) -> str:
    """The argument's name: of characters that models allow, and no other's."""
    plain_name = re.sub(r"[^A-Za-z0-9_-]+", "_", name).strip("_")[:48] or place
    for candidate in (plain_name, f"{place}_{plain_name}", *(f"{place}_{plain_name}_{n}" for n in range(2, 1000))):
        if candidate not in taken and candidate != BODY:
            return candidate
    raise UsageError(f"there are too many parameters named like {name!r:.100}")


def _described(schema: Any, text: Any) -> Any:
    if not isinstance(text, str) or not text.strip():
        return schema
    return {**(schema if isinstance(schema, dict) else {}), "description": plain(text)} if schema is not False else {}


def _check_path(endpoint: Endpoint, declared: set[str]) -> None:
    """Refuse a path that names variables which are no parameters, or the other way round."""
    named = _VARIABLE.findall(endpoint.path)
    wrong = sorted({*named} ^ declared)
    if wrong or len(named) != len({*named}) or re.search(r"[{}?#\\]", _VARIABLE.sub("", endpoint.path)):
        what = (
            f"does not agree with its path parameters about {wrong[0]!r:.100}" if wrong else "is no template of a path"
        )
        raise endpoint.document.wrong(endpoint.where, what)


def fill_path(endpoint: Endpoint, found: Iterable[Parameter], arguments: Mapping[str, Any]) -> str:
    """The path with its values.

    Raises:
        UsageError: a value is empty, or would lead to another path.
    """
    values: dict[str, str] = {}
    for each in found:
        if each.place == "path":
            value = arguments[each.argument]
            _check_value(each, value)
            text = styles.encoded(_json(value)) if each.json else None
            values[each.name] = text or styles.in_path(each.name, value, each.style, explode=each.explode)
    path = _VARIABLE.sub(lambda variable: values[variable[1]], endpoint.path)
    if any(_DOTS.fullmatch(segment) for segment in path.split("/")):
        raise UsageError(f"the path would be {path!r:.200}, which leads elsewhere", hint="give other values than dots")
    return path


def _check_value(parameter: Parameter, value: Any) -> None:
    """Refuse what is no part of a path: nothing at all, and ways up out of it, however a server reads them."""
    words = value if isinstance(value, list | tuple) else [value]
    if value in ("", None) or len(words) == 0 or value == {}:
        raise UsageError(f"{parameter.argument} is empty, and the path needs it")
    for each in words:
        if isinstance(each, str) and any(part in (".", "..") for part in re.split(r"[/\\]", each)):
            raise UsageError(f"{parameter.argument} is {each!r:.100}, which leads to another path")


def query_of(found: Iterable[Parameter], arguments: Mapping[str, Any]) -> styles.Pairs:
    """The query, encoded."""
    pairs: styles.Pairs = []
    for each in found:
        if each.place == "query" and arguments.get(each.argument) is not None:
            value = arguments[each.argument]
            if each.json:
                pairs.append((styles.encoded(each.name), styles.encoded(_json(value))))
            else:
                pairs += styles.in_query(each.name, value, each.style, explode=each.explode, reserved=each.reserved)
    return pairs


def headers_of(found: Iterable[Parameter], arguments: Mapping[str, Any]) -> dict[str, str]:
    """The headers."""
    return {
        each.name: _json(arguments[each.argument])
        if each.json
        else styles.in_header(arguments[each.argument], explode=each.explode)
        for each in found
        if each.place == "header" and arguments.get(each.argument) is not None
    }


def cookies_of(found: Iterable[Parameter], arguments: Mapping[str, Any]) -> styles.Pairs:
    """The cookies, encoded."""
    return [
        (styles.encoded(each.name), styles.in_cookie(_json(value) if each.json else value))
        for each in found
        if each.place == "cookie" and (value := arguments.get(each.argument)) is not None
    ]


def _json(value: Any) -> str:
    return json.dumps(value, separators=(",", ":"))
