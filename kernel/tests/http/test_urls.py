"""What is a URL to ask, what it is written as, and what is told of one that is none."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from llmspell.errors import PermissionDenied, UsageError
from llmspell.http.addresses import refused
from llmspell.http.url import parse_url

from .kit import asking

# Other ways to write an address, which programs read differently; and other ways to write a refused one.
REFUSED_HOSTS = [
    "0177.0.0.1", "127.0.0.01", "010.0.0.1", "00.0.0.0",
    "0x7f.0.0.1", "0x7f000001", "0x7f.1", "0X7F.0.0.1", "127.0.0.0x1",
    "2130706433", "017700000001", "0", "127.1", "127.0.1", "1.2.3.4.5", "256.0.0.1",
    "127.0.0.1..", "１27.0.0.1。", "１２７.０.０.１", "127。0。0。1", "①②⑦.0.0.1",
    "[127.0.0.1]", "[::ffff:127.0.0.1%25lo]", "[fe80::1%eth0]", "[::1", "::1", "[0:0:0:0:0:0:0:0:1]", "[::ffff:0x7f.0.0.1]",
    "127.0.0.1%00.example.com", "%31%32%37.0.0.1", "127%2e0.0.1",
]  # fmt: skip

NO_URLS = {
    "other scheme": "ftp://example.com/",
    "file": "file:///etc/passwd",
    "data": "data:text/plain,hello",
    "script": "javascript:alert(1)",
    "socket": "ws://example.com/",
    "gopher": "gopher://127.0.0.1:6379/_FLUSHALL",
    "no scheme": "example.com/path",
    "no slashes": "http:example.com",
    "one slash": "http:/example.com",
    "three slashes": "http:///example.com",
    "no host": "https://",
    "only a port": "http://:80/",
    "user": "http://user@example.com/",
    "password": "http://user:hunter22@example.com/",
    "user that is a host": "http://example.com:80@127.0.0.1/",
    "empty user": "http://@example.com/",
    "user in characters": "http://example.com%40127.0.0.1/",
    "backslash": "http://example.com\\@127.0.0.1/",
    "backslashes": "http:\\\\example.com\\",
    "line break": "http://example.com/\r\nHost: evil.test",
    "line feed in host": "http://example\n.com/",
    "tab": "http://exam\tple.com/",
    "nul": "http://example.com/\0",
    "escape": "http://example.com/\x1b[2J",
    "delete": "http://example.com/\x7f",
    "direction": "http://example.com/\u202egnp.exe",
    "zero width": "http://exam\u200bple.com/",
    "line separator": "http://example.com/\u2028",
    "half a character": "http://example.com/\ud800",
    "space before": " http://example.com/",
    "space in host": "http://exa mple.com/",
    "port of letters": "http://example.com:http/",
    "port of other digits": "http://example.com:\u0661\u0661/",
    "empty port": "http://example.com:/",
    "no port": "http://example.com:0/",
    "great port": "http://example.com:65536/",
    "long port": "http://example.com:000080/",
    "negative port": "http://example.com:-80/",
    "two ports": "http://example.com:80:81/",
    "port after no colon": "http://[::1]x80/",
    "label too long": f"http://{'a' * 64}.com/",
    "name too long": f"http://{'a.' * 127}com/",
    "two last dots": "http://example.com../",
    "empty label": "http://example..com/",
    "first dot": "http://.example.com/",
    "dash first": "http://-example.com/",
    "star": "http://*.example.com/",
    "no name in IDNA": "http://a\u0300\u0300.\u0300com/",
    "too long": "http://example.com/" + "a" * 8_000,
}  # fmt: skip

WRITTEN = {
    "http://example.com": "http://example.com/",
    "HTTP://EXAMPLE.com/Path": "http://example.com/Path",
    "http://example.com:80/": "http://example.com/",
    "https://example.com:443/": "https://example.com/",
    "https://example.com:80/": "https://example.com:80/",
    "http://example.com./": "http://example.com/",
    "http://example.com?a=b": "http://example.com/?a=b",
    "http://example.com/#part": "http://example.com/",
    "http://example.com/a?b#c?d": "http://example.com/a?b",
    "http://example.com/a b": "http://example.com/a%20b",
    "http://example.com/ä?ü=ß": "http://example.com/%C3%A4?%C3%BC=%C3%9F",
    "http://example.com/%41%2F%zz": "http://example.com/%41%2F%zz",
    "http://example.com/a/../b": "http://example.com/a/../b",
    "http://example.com/a@b:c": "http://example.com/a@b:c",
    "http://Bücher.example/": "http://xn--bcher-kva.example/",
    "http://straße.example/": "http://xn--strae-oqa.example/",
    "http://bücher。example。/": "http://xn--bcher-kva.example/",
    "http://bücher。example/": "http://xn--bcher-kva.example/",
    "http://ｅｘａｍｐｌｅ.com/": "http://example.com/",
    "http://[::1]:8080/": "http://[::1]:8080/",
    "http://[2001:0DB8::0001]/": "http://[2001:db8::1]/",
    "http://8.8.8.8/": "http://8.8.8.8/",
    "http://under_score.example/": "http://under_score.example/",
}  # fmt: skip


@pytest.mark.parametrize("host", REFUSED_HOSTS, ids=[f"encoding-{host!a}" for host in REFUSED_HOSTS])
async def test_an_address_in_another_form_is_no_url(host: str) -> None:
    async with asking("*", "127.0.0.1", "::1") as tool:
        with pytest.raises(UsageError, match="is no URL to ask") as caught:
            await tool.http.get(f"http://{host}/")
        assert caught.value.kind == "invalid_arguments"
        assert tool.names.asked == []
        assert tool.events() == []


@pytest.mark.parametrize("url", NO_URLS.values(), ids=[f"url-{each}" for each in NO_URLS])
async def test_what_is_no_http_url_is_not_asked(url: str) -> None:
    async with asking("*") as tool:
        with pytest.raises(UsageError, match="is no URL to ask") as caught:
            await tool.http.get(url)
        assert caught.value.message.isprintable()
        assert caught.value.message.isascii()
        assert "hunter22" not in caught.value.message
        assert tool.names.asked == []


@pytest.mark.parametrize("url", WRITTEN)
def test_a_url_is_written_one_way(url: str) -> None:
    assert str(parse_url(url)) == WRITTEN[url]
    assert parse_url(str(parse_url(url))) == parse_url(url)


@pytest.mark.parametrize("value", [None, 5, b"http://example.com/", ["http://example.com/"]])
def test_a_url_is_a_text(value: object) -> None:
    with pytest.raises(UsageError, match="a URL is a text, and not"):
        parse_url(value)  # type: ignore[arg-type]


def test_parameters_are_added_to_the_query() -> None:
    assert (
        str(parse_url("http://a.test/p?x=1#f", {"q": "a b&c", "n": [1, 2]})) == "http://a.test/p?x=1&q=a+b%26c&n=1&n=2"
    )
    assert str(parse_url("http://a.test", {"q": "ü"})) == "http://a.test/?q=%C3%BC"
    assert str(parse_url("http://a.test/", {})) == "http://a.test/"


def test_parameters_cannot_make_a_url_too_long() -> None:
    with pytest.raises(UsageError, match="it has more than 8000 characters"):
        parse_url("http://a.test/", {"q": "a" * 8_000})


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("http://a.test/?api_key=abcdefgh&q=1", "http://a.test/?api_key=[redacted]&q=1"),
        ("http://a.test/?q=1&clientSecret=x", "http://a.test/?q=1&clientSecret=[redacted]"),
        ("http://a.test/?%61pi_key=abcdefgh", "http://a.test/?%61pi_key=[redacted]"),
        ("http://a.test/?password=", "http://a.test/?password="),
        ("http://a.test/?q=token", "http://a.test/?q=token"),
        ("http://a.test/bot12345678:AAabcdefghijklmnopqrstuvwxyz012345/send", "http://a.test/bot12345678:AAabcdefghijklmnopqrstuvwxyz012345/send"),
        ("http://a.test/ghp_abcdefghijklmnopqrstuvwxyz0123456789", "http://a.test/[redacted]"),
    ],
)  # fmt: skip
def test_a_url_is_shown_without_its_secrets(url: str, shown: str) -> None:
    assert parse_url(url).shown == shown


def test_the_name_that_looks_like_another_is_shown_as_what_it_is() -> None:
    assert parse_url("https://pаypal.test/").shown == "https://xn--pypal-4ve.test/"


async def test_the_flag_for_a_name_in_other_letters_grants_that_name() -> None:
    url = "https://straße.test/"
    async with asking() as tool:
        with pytest.raises(PermissionDenied) as caught:
            await tool.permit(url)
    flag = "run again with --allow-net="
    assert caught.value.hint == f"{flag}xn--strae-oqa.test:443"
    async with asking(caught.value.hint.removeprefix(flag), names={"xn--strae-oqa.test": [["8.8.8.8"]]}) as tool:
        assert await tool.permit(url) == ["8.8.8.8"]


@given(st.text(max_size=40), st.sampled_from(["http://", "https://", "http://a@", "//", ""]))
def test_any_text_is_a_sound_url_or_none(text: str, start: str) -> None:
    try:
        url = parse_url(start + text)
    except UsageError:
        return
    assert url.host.isascii()
    assert url.host == url.host.lower()
    assert str(url).isascii()
    assert str(url).isprintable()
    assert " " not in str(url)
    assert "@" not in url.authority
    assert parse_url(str(url)) == url


@given(st.ip_addresses(), st.integers(1, 65535))
def test_a_written_address_is_that_address(address: object, port: int) -> None:
    url = parse_url(f"http://[{address}]:{port}/" if ":" in str(address) else f"http://{address}:{port}/")
    assert url.address == address
    assert url.port == port


@given(st.lists(st.integers(0, 0xFFFFFFFF), min_size=1, max_size=4), st.sampled_from(["{:d}", "{:#x}", "0{:o}"]))
def test_a_host_that_ends_in_a_number_is_a_public_address_a_refused_one_or_none(numbers: list[int], form: str) -> None:
    host = ".".join(form.format(number) for number in numbers)
    try:
        url = parse_url(f"http://{host}/")
    except UsageError:
        return
    assert url.address is not None
    assert str(url.address) == host
    refused(url.address)
