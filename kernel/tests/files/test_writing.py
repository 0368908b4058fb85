"""Guarded writing: what is inside a root can be changed, and nothing else."""

from __future__ import annotations

import os
import stat
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from llmspell.errors import BudgetExceeded, LlmspellError, PermissionDenied, UsageError
from llmspell.files import Files
from llmspell.files.writing import Writing
from llmspell.quota import Quota

from .racing import race

SECRET = "the secret"


def writing(*roots: Path, quota: Quota | None = None) -> Writing:
    """What may be written below these folders, and read as well."""
    return Writing(roots, readable=Files(roots), quota=quota or Quota())


def test_a_file_is_written_and_written_anew(project: Path) -> None:
    files = writing(project)
    files.write("docs/new", b"one")
    assert (project / "docs" / "new").read_bytes() == b"one"
    files.write(project / "docs" / "new", b"two")
    assert (project / "docs" / "new").read_bytes() == b"two"


def test_a_new_file_must_be_new(project: Path) -> None:
    files = writing(project)
    files.write("new", b"one", new=True)
    with pytest.raises(UsageError, match="'new' exists already") as caught:
        files.write("new", b"two", new=True)
    assert caught.value.kind == "conflict"
    assert (project / "new").read_bytes() == b"one"


def test_a_file_that_is_replaced_keeps_its_mode(project: Path) -> None:
    (project / "README.md").chmod(0o640)
    writing(project).write("README.md", b"new")
    assert stat.S_IMODE((project / "README.md").stat().st_mode) == 0o640


def test_nothing_but_the_file_is_left_behind(project: Path) -> None:
    before = sorted(os.listdir(project))
    files = writing(project)
    files.write("README.md", b"new")
    with pytest.raises(UsageError):
        files.write("README.md", b"new", new=True)
    assert sorted(os.listdir(project)) == before


def test_whoever_reads_meanwhile_finds_the_old_or_the_new_content(project: Path) -> None:
    contents = [bytes([letter]) * 200_000 for letter in b"ab"]
    (project / "file").write_bytes(contents[0])
    done = threading.Event()

    def write() -> None:
        files = writing(project, quota=Quota(write_bytes=1 << 40))
        while not done.is_set():
            for content in contents:
                files.write("file", content)

    writer = threading.Thread(target=write)
    writer.start()
    try:
        found = {Files([project]).read_bytes("file") for _ in range(300)}
    finally:
        done.set()
        writer.join()
    assert found <= set(contents)


@pytest.mark.parametrize(
    "path", ["../outside/new", "docs/../../outside/new", "/etc/llmspell-new", "../outside/secret.txt"]
)
@pytest.mark.parametrize(
    "act",
    [
        lambda files, path: files.write(path, b"x"),
        lambda files, path: files.append(path, b"x"),
        lambda files, path: files.opened(path, "w"),
        lambda files, path: files.opened(path, "r+"),
        lambda files, path: files.make_folder(path),
        lambda files, path: files.remove(path),
        lambda files, path: files.rename(path, "here"),
        lambda files, path: files.rename("README.md", path),
    ],
    ids=["write", "append", "open", "open to change", "make a folder", "remove", "rename", "rename to"],
)  # fmt: skip
def test_a_path_that_leads_out_is_denied(project: Path, path: str, act: Callable[[Writing, str], None]) -> None:
    with pytest.raises(PermissionDenied, match="leads out of"):
        act(writing(project), path)
    assert os.listdir(project.parent / "outside") == ["secret.txt"]
    assert (project.parent / "outside" / "secret.txt").read_text() == SECRET
    assert (project / "README.md").read_text() == "read me\n"


def test_a_link_that_leads_out_is_not_written_through(project: Path) -> None:
    (project / "link").symlink_to("../outside/secret.txt")
    (project / "dangling").symlink_to("../outside/new")
    (project / "folder").symlink_to("../outside")
    for name in ("link", "dangling", "folder/new"):
        for act in (writing(project).write, writing(project).append):
            with pytest.raises(PermissionDenied, match="leads out of"):
                act(name, b"x")
    assert (project.parent / "outside" / "secret.txt").read_text() == SECRET
    assert os.listdir(project.parent / "outside") == ["secret.txt"]


def test_a_link_inside_is_written_through(project: Path) -> None:
    (project / "link").symlink_to("README.md")
    writing(project).write("link", b"new")
    assert (project / "link").is_symlink()
    assert (project / "README.md").read_bytes() == b"new"


def test_removing_a_link_leaves_what_it_leads_to(project: Path) -> None:
    (project / "link").symlink_to("../outside/secret.txt")
    writing(project).remove("link")
    assert not (project / "link").is_symlink()
    assert (project.parent / "outside" / "secret.txt").read_text() == SECRET


def test_a_hard_link_keeps_its_content_when_the_other_name_is_written_anew(project: Path) -> None:
    os.link(project.parent / "outside" / "secret.txt", project / "twin")
    writing(project).write("twin", b"new")
    assert (project.parent / "outside" / "secret.txt").read_text() == SECRET


def test_without_roots_nothing_can_be_written(project: Path) -> None:
    with pytest.raises(PermissionDenied, match="no folder is open to this run") as caught:
        writing().write(project / "new", b"x")
    assert caught.value.hint == "run again with --allow-fs-write=PATH"


@pytest.mark.parametrize("name", ["fifo", "/dev/null"])
def test_special_files_are_refused(project: Path, name: str) -> None:
    os.mkfifo(project / "fifo")
    files = writing(project, Path("/dev"))
    acts: list[Callable[[], object]] = [
        lambda: files.write(name, b"x"),
        lambda: files.append(name, b"x"),
        lambda: files.opened(name, "w"),
        lambda: files.remove(name),
        lambda: files.rename(name, "here"),
        lambda: files.rename("README.md", name),
    ]
    for act in acts:
        with pytest.raises(PermissionDenied, match="it is not a regular file"):
            act()
    assert stat.S_ISFIFO((project / "fifo").stat().st_mode)


@pytest.mark.skipif(not Path("/proc/self/comm").exists(), reason="the system has no /proc")
def test_proc_is_refused_even_below_a_root() -> None:
    files = writing(Path("/"))
    for act in (files.write, files.append):
        with pytest.raises(PermissionDenied, match="not a regular file"):
            act("/proc/self/comm", b"x")


def test_a_folder_is_not_a_file(project: Path) -> None:
    for act in (writing(project).write, writing(project).append):
        with pytest.raises(UsageError, match="'docs' is a folder, not a file"):
            act("docs", b"x")


def test_a_folder_that_is_missing_is_named(project: Path) -> None:
    with pytest.raises(UsageError, match="'gone/new' does not exist") as caught:
        writing(project).write("gone/new", b"x")
    assert caught.value.kind == "not_found"


def test_appending_adds_to_the_end_and_makes_the_file(project: Path) -> None:
    files = writing(project)
    files.append("log", b"one")
    files.append("log", b"two")
    assert (project / "log").read_bytes() == b"onetwo"


def test_a_folder_is_made_once(project: Path) -> None:
    files = writing(project)
    files.make_folder("new")
    files.make_folder("new")
    assert (project / "new").is_dir()
    with pytest.raises(UsageError, match=r"'README.md' exists already"):
        files.make_folder("README.md")


def test_an_empty_folder_is_removed_and_a_full_one_is_not(project: Path) -> None:
    (project / "empty").mkdir()
    files = writing(project)
    files.remove("empty")
    assert not (project / "empty").exists()
    with pytest.raises(UsageError, match="'docs' cannot be removed: the folder is not empty") as caught:
        files.remove("docs")
    assert caught.value.hint == "remove what is in it first"


def test_a_root_is_not_removed(project: Path) -> None:
    with pytest.raises(PermissionDenied, match=r"'.' may not be removed: it is what the run was granted"):
        writing(project).remove(".")


def test_removing_what_is_not_there_is_an_error(project: Path) -> None:
    with pytest.raises(UsageError, match="'gone' does not exist"):
        writing(project).remove("gone")


def test_a_file_gets_another_name_and_replaces_what_has_it(project: Path) -> None:
    writing(project).rename("README.md", "docs/guide.md")
    assert (project / "docs" / "guide.md").read_text() == "read me\n"
    assert not (project / "README.md").exists()


def test_a_folder_keeps_its_name(project: Path) -> None:
    with pytest.raises(UsageError, match="'docs' is a folder, not a file"):
        writing(project).rename("docs", "papers")


def test_what_may_not_be_read_may_not_be_renamed(project: Path) -> None:
    outside = project.parent / "outside"
    files = Writing([project, outside], readable=Files([project]), quota=Quota())
    with pytest.raises(PermissionDenied, match="may not be read"):
        files.rename(outside / "secret.txt", "here")


def test_what_may_not_be_read_may_not_be_opened_to_change(project: Path) -> None:
    outside = project.parent / "outside"
    files = Writing([project, outside], readable=Files([project]), quota=Quota())
    for mode in ("r+", "w+", "a+", "r"):
        with pytest.raises(PermissionDenied, match="may not be read"):
            files.opened(outside / "secret.txt", mode)
    assert (outside / "secret.txt").read_text() == SECRET


def test_a_file_that_becomes_a_link_is_not_written_through(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    look = os.stat

    def look_then_swap(path: str, *args: object, **options: object) -> os.stat_result:
        found = look(path, *args, **options)  # type: ignore[arg-type]  # passed on as they are
        if path == "README.md":
            monkeypatch.setattr(os, "stat", look)
            (project / "README.md").unlink()
            (project / "README.md").symlink_to("../outside/secret.txt")
        return found

    monkeypatch.setattr(os, "stat", look_then_swap)
    with pytest.raises(LlmspellError, match=r"'README.md' was changed while it was being opened") as caught:
        writing(project).append("README.md", b"x")
    assert caught.value.kind == "conflict"
    (project / "README.md").unlink()
    (project / "README.md").write_text("again")
    monkeypatch.setattr(os, "stat", look_then_swap)
    writing(project).write("README.md", b"x")  # takes the link's place
    assert (project / "README.md").read_bytes() == b"x"
    assert (project.parent / "outside" / "secret.txt").read_text() == SECRET


def test_a_folder_swapped_for_a_link_never_leads_out(project: Path) -> None:
    (project / "trap").symlink_to("../outside")

    def write(number: int) -> str:
        writing(project).write(f"docs/new{number % 3}", b"x")
        return "written"

    found = race(project / "docs", project / "trap", 1500, write)
    assert os.listdir(project.parent / "outside") == ["secret.txt"]
    assert "written" in found


def test_what_is_written_counts_whether_it_replaces_or_not(project: Path) -> None:
    quota = Quota(write_bytes=10)
    files = writing(project, quota=quota)
    files.write("a", b"12345")
    files.append("a", b"123")
    with pytest.raises(BudgetExceeded, match="the budget write_bytes of 10 bytes is used up") as caught:
        files.write("a", b"123")
    assert "limits.write_bytes" in caught.value.hint
    assert (project / "a").read_bytes() == b"12345123"
    assert quota.used("write_bytes") == 8


def test_only_so_many_files_are_open_at_once_and_a_closed_one_counts_no_more(project: Path) -> None:
    quota = Quota(open_files=2)
    files = writing(project, quota=quota)
    first, _second = files.opened("a", "w"), files.opened("b", "w")
    with pytest.raises(BudgetExceeded, match="open_files"):
        files.opened("c", "w")
    assert not (project / "c").exists()
    first.close()
    first.close()
    with files.opened("c", "w"):
        assert quota.used("open_files") == 2
    _second.close()
    with pytest.raises(UsageError):
        files.opened("gone", "r")
    assert quota.used("open_files") == 0


def test_an_unknown_mode_is_refused(project: Path) -> None:
    with pytest.raises(UsageError, match="'x' is no mode to open a file in: choose one of r, w, a"):
        writing(project).opened("a", "x")


def test_a_closed_file_says_so(project: Path) -> None:
    file = writing(project).opened("README.md", "r")
    file.close()
    with pytest.raises(UsageError, match=r"'README.md' is closed"):
        file.read(1)


def test_a_line_that_is_too_long_is_refused(project: Path) -> None:
    with (
        writing(project).opened("README.md", "r") as file,
        pytest.raises(UsageError, match=r"a line of 'README.md' is longer than 3 bytes"),
    ):
        file.read_line(3)


def test_nothing_stays_open_when_something_fails(project: Path) -> None:
    files = writing(project)
    before = len(os.listdir("/proc/self/fd"))
    for path in ("../x", "gone/x", "docs", "README.md/x"):
        for act in (files.write, files.append):
            with pytest.raises(LlmspellError):
                act(path, b"x")
        with pytest.raises(LlmspellError):
            files.rename(path, "y")
    assert len(os.listdir("/proc/self/fd")) == before


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.one_of(
            st.tuples(st.just("write"), st.binary(max_size=20)),
            st.tuples(st.just("read"), st.integers(0, 20)),
            st.tuples(st.just("seek"), st.integers(0, 30)),
        ),
        max_size=12,
    ),
    st.sampled_from(["w+", "a+", "r+"]),
)
def test_an_open_file_is_what_a_list_of_bytes_would_be(
    tmp_path_factory: pytest.TempPathFactory, acts: list[tuple[str, bytes | int]], mode: str
) -> None:
    folder = tmp_path_factory.mktemp("model")
    (folder / "file").write_bytes(b"0123456789")
    content, place = bytearray(b"" if mode == "w+" else b"0123456789"), 0
    with writing(folder).opened("file", mode) as file:
        for act, value in acts:
            match value:
                case bytes():
                    file.write(value)
                    if value or mode == "a+":
                        place = len(content) if mode == "a+" else place
                    if value:
                        content.extend(bytes(max(0, place - len(content))))
                        content[place : place + len(value)] = value
                        place += len(value)
                case int() if act == "read":
                    assert file.read(value) == content[place : place + value]
                    place += len(content[place : place + value])
                case int():
                    assert file.seek("set", value) == value
                    place = value
    assert (folder / "file").read_bytes() == content
