"""Guarded file reading: what is inside a root can be read, and nothing else."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from llmspell.errors import LlmspellError, PermissionDenied, UsageError
from llmspell.files import Files

SECRET = "the secret"


def test_a_file_is_read_by_its_relative_path(project: Path) -> None:
    files = Files([project])
    assert files.read_text("README.md") == "read me\n"
    assert files.read_text("./docs//guide.md") == "guide\n"
    assert files.read_bytes(Path("docs") / "guide.md") == b"guide\n"


def test_a_file_is_read_by_an_absolute_path_inside_a_root(project: Path) -> None:
    assert Files([project]).read_text(project / "docs" / "guide.md") == "guide\n"


def test_a_relative_path_starts_at_the_first_root_and_an_absolute_one_may_be_in_any(project: Path) -> None:
    outside = project.parent / "outside"
    files = Files([project, outside])
    assert files.read_text(outside / "secret.txt") == SECRET
    with pytest.raises(UsageError, match=r"'secret.txt' does not exist"):
        files.read_text("secret.txt")


def test_going_up_inside_the_root_is_allowed(project: Path) -> None:
    assert Files([project]).read_text("docs/../README.md") == "read me\n"


@pytest.mark.parametrize(
    "path",
    [
        "../outside/secret.txt",
        "docs/../../outside/secret.txt",
        "..",
        "docs/../../project/README.md",
        "/etc/passwd",
    ],
)
def test_a_path_that_leads_out_is_denied(project: Path, path: str) -> None:
    with pytest.raises(PermissionDenied, match=r"may not be read: it leads out of '.*project'") as caught:
        Files([project]).read_text(path)
    assert caught.value.kind == "permission"
    assert caught.value.hint == "copy the file into the project folder"


def test_an_absolute_path_that_leaves_its_root_again_is_denied(project: Path) -> None:
    with pytest.raises(PermissionDenied, match="leads out"):
        Files([project]).read_text(f"{project}/../outside/secret.txt")


def test_a_folder_whose_name_only_begins_like_the_root_is_outside(project: Path) -> None:
    twin = project.with_name("project-twin")
    twin.mkdir()
    (twin / "a.txt").write_text(SECRET)
    with pytest.raises(PermissionDenied, match="leads out"):
        Files([project]).read_text(twin / "a.txt")


def test_without_roots_nothing_can_be_read(project: Path) -> None:
    with pytest.raises(PermissionDenied, match="no folder is open to this run") as caught:
        Files([]).read_text(project / "README.md")
    assert caught.value.hint == "run again with --allow-fs-read=PATH"


def test_links_inside_the_root_are_followed(project: Path) -> None:
    (project / "file-link").symlink_to("docs/guide.md")
    (project / "docs-link").symlink_to("docs")
    (project / "docs" / "up").symlink_to("../README.md")
    (project / "absolute").symlink_to(project / "docs" / "up")
    files = Files([project])
    assert files.read_text("file-link") == "guide\n"
    assert files.read_text("docs-link/guide.md") == "guide\n"
    assert files.read_text("docs-link/up") == "read me\n"
    assert files.read_text("absolute") == "read me\n"


def test_going_up_from_behind_a_link_goes_to_where_the_link_leads(project: Path) -> None:
    (project / "docs" / "deep").mkdir()
    (project / "deep-link").symlink_to("docs/deep")
    assert Files([project]).read_text("deep-link/../guide.md") == "guide\n"


def test_an_absolute_link_may_lead_into_another_root(project: Path) -> None:
    outside = project.parent / "outside"
    (project / "link").symlink_to(outside / "secret.txt")
    assert Files([project, outside]).read_text("link") == SECRET


@pytest.mark.parametrize("target", ["../outside/secret.txt", "{outside}/secret.txt", "/proc/self/environ"])
def test_a_link_that_leads_out_is_denied(project: Path, target: str) -> None:
    (project / "link").symlink_to(target.format(outside=project.parent / "outside"))
    (project / "chain").symlink_to("link")
    for name in ("link", "chain"):
        with pytest.raises(PermissionDenied, match="leads out"):
            Files([project]).read_text(name)


def test_a_link_to_a_folder_outside_is_denied(project: Path) -> None:
    (project / "link").symlink_to("../outside")
    with pytest.raises(PermissionDenied, match="leads out"):
        Files([project]).read_text("link/secret.txt")


def test_a_loop_of_links_ends(project: Path) -> None:
    (project / "a").symlink_to("b")
    (project / "b").symlink_to("a")
    with pytest.raises(UsageError, match="'a' cannot be read: it leads through more than 40 links"):
        Files([project]).read_text("a")


def test_a_root_that_is_itself_a_link_works(project: Path) -> None:
    link = project.with_name("by-link")
    link.symlink_to(project)
    (project / "absolute").symlink_to(project / "README.md")
    files = Files([link])
    assert files.read_text("README.md") == files.read_text(link / "README.md") == "read me\n"
    assert files.read_text(project / "README.md") == files.read_text("absolute") == "read me\n"


def test_a_root_that_is_a_file_is_no_folder(project: Path) -> None:
    with pytest.raises(LlmspellError, match=r"the folder '.*README.md' cannot be opened: Not a directory"):
        Files([project / "README.md"]).read_text("a")


def test_a_fifo_is_refused_without_waiting_for_a_writer(project: Path) -> None:
    os.mkfifo(project / "fifo")
    with pytest.raises(PermissionDenied, match="'fifo' may not be read: it is not a regular file"):
        Files([project]).read_bytes("fifo")


def test_a_device_and_a_socket_are_refused(project: Path) -> None:
    import socket

    with socket.socket(socket.AF_UNIX) as server:
        here = os.getcwd()
        os.chdir(project)  # a socket's path must be short
        try:
            server.bind("socket")
        finally:
            os.chdir(here)
        with pytest.raises(PermissionDenied, match="not a regular file"):
            Files([project]).read_bytes("socket")
    with pytest.raises(PermissionDenied, match="not a regular file"):
        Files([Path("/dev")]).read_bytes("null")


@pytest.mark.skipif(not Path("/proc/self/environ").exists(), reason="the system has no /proc")
def test_proc_is_refused_even_below_a_root(project: Path) -> None:
    for path in ("/proc/self/environ", "/proc/self/root" + "/proc/self/environ", "/proc/self/status"):
        with pytest.raises(PermissionDenied, match="not a regular file"):
            Files([Path("/")]).read_bytes(path)


def test_a_file_above_the_limit_is_refused_and_one_at_the_limit_is_read(project: Path) -> None:
    files = Files([project], max_bytes=1000)
    (project / "fits").write_bytes(b"x" * 1000)
    (project / "large").write_bytes(b"x" * 1001)
    assert len(files.read_bytes("fits")) == 1000
    with pytest.raises(UsageError, match="'large' has 1001 bytes, and at most 1000 are read") as caught:
        files.read_bytes("large")
    assert caught.value.details == {"max_bytes": 1000}


def test_a_huge_sparse_file_is_refused_without_reading_it_whole(project: Path) -> None:
    with (project / "huge").open("wb") as file:
        file.truncate(1 << 40)
    with pytest.raises(UsageError, match="at most 16777216 are read"):
        Files([project]).read_bytes("huge")


def test_a_missing_file_is_not_found_and_names_what_is_near(project: Path) -> None:
    files = Files([project])
    with pytest.raises(UsageError, match=r"'READ.md' does not exist") as caught:
        files.read_text("READ.md")
    assert caught.value.kind == "not_found"
    assert caught.value.hint == "did you mean 'README.md'?"
    with pytest.raises(UsageError, match="'docs/zzz' does not exist") as caught:
        files.read_text("docs/zzz")
    assert caught.value.hint == "the folder has guide.md"


def test_the_names_of_a_large_folder_are_cut(project: Path) -> None:
    for number in range(2000):
        (project / "docs" / f"{number:04}").touch()
    with pytest.raises(UsageError, match="does not exist") as caught:
        Files([project]).read_text("docs/zzz")
    assert caught.value.hint.startswith("the folder has ")
    assert caught.value.hint.endswith(", ...")
    assert len(caught.value.hint) < 200


def test_a_file_in_the_place_of_a_folder_is_not_found(project: Path) -> None:
    with pytest.raises(UsageError, match=r"'README.md/x' does not exist: 'README.md' is not a folder"):
        Files([project]).read_text("README.md/x")


@pytest.mark.parametrize("path", ["docs", "", ".", "docs/.."])
def test_a_folder_is_not_a_file(project: Path, path: str) -> None:
    with pytest.raises(UsageError, match=f"^'{path}' is a folder, not a file$") as caught:
        Files([project]).read_text(path)
    assert caught.value.hint.startswith("the folder has ")


def test_an_empty_folder_says_so(project: Path) -> None:
    (project / "empty").mkdir()
    with pytest.raises(UsageError, match="is a folder") as caught:
        Files([project]).read_text("empty")
    assert caught.value.hint == "the folder is empty"


def test_a_root_that_does_not_exist_is_named(tmp_path: Path) -> None:
    with pytest.raises(LlmspellError, match=r"the folder '.*/gone' cannot be opened: No such file") as caught:
        Files([tmp_path / "gone"]).read_text("a")
    assert caught.value.kind == "not_found"


@pytest.mark.parametrize(("name", "reason"), [("a\0b", "it has a NUL character"), ("\ud800", "surrogates not allowed")])
def test_what_cannot_be_a_file_name_is_refused(project: Path, name: str, reason: str) -> None:
    with pytest.raises(UsageError, match=f"is not a file name: {reason}"):
        Files([project]).read_text(name)


def test_a_name_that_is_too_long_is_refused(project: Path) -> None:
    with pytest.raises(LlmspellError, match="cannot be read: File name too long"):
        Files([project]).read_text("x" * 5000)


def test_a_path_that_is_too_deep_is_refused_and_leaves_nothing_open(project: Path) -> None:
    deep = project
    for _ in range(140):
        deep = deep / "d"
    deep.mkdir(parents=True)
    before = len(os.listdir("/proc/self/fd"))
    with pytest.raises(UsageError, match="it is more than 128 folders deep"):
        Files([project]).read_text("d/" * 140 + "file")
    assert len(os.listdir("/proc/self/fd")) == before


def test_a_long_way_up_and_down_opens_few_files_at_once(project: Path) -> None:
    code = (
        "import resource, sys; resource.setrlimit(resource.RLIMIT_NOFILE, (32, 32))\n"
        "from pathlib import Path; from llmspell.files import Files\n"
        "assert Files([Path(sys.argv[1])]).read_text('docs/../' * 400 + 'README.md') == 'read me\\n'\n"
    )
    assert subprocess.run([sys.executable, "-c", code, str(project)], timeout=60, check=False).returncode == 0


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read every file")
def test_a_file_that_the_system_denies_is_an_error_of_permission(project: Path) -> None:
    (project / "README.md").chmod(0)
    with pytest.raises(LlmspellError, match="cannot be read: Permission denied") as caught:
        Files([project]).read_text("README.md")
    assert caught.value.kind == "permission"


def test_a_binary_file_is_not_text(project: Path) -> None:
    files = Files([project])
    (project / "nul").write_bytes(b"ab\0c")
    (project / "latin").write_bytes("caf\u00e9".encode("latin-1"))
    with pytest.raises(UsageError, match="'nul' is not text: it has a NUL byte at offset 2"):
        files.read_text("nul")
    with pytest.raises(UsageError, match="'latin' is not UTF-8 text: it has byte 0xe9 at offset 3"):
        files.read_text("latin")


def test_a_byte_order_mark_is_dropped_and_line_ends_are_kept(project: Path) -> None:
    (project / "windows.txt").write_bytes(b"\xef\xbb\xbfone\r\ntwo\r\n")
    assert Files([project]).read_text("windows.txt") == "one\r\ntwo\r\n"
