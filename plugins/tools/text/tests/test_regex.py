"""The tool that searches by a pattern."""

from __future__ import annotations

import re
import time
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from llmspell.errors import UsageError
from llmspell.testing.contracts.tool import ToolContract
from llmspell_tool_text.regex import regex


class TestRegexContract(ToolContract):
    name = "regex"
    good = (
        {"pattern": "a+", "text": "caaat"},
        {"pattern": "z", "text": "caaat", "operation": "match"},
        {"pattern": "a", "text": "caaat", "operation": "replace", "replacement": ""},
        {"pattern": ",", "text": "a,b", "operation": "split", "flags": ["ignore_case"]},
    )
    bad = (
        {},
        {"pattern": "a"},
        {"pattern": "", "text": "a"},
        {"pattern": "(", "text": "a"},
        {"pattern": "a", "text": "a", "operation": "replace"},
        {"pattern": "a", "text": "a", "replacement": "b"},
        {"pattern": "a", "text": "a", "flags": ["x"]},
        {"pattern": "a", "text": "a", "limit": 0},
        {"pattern": "a" * 1001, "text": "a"},
        {"pattern": "a", "text": "a" * 200_001},
        {"pattern": "(a+)+$", "text": "a" * 5000 + "!"},
    )


def test_a_match_has_its_place_groups_and_names() -> None:
    assert regex(r"(?<year>\d{4})-(\d\d)(x)?", "in 2026-11", "match") == {
        "found": True,
        "match": {
            "text": "2026-11",
            "start": 3,
            "end": 10,
            "groups": ["2026", "11", None],
            "spans": [[3, 7], [8, 10], [-1, -1]],
            "named": {"year": "2026"},
        },
    }


def test_nothing_found_is_an_answer() -> None:
    assert regex("z", "abc", "match") == {"found": False, "match": None}
    assert regex("z", "abc") == {"matches": [], "count": 0, "truncated": False}
    assert regex("z", "abc", "replace", replacement="") == {"text": "abc", "count": 0, "truncated": False}
    assert regex("z", "abc", "split") == {"pieces": ["abc"], "truncated": False}


@pytest.mark.parametrize(
    ("flags", "count"), [((), 1), (("ignore_case",), 2), (("ignore_case", "multiline"), 3), (("verbose",), 1)]
)
def test_flags_change_how_a_pattern_is_read(flags: tuple[str, ...], count: int) -> None:
    pattern = "^b | a" if "verbose" in flags else "^b|a"
    assert regex(pattern, "aA\nb", flags=flags)["count"] == count


def test_a_replacement_may_name_groups() -> None:
    found = regex(r"(?<a>\w)(\w)?", "xy z", "replace", replacement=r"<\2\g<a>\\\n\g<1>>")
    assert found == {"text": "<yx\\\nx> <z\\\nz>", "count": 2, "truncated": False}


@pytest.mark.parametrize(
    ("replacement", "message", "hint"),
    [
        (r"\3", "names the group '3', which the pattern does not have", "it has 1 groups, and a"),
        (r"\g<b>", "names the group 'b', which", "it has 1 groups, and a"),
        (r"\g<>", "names the group '', which", ""),
        (r"\q", r"the replacement has '\\\\q', which means nothing", r"known are \1"),
        ("x\\", r"the replacement has '\\\\', which means nothing", ""),
        (r"\g<a", r"has '\\\\g', which means nothing", ""),
        (r"\g<99999999999999999999>", "names the group '9", ""),
    ],
)
def test_a_replacement_that_means_nothing_is_refused(replacement: str, message: str, hint: str) -> None:
    with pytest.raises(UsageError, match=message) as caught:
        regex("(?<a>x)", "x", "replace", replacement=replacement)
    assert hint in caught.value.hint


def test_a_limit_is_told_when_there_is_more() -> None:
    assert regex("a", "aaa", limit=2)["truncated"]
    assert not regex("a", "aa", limit=2)["truncated"]
    assert regex("a", "aaa", "replace", replacement="b", limit=2) == {"text": "bba", "count": 2, "truncated": True}
    assert regex("-", "1-2-3", "split", limit=1) == {"pieces": ["1", "2-3"], "truncated": True}


def test_long_answers_are_truncated_or_refused() -> None:
    found = regex("(?=(.*))", "a" * 100_000)
    assert found["truncated"]
    assert found["count"] < 10
    with pytest.raises(UsageError, match=r"the text would have more than 500000 characters"):
        regex("(.*)", "a" * 100_000, "replace", replacement=r"\1" * 100)


@given(st.text("ab(|)*+?[]{}1,\\^$.-<=!:i\ud800é\n", max_size=12), st.text("ab1\n", max_size=20))
def test_any_pattern_is_searched_or_refused_in_words(pattern: str, text: str) -> None:
    if not pattern:
        return
    try:
        found = regex(pattern, text)
    except UsageError as error:
        assert "the pattern" in error.message  # noqa: PT017  # either outcome is right
    else:
        assert all(text[each["start"] : each["end"]] == each["text"] for each in found["matches"])


@given(st.text(max_size=30), st.text(max_size=10))
def test_a_quoted_text_is_found_where_python_finds_it(text: str, part: str) -> None:
    if not part:
        return
    starts = [each["start"] for each in regex(re.escape(part), text)["matches"]]
    assert starts == [found.start() for found in re.finditer(re.escape(part), text)]


_A = "a" * 20_000 + "!"
_SLOW = [
    (r"(a+)+$", _A),
    (r"(a|aa)+$", _A),
    (r"(a|a?)+$", _A),
    (r"^(\w+\s?)*$", _A),
    (r"(?:a?){30}a{30}b|a$", "a" * 30_000),
    (r"((a{1,100}){1,100}){1,100}[!]b|x$", _A),
    (r"(.*)(.*)(.*)(.*)(.*)(.*)(.*)[^!]$", _A),
    (r"(?:(?:a|b|ab)*?)*(?:!b|!d)", _A),
    (r"(?=(a+))*\1+$", _A),
    (r"^(?:(a)?(a)?(a)?b?)*[!]x|!y$", _A),
    (r"(?:a+){2,}(?:!b|!d)", _A),
    (r"([a-z]+)*[0-9]", _A + "1x"),
]


@pytest.mark.parametrize(("pattern", "text"), _SLOW)
def test_patterns_that_take_forever_are_stopped(pattern: str, text: str) -> None:
    started = time.process_time()
    with suppress(UsageError):  # the library sees through some of them
        regex(pattern, text)
    assert time.process_time() - started < 15


def test_a_pattern_that_takes_forever_is_told() -> None:
    with pytest.raises(
        UsageError, match=r"the pattern takes more than 2 seconds on a text of 20001 characters"
    ) as caught:
        regex(r"(a+)+$", _A)
    assert caught.value.kind == "timeout"
    assert caught.value.hint == "repeat nothing that repeats, as in (a+)+, or forbid going back with ++ and *+"


def test_a_search_of_many_matches_is_stopped_too() -> None:
    with pytest.raises(UsageError, match=r"takes more than 2 seconds") as caught:
        regex(r"(?:(?:a|b)|[ab]){1,20}?(?=(?:a|b|ab)*x)|a", "ab" * 100_000, limit=10_000)
    assert caught.value.kind == "timeout"


@pytest.mark.parametrize(
    ("pattern", "message"),
    [
        ("a{999999999}", "the pattern repeats too much: its repetitions multiply to more than 100000"),
        ("(((a{100}){100}){100}){100}", "repeats too much"),
        ("(?:[ab]{600}){600}", "repeats too much"),
        ("(?x)(?:[ab]{600}) {600}", "repeats too much"),
        ("(?x)(?:[ab]{600})#\n{600}", "repeats too much"),
        ("(?:[ab]{600})(?#x){600}", "repeats too much"),
        ("(?:a{60000,}){60000,}", "repeats too much"),
        ("a{99999999999999999999999}", "repeats too much"),
        ("[a-z]{1000}" * 90 + "(?:a){2}", "repeats too much"),
        ("(?R)", r"the pattern calls a group at 0: '\(\?R'"),
        ("(a(?1)?b)", "calls a group at 2"),
        ("(?<n>a(?&n)?)", "calls a group at 6"),
        ("(?P<n>a(?P>n)?)", "calls a group at 7"),
        ("(?:foo){e<=100}", r"matches inexactly at 7: '\{e<=100\}'"),
        ("(?:foo){i,d,s}", "matches inexactly"),
        ("(" * 450 + ")" * 450, "nested too deeply"),
        ("(" * 1000, "nested too deeply|is wrong"),
        (r"\L<words>", "is wrong: undefined named list"),
        ("[a", "is wrong: unterminated character set at position"),
        ("(?<=a+", "is wrong"),
        ("(?<n>a)\\2", "is wrong: invalid group reference"),
    ],
)
def test_patterns_that_take_any_memory_are_refused(pattern: str, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        regex(pattern, "ab" * 1000)


@pytest.mark.parametrize(
    "pattern",
    [r"\d{4}-\d{2}-\d{2}", r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", r"\{id\}", r"a{0,1000}", r"x{2}y{3}"],
)
def test_ordinary_repetitions_are_allowed(pattern: str) -> None:
    assert regex(pattern, "none of them")["count"] >= 0
