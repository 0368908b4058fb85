"""Hosts and addresses, as patterns and as targets.

Both are written one way before they are compared: names as ASCII (IDNA) in small letters without a last dot, addresses
as the standard library writes them, and an IPv4 address inside an IPv6 one as IPv4. What cannot be written so is no
host: nothing allows it.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

from llmspell.errors import UsageError
from llmspell.permissions.kinds import Target
from llmspell.permissions.patterns import Matcher

_LABEL = re.compile(r"[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?")
_PORTS = range(1, 65536)
_Address = IPv4Address | IPv6Address
_Fits = Callable[[str | _Address], bool]


def host_matcher(text: str, *, deny: bool) -> Matcher:
    """Whether a target (`host` or `host:port`) fits the pattern.

    Where the port is not known, a pattern with a port denies, but does not allow.

    Raises:
        UsageError: the text is no pattern of hosts.
    """
    try:
        host, port = _split(text)
        fits = _host_fits(host)
    except ValueError as cause:
        raise UsageError(
            f"{text!r} is no pattern of hosts: {cause}",
            hint="write a host without scheme or path, such as api.example.com:443",
        ) from None

    def matches(target: Target) -> bool:
        read = _read(target)
        if read is None:
            return deny  # what cannot be understood is not let through
        host, asked = read
        return (port is None or asked == port or (deny and asked is None)) and fits(host)

    return matches


def is_host(target: Target) -> bool:
    """Whether a target is a host, with or without a port, in a form that patterns can be compared with."""
    return _read(target) is not None


@lru_cache(maxsize=256)  # every pattern asks for the same target in turn
def _read(target: Target) -> tuple[str | _Address, int | None] | None:
    """A target's host and port; None when it is no host."""
    try:
        host, port = _split(target if isinstance(target, str) else "")
        return _normal(host), port
    except ValueError:
        return None


def _split(text: str) -> tuple[str, int | None]:
    """Host and port; a bare IPv6 address has no port."""
    if text.startswith("["):
        host, bracket, rest = text[1:].partition("]")
        if not bracket or (rest and not rest.startswith(":")):
            raise ValueError("the brackets do not match")
        return host, _port(rest[1:]) if rest else None
    if text.count(":") == 1:
        host, _, port = text.partition(":")
        return host, _port(port)
    return text, None


def _port(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) <= len("65535") and int(text) in _PORTS):
        raise ValueError(f"{text!r} is no port")
    return int(text)


def _host_fits(host: str) -> _Fits:
    if host == "*":
        return lambda _: True
    if "/" in host:
        network = ip_network(host)
        return lambda found: not isinstance(found, str) and found.version == network.version and found in network
    if host.startswith("*."):
        ending = "." + str(_normal(host[2:]))
        if _is_numeric(ending):
            raise ValueError("an address has no subdomains")
        return lambda found: isinstance(found, str) and found.endswith(ending)
    wanted = _normal(host)
    return lambda found: found == wanted


def _normal(host: str) -> str | _Address:
    """The one way to write a host.

    Raises:
        ValueError: it is none.
    """
    if ":" in host:
        if "%" in host:
            raise ValueError("an address with a zone means another machine on each network")
        address = IPv6Address(host)
        return address.ipv4_mapped or address
    name = host.removesuffix(".").lower()
    if not name.isascii():
        written = name
        try:
            name = name.encode("idna").decode()
        except UnicodeError as cause:
            raise ValueError("it is not an internationalised domain name") from cause
        if name.encode().decode("idna") != written:  # \u00df was ss once: two standards name two domains
            raise ValueError("its letters mean different domains in different standards; write it as xn--...")
    if _is_numeric(name):
        return ip_address(name)  # 127.1, 0x7f000001 and 2130706433 are refused: programs differ on what they mean
    if len(name) > 253 or not all(_LABEL.fullmatch(label) for label in name.split(".")):
        raise ValueError("it is not a host name")
    return name


def _is_numeric(name: str) -> bool:
    return re.fullmatch(r"[0-9]+|0x[0-9a-f]*", name.rpartition(".")[2]) is not None
