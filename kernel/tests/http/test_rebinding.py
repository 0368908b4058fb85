"""A name that leads elsewhere the next time: what was checked is what is connected to."""

from __future__ import annotations

import pytest

from llmspell.errors import LlmspellError, PermissionDenied

from .kit import asking, saying, sending_to, serving

PUBLIC = "93.184.216.34"


async def test_rebinding_between_check_and_connection_changes_nothing() -> None:
    async with serving(saying("checked")) as server:
        granted = (f"a.test:{server.port}", f"127.0.0.1:{server.port}")
        async with asking(*granted, names={"a.test": [["127.0.0.1"], ["10.0.0.1"]]}) as tool:
            assert (await tool.http.get(f"http://a.test:{server.port}/")).text() == "checked"
            assert tool.names.asked == ["a.test"]
        assert server.seen[0].headers["host"] == f"a.test:{server.port}"


async def test_rebinding_between_two_requests_is_noticed_though_a_connection_is_open() -> None:
    async with serving(saying("checked")) as server:
        url = f"http://a.test:{server.port}/"
        async with asking("*", f"127.0.0.1:{server.port}", names={"a.test": [["127.0.0.1"], ["10.0.0.1"]]}) as tool:
            assert (await tool.http.get(url)).ok
            with pytest.raises(PermissionDenied, match=r"'a\.test' leads to '10\.0\.0\.1', which is a private address"):
                await tool.http.get(url)
        assert len(server.seen) == 1


async def test_rebinding_on_the_way_back_from_a_redirect_is_noticed() -> None:
    async with serving(sending_to("/next")) as server:
        async with asking(
            "*", f"127.0.0.1:{server.port}", names={"a.test": [["127.0.0.1"], ["169.254.169.254"]]}
        ) as tool:
            with pytest.raises(PermissionDenied, match="which is a cloud's metadata address"):
                await tool.http.get(f"http://a.test:{server.port}/")
            assert tool.names.asked == ["a.test", "a.test"]
        assert [each.path for each in server.seen] == ["/"]


@pytest.mark.parametrize(
    "answer",
    [
        [PUBLIC, "10.0.0.1"],
        ["10.0.0.1", PUBLIC],
        [PUBLIC, "2600::1", "::1"],
        [PUBLIC] * 20 + ["127.0.0.1"],
        ["0.0.0.0"],
        ["::ffff:10.0.0.1"],
        ["64:ff9b::a00:1"],
        ["169.254.169.254"],
    ],
    ids=lambda answer: f"rebinding-{answer[-1]}-of-{len(answer)}",
)
async def test_one_refused_address_refuses_the_name(answer: list[str]) -> None:
    async with asking("*", names={"a.test": [answer]}) as tool:
        with pytest.raises(PermissionDenied, match=r"'a\.test' leads to '.*', which is a"):
            await tool.permit("http://a.test/")


async def test_all_public_addresses_are_used_in_the_resolver_s_order() -> None:
    async with asking("*", names={"a.test": [["2600::1", PUBLIC]]}) as tool:
        assert await tool.permit("http://a.test/") == ["2600::1", PUBLIC]


async def test_a_name_that_is_not_granted_is_not_even_looked_up() -> None:
    async with asking("b.test", names={"a.test": [[PUBLIC]]}) as tool:
        with pytest.raises(PermissionDenied, match=r"net of 'a\.test:80' is not allowed in profile 'high'") as caught:
            await tool.http.get("http://a.test/secret-of-the-spell")
        assert caught.value.hint == "run again with --allow-net=a.test:80"
        assert tool.names.asked == []


async def test_a_name_without_an_address_is_told() -> None:
    async with asking("*", names={"a.test": [[]]}) as tool:
        with pytest.raises(LlmspellError, match=r"the host 'a\.test' has no address") as caught:
            await tool.http.get("http://a.test/")
        assert caught.value.kind == "network"


@pytest.mark.parametrize("name", ["localhost", "LOCALHOST", "localhost.", "app.localhost"])
async def test_localhost_is_this_machine_and_no_resolver_is_asked(name: str) -> None:
    async with asking("*", names={}) as tool:
        with pytest.raises(PermissionDenied, match="is this machine; that is not reached unless"):
            await tool.permit(f"http://{name}/")
    async with asking(f"{name.lower()}:80", names={}) as tool:
        assert await tool.permit(f"http://{name}/") == ["127.0.0.1", "::1"]
        with pytest.raises(PermissionDenied, match=r"localhost:81' is not allowed"):
            await tool.permit(f"http://{name}:81/")


async def test_a_granted_loopback_address_is_not_localhost_nor_the_other_way_round() -> None:
    async with asking("127.0.0.1") as tool:
        with pytest.raises(PermissionDenied, match="'localhost:80' is not allowed"):
            await tool.permit("http://localhost/")
    async with asking("localhost") as tool:
        with pytest.raises(PermissionDenied, match=r"'127\.0\.0\.1:80' is not allowed"):
            await tool.permit("http://127.0.0.1/")


@pytest.mark.parametrize(
    "name", ["metadata.google.internal", "METADATA.goog", "instance-data", "metadata.google.internal."]
)
async def test_a_metadata_server_is_refused_by_name_wherever_it_leads(name: str) -> None:
    async with asking("*", "*.internal", "*.google.internal", names={name.lower().rstrip("."): [[PUBLIC]]}) as tool:
        with pytest.raises(PermissionDenied, match="is a cloud's metadata server"):
            await tool.permit(f"http://{name}/")
        assert tool.names.asked == []
    async with asking(name, names={name.lower().rstrip("."): [[PUBLIC]]}) as tool:
        assert await tool.permit(f"http://{name}/") == [PUBLIC]


async def test_the_next_address_is_tried_where_one_takes_no_connection() -> None:
    async with serving(saying("second")) as server:
        names = {"a.test": [["::1", "127.0.0.1"]]}
        async with asking("*", f"[::1]:{server.port}", f"127.0.0.1:{server.port}", names=names) as tool:
            assert (await tool.http.get(f"http://a.test:{server.port}/")).text() == "second"


async def test_a_name_with_no_reachable_address_is_told_once() -> None:
    async with serving(saying()) as server:
        port = server.port
    async with asking("*", f"[::1]:{port}", f"127.0.0.1:{port}", names={"a.test": [["127.0.0.1", "::1"]]}) as tool:
        with pytest.raises(LlmspellError, match=rf"'a\.test:{port}' cannot be reached: connection refused") as caught:
            await tool.http.get(f"http://a.test:{port}/")
        assert (caught.value.kind, caught.value.retryable) == ("network", True)


async def test_a_server_of_ipv6_is_reached() -> None:
    async with serving(saying("six"), host="::1") as server, asking(f"[::1]:{server.port}") as tool:
        assert (await tool.http.get(f"http://[::1]:{server.port}/")).text() == "six"
        assert server.seen[0].headers["host"] == f"[::1]:{server.port}"
