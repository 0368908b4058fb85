"""The guard of all that leaves: whether a URL may be asked, and at which addresses.

A host's name is checked before anybody is asked where it is, so that a refused name does not even leave as a question
to a resolver. Then all of its addresses must pass: a name with both a public and a private address is a mistake or an
attack, and taking the public one would let an attacker try again until the other is taken. The request goes to those
addresses and to no others; the name is not looked up again until the next request or redirect, which is checked anew.

`net = ["*"]` and patterns of names lead to public addresses only. Others must be granted as what they are: by address,
by a network that is wholly of their kind (`10.0.0.0/8`), or as `localhost`; metadata servers by their very address.
"""

from __future__ import annotations

from functools import lru_cache
from ipaddress import IPv4Address, IPv6Address, ip_network

from llmspell.errors import LlmspellError, PermissionDenied
from llmspell.gate.operation import Operation
from llmspell.http.addresses import (
    Network,
    carried,
    is_local_name,
    is_metadata,
    is_metadata_name,
    refused,
    wholly_refused,
)
from llmspell.http.resolver import Resolve
from llmspell.http.url import Address, Url, place
from llmspell.permissions.guard import Guard
from llmspell.permissions.kinds import KINDS, spelled
from llmspell.permissions.policy import Tell

_NET = KINDS["net"]
_LOCAL = (IPv4Address("127.0.0.1"), IPv6Address("::1"))


class Egress:
    """What one operation may connect to.

    Args:
        operation: who asks.
        tell: appends an event of the operation.
        resolve: finds a host's addresses.
    """

    def __init__(self, operation: Operation, tell: Tell, resolve: Resolve) -> None:
        self._operation = operation
        self._tell = tell
        self._resolve = resolve
        self._guard = Guard(_NET.key, operation, tell)

    async def permit(self, url: Url) -> tuple[Address, ...]:
        """The addresses that a request for the URL may go to, in the order to try them; at least one.

        Raises:
            PermissionDenied: it may not be asked; the hint is the flag that would let it.
            LlmspellError: its host is not known; of kind `network`.
        """
        await self._guard.permit(url.place)
        if url.address is not None:
            return (await self._permitted(url, url.address),)
        if is_metadata_name(url.host) and not self._granted_name(url, exact=True):
            raise self._refusal(url.place, f"{url.host!r} is a cloud's metadata server")
        if is_local_name(url.host):
            return self._local(url)
        addresses = tuple(await self._resolve(url.host, url.port))
        if not addresses:
            raise LlmspellError(f"the host {url.host!r} has no address", kind="network")
        return tuple([await self._permitted(url, address) for address in addresses])

    def _local(self, url: Url) -> tuple[Address, ...]:
        if not self._granted_name(url):
            raise self._refusal(url.place, f"{url.host!r} is this machine")
        for address in _LOCAL:
            self._check_denied(place(address, url.port))
        return _LOCAL

    async def _permitted(self, url: Url, address: Address) -> Address:
        """The address, when it may be connected to."""
        target = place(address, url.port)
        for meant in (address, *carried(address)):  # a pattern of IPv4 addresses denies them in any form
            self._check_denied(place(meant, url.port))
        if self._guard.asks(target) and not self._guard.asks(url.place):  # the name was not asked about
            await self._guard.permit(target)
        if reason := refused(address):
            if not self._granted_address(target, address):
                about = repr(url.host) if url.address else f"{url.host!r} leads to {str(address)!r}, which"
                raise self._refusal(target, f"{about} is {reason}")
            await self._guard.permit(target)  # what the operation is held to counts too
        return address

    def _check_denied(self, target: str) -> None:
        if self._guard.denies(target):
            self._guard.check(target)

    def _granted_name(self, url: Url, *, exact: bool = False) -> bool:
        """Whether a pattern names the host, and does not just let every host through."""
        return any(not host.startswith("*") if exact else host != "*" for host in map(_host, self._patterns(url.place)))

    def _granted_address(self, target: str, address: Address) -> bool:
        """Whether a pattern names this address, or a network of its kind."""
        networks = [network for text in self._patterns(target) if (network := _network(text))]
        if any(network.num_addresses == 1 for network in networks):
            return True
        return not is_metadata(address) and any(wholly_refused(network) for network in networks)

    def _patterns(self, target: str) -> list[str]:
        """The patterns that allow a target, as they are written."""
        rules = self._operation.policy.grants.allow.get(_NET.key, ())
        return [rule.pattern.text for rule in rules if rule.pattern.matches(target)]

    def _refusal(self, target: str, sentence: str) -> PermissionDenied:
        flag = spelled(_NET, target)
        about = {"permission": _NET.key, "target": target, "flag": flag}
        self._tell("permission.denied", {**about, "pattern": "", "origin": "", "reason": "not public"})
        return PermissionDenied(
            f"{sentence}; that is not reached unless it is granted by name",
            component=self._operation.component,
            hint=f"if it is what you mean, run again with {flag}",
            details=about,
        )


def _host(pattern: str) -> str:
    """The host of a pattern, without its port."""
    if pattern.startswith("["):
        return pattern[1:].partition("]")[0]
    return pattern.partition(":")[0] if pattern.count(":") == 1 else pattern


@lru_cache(maxsize=256)
def _network(pattern: str) -> Network | None:
    """The addresses that a pattern is about; None when it is about names."""
    try:
        return ip_network(_host(pattern))
    except ValueError:
        return None
