"""A URL as it is checked, connected to and shown: read strictly, and written one way."""

from __future__ import annotations

import re
from collections.abc import Mapping
from ipaddress import IPv4Address, IPv6Address, ip_address
from urllib.parse import quote, unquote_plus, urlencode, urljoin

import attrs

from llmspell.errors import UsageError
from llmspell.permissions.hosts import is_host
from llmspell.redaction import redact, secret_name
from llmspell.secrets.shapes import REDACTED

Address = IPv4Address | IPv6Address

LONGEST = 8_000
"""Characters; what RFC 9110, section 4.1 wants to be possible at least."""

_PORTS = {"http": 80, "https": 443}
_WRITTEN = re.compile(r"(?P<scheme>[A-Za-z][A-Za-z0-9+.-]*)://(?P<authority>[^/?#]*)(?P<target>[^#]*)(?:#.*)?")
_HAS_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")
_PORT = re.compile(r":[1-9][0-9]{0,4}")
_KEPT = "/%:?#[]@!$&'()*+,;=~"  # what `quote` leaves as it was written
_EXAMPLE = "write https://host/path, without a user name"


@attrs.frozen
class Url:
    """Where a request goes.

    Attributes:
        scheme: `http` or `https`.
        host: a name in ASCII and small letters, or an address.
        port: written or not.
        target: path and query as they are sent; begins with a slash.
    """

    scheme: str
    host: str
    port: int
    target: str

    @property
    def address(self) -> Address | None:
        """The host, where it is an address."""
        try:
            return ip_address(self.host)
        except ValueError:
            return None

    @property
    def place(self) -> str:
        """`host:port`, as permissions name it."""
        return place(self.host, self.port)

    @property
    def authority(self) -> str:
        """The `Host` header: the port only where it is not the usual one."""
        return self.place if self.port != _PORTS[self.scheme] else place(self.host)

    @property
    def origin(self) -> tuple[str, str, int]:
        """What must be the same for credentials to be sent again."""
        return self.scheme, self.host, self.port

    @property
    def shown(self) -> str:
        """The URL for people and events: without the values of a query that look secret or are named so."""
        path, mark, query = self.target.partition("?")
        return redact(f"{self.scheme}://{self.authority}{path}{mark}{_shown_query(query)}")

    def __str__(self) -> str:
        return f"{self.scheme}://{self.authority}{self.target}"

    def join(self, reference: str) -> Url:
        """The URL that a `Location` of this one means.

        Raises:
            UsageError: it is none.
        """
        _check_characters(reference)
        # An absolute one is read strictly: `urljoin` would make something of `http:///host` and `http:host`.
        return parse_url(reference if _HAS_SCHEME.match(reference) else _joined(str(self), reference))


def parse_url(text: str, params: Mapping[str, object] | None = None) -> Url:
    """The URL that `text` is, with `params` added to its query.

    Raises:
        UsageError: it is no http or https URL, has a user name or a hidden character, or is too long.
    """
    _check_characters(text)
    read = _WRITTEN.fullmatch(text)
    if read is None:
        raise _no_url(text, "it has no scheme and host")
    scheme = read["scheme"].lower()
    if scheme not in _PORTS:
        raise _no_url(text, f"{scheme!r} is neither http nor https")
    if "@" in read["authority"]:
        raise _no_url(text, "it holds a user name or password", "send a password in the Authorization header")
    host, port = _split(text, read["authority"], _PORTS[scheme])
    url = Url(scheme, host, port, _target(read["target"], params))
    if host.endswith(".") or not is_host(url.place):
        raise _no_url(text, f"{host!a} is neither the name of a host nor an address in its usual form")
    if len(url.target) > LONGEST:
        raise _no_url(text, f"it has more than {LONGEST} characters")
    return url


def place(host: object, port: int | None = None) -> str:
    """Host and port as one text, with brackets where the host is an IPv6 address."""
    written = f"[{host}]" if ":" in str(host) else str(host)
    return written if port is None else f"{written}:{port}"


def _check_characters(text: str) -> None:
    if not isinstance(text, str):
        raise UsageError(f"a URL is a text, and not {text!r:.200}", hint=_EXAMPLE)
    if len(text) > LONGEST:
        raise _no_url(text, f"it has more than {LONGEST} characters")
    if not text.isprintable() or "\\" in text:
        raise _no_url(text, "it has a backslash or a hidden character", "write such a character as %XX")


def _joined(base: str, reference: str) -> str:
    try:
        return urljoin(base, reference)
    except ValueError as cause:
        raise _no_url(reference, str(cause)) from None


def _split(text: str, authority: str, usual: int) -> tuple[str, int]:
    if authority.startswith("["):
        host, bracket, rest = authority[1:].partition("]")
        if not bracket or ":" not in host:
            raise _no_url(text, "its brackets hold no IPv6 address")
    else:
        host, colon, rest = authority.partition(":")
        rest = colon + rest
    if rest and not _PORT.fullmatch(rest):
        raise _no_url(text, f"{rest!a} is no port")
    return _host(text, host), int(rest[1:]) if rest else usual


def _host(text: str, written: str) -> str:
    name = _in_ascii(text, written.lower()).removesuffix(".")
    if ":" not in name:
        return name
    try:
        return str(IPv6Address(name))
    except ValueError:
        raise _no_url(text, f"{name!a} is no IPv6 address") from None


def _in_ascii(text: str, name: str) -> str:
    """The name as IDNA writes it (UTS 46, without the old mapping that takes one name for another)."""
    if name.isascii():
        return name
    import idna

    try:
        found = idna.encode(name, uts46=True).decode()
    except (idna.IDNAError, UnicodeError):
        raise _no_url(text, f"{name!a} is no internationalised domain name") from None
    if found.removesuffix(".").rpartition(".")[2].isdigit():
        raise _no_url(text, f"{name!a} writes an address in characters that no address has")
    return found


def _target(written: str, params: Mapping[str, object] | None) -> str:
    path, mark, query = written.partition("?")
    added = urlencode({**params}, doseq=True) if params else ""
    joined = "&".join(filter(None, (query, added)))
    return quote(f"{path or '/'}{'?' if mark or added else ''}{joined}", safe=_KEPT)


def _shown_query(query: str) -> str:
    return "&".join(_shown_parameter(each) for each in query.split("&"))


def _shown_parameter(parameter: str) -> str:
    name, equals, value = parameter.partition("=")
    return f"{name}={REDACTED}" if equals and value and secret_name(unquote_plus(name)) else parameter


def _no_url(text: str, reason: str, hint: str = _EXAMPLE) -> UsageError:
    # Nothing after a question mark, and nothing before an @, is quoted: passwords and keys stand there.
    quoted = re.sub(r"//[^/?#]*@", "//...@", re.split(r"[?#]", text)[0])
    return UsageError(f"{ascii(redact(quoted))[:200]} is no URL to ask: {reason}", hint=hint)
