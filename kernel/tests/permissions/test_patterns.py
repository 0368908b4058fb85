"""Which patterns there are of each shape, and what each fits: narrowly where it allows, widely where it denies."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from llmspell.errors import UsageError
from llmspell.permissions import KINDS, Target
from llmspell.permissions.patterns import everything, parse

BASE = Path("/project")


def fits(kind: str, pattern: str, target: Target, *, deny: bool = False) -> bool:
    return parse(KINDS[kind], pattern, BASE, deny=deny).matches(target)


PATHS = [
    ("data", "/project/data", True),
    ("data", "/project/data/a/b.txt", True),
    ("data/", "/project/data/a", True),
    ("./data", "/project/data/a", True),
    ("data", "/project/database", False),
    ("data", "/project/dat", False),
    ("data", "/data", False),
    (".", "/project/x", True),
    (".", "/project", True),
    (".", "/projects/x", False),
    ("/srv", "/srv/a", True),
    ("/srv", "/srvs", False),
    ("/", "/etc/passwd", True),
    ("data/*.csv", "/project/data/a.csv", True),
    ("data/*.csv", "/project/data/.csv", True),
    ("data/*.csv", "/project/data/a.csv/part", True),
    ("data/*.csv", "/project/data/a/b.csv", False),
    ("data/*.csv", "/project/data/a.csvx", False),
    ("data/?.csv", "/project/data/a.csv", True),
    ("data/?.csv", "/project/data/ab.csv", False),
    ("data/?.csv", "/project/data//.csv", False),
    ("**/.env", "/project/.env", True),
    ("**/.env", "/project/a/b/.env", True),
    ("**/.env", "/project/a/b.env", False),
    ("data/**", "/project/data", True),
    ("data/**", "/project/data/a/b", True),
    ("a/**/z", "/project/a/z", True),
    ("a/**/z", "/project/a/b/c/z", True),
    ("a/**/z", "/project/a/bz", False),
    ("a.b", "/project/aXb", False),
    ("a[b]", "/project/a[b]", True),
    ("a[b]", "/project/ab", False),
    ("data", "/project/data\n/x", False),
    ("*", "/project/line\nbreak", True),
    ("Data", "/project/data", False),
]

HOSTS = [
    ("api.example.com", "api.example.com", True),
    ("api.example.com", "api.example.com:443", True),
    ("api.example.com", "API.Example.COM:443", True),
    ("API.example.com", "api.example.com.", True),
    ("api.example.com", "evil-api.example.com", False),
    ("api.example.com", "api.example.com.evil.org", False),
    ("api.example.com:443", "api.example.com:443", True),
    ("api.example.com:443", "api.example.com:80", False),
    ("api.example.com:443", "api.example.com", False),
    ("*.example.com", "a.example.com", True),
    ("*.example.com", "a.b.example.com:1", True),
    ("*.example.com", "example.com", False),
    ("*.example.com", "badexample.com", False),
    ("*", "anything.org:80", True),
    ("*:443", "anything.org:443", True),
    ("*:443", "anything.org:80", False),
    ("münchen.de", "xn--mnchen-3ya.de", True),
    ("xn--mnchen-3ya.de", "MÜNCHEN.de", True),
    ("10.0.0.0/8", "10.255.0.1:80", True),
    ("10.0.0.0/8", "11.0.0.1:80", False),
    ("10.0.0.0/8", "10.example.com", False),
    ("127.0.0.1", "127.0.0.1:8080", True),
    ("127.0.0.1", "[::ffff:127.0.0.1]:8080", True),
    ("10.0.0.0/8", "[::ffff:10.1.2.3]:1", True),
    ("::1", "[::1]:80", True),
    ("[::1]:80", "[0:0:0:0:0:0:0:1]:80", True),
    ("[::1]:80", "[::1]:81", False),
    ("fe80::/10", "[fe80::1]:1", True),
    ("[fe80::/10]:1", "[fe80::1]:2", False),
    ("*.org", "example.org", True),
]

NOT_HOSTS = [
    "",
    ":80",
    "api.example.com:0",
    "api.example.com:65536",
    "api.example.com:٣",
    "api.example.com:8 0",
    "user@api.example.com",
    "api.example.com/path",
    "http://api.example.com",
    "api.example.com\0.evil.org",
    "api.example.com\n",
    "a..b",
    "-a.example.com",
    "127.1",
    "2130706433",
    "0x7f000001",
    "0x7f.0.0.1",
    "0177.0.0.1",
    "1.2.3.4.5",
    "999.0.0.1",
    "[::1",
    "[::1]80",
    "fe80::1%eth0",
    "a" * 64 + ".org",
    ".".join(["a" * 60] * 5),
    "*",
    "*.example.com",
    "ex%61mple.com",
]

COMMANDS = [
    ("git log **", ("git", "log"), True),
    ("git log **", ("git", "log", "-1", "--stat"), True),
    ("git log **", ("git", "push"), False),
    ("git log **", ("git",), False),
    ("git log **", ("/tmp/git", "log"), False),
    ("git", ("git",), True),
    ("git", ("git", "push"), False),
    ("git show *", ("git", "show", "HEAD"), True),
    ("git show *", ("git", "show"), False),
    ("git show *", ("git", "show", "a", "b"), False),
    ("/usr/bin/git **", ("/usr/bin/git", "x"), True),
    ("/usr/bin/git **", ("git", "x"), False),
    ("* --version", ("anything", "--version"), True),
    ("grep 'a b' *", ("grep", "a b", "f"), True),
    ("grep 'a b' *", ("grep", "a", "b", "f"), False),
    ("echo *", ("echo", "; rm -rf /"), True),
    ("echo x", ("echo", "x; rm"), False),
    ("git log", ("git", "log\n"), False),
]

DENIED_COMMANDS = [
    ("rm", ("rm",), True),
    ("rm", ("rm", "-rf", "x"), True),
    ("rm", ("/bin/rm", "x"), True),
    ("rm", ("/tmp/elsewhere/rm", "x"), True),
    ("/bin/rm", ("rm", "x"), True),
    ("rm", ("rmdir", "x"), False),
    ("git push", ("git", "push", "--force"), True),
    ("git push", ("git", "log", "push"), False),
    ("git * --force", ("git", "push", "--force", "x"), True),
    ("**", ("anything",), True),
]

NAMES = [
    ("calculator", "calculator", True),
    ("calculator", "Calculator", False),
    ("web_*", "web_search", True),
    ("web_*", "the_web_search", False),
    ("openai/*", "openai/gpt", True),
    ("openai/*", "openai2/gpt", False),
    ("tool[12]", "tool1", True),
    ("tool[12]", "tool3", False),
    ("?", "a", True),
    ("?", "ab", False),
    ("*", "line\nbreak", True),
    ("a*", "a\n", True),
    ("calculator", "calculator\n", False),
]


@pytest.mark.parametrize(("pattern", "target", "expected"), PATHS)
def test_a_path_grants_itself_and_all_below(pattern: str, target: str, expected: bool) -> None:
    assert fits("fs.read", pattern, target) is expected


@pytest.mark.parametrize(("pattern", "target", "expected"), HOSTS)
def test_a_host_is_compared_in_one_way_of_writing(pattern: str, target: str, expected: bool) -> None:
    assert fits("net", pattern, target) is expected


@pytest.mark.parametrize("target", NOT_HOSTS)
def test_what_is_no_host_is_never_allowed_and_always_denied(target: str) -> None:
    assert not fits("net", "*:443", target)
    assert not fits("net", "*.example.com", target)
    assert fits("net", "nowhere.org", target, deny=True)


def test_a_port_that_is_not_known_is_denied_but_not_allowed() -> None:
    assert not fits("net", "a.org:443", "a.org")
    assert fits("net", "a.org:443", "a.org", deny=True)


@pytest.mark.parametrize(("pattern", "target", "expected"), COMMANDS)
def test_a_command_is_compared_word_by_word(pattern: str, target: tuple[str, ...], expected: bool) -> None:
    assert fits("run", pattern, target) is expected


@pytest.mark.parametrize(("pattern", "target", "expected"), DENIED_COMMANDS)
def test_a_denied_command_is_denied_wherever_it_is_and_whatever_follows(
    pattern: str, target: tuple[str, ...], expected: bool
) -> None:
    assert fits("run", pattern, target, deny=True) is expected


@pytest.mark.parametrize(("pattern", "target", "expected"), NAMES)
def test_a_name_is_matched_letter_by_letter(pattern: str, target: str, expected: bool) -> None:
    assert fits("tools", pattern, target) is expected


@pytest.mark.parametrize(
    ("kind", "pattern", "problem"),
    [
        ("fs.read", "", "a pattern of fs.read is empty"),
        ("fs.read", "  ", "a pattern of fs.read is empty"),
        ("fs.read", "a/../b", "'a/../b' is no pattern of paths: it has '..'"),
        ("fs.read", "~root/x", "'~root/x' is no pattern of paths: only your own folder is '~'"),
        ("fs.read", "a**b", r"'a\*\*b' mixes '\*\*' with letters"),
        ("fs.read", "**/a/**/b/**/c/**/d", r"a pattern of paths has more than 3 '\*\*'"),
        ("fs.read", "a\0b", "it is too long, or has a hidden character"),
        ("fs.read", "a\u202eb", "it is too long, or has a hidden character"),
        ("fs.read", "a" * 5000, "it is too long, or has a hidden character"),
        ("net", "http://a.org", "'http://a.org' is no pattern of hosts"),
        ("net", "a.org/x", "'a.org/x' is no pattern of hosts"),
        ("net", "10.0.0.1/8", "has host bits set"),
        ("net", "a.org:x", "'x' is no port"),
        ("net", "127.1", "'127.1' is no pattern of hosts"),
        ("net", "*.1.2.3.4", "an address has no subdomains"),
        ("net", "a*.org", "it is not a host name"),
        ("net", "straße.de", "its letters mean different domains in different standards; write it as xn--..."),
        ("net", "λόγος.gr", "its letters mean different domains"),
        ("net", "[::1", "the brackets do not match"),
        ("net", "fe80::1%eth0", "an address with a zone means another machine"),
        ("net", "\ud800.org", "hidden character"),
        ("run", "git 'log", "no closing quotation"),
        ("run", "git ** log", "is not the last"),
        ("run", "git lo*", r"'lo\*' has a '\*' that is not a word of its own"),
        ("run", "./git", "the program './git' is neither a bare name nor an absolute path"),
        ("run", "** x", "it names no program"),
        ("run", "''", "it names no program"),
    ],
)
def test_a_pattern_that_means_nothing_is_an_error(kind: str, pattern: str, problem: str) -> None:
    with pytest.raises(UsageError, match=problem) as raised:
        parse(KINDS[kind], pattern, BASE)
    assert raised.value.kind == "invalid_arguments"


@pytest.mark.parametrize("kind", KINDS)
def test_there_is_a_pattern_of_everything(kind: str) -> None:
    pattern = parse(KINDS[kind], everything(KINDS[kind]), BASE)
    assert pattern.everything
    assert pattern.matches(("any", "thing"))


def test_your_own_folder_is_a_tilde(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", "/home/me")
    assert fits("fs.read", "~/notes", "/home/me/notes/a")
    assert fits("fs.read", "~", "/home/me/x")
    assert not fits("fs.read", "~/notes", "/project/~/notes")


def test_a_link_stands_for_itself_and_for_where_it_leads(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to("real")
    pattern = parse(KINDS["fs.read"], "link", tmp_path)
    assert pattern.matches(str(tmp_path / "real" / "a"))
    assert pattern.matches(str(tmp_path / "link" / "a"))
    assert pattern.root == str(tmp_path / "real")


@given(
    st.lists(
        st.text(st.characters(blacklist_characters="/*?\0", blacklist_categories=("C", "Z")), min_size=1), min_size=1
    )
)
def test_a_path_without_wildcards_fits_itself_and_no_sibling(parts: list[str]) -> None:
    if {".", ".."}.isdisjoint(parts) and not parts[0].startswith("~"):
        text = "/".join(parts)
        assert fits("fs.read", text, f"/project/{text}")
        assert fits("fs.read", text, f"/project/{text}/below")
        assert not fits("fs.read", text, f"/project/{text}x")


@given(st.text())
def test_no_text_makes_a_host_comparison_fail(text: str) -> None:
    assert fits("net", "10.0.0.0/8", text) in (True, False)
    assert fits("net", "a.org", text, deny=True) in (True, False)
