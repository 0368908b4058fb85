"""Patterns of paths."""

from __future__ import annotations

from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from llmspell.errors import UsageError
from llmspell_tool_files.globs import matcher


@pytest.mark.parametrize(
    ("pattern", "fits", "fits_not"),
    [
        ("*.py", ["a.py", "x/y/a.py", ".py"], ["a.pyc", "a.py/b"]),
        ("./*.py", ["a.py"], ["x/a.py"]),
        ("x/*.py", ["x/a.py"], ["a.py", "x/y/a.py", "y/x/a.py"]),
        ("x/**/a.py", ["x/a.py", "x/y/a.py", "x/y/z/a.py"], ["a.py", "x/y/b.py"]),
        ("**/x/**", ["x", "x/a", "y/x/a/b"], ["y", "y/ax/b"]),
        ("**", ["a", "a/b/c"], []),
        ("?[ab]", ["xa", "y/xb"], ["a", "xc", "xab"]),
        ("[!a]*", ["b", "x/bc"], ["a", "x/ab"]),
        ("a[", ["a["], ["a"]),
        ("A*", ["Ab"], ["ab"]),
    ],
)
def test_a_pattern_fits(pattern: str, fits: list[str], fits_not: list[str]) -> None:
    match = matcher(pattern)
    assert [path for path in fits if not match(path)] == []
    assert [path for path in fits_not if match(path)] == []


@pytest.mark.parametrize("pattern", ["", "/", "/etc/*", "../x", "a/../b", "./"])
def test_what_is_no_pattern_below_a_folder_is_refused(pattern: str) -> None:
    with pytest.raises(UsageError, match="is no pattern of paths below a folder"):
        matcher(pattern)


def test_a_pattern_has_only_so_many_parts() -> None:
    with pytest.raises(UsageError, match="has 41 parts, and at most 40 are looked at"):
        matcher("a/" * 41)


@pytest.mark.parametrize("pattern", ["**/a/" * 19 + "b", "*a" * 200 + "b", "?*" * 200 + "b"])
def test_no_pattern_takes_long(pattern: str) -> None:
    started = process_time()
    assert not matcher(pattern)("/".join(["a" * 200] * 100))
    assert process_time() - started < 10


@given(st.lists(st.text("ab", min_size=1, max_size=3), min_size=1, max_size=5))
def test_every_path_fits_itself_and_everything(names: list[str]) -> None:
    path = "/".join(names)
    assert matcher(path)(path)
    assert matcher("**")(path)
    assert matcher("**/" + names[-1])(path)
