"""Comparing texts."""

from __future__ import annotations

import difflib
import re
from pathlib import Path
from random import Random
from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from llmspell.errors import PermissionDenied, UsageError
from llmspell.testing.bench import Bench
from llmspell.testing.contracts.tool import ToolContract
from llmspell_tool_files import comparison
from llmspell_tool_files.comparison import differences, lines_of, unified


class TestFileDiff(ToolContract):
    name = "file_diff"
    allow = {"fs.read": ["**"]}
    good = ({"path": "a.txt", "other": "b.txt"}, {"path": "a.txt", "text": "new"})
    bad = (
        {"path": "a.txt"},
        {"path": "a.txt", "other": "b.txt", "text": "both"},
        {"path": "gone", "text": "x"},
        {"path": "a.txt", "other": "gone"},
        {"path": "../x", "text": "x"},
        {"path": "a.txt", "text": "x", "encoding": "klingon"},
        {"path": "binary", "text": "x"},
    )

    def prepare(self, folder: Path) -> None:
        (folder / "a.txt").write_text("a\n")
        (folder / "b.txt").write_text("b\n")
        (folder / "binary").write_bytes(b"\xff\0")


async def test_what_differs_is_shown_with_the_lines_around_it(bench: Bench, project: Path) -> None:
    (project / "old").write_text("".join(f"{number}\n" for number in range(1, 21)))
    (project / "new").write_text((project / "old").read_text().replace("10\n", "ten\nTEN\n").replace("20\n", ""))
    answer = await bench.call("file_diff", {"path": "old", "other": "new", "context_lines": 1})
    assert answer["diff"] == ("--- old\n+++ new\n@@ -9,3 +9,4 @@\n 9\n-10\n+ten\n+TEN\n 11\n@@ -19,2 +20 @@\n 19\n-20")
    assert (answer["removed_lines"], answer["added_lines"]) == (2, 2)
    assert (answer["identical"], answer["shortest"], answer["truncated"]) == (False, True, False)


async def test_a_file_is_compared_with_a_text(bench: Bench) -> None:
    answer = await bench.call("file_diff", {"path": "README.md", "text": "read me"})
    assert answer["diff"] == ("--- README.md\n+++ text\n@@ -1 +1 @@\n-read me\n+read me\n\\ No newline at end of file")
    same = await bench.call("file_diff", {"path": "README.md", "text": "read me\n"})
    assert (same["identical"], same["diff"]) == (True, "")
    empty = await bench.call("file_diff", {"path": "README.md", "text": ""})
    assert empty["diff"] == "--- README.md\n+++ text\n@@ -1 +0,0 @@\n-read me"


async def test_a_diff_that_is_cut_says_so(bench: Bench, project: Path) -> None:
    answer = await bench.call("file_diff", {"path": "README.md", "text": "x\n" * 50, "max_lines": 10})
    assert len(answer["diff"].splitlines()) == 10
    assert answer["truncated"]
    assert answer["added_lines"] == 50


async def test_files_in_another_encoding_are_compared(bench: Bench, project: Path) -> None:
    (project / "old").write_bytes(b"caf\xe9\n")
    with pytest.raises(UsageError, match="'old' is not utf-8 text: byte 0xe9 at offset 3 does not fit"):
        await bench.call("file_diff", {"path": "old", "text": "café\n"})
    assert (await bench.call("file_diff", {"path": "old", "text": "café\n", "encoding": "latin-1"}))["identical"]


async def test_only_so_much_is_compared(bench: Bench, project: Path) -> None:
    (project / "large").write_bytes(b"x" * ((8 << 20) + 1))
    (project / "long").write_bytes(b"\n" * 200_001)
    with pytest.raises(UsageError, match="'large' has 8388609 bytes, and at most 8388608 are read"):
        await bench.call("file_diff", {"path": "large", "text": ""})
    with pytest.raises(UsageError, match="'long' has 200001 lines, and at most 200000 are compared"):
        await bench.call("file_diff", {"path": "long", "text": ""})


async def test_without_permission_nothing_is_compared(project: Path) -> None:
    with pytest.raises(PermissionDenied, match=r"tool 'file_diff' uses fs.read, which is not allowed") as caught:
        await Bench(project).call("file_diff", {"path": "README.md", "text": ""})
    assert caught.value.hint == "run again with --allow-fs-read=PATH"


async def test_what_is_outside_is_not_compared(bench: Bench, project: Path, outside: Path) -> None:
    (project / "link").symlink_to(outside / "secret.txt")
    for arguments in ({"path": "link", "text": ""}, {"path": "README.md", "other": "../outside/secret.txt"}):
        with pytest.raises(PermissionDenied):
            await bench.call("file_diff", arguments)


def applied(old: list[str], diff: list[str]) -> list[str]:
    """What a unified diff makes of lines, without their ends; it must fit them."""
    made, place = list[str](), 0
    for line in diff:
        if found := re.fullmatch(r"@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@", line):
            start = int(found[1]) - (found[2] != "0")
            made += old[place:start]
            place = start
            assert len(made) == int(found[3]) - (found[4] != "0")
        elif line[0] == "+":
            made.append(line[1:])
        elif line[0] in " -":
            assert old[place] == line[1:]
            made += [line[1:]] if line[0] == " " else []
            place += 1
    return made + old[place:]


texts = st.text("ab\n", max_size=40)


@given(texts, texts, st.integers(0, 3))
def test_a_diff_makes_the_new_text_of_the_old(old: str, new: str, context: int) -> None:
    one, other = lines_of(old), lines_of(new)
    blocks, shortest = differences(one, other)
    assert shortest
    assert (blocks == []) == (old == new)
    made = applied(old.splitlines(), list(unified(one, other, blocks, context)))
    assert made == new.splitlines()


@given(texts, texts)
def test_no_diff_is_longer_than_the_library_s(old: str, new: str) -> None:
    one, other = lines_of(old), lines_of(new)
    blocks, _ = differences(one, other)
    ours = sum(block.removed + block.added for block in blocks)
    theirs = sum(line[0] in "+-" for line in list(difflib.unified_diff(one, other))[2:])
    assert ours <= theirs


def test_lines_end_at_line_feeds_only() -> None:
    assert lines_of("a\u2028b\x0cc\rd\ne") == ["a\u2028b\x0cc\rd\n", "e"]
    assert lines_of("") == []


def test_texts_with_too_many_differences_differ_as_a_whole() -> None:
    random = Random(1)
    old = ["start\n", *(f"{random.random()}\n" for _ in range(100_000)), "end\n"]
    new = ["start\n", *(f"{random.random()}\n" for _ in range(100_000)), "end\n"]
    started = process_time()
    blocks, shortest = differences(old, new)
    assert process_time() - started < 30
    assert not shortest
    assert [(block.old, block.removed, block.new, block.added) for block in blocks] == [(1, 100_000, 1, 100_000)]


def test_lines_that_repeat_take_no_longer() -> None:
    started = process_time()
    blocks, _ = differences(["a\n", "b\n"] * 50_000, ["b\n", "a\n"] * 50_000)
    assert process_time() - started < 30
    assert sum(block.removed for block in blocks) == sum(block.added for block in blocks) == 1


def test_a_comparison_ends_after_so_many_edits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(comparison, "_MOST_EDITS", 2)
    assert differences(["a\n", "x\n", "b\n"], ["x\n", "b\n", "c\n"])[1]
    assert not differences(["a\n", "x\n", "b\n"], ["x\n", "c\n", "d\n"])[1]


def test_a_comparison_ends_in_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(comparison, "_SECONDS", -1.0)
    blocks, shortest = differences(["a\n", "x\n"], ["x\n", "b\n"])
    assert not shortest
    assert len(blocks) == 1
