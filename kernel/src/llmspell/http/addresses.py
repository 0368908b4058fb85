"""Which addresses are public, and what the others are.

The blocks are those of the IANA registries of special addresses (RFC 6890 and its updates), some of them wholly though
parts are reachable: nothing that a tool should ask is there. An IPv6 address that carries an IPv4 one is judged by
both. An operator's own NAT64 prefix (RFC 6052) looks like any other public address and is not seen through.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from ipaddress import IPv4Address, IPv4Network, IPv6Network, ip_address, ip_network

from llmspell.http.url import Address

Network = IPv4Network | IPv6Network

_BLOCKS = {
    ip_network(written): reason
    for reason, blocks in {
        "an unspecified address": ("0.0.0.0/8", "::/128"),
        "a loopback address": ("127.0.0.0/8", "::1/128"),
        "a private address": ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7", "fec0::/10"),
        "a link-local address": ("169.254.0.0/16", "fe80::/10"),
        "a carrier's private address": ("100.64.0.0/10",),
        "a multicast address": ("224.0.0.0/4", "ff00::/8"),
        "a documentation address": (
            "192.0.2.0/24",
            "198.51.100.0/24",
            "203.0.113.0/24",
            "2001:db8::/32",
            "3fff::/20",
        ),
        "a benchmarking address": ("198.18.0.0/15", "2001:2::/48"),
        "a tunnel's address": ("192.88.99.0/24", "2001::/32"),  # 6to4 relays, Teredo
        "a reserved address": ("192.0.0.0/24", "240.0.0.0/4", "2001::/23"),
    }.items()
    for written in blocks
}
_PUBLIC_V6 = IPv6Network("2000::/3")
_NAT64 = IPv6Network("64:ff9b::/96")
_ISATAP = 0x00005EFE  # RFC 5214: before the IPv4 address, with or without the bit that says that it is unique

_METADATA = frozenset(
    map(
        ip_address,
        (
            "169.254.169.254",  # most clouds
            "169.254.170.2",  # Amazon ECS
            "169.254.170.23",  # Amazon EKS
            "fd00:ec2::254",  # Amazon EC2
            "fd00:ec2::23",
            "168.63.129.16",  # Azure, of a public block
            "100.100.100.200",  # Alibaba
            "192.0.0.192",  # Oracle
            "169.254.42.42",  # Scaleway
            "fd00:42::42",
            "fd20:ce::254",  # Google
        ),
    )
)
_METADATA_NAMES = frozenset(
    {
        "instance-data",
        "instance-data.ec2.internal",
        "metadata",
        "metadata.azure.internal",
        "metadata.goog",
        "metadata.google.internal",
        "metadata.platformequinix.com",
        "metadata.tencentyun.com",
    }
)


@lru_cache(maxsize=1024)
def refused(address: Address) -> str:
    """What an address is that nobody reaches by a pattern such as `*`; empty when it is public."""
    if address in _METADATA:
        return "a cloud's metadata address"
    for block, reason in _BLOCKS.items():
        if address.version == block.version and address in block:
            return reason
    for inner in carried(address):
        if reason := refused(inner):
            return f"{reason} inside an IPv6 address"
    if isinstance(address, IPv4Address) or address in _PUBLIC_V6 or address in _NAT64 or address.ipv4_mapped:
        return ""
    return "a reserved address"


def wholly_refused(network: Network) -> bool:
    """Whether all of a network is of one kind that is refused, so that who writes it down means that kind."""
    if isinstance(network, IPv6Network):
        blocks = [block for block in _BLOCKS if isinstance(block, IPv6Network)]
        return not network.overlaps(_PUBLIC_V6) or any(network.subnet_of(block) for block in blocks)
    return any(network.subnet_of(block) for block in _BLOCKS if isinstance(block, IPv4Network))


def is_metadata(address: Address) -> bool:
    """Whether a cloud tells its machines their credentials there."""
    return not _METADATA.isdisjoint((address, *carried(address)))


def is_metadata_name(name: str) -> bool:
    """The same of a host's name, wherever it leads."""
    return name in _METADATA_NAMES


def is_local_name(name: str) -> bool:
    """Whether a name means this machine, and no resolver is to be asked (RFC 6761, section 6.3)."""
    return name == "localhost" or name.endswith(".localhost")


def carried(address: Address) -> Iterator[IPv4Address]:
    """The IPv4 addresses inside an IPv6 one; none inside an IPv4 one."""
    if isinstance(address, IPv4Address):
        return
    if address.ipv4_mapped:
        yield address.ipv4_mapped
    if address.sixtofour:
        yield address.sixtofour
    number = int(address)
    isatap = number >> 32 & 0xFFFFFFFF & ~0x02000000 == _ISATAP
    if address in _NAT64 or isatap:
        yield IPv4Address(number & 0xFFFFFFFF)
