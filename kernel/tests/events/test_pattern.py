"""Event patterns, compared with a matcher that is too simple to be wrong."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from llmspell.errors import UsageError
from llmspell.events import matcher

WORD = st.text("ab_-1", min_size=1, max_size=3)
KIND = st.lists(WORD, min_size=1, max_size=4).map(".".join)
PATTERN = st.lists(st.text("ab*", min_size=1, max_size=3), min_size=1, max_size=4).map(".".join)


def naive(pattern: str, kind: str) -> bool:
    """Whether `kind` fits: each run of stars eats at least one character."""
    if not pattern:
        return not kind
    if pattern[0] != "*":
        return bool(kind) and kind[0] == pattern[0] and naive(pattern[1:], kind[1:])
    rest = pattern.lstrip("*")
    return any(naive(rest, kind[size:]) for size in range(1, len(kind) + 1))


@given(PATTERN, KIND)
@example("a.*", "a.b.b")
@example("**", "a")
@example("*.a", "a")
def test_the_matcher_agrees_with_a_naive_one(pattern: str, kind: str) -> None:
    assert matcher(pattern)(kind) == naive(pattern, kind)


@given(KIND)
def test_a_kind_matches_itself_and_everything_matches_it(kind: str) -> None:
    assert matcher(kind)(kind)
    assert matcher("**")(kind)
    assert not matcher(kind + "x")(kind)


@pytest.mark.parametrize(
    ("pattern", "kind", "fits"),
    [
        ("tool.*", "tool.started", True),
        ("tool.*", "tool.a.b", True),
        ("tool.*", "tool", False),
        ("tool.*", "tools.started", False),
        ("*.failed", "tool.failed", True),
        ("*.failed", "failed", False),
        ("tool.started", "tool.started", True),
        ("tool.started", "tool-started", False),
        ("a*c", "abc", True),
    ],
)
def test_patterns_mean_what_they_say(pattern: str, kind: str, fits: bool) -> None:
    assert matcher(pattern)(kind) is fits


@pytest.mark.parametrize("pattern", ["", ".", "a..b", "a.", ".a", "a b", "a/b", "(a)", "a\n"])
def test_what_is_no_pattern_is_refused(pattern: str) -> None:
    with pytest.raises(UsageError, match="is not an event pattern") as raised:
        matcher(pattern)
    assert raised.value.hint == "use a kind, 'prefix.*', '*.suffix', or '**' for all"
