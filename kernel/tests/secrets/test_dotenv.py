"""`KEY=VALUE` lines."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from llmspell.errors import ConfigError
from llmspell.secrets.dotenv import parse


@pytest.mark.parametrize(
    ("line", "value"),
    [
        ("A=x", "x"),
        ("export A=x", "x"),
        ("  A = x  ", "x"),
        ('A="x y"', "x y"),
        ("A='x # y' # why", "x # y"),
        ("A=x # why", "x"),
        ("A=x#y", "x#y"),
        ("A=", ""),
        ("A=$HOME", "$HOME"),
        ("A=b=c==", "b=c=="),
    ],
)
def test_a_line_gives_its_value(line: str, value: str) -> None:
    assert parse(f"# keys\n\n{line}\n", ".env") == {"A": value}


def test_a_mark_of_byte_order_is_no_part_of_the_first_name() -> None:
    assert parse("\ufeffA=x", ".env") == {"A": "x"}


def test_every_wrong_line_is_told_without_its_value() -> None:
    with pytest.raises(ConfigError) as caught:
        parse("A=hidden1\nhidden2\nA=hidden3\n=hidden4\n", "my.env")
    assert caught.value.problems == (
        "my.env:2: is not KEY=VALUE",
        "my.env:3: A stands there twice",
        "my.env:4: is not KEY=VALUE",
    )


@given(st.text())
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        found = parse(text, "x")
    except ConfigError:
        return
    assert all(name.replace("_", "a").isalnum() for name in found)
