"""The tool `uuid`: identifiers that nobody else has."""

from __future__ import annotations

import secrets
import time
from typing import Annotated, Literal
from uuid import NAMESPACE_DNS, NAMESPACE_OID, NAMESPACE_URL, NAMESPACE_X500, UUID, uuid4, uuid5

from llmspell.errors import UsageError
from llmspell.tools import Example, tool

_NAMESPACES = {"dns": NAMESPACE_DNS, "url": NAMESPACE_URL, "oid": NAMESPACE_OID, "x500": NAMESPACE_X500}


@tool(
    category="system",
    tags=("identifier", "id", "unique"),
    timeout=5.0,
    examples=(
        Example({}, "one at random"),
        Example({"version": 5, "namespace": "dns", "name": "example.com"}, "always the same one for a name"),
    ),
)
def uuid(
    version: Literal[4, 5, 7] = 4,
    count: Annotated[int, {"minimum": 1, "maximum": 1000}] = 1,
    namespace: Annotated[str | None, {"maxLength": 45}] = None,
    name: Annotated[str | None, {"maxLength": 10_000}] = None,
) -> list[str]:
    """Makes UUIDs: version 4 at random, version 7 at random but in the order of time, version 5 from a name.

    Answers a list of them in small letters.

    Args:
        version: 4, 5 or 7.
        count: how many; version 5 makes one.
        namespace: for version 5: dns, url, oid, x500, or another UUID.
        name: for version 5: what the UUID stands for.
    """
    if version == 5:
        if namespace is None or name is None or count != 1:
            raise UsageError(
                "version 5 needs namespace and name, and makes one", hint='such as "dns" and "example.com"'
            )
        return [str(_of_name(namespace, name))]
    if namespace is not None or name is not None:
        raise UsageError(f"version {version} does not take namespace or name", hint="version 5 does")
    return [str(uuid4()) for _ in range(count)] if version == 4 else _in_order(count)


def _of_name(namespace: str, name: str) -> UUID:
    try:
        space = _NAMESPACES.get(namespace.lower()) or UUID(namespace)
    except ValueError:
        hint = f"write one of {', '.join(_NAMESPACES)}, or a UUID"
        raise UsageError(f"the namespace {namespace!r} is not known", hint=hint) from None
    try:
        return uuid5(space, name)
    except UnicodeEncodeError:
        raise UsageError(f"the name {name!r:.60} is not text: it has half of a character") from None


def _in_order(count: int) -> list[str]:
    """Version 7 of RFC 9562: milliseconds since 1970, then random bits, which are sorted so that the list is."""
    now = time.time_ns() // 1_000_000
    tails = sorted(secrets.randbits(74) for _ in range(count))
    return [str(UUID(int=now << 80 | 7 << 76 | (tail >> 62) << 64 | 2 << 62 | tail & (1 << 62) - 1)) for tail in tails]
