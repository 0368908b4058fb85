"""Ways out of the folders of modules: by name, by link, and by changing a file while it is looked at."""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from llmspell.errors import LlmspellError, PermissionDenied, UsageError
from llmspell.script.modules import Modules
from llmspell.spell import MAX_SOURCE

_SECRET = "return 'secret'"
_RACES = 300  # loads, each against a swap that may fall anywhere

posix = pytest.mark.skipif(sys.platform == "win32", reason="makes links and special files")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder of modules beside one that is out of bounds."""
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside" / "secret.lua").write_text(_SECRET)
    folder = tmp_path / "spells"
    (folder / "lib").mkdir(parents=True)
    (folder / "text.lua").write_text("return 1")
    (folder / "lib" / "secret.lua").write_text("return 'inner'")
    return folder


def modules(*folders: Path, check: Callable[[str], object] | None = None) -> Modules:
    return Modules(folders, "medium", ("lua",), check)


_NAMES = {
    "two dots at the end": "lib..",
    "dots of percent": "%2e%2e.outside.secret",
    "one dot leader": "\u2024\u2024.secret",
    "fullwidth dots": "\uff0e\uff0e.secret",
    "fullwidth slash": "lib\uff0fsecret",
    "division slash": "lib\u2215secret",
    "right-to-left mark": "text\u200f",
    "zero-width space": "te\u200bxt",
    "NUL before an ending": "text\0.so",
    "drive": "C:.lib",
    "drive with a path": "C:\\lib\\secret",
    "UNC": "\\\\server\\share\\secret",
    "UNC with slashes": "//server/share/secret",
    "device namespace": "\\\\?\\C:\\secret",
    "alternate stream": "text:hidden",
    "URL": "file:///etc/passwd",
    "wildcard": "t?xt",
    "newline in the middle": "lib\n.secret",
    "variable": "$HOME.secret",
    "bytes": b"text",
}


@pytest.mark.parametrize("name", _NAMES)
def test_a_name_that_could_lead_elsewhere_is_no_module_name(name: str, folder: Path) -> None:
    with pytest.raises(UsageError, match="is not a module name"):
        modules(folder).load(_NAMES[name])


@pytest.mark.parametrize("name", ["TEXT", "Text", "LIB.secret", "lib.SECRET"])
def test_a_name_in_other_letters_is_another_module_or_the_same_file(name: str, folder: Path) -> None:
    if (folder / "TEXT.lua").exists():  # where the system folds case
        found = modules(folder).load(name)["key"]
        assert found in {os.path.realpath(folder / path) for path in ("text.lua", "lib/secret.lua")}
        return
    with pytest.raises(UsageError, match=f"there is no module '{name}'"):
        modules(folder).load(name)


@pytest.mark.parametrize("ending", ["so", "dll", "luac", "py", "lua.so", "pyd"])
def test_a_file_with_another_ending_is_no_module(ending: str, folder: Path) -> None:
    (folder / f"native.{ending}").write_bytes(b"\x7fELF")
    with pytest.raises(UsageError, match="there is no module 'native'"):
        modules(folder).load("native")
    with pytest.raises(UsageError, match=f"there is no module 'native.{ending}'"):
        modules(folder).load(f"native.{ending}")


@pytest.mark.parametrize("name", ["con", "nul", "aux", "com1"])
def test_a_device_of_windows_is_no_module(name: str, folder: Path) -> None:
    with pytest.raises(UsageError, match="there is no module"):
        modules(folder).load(name)


@posix
@pytest.mark.parametrize("steps", [1, 2, 20])
def test_links_to_links_that_lead_out_are_denied(steps: int, folder: Path, tmp_path: Path) -> None:
    target = tmp_path / "outside" / "secret.lua"
    for step in range(steps):
        link = folder / f"step{step}.lua"
        link.symlink_to(target)
        target = link
    with pytest.raises(PermissionDenied, match="is a link to a place outside its folder"):
        modules(folder).load(f"step{steps - 1}")


@posix
def test_a_link_out_and_in_again_is_judged_by_where_it_ends(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "outside" / "back").symlink_to(folder)
    (folder / "round.lua").symlink_to(tmp_path / "outside" / "back" / "text.lua")
    assert modules(folder).load("round")["key"] == os.path.realpath(folder / "text.lua")


@posix
def test_a_link_to_a_folder_with_a_name_that_begins_alike_is_denied(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "spells-secret").mkdir()
    (tmp_path / "spells-secret" / "a.lua").write_text(_SECRET)
    (folder / "a.lua").symlink_to(tmp_path / "spells-secret" / "a.lua")
    with pytest.raises(PermissionDenied, match="is a link to a place outside its folder"):
        modules(folder).load("a")


@posix
def test_links_in_a_circle_and_links_to_nothing_are_no_modules(folder: Path) -> None:
    (folder / "ring.lua").symlink_to(folder / "ring.lua")
    (folder / "gone.lua").symlink_to(folder / "nothing.lua")
    for name in ("ring", "gone"):
        with pytest.raises(UsageError, match="there is no module"):
            modules(folder).load(name)


@posix
@pytest.mark.parametrize("make", [os.mkfifo, os.mkdir], ids=["pipe", "folder"])
def test_what_is_no_file_is_no_module_and_nobody_waits_for_it(make: Callable[[Path], None], folder: Path) -> None:
    make(folder / "odd.lua")
    with pytest.raises(UsageError, match="there is no module 'odd'"):
        modules(folder).load("odd")


@posix
@pytest.mark.parametrize("target", ["/dev/zero", "/proc/self/environ"])
def test_a_link_to_a_special_file_is_denied_or_none(target: str, folder: Path) -> None:
    (folder / "odd.lua").symlink_to(target)
    with pytest.raises(LlmspellError, match=r"there is no module 'odd'|is a link to a place outside its folder"):
        modules(folder).load("odd")


def test_a_check_that_refuses_a_module_sees_its_real_path_before_it_is_read(folder: Path) -> None:
    asked: list[str] = []

    def refuse(path: str) -> None:
        asked.append(path)
        raise PermissionDenied("no")

    with pytest.raises(PermissionDenied, match=r"^no$"):
        modules(folder, check=refuse).load("text")
    assert asked == [os.path.realpath(folder / "text.lua")]


def test_a_file_that_a_sparse_hole_makes_huge_is_refused_unread(folder: Path) -> None:
    with (folder / "huge.lua").open("wb") as huge:
        huge.truncate(1 << 30)
    with pytest.raises(UsageError, match=f"module 'huge' is larger than {MAX_SOURCE >> 20} MiB"):
        modules(folder).load("huge")


# Races

# `Modules` judges a path and then opens it again by that path; see the tests of `llmspell.files` for how not to.


@posix
@pytest.mark.parametrize("part", ["file", "folder"])
def test_a_swap_between_the_check_and_the_reading_shows_nothing(part: str, folder: Path, tmp_path: Path) -> None:
    def swap(_path: str) -> None:
        place, target = (
            (folder / "lib" / "secret.lua", tmp_path / "outside" / "secret.lua")
            if part == "file"
            else (folder / "lib", tmp_path / "outside")
        )
        place.rename(folder / "moved")
        place.symlink_to(target)

    try:
        source = modules(folder, check=swap).load("lib.secret")["source"]
    except LlmspellError:
        return
    assert source != _SECRET


@contextmanager
def _swapping(place: Path, target: Path) -> Iterator[None]:
    """While this lasts, `place` is now a file of the folder and now a link to `target`."""
    inside, link = place.with_suffix(".inside"), place.with_suffix(".link")
    ended = threading.Event()

    def work() -> None:
        while not ended.is_set():
            link.symlink_to(target)
            link.replace(place)
            inside.write_text("return 1")
            inside.replace(place)

    thread = threading.Thread(target=work)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()


@posix
def test_a_file_that_is_swapped_all_the_time_shows_nothing(folder: Path, tmp_path: Path) -> None:
    seen: set[str] = set()
    with _swapping(folder / "text.lua", tmp_path / "outside" / "secret.lua"):
        for _ in range(_RACES):
            try:
                seen.add(modules(folder).load("text")["source"])
            except (LlmspellError, OSError) as error:
                seen.add(type(error).__name__)
    assert _SECRET not in seen
