"""Which file a program's name stands for, and where it works."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from llmspell.errors import LlmspellError, PermissionDenied, UsageError
from llmspell.process.held import Held
from llmspell.process.programs import find, safe_folders

from .ground import PRINTF, Ground


def processes(place: Ground, *folders: Path | str) -> Any:
    """Programs that are looked for elsewhere."""
    from llmspell.process import Processes  # anew, for the mutants

    context = place.context
    return Processes(context.guard, place.project, context.event, folders=[str(folder) for folder in folders])


async def test_a_program_on_the_users_path_does_not_stand_in_for_one_of_the_system(
    ground: Callable[..., Ground], monkeypatch: pytest.MonkeyPatch
) -> None:
    place = ground("printf real")
    place.script("printf", "touch canary")
    monkeypatch.setenv("PATH", f"{place.project}:{os.environ['PATH']}")
    assert await place.said("printf", "real") == "real"
    assert not place.canary.exists()


async def test_a_program_in_the_folder_where_it_would_work_is_not_found_there(ground: Callable[..., Ground]) -> None:
    place = ground("**")
    place.script("only-here", "touch canary")
    with pytest.raises(UsageError, match="there is no program 'only-here' in /usr/local/bin, /usr/bin, /bin") as caught:
        await place.run("only-here")
    assert caught.value.kind == "not_found"
    assert not place.canary.exists()


@pytest.mark.parametrize("name", ["./tool", "../project/tool", "sub/tool", "tool/"])
async def test_a_relative_path_is_refused(ground: Callable[..., Ground], name: str) -> None:
    place = ground("**")
    place.script("tool", "touch canary")
    with pytest.raises(UsageError, match=f"the program '{name}' is a relative path") as caught:
        await place.run(name)
    assert caught.value.hint == "write its absolute path, or the bare name 'tool'"
    assert not place.canary.exists()


@pytest.mark.parametrize("name", ["//usr/bin/touch", "/usr/bin/../bin/touch", "/usr/./bin/touch", "/usr/bin/touch/"])
async def test_a_path_has_one_spelling(ground: Callable[..., Ground], name: str) -> None:
    place = ground("**", deny=["/usr/bin/other"])
    with pytest.raises(UsageError, match="is no plain path") as caught:
        await place.run(name, "canary")
    assert caught.value.hint == "write '/usr/bin/touch'"
    assert not place.canary.exists()


@pytest.mark.parametrize("name", [".", "..", "~", "~/tool", "-c", "touch canary", "touch\n"])
async def test_a_name_is_nothing_but_a_name(ground: Callable[..., Ground], name: str) -> None:
    place = ground("**")
    with pytest.raises(UsageError, match=r"there is no program|is a relative path"):
        await place.run(name, "canary")
    assert not place.canary.exists()


@pytest.mark.parametrize("mode", [0o777, 0o775, 0o1777])
async def test_a_folder_where_others_may_write_is_left_out(
    ground: Callable[..., Ground], tmp_path: Path, mode: int
) -> None:
    place = ground("tool")
    place.script("tool", "touch canary", folder=tmp_path / "shared")
    (tmp_path / "shared").chmod(mode)
    with pytest.raises(UsageError, match=r"in /usr/bin \(others may write to .*shared, so nothing is started from"):
        await processes(place, tmp_path / "shared", "/usr/bin").run(["tool"])
    assert not place.canary.exists()


async def test_a_folder_of_another_user_is_left_out(tmp_path: Path) -> None:
    if os.geteuid() != 0:
        pytest.skip("only root can give a folder away")
    (tmp_path / "theirs").mkdir()
    os.chown(tmp_path / "theirs", 12345, 12345)
    assert safe_folders([str(tmp_path / "theirs"), "/usr/bin"]) == ("/usr/bin",)


async def test_the_first_folder_wins_and_is_the_programs_own_path(
    ground: Callable[..., Ground], tmp_path: Path
) -> None:
    place = ground("tool")
    for folder in ("one", "two"):
        place.script("tool", f"echo {folder} $PATH", folder=tmp_path / folder)
    finished = await processes(place, "/no/such/folder", tmp_path / "one", tmp_path / "two").run(["tool"])
    assert finished.stdout.decode() == f"one {tmp_path}/one:{tmp_path}/two\n"


@pytest.mark.parametrize("folder", ["", ".", "bin", "~/bin", "/usr/bin:/bin"])
async def test_a_folder_for_programs_is_absolute(ground: Callable[..., Ground], folder: str) -> None:
    place = ground()
    with pytest.raises(UsageError, match=f"programs cannot be looked for in '{folder}'"):
        processes(place, folder)


async def test_a_program_elsewhere_is_started_when_its_path_is_granted(
    ground: Callable[..., Ground], tmp_path: Path
) -> None:
    tool = str(tmp_path / "project" / "my tool")
    place = ground(f"'{tool}' *")
    place.script("my tool", 'echo "$0" "$1" "$PWD"')
    assert await place.said(tool, "a b") == f"{tool} a b {place.project}\n"


async def test_a_link_is_started_by_the_name_that_was_granted(ground: Callable[..., Ground], tmp_path: Path) -> None:
    link = tmp_path / "project" / "copy-of-printf"
    place = ground(f"{link} *")
    link.symlink_to("/usr/bin/printf")
    assert await place.said(str(link), "a") == "a"
    assert place.last()["program"] == PRINTF


@pytest.mark.parametrize("shared", ["file", "folder", "above"])
async def test_a_program_that_everybody_may_change_is_refused(
    ground: Callable[..., Ground], tmp_path: Path, shared: str
) -> None:
    place = ground("**")
    path = place.script("tool", "touch canary", folder=tmp_path / "above" / "folder")
    open_to_all = {"file": Path(path), "folder": tmp_path / "above" / "folder", "above": tmp_path / "above"}[shared]
    open_to_all.chmod(0o777)
    with pytest.raises(PermissionDenied, match=f"may not be started: everybody may write to '{open_to_all}'"):
        await place.run(path)
    assert not place.canary.exists()


async def test_a_file_without_execute_bit_is_no_program(ground: Callable[..., Ground]) -> None:
    place = ground("**")
    path = place.script("tool", "touch canary", mode=0o644)
    with pytest.raises(LlmspellError, match=f"'{path}' is no program: the file '{path}' has no execute bit") as caught:
        await place.run(path)
    assert caught.value.kind == "tool_failed"
    assert caught.value.hint == f"type: chmod +x {path}"


async def test_what_is_no_file_is_no_program(ground: Callable[..., Ground]) -> None:
    place = ground("**")
    os.mkfifo(place.project / "fifo", 0o755)
    for name in ("fifo", ".", "nothing"):
        with pytest.raises(UsageError, match="there is no program") as caught:
            await place.run(str(place.project / name))
        assert caught.value.kind == "not_found"


async def test_a_program_that_cannot_be_looked_at_says_why(ground: Callable[..., Ground]) -> None:
    place = ground("**")
    (place.project / "loop").symlink_to("loop")
    for name, reason in ((str(place.project / "loop"), "too many levels"), ("x" * 300, "file name too long")):
        with pytest.raises(LlmspellError, match=f"cannot be started: {reason}") as caught:
            await place.run(name)
        assert caught.value.kind == "tool_failed"


BROKEN = {
    "no-binary": ("just text\n", "it is neither a binary of this system nor has it a first line"),
    "no-interpreter": ("#!/no/such/interpreter\n", "the interpreter that it needs does not exist"),
}


@pytest.mark.parametrize(("content", "message"), BROKEN.values(), ids=BROKEN.keys())
async def test_a_program_that_the_system_does_not_start_says_why(
    ground: Callable[..., Ground], content: str, message: str
) -> None:
    place = ground("**")
    place.script("tool")
    (place.project / "tool").write_text(content)
    with pytest.raises(LlmspellError, match=message) as caught:
        await place.run(str(place.project / "tool"))
    assert caught.value.kind == "tool_failed"
    assert place.last()["ended"] == "not started"


@pytest.mark.parametrize("size", [140_000, 4_000_000])
async def test_words_that_are_too_long_are_told(ground: Callable[..., Ground], size: int) -> None:
    with pytest.raises(LlmspellError, match="'printf' cannot be started: its words are too long") as caught:
        await ground("**").run("printf", *["x" * 100_000] * (size // 100_000 - 1), "x" * min(size, 140_000))
    assert caught.value.hint == "pass them on its standard input"


async def test_a_binary_that_is_swapped_after_the_check_is_not_the_one_that_starts(
    ground: Callable[..., Ground], monkeypatch: pytest.MonkeyPatch
) -> None:
    place = ground("**")
    tool = place.copy(PRINTF, "tool")
    _swap_after_check(monkeypatch, tool, place.copy("/usr/bin/touch", "other"))
    finished = await place.run(str(tool), "canary")
    assert finished.stdout == b"canary"
    assert not place.canary.exists()


async def test_a_script_that_is_swapped_after_the_check_is_not_started(
    ground: Callable[..., Ground], monkeypatch: pytest.MonkeyPatch
) -> None:
    place = ground("**")
    good = place.script("good", "echo good")
    _swap_after_check(monkeypatch, Path(good), place.script("bad", "touch canary"))
    with pytest.raises(LlmspellError, match="was changed while it was being started") as caught:
        await place.run(good)
    assert (caught.value.kind, caught.value.retryable) == ("conflict", True)
    assert not place.canary.exists()


def _swap_after_check(monkeypatch: pytest.MonkeyPatch, name: Path, other: str | Path) -> None:
    """Put another program in the place of `name` as soon as it was found."""

    def found(word: str, folders: tuple[str, ...]) -> Held:
        program = find(word, folders)
        name.unlink()
        os.link(other, name)
        return program

    monkeypatch.setattr("llmspell.process.programs.find", found)


async def test_a_program_that_is_not_granted_may_or_may_not_exist(ground: Callable[..., Ground]) -> None:
    place = ground()
    for name in (place.script("there"), str(place.project / "not-there"), "ls", "no-such-program"):
        with pytest.raises(PermissionDenied, match=f"run of '{name}' is not allowed"):
            await place.run(name)


async def test_a_program_works_in_the_project(ground: Callable[..., Ground]) -> None:
    place = ground("pwd")
    (place.project / "sub").mkdir()
    assert await place.said("pwd") == f"{place.project}\n"
    assert await place.said("pwd", cwd="sub") == f"{place.project}/sub\n"
    assert await place.said("pwd", cwd=place.project / "sub") == f"{place.project}/sub\n"


OUTSIDE = ["..", "/", "/etc", "sub/../..", "link", "link/inside", "/etc/nothing-there", "link/nothing-there"]


@pytest.mark.parametrize("folder", OUTSIDE)
async def test_a_program_does_not_work_where_nothing_may_be_read(
    ground: Callable[..., Ground], tmp_path: Path, folder: str
) -> None:
    place = ground("touch canary")
    (tmp_path / "outside" / "inside").mkdir(parents=True)
    (place.project / "sub").mkdir()
    (place.project / "link").symlink_to(tmp_path / "outside")
    with pytest.raises(PermissionDenied, match=r"fs.read of '.*' is not allowed in profile 'medium'") as caught:
        await place.run("touch", "canary", cwd=folder)
    assert caught.value.hint.startswith("run again with --allow-fs-read=/")
    assert not any((tmp_path / each / "canary").exists() for each in ("", "project", "outside", "outside/inside"))


async def test_a_folder_that_may_be_read_may_be_worked_in(ground: Callable[..., Ground], tmp_path: Path) -> None:
    (tmp_path / "outside").mkdir()
    place = ground("pwd", read=[str(tmp_path / "outside")])
    assert await place.said("pwd", cwd="../outside") == f"{tmp_path}/outside\n"


async def test_without_a_folder_to_read_nothing_is_started(ground: Callable[..., Ground]) -> None:
    place = ground("touch canary", profile="high")
    with pytest.raises(PermissionDenied, match=r"fs.read of '.*project' is not allowed in profile 'high'"):
        await place.run("touch", "canary")
    assert not place.canary.exists()


@pytest.mark.parametrize("folder", ["nothing-there", "file", "a\0b", "\ud800", "x" * 5000])
async def test_a_folder_that_is_none_is_told(ground: Callable[..., Ground], folder: str) -> None:
    place = ground("true")
    (place.project / "file").write_text("")
    with pytest.raises(UsageError, match="is no folder"):
        await place.run("true", cwd=folder)


async def test_the_folder_that_was_checked_is_the_one_it_works_in(
    ground: Callable[..., Ground], tmp_path: Path
) -> None:
    place = ground("touch canary")
    folder = place.project / "sub"
    folder.mkdir()
    with place.context.process._folder("sub") as held:
        folder.rename(place.project / "moved")
        folder.symlink_to(tmp_path)
        assert held.path == str(folder)
        assert os.path.samestat(held.status, (place.project / "moved").stat())
