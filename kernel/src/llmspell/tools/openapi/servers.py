"""Where the requests of an operation go."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from llmspell.errors import UsageError, did_you_mean
from llmspell.http.url import parse_url
from llmspell.tools.openapi.endpoints import Endpoint

_VARIABLE = re.compile(r"\{([^{}]*)\}")


def base_url(endpoint: Endpoint, configured: str, variables: Mapping[str, str]) -> str:
    """The URL that the path is added to, without a slash at its end.

    Args:
        endpoint: the operation; its servers win over those of its path, and those over the document's.
        configured: wins over all of them; empty: there is none.
        variables: values of the variables in a server's URL.

    Raises:
        UsageError: there is none, it is relative or no URL, or a variable is unknown or has no value.
    """
    document = endpoint.document
    hint = "give base_url"
    if configured:
        if variables:
            raise UsageError("variables belong to a server of the document, and base_url takes its place")
        return _checked(endpoint, configured)
    levels = (endpoint.data, endpoint.item, document.data)
    servers = next((level["servers"] for level in levels if level.get("servers")), None)
    if servers is None:
        raise document.wrong("servers", "names no server", hint=hint)
    server = document.table(next(iter(document.items(servers, "servers"))), "servers")
    url = document.text(server.get("url"), "servers: url")
    known = document.table(server.get("variables"), "servers: variables")
    for name in variables:
        if name not in known:
            raise document.wrong("servers", f"has no variable {name!r:.60}", hint=did_you_mean(name, list(known)))
    url = _VARIABLE.sub(lambda found: _variable(endpoint, found[1], known, variables), url)
    if not re.match(r"[A-Za-z][A-Za-z0-9+.-]*:", url):
        raise document.wrong("servers", f"has the relative URL {url!r:.100}", hint=hint)
    return _checked(endpoint, url)


def _variable(endpoint: Endpoint, name: str, known: Mapping[str, Any], variables: Mapping[str, str]) -> str:
    document, where = endpoint.document, f"servers: variable {name!r:.60}"
    data = document.table(known.get(name), where)
    value = variables.get(name, data.get("default"))
    allowed = document.items(data.get("enum"), where)
    if not isinstance(value, str):
        raise document.wrong(where, "has no value", hint=f'give variables = {{ {name} = "..." }}')
    if allowed and value not in allowed:
        raise document.wrong(where, f"may not be {value!r:.60}", hint=f"one of {', '.join(map(str, allowed))}"[:200])
    return value


def _checked(endpoint: Endpoint, url: str) -> str:
    try:
        if "?" in url or "#" in url:
            raise UsageError(f"{url!r:.100} has a query or a fragment")
        return str(parse_url(url)).rstrip("/")
    except UsageError as cause:
        raise endpoint.document.wrong("servers", f"leads nowhere: {cause.message}", hint=cause.hint) from None
