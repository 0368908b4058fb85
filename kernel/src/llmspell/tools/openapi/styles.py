"""How values are written in paths, queries, headers and cookies: the styles of OpenAPI (RFC 6570).

Every part of a value is percent-encoded by itself, so that no value ends its part and begins another. With
`allowReserved` some characters stand for themselves, but never those that divide a query.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import quote

_RESERVED = ":/?@!$'()*,;"

Pairs = list[tuple[str, str]]
"""Names and values as they are sent."""


def word(value: Any) -> str:
    """A value that is neither list nor object, as text; what nests is JSON."""
    if isinstance(value, str):
        return value
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        value = int(value)  # JavaScript's numbers do not tell 1 from 1.0
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def encoded(value: Any, *, reserved: bool = False) -> str:
    """A word, percent-encoded."""
    return quote(word(value).encode("utf-8", "surrogatepass"), safe=_RESERVED if reserved else "")


def in_path(name: str, value: Any, style: str, *, explode: bool) -> str:
    """A value in a path: `simple` (3,4), `label` (.3.4) or `matrix` (;id=3,4)."""
    first, between = {"simple": ("", ","), "label": (".", "."), "matrix": (";", ";")}[style]
    own = encoded(name)
    if isinstance(value, Mapping) and explode:
        return first + between.join(f"{encoded(key)}={encoded(each)}" for key, each in value.items())
    if style == "matrix":
        if isinstance(value, list | tuple) and explode:
            return "".join(f";{own}={encoded(each)}" for each in value)
        return f";{own}={','.join(_flat(value))}"
    return first + (between if explode else ",").join(_flat(value))


def in_query(name: str, value: Any, style: str, *, explode: bool, reserved: bool = False) -> Pairs:
    """A value in a query: `form`, `spaceDelimited`, `pipeDelimited` or `deepObject`; both parts are encoded."""
    own = encoded(name)

    def pair(key: str, each: Any) -> tuple[str, str]:
        return key, encoded(each, reserved=reserved)

    if isinstance(value, Mapping):
        if style == "deepObject":
            return [pair(f"{own}%5B{encoded(key)}%5D", one) for key, each in value.items() for one in _listed(each)]
        if explode and style == "form":
            return [pair(encoded(key), each) for key, each in value.items()]
    elif isinstance(value, list | tuple) and explode:
        return [pair(own, each) for each in value]
    between = {"spaceDelimited": "%20", "pipeDelimited": "%7C"}.get(style, ",")
    return [(own, between.join(_flat(value, reserved=reserved)))]


def in_header(value: Any, *, explode: bool) -> str:
    """A value in a header: words joined by commas. What no header may hold is refused when it is sent."""
    if isinstance(value, Mapping):
        parts = [f"{key}={word(each)}" if explode else f"{key},{word(each)}" for key, each in value.items()]
        return ",".join(parts)
    return ",".join(map(word, _listed(value)))


def in_cookie(value: Any) -> str:
    """A value in a cookie: encoded words joined by commas."""
    return ",".join(_flat(value))


def joined(pairs: Pairs) -> str:
    """Pairs as a query or as a form."""
    return "&".join(f"{name}={value}" for name, value in pairs)


def _listed(value: Any) -> Sequence[Any]:
    return value if isinstance(value, list | tuple) else [value]


def _flat(value: Any, *, reserved: bool = False) -> Iterator[str]:
    """The encoded words of a value, an object's keys among them."""
    if isinstance(value, Mapping):
        for key, each in value.items():
            yield encoded(key)
            yield encoded(each, reserved=reserved)
    else:
        yield from (encoded(each, reserved=reserved) for each in _listed(value))
