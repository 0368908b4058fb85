"""https: a server proves that it is the name that was asked for, though it is connected to by address."""

from __future__ import annotations

import ssl
from pathlib import Path

import pytest

from llmspell.errors import LlmspellError, PermissionDenied
from llmspell.testing.certificates import self_signed

from .kit import asking, saying, sending_to, serving

NAMES = {"a.test": [["127.0.0.1"]], "b.test": [["127.0.0.1"]]}


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate, with its key, of `a.test` and 127.0.0.1, signed by itself."""
    return self_signed(tmp_path_factory.mktemp("tls"), "a.test", "a.test", "127.0.0.1")


@pytest.fixture(scope="module")
def server_side(certificate: Path) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    return context


@pytest.fixture(scope="module")
def trusting(certificate: Path) -> ssl.SSLContext:
    return ssl.create_default_context(cafile=str(certificate))


async def test_the_certificate_is_that_of_the_name_and_the_connection_that_of_the_address(
    server_side: ssl.SSLContext, trusting: ssl.SSLContext
) -> None:
    async with serving(saying("secret"), tls=server_side) as server:
        async with asking("*", f"127.0.0.1:{server.port}", names=NAMES, tls=trusting) as tool:
            assert (await tool.http.get(f"https://a.test:{server.port}/")).text() == "secret"
            assert (await tool.http.get(f"https://127.0.0.1:{server.port}/")).text() == "secret"
        assert [each.headers["host"] for each in server.seen] == [f"a.test:{server.port}", f"127.0.0.1:{server.port}"]


async def test_a_certificate_of_another_name_is_not_trusted(
    server_side: ssl.SSLContext, trusting: ssl.SSLContext
) -> None:
    async with serving(saying(), tls=server_side) as server:
        async with asking("*", f"127.0.0.1:{server.port}", names=NAMES, tls=trusting) as tool:
            with pytest.raises(
                LlmspellError,
                match=r"the certificate of 'b\.test' is not trusted: Hostname mismatch, .* not valid for 'b\.test'",
            ) as caught:
                await tool.http.get(f"https://b.test:{server.port}/")
            assert (caught.value.kind, caught.value.retryable) == ("network", False)
        assert server.seen == []


async def test_no_other_address_is_tried_where_a_server_is_not_trusted(
    server_side: ssl.SSLContext, trusting: ssl.SSLContext
) -> None:
    async with serving(saying(), tls=server_side) as server:
        names = {"b.test": [["127.0.0.1", "::1"]]}
        async with asking("*", "127.0.0.1", "::1", names=names, tls=trusting) as tool:
            with pytest.raises(LlmspellError, match=r"the certificate of 'b\.test' is not trusted"):
                await tool.http.get(f"https://b.test:{server.port}/")


async def test_a_connection_that_is_open_to_one_name_is_not_used_for_another(
    server_side: ssl.SSLContext, trusting: ssl.SSLContext
) -> None:
    async with serving(saying(), tls=server_side) as server:
        async with asking("*", f"127.0.0.1:{server.port}", names=NAMES, tls=trusting) as tool:
            assert (await tool.http.get(f"https://a.test:{server.port}/")).ok
            with pytest.raises(LlmspellError, match=r"the certificate of 'b\.test' is not trusted"):
                await tool.http.get(f"https://b.test:{server.port}/")
            assert (await tool.http.get(f"https://127.0.0.1:{server.port}/")).ok
        assert len(server.seen) == 2


async def test_a_certificate_of_nobody_known_is_not_trusted(server_side: ssl.SSLContext) -> None:
    async with serving(saying(), tls=server_side) as server:
        async with asking("*", f"127.0.0.1:{server.port}", names=NAMES) as tool:
            with pytest.raises(
                LlmspellError, match=r"the certificate of 'a\.test' is not trusted: self-signed certificate$"
            ) as caught:
                await tool.http.get(f"https://a.test:{server.port}/")
            assert caught.value.hint == "if it is your own authority's, name its file in SSL_CERT_FILE"
        assert server.seen == []


async def test_a_server_that_speaks_no_tls_is_not_talked_to() -> None:
    async with serving(saying()) as server, asking(f"127.0.0.1:{server.port}") as tool:
        with pytest.raises(LlmspellError, match=r"'127\.0\.0\.1:\d+' does not speak https as it should") as caught:
            await tool.http.get(f"https://127.0.0.1:{server.port}/")
        assert caught.value.hint == "look whether the port is right"
        assert server.seen == []


async def test_no_redirect_leads_from_https_to_http(server_side: ssl.SSLContext, trusting: ssl.SSLContext) -> None:
    async with (
        serving(saying()) as plain,
        serving(sending_to(f"http://127.0.0.1:{plain.port}/"), tls=server_side) as server,
    ):
        async with asking("127.0.0.1", tls=trusting) as tool:
            with pytest.raises(PermissionDenied, match="redirects from https to http://127"):
                await tool.http.get(f"https://127.0.0.1:{server.port}/")
        assert plain.seen == []
