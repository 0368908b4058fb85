"""Searching files by name and by content."""

from __future__ import annotations

from pathlib import Path
from time import process_time

import pytest

from llmspell.errors import PermissionDenied, UsageError
from llmspell.testing.bench import Bench
from llmspell.testing.contracts.tool import ToolContract
from llmspell_tool_files import search


class TestFileSearch(ToolContract):
    name = "file_search"
    allow = {"fs.read": ["**"]}
    bad = (
        {"text": "(", "regex": True},
        {"text": "(?=a)", "regex": True},
        {"text": "x" * 1001},
        {"text": "\udc80"},
        {"path": "gone", "text": "x"},
        {"path": "../", "text": "x"},
        {"glob": "../*"},
        {"context_lines": 21},
    )

    def prepare(self, folder: Path) -> None:
        (folder / "a.py").write_text("# TODO\n")


def lines(answer: dict[str, list[dict[str, object]]]) -> list[tuple[object, object]]:
    return [(match["path"], match["line"]) for match in answer["matches"]]


async def test_files_are_found_by_their_names(bench: Bench) -> None:
    answer = await bench.call("file_search", {"glob": "*.md"})
    assert answer["matches"] == [{"path": "README.md"}, {"path": "docs/guide.md"}]
    assert answer["files_searched"] == 2


async def test_lines_are_found_by_what_is_in_them(bench: Bench, project: Path) -> None:
    (project / "a.txt").write_bytes(b"one (x)\r\ntwo\none (x) again")
    answer = await bench.call("file_search", {"text": "(x)"})
    assert answer["matches"] == [
        {"path": "a.txt", "line": 1, "text": "one (x)", "cut": False},
        {"path": "a.txt", "line": 3, "text": "one (x) again", "cut": False},
    ]
    assert answer["files_searched"] == 4
    assert not answer["truncated"]


async def test_an_expression_is_one_for_a_line(bench: Bench, project: Path) -> None:
    (project / "a.txt").write_bytes(b"first\r\nlast\r\nfirst last\r\n")
    assert lines(await bench.call("file_search", {"text": r"^\w+t$", "regex": True})) == [("a.txt", 1), ("a.txt", 2)]
    assert lines(await bench.call("file_search", {"text": r"^\w+t$"})) == []


@pytest.mark.parametrize(("text", "regex"), [("GRÜN", False), ("gr[Ü]N", True)])
async def test_letters_may_be_large_or_small(bench: Bench, project: Path, text: str, regex: bool) -> None:
    (project / "a.txt").write_text("grün\n")
    arguments = {"text": text, "regex": regex}
    assert lines(await bench.call("file_search", arguments)) == []
    assert lines(await bench.call("file_search", {**arguments, "ignore_case": True})) == [("a.txt", 1)]


async def test_the_lines_around_are_shown_when_they_are_wanted(bench: Bench, project: Path) -> None:
    (project / "a.txt").write_text("1\n2\nhit\n4\n5\n")
    (match,) = (await bench.call("file_search", {"text": "hit", "context_lines": 3}))["matches"]
    assert (match["before"], match["after"]) == (["1", "2"], ["4", "5"])


async def test_a_folder_or_one_file_is_searched(bench: Bench) -> None:
    assert lines(await bench.call("file_search", {"text": "e", "path": "docs"})) == [
        ("docs/guide.md", 1),
        ("docs/sub/deep.txt", 1),
    ]
    assert lines(await bench.call("file_search", {"text": "e", "path": "docs", "glob": "*.md"})) == [
        ("docs/guide.md", 1)
    ]
    assert lines(await bench.call("file_search", {"text": "e", "path": "docs/guide.md"})) == [("docs/guide.md", 1)]
    assert lines(await bench.call("file_search", {"text": "e", "path": "docs/guide.md", "glob": "*.txt"})) == []


async def test_what_is_not_searched_is_counted(bench: Bench, project: Path) -> None:
    (project / "nul").write_bytes(b"hit\0")
    (project / "latin").write_bytes(b"hit \xe9")
    (project / "large").write_bytes(b"hit" + b" " * (4 << 20))
    answer = await bench.call("file_search", {"text": "hit"})
    assert answer["matches"] == []
    assert answer["files_searched"] == 3
    assert answer["files_skipped"] == {"binary": 2, "too_large": 1, "unreadable": 0}
    alone = await bench.call("file_search", {"text": "hit", "path": "large"})
    assert alone["files_skipped"] == {"binary": 0, "too_large": 1, "unreadable": 0}


async def test_links_are_not_searched(bench: Bench, project: Path, outside: Path) -> None:
    (project / "link").symlink_to(outside / "secret.txt")
    (project / "folder").symlink_to(outside)
    assert lines(await bench.call("file_search", {"text": "secret"})) == []
    for path in ("link", "folder", "../outside"):
        with pytest.raises(PermissionDenied):
            await bench.call("file_search", {"text": "secret", "path": path})


async def test_matches_that_are_cut_are_told_and_so_are_long_lines(bench: Bench, project: Path) -> None:
    (project / "a.txt").write_text("hit\n" * 9 + "hit" + "x" * 1000)
    answer = await bench.call("file_search", {"text": "hit", "max_matches": 4})
    assert len(answer["matches"]) == 4
    assert answer["truncated_because"] == "only the first 4 matches are answered"
    whole = await bench.call("file_search", {"text": "hit", "max_matches": 10})
    assert not whole["truncated"]
    assert whole["matches"][9]["cut"]
    assert len(whole["matches"][9]["text"]) == 500


async def test_a_search_ends_in_time_and_says_so(bench: Bench, project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (project / "a.txt").write_text("miss\n" * 2000 + "hit\n")
    monkeypatch.setattr(search, "_SECONDS", -1.0)
    answer = await bench.call("file_search", {"text": "hit"})
    assert answer["matches"] == []
    assert answer["truncated_because"] == "only what was found within -1 seconds is answered"
    assert (await bench.call("file_search", {}))["truncated_because"] == answer["truncated_because"]


async def test_a_search_ends_in_the_midst_of_a_file_and_says_so(
    bench: Bench, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (project / "a.txt").write_bytes(b"\n" * (4 << 20))
    monkeypatch.setattr(search, "_SECONDS", 0.3)
    answer = await bench.call("file_search", {"text": "(a|b)*c", "regex": True, "path": "a.txt"})
    assert answer["truncated_because"] == "only what was found within 0.3 seconds is answered"


@pytest.mark.parametrize(
    "expression", ["(a+)+$", "(x+x+)+y", "(a|a)*b", "(?:a?){500}a{500}", "(.*){9}b", "(" * 300 + "a" + ")*" * 300]
)
async def test_no_expression_takes_long(bench: Bench, project: Path, expression: str) -> None:
    (project / "a.txt").write_text(("a" * 5000 + "c\n") * 20)
    started = process_time()
    await bench.call("file_search", {"text": expression, "regex": True, "path": "a.txt"})
    assert process_time() - started < 20


@pytest.mark.parametrize(
    "expression",
    [
        "(((a{100}){100}){100}){100}",
        "(?:a{1000}){1000}",
        "a{100000}",
        r"(a)\1",
        "(?<=a)b",
        "[",
        "*",
        r"[\p{L}]{900}" * 3,
    ],
)
async def test_an_expression_that_is_wrong_or_too_large_is_refused(bench: Bench, expression: str) -> None:
    with pytest.raises(UsageError, match=r"the expression '.*' is refused: ") as caught:
        await bench.call("file_search", {"text": expression, "regex": True})
    assert "RE2" in caught.value.hint


async def test_without_permission_nothing_is_searched(project: Path) -> None:
    with pytest.raises(PermissionDenied, match=r"tool 'file_search' uses fs.read, which is not allowed") as caught:
        await Bench(project).call("file_search", {"text": "x"})
    assert caught.value.hint == "run again with --allow-fs-read=PATH"


async def test_what_may_not_be_read_is_not_searched(project: Path) -> None:
    bench = Bench(project, allow={"fs.read": ["**"]}, deny={"fs.read": ["docs/sub/**"]})
    assert lines(await bench.call("file_search", {"text": "e"})) == [("README.md", 1), ("docs/guide.md", 1)]
