"""Which addresses are reached when every host is granted: those of the public Internet, and no others."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from llmspell.errors import PermissionDenied
from llmspell.http.addresses import refused
from llmspell.http.url import place

from .kit import asking, failure

# The first and last address of each block, and their neighbours outside it. True is public.
EDGES = {
    "0.0.0.0": False, "0.255.255.255": False, "1.0.0.0": True,
    "9.255.255.255": True, "10.0.0.0": False, "10.255.255.255": False, "11.0.0.0": True,
    "100.63.255.255": True, "100.64.0.0": False, "100.127.255.255": False, "100.128.0.0": True,
    "126.255.255.255": True, "127.0.0.0": False, "127.255.255.255": False, "128.0.0.0": True,
    "169.253.255.255": True, "169.254.0.0": False, "169.254.255.255": False, "169.255.0.0": True,
    "172.15.255.255": True, "172.16.0.0": False, "172.31.255.255": False, "172.32.0.0": True,
    "191.255.255.255": True, "192.0.0.0": False, "192.0.0.255": False, "192.0.1.0": True,
    "192.0.1.255": True, "192.0.2.0": False, "192.0.2.255": False, "192.0.3.0": True,
    "192.88.98.255": True, "192.88.99.0": False, "192.88.99.255": False, "192.88.100.0": True,
    "192.167.255.255": True, "192.168.0.0": False, "192.168.255.255": False, "192.169.0.0": True,
    "198.17.255.255": True, "198.18.0.0": False, "198.19.255.255": False, "198.20.0.0": True,
    "198.51.99.255": True, "198.51.100.0": False, "198.51.100.255": False, "198.51.101.0": True,
    "203.0.112.255": True, "203.0.113.0": False, "203.0.113.255": False, "203.0.114.0": True,
    "223.255.255.255": True, "224.0.0.0": False, "239.255.255.255": False, "240.0.0.0": False,
    "255.255.255.254": False, "255.255.255.255": False,
    "::": False, "::1": False, "::2": False,
    "1fff:ffff:ffff:ffff:ffff:ffff:ffff:ffff": False, "2000::": True, "2000:ffff::1": True,
    "2001::": False, "2001:1ff:ffff:ffff:ffff:ffff:ffff:ffff": False, "2001:200::": True,
    "2001:db7:ffff:ffff:ffff:ffff:ffff:ffff": True, "2001:db8::": False,
    "2001:db8:ffff:ffff:ffff:ffff:ffff:ffff": False, "2001:db9::": True,
    "3ffe:ffff:ffff:ffff:ffff:ffff:ffff:ffff": True, "3fff::": False,
    "3fff:fff:ffff:ffff:ffff:ffff:ffff:ffff": False, "3fff:1000::": True,
    "3fff:ffff:ffff:ffff:ffff:ffff:ffff:ffff": True, "4000::": False,
    "5f00::1": False, "fbff:ffff::": False, "fc00::": False, "fdff:ffff::1": False, "fe00::1": False,
    "fe80::1": False, "febf::1": False, "fec0::1": False, "ff00::": False, "ff02::1": False,
    "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff": False, "100::1": False,
}  # fmt: skip

# What carries an IPv4 address is judged by that address too.
CARRIED = {
    "::ffff:8.8.8.8": True, "::ffff:127.0.0.1": False, "::ffff:10.0.0.1": False, "::ffff:169.254.169.254": False,
    "::ffff:0:127.0.0.1": False, "::ffff:0:8.8.8.8": False,
    "::127.0.0.1": False, "::8.8.8.8": False,
    "64:ff9b::8.8.8.8": True, "64:ff9b::127.0.0.1": False, "64:ff9b::10.0.0.1": False,
    "64:ff9b::169.254.169.254": False, "64:ff9b:1::8.8.8.8": False, "64:ff9b:1::10.0.0.1": False,
    "2002:808:808::1": True, "2002:7f00:1::1": False, "2002:a00:1::1": False, "2002:a9fe:a9fe::1": False,
    "2001:0:808:808:8000:63bf:f7f7:f7f7": False, "2001:0:7f00:1:8000:63bf:80ff:fffe": False,
    "2600::5efe:8.8.8.8": True, "2600::5efe:10.0.0.1": False, "2600::200:5efe:127.0.0.1": False,
}  # fmt: skip

METADATA = ["169.254.169.254", "169.254.170.2", "169.254.170.23", "168.63.129.16", "100.100.100.200", "192.0.0.192",
            "fd00:ec2::254", "fd20:ce::254", "::ffff:169.254.169.254", "::ffff:168.63.129.16", "64:ff9b::a83f:8110"]  # fmt: skip


async def is_reached(address: str) -> bool:
    async with asking("*") as tool:
        error = await failure(tool.permit(f"http://{place(address)}/"))
    if error is not None:
        assert isinstance(error, PermissionDenied)
        assert "not reached unless it is granted by name" in error.message
    return error is None


@pytest.mark.parametrize(("address", "public"), EDGES.items(), ids=[f"cidr-{each}" for each in EDGES])
async def test_only_public_addresses_are_reached(address: str, public: bool) -> None:
    assert await is_reached(address) == public


@pytest.mark.parametrize(("address", "public"), CARRIED.items(), ids=[f"transition-{each}" for each in CARRIED])
async def test_an_address_is_judged_by_the_one_that_it_carries(address: str, public: bool) -> None:
    assert await is_reached(address) == public


@pytest.mark.parametrize("address", METADATA)
async def test_a_metadata_server_is_granted_by_its_address_and_not_by_a_network(address: str) -> None:
    url = f"http://{place(address)}/"
    async with asking(
        "*", "169.254.0.0/16", "100.64.0.0/10", "168.63.129.0/24", "fd00::/8", "64:ff9b::/96", "::ffff:0:0/96"
    ) as tool:
        with pytest.raises(PermissionDenied, match="is a cloud's metadata address"):
            await tool.permit(url)
    async with asking(address) as tool:
        assert await tool.permit(url) == [str(IPv6Address(address)) if ":" in address else address]


@pytest.mark.parametrize(
    ("pattern", "reached"),
    [
        ("10.1.2.3", True),
        ("10.1.2.3:80", True),
        ("10.1.2.3:443", False),
        ("10.1.2.4", False),
        ("10.0.0.0/8", True),
        ("10.0.0.0/7", False),
        ("0.0.0.0/0", False),
        ("*:80", False),
        ("*", False),
        ("172.16.0.0/12", False),
    ],
)
async def test_a_private_address_is_granted_by_a_pattern_of_its_own_kind(pattern: str, reached: bool) -> None:
    async with asking("*", pattern) as tool:
        if reached:
            assert await tool.permit("http://10.1.2.3/") == ["10.1.2.3"]
        else:
            with pytest.raises(PermissionDenied, match=r"'10\.1\.2\.3' is a private address"):
                await tool.permit("http://10.1.2.3/")


@pytest.mark.parametrize("pattern", ["fc00::/7", "[fd12::5]:80", "fd12::5", "8000::/1"])
async def test_private_ipv6_addresses_are_granted_in_the_same_way(pattern: str) -> None:
    async with asking("*", pattern) as tool:
        assert await tool.permit("http://[fd12::5]/") == ["fd12::5"]


@pytest.mark.parametrize("pattern", ["::/0", "fd12::6", "0::/1", "*"])
async def test_a_pattern_that_fits_public_ipv6_addresses_too_grants_no_private_one(pattern: str) -> None:
    async with asking("*", pattern) as tool:
        with pytest.raises(PermissionDenied, match="'fd12::5' is a private address"):
            await tool.permit("http://[fd12::5]/")


async def test_a_denied_address_stays_denied_whatever_name_leads_there() -> None:
    async with asking("*", deny=["93.184.0.0/16"], names={"site.test": [["93.184.216.34"]]}) as tool:
        for url in (
            "http://93.184.216.34/",
            "http://site.test/",
            "http://[::ffff:93.184.216.34]/",
            "http://[64:ff9b::93.184.216.34]/",
        ):
            with pytest.raises(PermissionDenied, match=r"is denied by '93\.184\.0\.0/16' \(flag\)"):
                await tool.permit(url)


async def test_a_denied_loopback_address_takes_localhost_with_it() -> None:
    async with asking("localhost", deny=["127.0.0.0/8"]) as tool:
        with pytest.raises(PermissionDenied, match=r"is denied by '127\.0\.0\.0/8'"):
            await tool.permit("http://localhost/")


async def test_what_the_operation_is_held_to_counts_for_addresses_too() -> None:
    names = {"intranet.test": [["10.0.0.5"]]}
    async with asking("*", "10.0.0.0/8", names=names, held_to=["intranet.test"]) as tool:
        with pytest.raises(PermissionDenied, match=r"'10\.0\.0\.5:80' is not among the permissions of agent 'a'"):
            await tool.permit("http://intranet.test/")
    async with asking("*", "10.0.0.0/8", names=names, held_to=["intranet.test", "10.0.0.5"]) as tool:
        assert await tool.permit("http://intranet.test/") == ["10.0.0.5"]


async def test_a_bound_grants_nothing() -> None:
    async with asking("*", held_to=["10.0.0.5"]) as tool:
        with pytest.raises(PermissionDenied, match=r"'10\.0\.0\.5' is a private address"):
            await tool.permit("http://10.0.0.5/")


async def test_a_refused_address_is_an_event_with_the_flag_that_would_help() -> None:
    async with asking("*") as tool:
        with pytest.raises(PermissionDenied) as caught:
            await tool.permit("http://10.0.0.5:8080/")
        assert caught.value.hint == "if it is what you mean, run again with --allow-net=10.0.0.5:8080"
        assert caught.value.component == "tool:probe"
        [event] = tool.events("permission.denied")
    assert event.path == "run/tool:probe"
    assert event.data == {
        "permission": "net", "target": "10.0.0.5:8080", "pattern": "", "origin": "", "reason": "not public", "flag": "--allow-net=10.0.0.5:8080",
    }  # fmt: skip


@given(st.integers(0, 2**32 - 1).map(IPv4Address))
def test_an_address_is_judged_alike_bare_and_carried(address: IPv4Address) -> None:
    number = int(address)
    for carrier in (0xFFFF << 32, 0x64FF9B << 96, 0x2002 << 112):
        shift = 80 if carrier >> 112 == 0x2002 else 0
        assert bool(refused(IPv6Address(carrier | number << shift))) == bool(refused(address))


@given(st.ip_addresses())
def test_no_address_is_public_that_the_standard_library_calls_private(address: IPv4Address | IPv6Address) -> None:
    if not refused(address):
        for special in ("is_loopback", "is_link_local", "is_multicast", "is_private", "is_unspecified"):
            assert not getattr(address, special)
