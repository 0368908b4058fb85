"""Redirects: each is a new request that is checked like the first, and carries no credential elsewhere."""

from __future__ import annotations

import pytest
from aiohttp import web

from llmspell.errors import LlmspellError, PermissionDenied, UsageError
from llmspell.http.request import make_request, redirected

from .kit import Answer, asking, saying, sending_to, serving

# Where a public server must not be able to send us.
FORBIDDEN = {
    "loopback": "http://127.0.0.1:1/",
    "loopback of IPv6": "http://[::1]/",
    "mapped loopback": "http://[::ffff:127.0.0.1]/",
    "private": "http://10.0.0.1/",
    "link-local": "http://169.254.10.10/",
    "metadata": "http://169.254.169.254/latest/meta-data/",
    "metadata by name": "http://metadata.google.internal/",
    "localhost": "http://localhost/",
    "name that leads inside": "http://inside.test/",
    "without scheme": "//10.0.0.1/",
}
NO_URLS = {
    "number": "http://2130706433/",
    "octal": "http://0177.0.0.1/",
    "file": "file:///etc/passwd",
    "data": "data:text/html,hello",
    "user": "http://user:password@a.test/",
    "backslash": "/\\10.0.0.1/",
    "no host": "http:///10.0.0.1/",
    "same scheme": "http:/next",
    "port": "http://a.test:0/",
    "tab": "/a\tb",
    "brackets": "//[x/",
    "too long": "/" + "a" * 8_000,
}


@pytest.mark.parametrize("location", FORBIDDEN.values(), ids=[f"redirect-{each}" for each in FORBIDDEN])
@pytest.mark.parametrize("status", [302, 307])
async def test_a_redirect_does_not_lead_where_a_request_may_not_go(location: str, status: int) -> None:
    async with serving(sending_to(location, status)) as server:
        granted = ("*", f"127.0.0.1:{server.port}")
        async with asking(*granted, names={"a.test": [["127.0.0.1"]], "inside.test": [["192.168.1.1"]]}) as tool:
            with pytest.raises(PermissionDenied, match="not reached unless it is granted by name"):
                await tool.http.get(f"http://a.test:{server.port}/")
        assert len(server.seen) == 1


async def test_a_redirect_to_a_name_that_is_not_granted_says_which_flag_would_grant_it() -> None:
    async with serving(sending_to("https://elsewhere.test/x")) as server, asking(f"127.0.0.1:{server.port}") as tool:
        with pytest.raises(PermissionDenied) as caught:
            await tool.http.get(f"http://127.0.0.1:{server.port}/")
        assert caught.value.hint == "run again with --allow-net=elsewhere.test:443"
        assert tool.names.asked == []


@pytest.mark.parametrize("location", NO_URLS.values(), ids=[f"redirect-{each}" for each in NO_URLS])
async def test_a_redirect_to_what_is_no_url_fails(location: str) -> None:
    with pytest.raises(
        LlmspellError, match=r"http://a\.test/ redirects to what is no URL: .* is no URL to ask"
    ) as caught:
        redirected(make_request("GET", "http://a.test/"), 302, location)
    assert caught.value.kind == "network"
    assert "password@" not in caught.value.message


async def test_a_redirect_from_https_to_http_is_refused() -> None:
    with pytest.raises(PermissionDenied, match=r"https://a\.test/ redirects from https to http://a\.test/login"):
        redirected(make_request("GET", "https://a.test/"), 302, "http://a.test/login")


@pytest.mark.parametrize(
    ("location", "found"),
    [
        ("/x?y#z", "http://a.test/x?y"),
        ("x", "http://a.test/one/x"),
        ("../x", "http://a.test/x"),
        ("?q", "http://a.test/one/two?q"),
        ("//b.test/x", "http://b.test/x"),
        ("https://b.test", "https://b.test/"),
        ("/with space/ä", "http://a.test/with%20space/%C3%A4"),
        ("", "http://a.test/one/two"),
    ],
)
def test_a_location_is_read_from_where_it_was_said(location: str, found: str) -> None:
    assert str(redirected(make_request("GET", "http://a.test/one/two"), 302, location).url) == found


@pytest.mark.parametrize(
    ("status", "method", "then"),
    [
        (301, "GET", "GET"), (301, "HEAD", "HEAD"), (301, "POST", "GET"), (301, "PUT", "PUT"),
        (302, "GET", "GET"), (302, "HEAD", "HEAD"), (302, "POST", "GET"), (302, "DELETE", "DELETE"),
        (303, "GET", "GET"), (303, "HEAD", "HEAD"), (303, "POST", "GET"), (303, "PUT", "GET"), (303, "DELETE", "GET"),
        (307, "GET", "GET"), (307, "POST", "POST"), (307, "PATCH", "PATCH"),
        (308, "GET", "GET"), (308, "POST", "POST"), (308, "PUT", "PUT"),
    ],
)  # fmt: skip
async def test_the_method_after_a_redirect(status: int, method: str, then: str) -> None:
    body = None if method in ("GET", "HEAD") else b"content"
    async with serving(sending_to("/next", status)) as server, asking(f"127.0.0.1:{server.port}") as tool:
        headers = {"content-type": "text/plain", "x-own": "1"}
        response = await tool.http.request(method, f"http://127.0.0.1:{server.port}/", headers=headers, body=body)
        assert response.url.endswith("/next")
        [_, second] = server.seen
    assert second.method == then
    assert second.body == (body or b"" if then == method else b"")
    assert second.headers["x-own"] == "1"
    assert body is None or ("content-type" in second.headers) == (then == method)


HEADERS = {
    "Authorization": "Bearer abcdefgh12345678",
    "Cookie": "session=abcdefgh",
    "X-Api-Key": "abcdefgh12345678",
    "X-Goog-Api-Key": "abcdefgh12345678",
    "X-Auth": "abcdefgh12345678",
    "api-key": "abcdefgh12345678",
    "X-Anything": "what it is cannot be known",
    "Referer": "http://a.test/?token=abcdefgh",
}


@pytest.mark.parametrize("name", HEADERS, ids=[f"leak-{name}" for name in HEADERS])
@pytest.mark.parametrize("status", [301, 303, 307])
async def test_a_header_that_may_be_a_credential_stays_with_its_origin(name: str, status: int) -> None:
    async with serving(saying()) as other, serving(sending_to(f"http://127.0.0.1:{other.port}/next", status)) as server:
        async with asking("127.0.0.1") as tool:
            headers = {name: HEADERS[name], "Accept": "text/plain"}
            assert (await tool.http.get(f"http://127.0.0.1:{server.port}/", headers=headers)).ok
        assert server.seen[0].headers[name.lower()] == HEADERS[name]
        assert HEADERS[name] not in str(other.seen[0])
        assert other.seen[0].headers["accept"] == "text/plain"


@pytest.mark.parametrize(
    ("start", "location", "kept"),
    [
        ("http://a.test/", "/next", True),
        ("http://a.test/", "http://a.test:80/next", True),
        ("http://a.test/", "HTTP://A.TEST./next", True),
        ("https://a.test/", "https://a.test:443/", True),
        ("http://a.test/", "http://a.test:81/", False),
        ("http://a.test/", "https://a.test/", False),
        ("http://a.test/", "http://b.a.test/", False),
        ("http://b.a.test/", "http://a.test/", False),
        ("http://a.test/", "http://a.test.evil.test/", False),
        ("http://127.0.0.1/", "http://127.0.0.2/", False),
        ("http://[::1]/", "http://[0:0:0:0:0:0:0:1]/", True),
        ("http://[::ffff:1.1.1.1]/", "http://1.1.1.1/", False),
    ],
)
def test_an_origin_is_scheme_host_and_port(start: str, location: str, kept: bool) -> None:
    request = make_request("GET", start, headers={"Authorization": "Bearer x"})
    assert ("authorization" in redirected(request, 302, location).headers) == kept


async def test_a_credential_does_not_come_back_with_the_origin_that_it_was_for() -> None:
    def back(port: int) -> Answer:
        return sending_to(f"http://127.0.0.1:{port}/back")

    async def first(request: web.BaseRequest) -> web.StreamResponse:
        ports = {"/": f"http://127.0.0.1:{other.port}/"}
        return await sending_to(ports["/"])(request)

    async with serving(first) as server, serving(back(server.port)) as other, asking("127.0.0.1") as tool:
        headers = {"Authorization": "Bearer abc"}
        assert (await tool.http.get(f"http://127.0.0.1:{server.port}/", headers=headers)).text() == "arrived"
        assert [each.path for each in server.seen] == ["/", "/back"]
        assert "authorization" not in server.seen[1].headers


async def test_a_cookie_that_a_server_sets_is_not_kept() -> None:
    async def answer(request: web.BaseRequest) -> web.StreamResponse:
        if request.raw_path == "/":
            return web.Response(status=302, headers={"Location": "/next", "Set-Cookie": "a=b; Path=/"})
        return web.Response(headers={"Set-Cookie": "c=d; Path=/"})

    async with serving(answer) as server, asking(f"127.0.0.1:{server.port}") as tool:
        for _ in range(2):
            assert (await tool.http.get(f"http://127.0.0.1:{server.port}/")).headers["set-cookie"] == "c=d; Path=/"
        assert all("cookie" not in each.headers for each in server.seen)


async def counting(request: web.BaseRequest) -> web.StreamResponse:
    """Redirects down to `/0`."""
    left = int(request.raw_path[1:])
    return web.Response(status=302, headers={"Location": f"/{left - 1}"}) if left else web.Response(text="arrived")


async def test_five_redirects_are_followed_and_six_are_not() -> None:
    async with serving(counting) as server, asking(f"127.0.0.1:{server.port}") as tool:
        assert (await tool.http.get(f"http://127.0.0.1:{server.port}/5")).text() == "arrived"
        with pytest.raises(LlmspellError, match=r"/1 redirects once more, after 5 redirects") as caught:
            await tool.http.get(f"http://127.0.0.1:{server.port}/6")
        assert caught.value.kind == "network"
        assert len(server.seen) == 12


async def test_fewer_redirects_may_be_asked_for_but_not_more() -> None:
    async with serving(counting) as server, asking(f"127.0.0.1:{server.port}") as tool:
        url = f"http://127.0.0.1:{server.port}/2"
        with pytest.raises(LlmspellError, match="after 1 redirects"):
            await tool.http.get(url, max_redirects=1)
        with pytest.raises(UsageError, match="max_redirects is 6") as caught:
            await tool.http.get(url, max_redirects=6)
        assert caught.value.hint == "give a whole number from 0 to 5"


async def test_without_redirects_a_redirect_is_an_answer() -> None:
    async with serving(counting) as server, asking(f"127.0.0.1:{server.port}") as tool:
        response = await tool.http.get(f"http://127.0.0.1:{server.port}/2", max_redirects=0)
        assert (response.status, response.headers["location"], response.ok) == (302, "/1", False)


@pytest.mark.parametrize("status", [300, 304, 305, 306])
async def test_other_statuses_lead_nowhere(status: int) -> None:
    async with serving(sending_to("/next", status)) as server, asking(f"127.0.0.1:{server.port}") as tool:
        assert (await tool.http.get(f"http://127.0.0.1:{server.port}/")).status == status


async def test_a_redirect_without_a_location_is_an_answer() -> None:
    async with serving(saying("where to?", status=302)) as server, asking(f"127.0.0.1:{server.port}") as tool:
        assert (await tool.http.get(f"http://127.0.0.1:{server.port}/")).text() == "where to?"


async def test_each_redirect_is_an_event() -> None:
    async with serving(sending_to("/next?token=abcdefgh")) as server, asking(f"127.0.0.1:{server.port}") as tool:
        await tool.http.get(f"http://127.0.0.1:{server.port}/")
        first, second = tool.events()
    assert (first.data["status"], first.data["url"]) == (302, f"http://127.0.0.1:{server.port}/")
    assert (second.data["status"], second.data["bytes"]) == (200, 7)
    assert second.data["url"] == f"http://127.0.0.1:{server.port}/next?token=[redacted]"
