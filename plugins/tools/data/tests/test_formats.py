"""Reading and writing JSON, YAML and TOML, and texts that nobody should have to read."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from llmspell.errors import TimedOut, UsageError
from llmspell_tool_data.formats import check_writable, json, toml, yaml

JSON_WRONG = [
    ("", r"the JSON is wrong in line 1, column 1: Expecting value"),
    ("{", r"the JSON is wrong in line 1, column 2: Expecting property name"),
    ('{"a": [1,\n', r"the JSON is wrong in line 2, column 1: Expecting value"),
    ("[1] [2]", r"the JSON is wrong in line 1, column 5: Extra data"),
    ("{'a': 1}", r"the JSON is wrong in line 1, column 2"),
    ('"\n"', r"the JSON is wrong in line 1, column 2: Invalid control character"),
    ("[1,]", r"the JSON is wrong in line 1, column 4"),
    ("NaN", "the JSON is wrong: NaN is no number of JSON"),
    ("[-Infinity]", "the JSON is wrong: -Infinity is no number of JSON"),
    ('{"b": 1, "a": 1, "a": 2}', "the JSON is wrong: the key 'a' comes twice in an object"),
    ("1e999", "the JSON is wrong: the number '1e999' is too large"),
    ("9" * 5_000, "the JSON has a number of more than 4300 digits"),
    ("[" * 1_000_000, "the JSON is nested too deeply"),
    ("[" * 66 + "]" * 66, "the JSON nests deeper than 64 levels"),
    ("[" + "1," * 600_000 + "1]", "the JSON has more than 500000 values"),
]
YAML_WRONG = [
    ("a: [1, 2", r"the YAML is wrong in line \d: did not find expected ',' or '\]'"),
    ("a: 1\n b: 2", "the YAML is wrong in line 2: mapping values are not allowed"),
    ("a:\n\t- b", "the YAML is wrong in line 2: found character that cannot start any token"),
    ('"open', "the YAML is wrong in line 1: found unexpected end of stream"),
    ("a: 1\na: 2", "the YAML is wrong in line 2: the key 'a' comes twice"),
    ("a: &x [1]\nb: *x", "the YAML is wrong in line 1: anchors and aliases are refused"),
    ("b: *x", "the YAML is wrong in line 1: anchors and aliases are refused"),
    ("a: &a [x, x]\n" + "".join(f"k{n}: &k{n} [*a, *a]\n" for n in range(30)), "anchors and aliases are refused"),
    (
        "!!python/object/apply:os.system ['true']",
        "the tag 'tag:yaml.org,2002:python/object/apply:os.system' is refused",
    ),
    ("a: !!binary aGk=", "the tag 'tag:yaml.org,2002:binary' is refused"),
    ("a: !local 1", "the tag '!local' is refused"),
    ("<<: {a: 1}", r"merge keys \(<<\) are refused"),
    ("? [a]\n: 1", "the YAML is wrong in line 1: a key must be text"),
    ("null: 1", "the YAML is wrong in line 1: a key must be text"),
    ("a: 1\n---\nb: 2", "the YAML is wrong in line 2: there is a second document"),
    ("a: .inf", "the YAML is wrong in line 1: JSON has no number for .inf"),
    ("a: 1e999", "the YAML is wrong in line 1: the number '1e999' is too large"),
    ("9" * 5_000, "the YAML is wrong in line 1: a number has more than 4300 digits"),
    ("[" * 900_000, "the YAML is wrong in line 1: it nests deeper than 64 levels"),
    ("- " * 65, "the YAML is wrong in line 1: it nests deeper than 64 levels"),
    ("a" * 1_000_001, "the YAML has 1000001 characters, and at most 1000000 are read"),
    ("\x07", "the YAML is wrong in line 1"),
    ("\ud800", r"the YAML is wrong: it has '\\ud800', which is no character"),
]
TOML_WRONG = [
    ("a = ", "the TOML is wrong at its end: Invalid value"),
    ("a = 1\na = 2", "the TOML is wrong at its end: Cannot overwrite a value"),
    ("[a]\n[a]", "the TOML is wrong in line 2, column 3: Cannot declare"),
    ('a = "open', "the TOML is wrong at its end: Unterminated string"),
    ("a = 1 b = 2", "the TOML is wrong in line 1, column 7: Expected newline"),
    ("a = [1, 2", "the TOML is wrong at its end: Unclosed array"),
    ("a = 2026-13-01", "the TOML is wrong"),
    ("a = nan", r"the TOML has nan at \$\.a, and JSON has no such number"),
    ("a = 1e999", r"the TOML has inf at \$\.a, and JSON has no such number"),
    ("a = " + "9" * 5_000, "the TOML has a number of more than 4300 digits"),
    ("a = " + "[" * 100_000, "the TOML is nested too deeply"),
    ("a = " + "[" * 70 + "]" * 70, "the TOML nests deeper than 64 levels"),
    (".".join("a" * 3_000) + " = 1", "the TOML has a dotted key of more than 64 parts in line 1"),
    ("\n[" + ".".join(['"a b"'] * 3_000) + "]", "the TOML has a dotted key of more than 64 parts in line 2"),
    ("x = {" + " . ".join("a" * 3_000) + " = 1}", "the TOML has a dotted key of more than 64 parts in line 1"),
    ("#" * 500_001, "the TOML has 500001 characters, and at most 500000 are read"),
    ("a = '\x07'", "the TOML is wrong in line 1"),
]


def first_of(value: Any) -> str:
    return repr(value)[:30]


@pytest.mark.parametrize(("text", "message"), JSON_WRONG, ids=first_of)
def test_hostile_json_is_refused(text: str, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        json.parse(text)


@pytest.mark.parametrize(("text", "message"), YAML_WRONG, ids=first_of)
def test_hostile_yaml_is_refused(text: str, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        yaml.parse(text)


@pytest.mark.parametrize(("text", "message"), TOML_WRONG, ids=first_of)
def test_hostile_toml_is_refused(text: str, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        toml.parse(text)


def test_reading_yaml_takes_no_longer_than_it_may(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(yaml, "SECONDS", 0)
    with pytest.raises(TimedOut, match="the YAML took longer than 0 seconds"):
        yaml.parse("- 1")


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("no: on", {"no": "on"}),
        ("a: 010\nb: 0o10\nc: 0x1F", {"a": 10, "b": 8, "c": 31}),
        ("a: 1_000\nb: 1:30", {"a": "1_000", "b": "1:30"}),
        ("a: 2026-11-22", {"a": "2026-11-22"}),
        ("a: ~\nb:\nc: 'null'", {"a": None, "b": None, "c": "null"}),
        ("a: |\n  x\n  y\n", {"a": "x\ny\n"}),
        ("[1, 2.5, true, 'x']", [1, 2.5, True, "x"]),
        ("1: a\ntrue: b", {"1": "a", "true": "b"}),
        ("'<<': 1", {"<<": 1}),
        ("", None),
        ("---\n...\n", None),
        ("# only a comment", None),
        ("%YAML 1.2\n---\na: 1", {"a": 1}),
        ("- 1\n" * 1_000, [1] * 1_000),
    ],
    ids=first_of,
)
def test_plain_words_mean_what_they_mean_in_yaml_1_2(text: str, value: Any) -> None:
    assert yaml.parse(text) == value


def test_toml_has_dates_and_json_has_text() -> None:
    text = "a = 2026-11-22T10:00:00Z\nb = 2026-11-22\nc = 10:00:00\n[[d]]\ne = {f = [1.5]}"
    assert toml.parse(text) == {
        "a": "2026-11-22T10:00:00+00:00",
        "b": "2026-11-22",
        "c": "10:00:00",
        "d": [{"e": {"f": [1.5]}}],
    }


@pytest.mark.parametrize(
    "text", ["a.b.c = 1", "s = '" + "1.2." * 15 + "'", "s = '''\n" + "." * 1_000 + "'''"], ids=first_of
)
def test_dots_that_are_no_long_key_are_fine(text: str) -> None:
    assert toml.parse(text)


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ([1], r"TOML is a table, and the value is \[1\]"),
        ({"a": [{"b": None}]}, r"TOML has no null, and there is one at \$\.a\[0\]\.b"),
        ({"a": 2**63}, r"TOML has no integer as large as the one at \$\.a"),
    ],
)
def test_what_toml_has_nothing_like_is_not_written(value: Any, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        toml.write(value)


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ([{"a": float("inf")}], "the data has inf, which is no number of JSON"),
        (float("nan"), "the data has nan, which is no number of JSON"),
        ({"a": ["\ud800"]}, r"the data has '\\ud800', which is no character of a text"),
        ({"\udc00": 1}, r"the data has '\\udc00', which is no character of a text"),
    ],
)
def test_what_no_format_has_is_not_written(value: Any, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        check_writable(value)


TEXTS = st.text(st.characters(codec="utf-8"))
WORDS = st.sampled_from(
    [
        "no",
        "1e3",
        "0o7",
        "1_0",
        "~",
        "null",
        "<<",
        "0x1f",
        "1:30",
        "=",
        "2026-11-22",
        "- a",
        "a: b",
        "010",
        ".5",
        "+1",
        "-",
    ]
)
SCALARS = st.one_of(
    TEXTS, WORDS, st.integers(-(2**63), 2**63 - 1), st.booleans(), st.floats(allow_nan=False, allow_infinity=False)
)
VALUES = st.recursive(
    st.none() | SCALARS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS | WORDS, inner, max_size=4),
    max_leaves=10,
)
TABLES = st.dictionaries(
    TEXTS | WORDS,
    st.recursive(
        SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3), max_leaves=8
    ),
    max_size=4,
)


@given(VALUES)
def test_json_that_is_written_is_read_again(value: Any) -> None:
    assert json.parse(json.write(value)) == value


@given(VALUES)
def test_yaml_that_is_written_is_read_again(value: Any) -> None:
    assert yaml.parse(yaml.write(value)) == value


@given(TABLES)
def test_toml_that_is_written_is_read_again(value: Any) -> None:
    assert toml.parse(toml.write(value)) == value
