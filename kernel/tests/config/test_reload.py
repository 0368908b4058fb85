"""Configuration that follows its files: ten things that happen to files, and what is in force after each."""

import asyncio
import os
from collections.abc import Callable
from functools import partial
from pathlib import Path

import attrs
import pytest

from llmspell.config import LoadedConfig
from llmspell.config.loading import attempt
from llmspell.config.reload import Watcher
from llmspell.errors import ConfigError


class Followed:
    """A project whose configuration is watched, and what the watcher told."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.file = folder / "llmspell.toml"
        self.file.write_text("[budget]\ntokens = 1\n")
        self.changes: list[LoadedConfig] = []
        self.errors: list[ConfigError] = []
        self.watcher = Watcher(
            partial(attempt, folder, {"HOME": str(folder)}),
            on_change=self.changes.append,
            on_error=self.errors.append,
        )

    def tokens(self) -> int:
        """What is in force after enough looks."""
        for _ in range(3):
            self.watcher.poll()
        return self.watcher.current.config.budget.tokens

    def problems(self) -> list[str]:
        return [problem for error in self.errors for problem in error.problems]


@pytest.fixture
def followed(tmp_path: Path) -> Followed:
    return Followed(tmp_path)


def swap(file: Path, text: str) -> None:
    """Write as careful editors do: a new file in the place of the old one."""
    new = file.with_name("new")
    new.write_text(text)
    os.replace(new, file)


def test_a_change_is_in_force_after_two_looks(followed: Followed) -> None:
    followed.file.write_text("[budget]\ntokens = 22\n")
    assert [followed.watcher.poll() for _ in range(3)] == [False, True, False]
    assert [loaded.config.budget.tokens for loaded in followed.changes] == [22]
    assert followed.watcher.current is followed.changes[0]


def test_a_file_that_is_still_being_written_is_left_alone(followed: Followed) -> None:
    text = "[budget]\ntokens = 22\nsteps = 33\n"
    for end in range(1, len(text) + 1):  # of the beginnings, some are wrong and some mean something else
        followed.file.write_text(text[:end])
        assert not followed.watcher.poll()
    assert (followed.changes, followed.errors) == ([], [])
    assert followed.tokens() == 22


def test_a_file_that_stays_half_written_is_told_once_and_changes_nothing(followed: Followed) -> None:
    followed.file.write_text("[budget]\ntokens = ")
    assert (followed.tokens(), followed.tokens()) == (1, 1)
    assert followed.problems() == ["llmspell.toml:2: is not TOML: invalid value; text needs quotes"]
    assert followed.errors[0].hint == "the configuration from before stays in force"


def test_a_file_that_is_mended_is_in_force_again(followed: Followed) -> None:
    followed.file.write_text("[budget")
    followed.tokens()
    followed.file.write_text("[budget]\ntokens = 22\n")
    assert (followed.tokens(), len(followed.errors)) == (22, 1)


def test_a_value_that_is_wrong_keeps_the_whole_old_configuration(followed: Followed) -> None:
    followed.file.write_text("[budget]\ntokens = 22\nsteps = 'x'\n")
    assert followed.tokens() == 1
    assert followed.problems() == ["llmspell.toml:3: `budget.steps` must be an integer, found 'x'"]


def test_a_deleted_file_does_not_undo_what_it_said(followed: Followed) -> None:
    followed.file.unlink()
    assert (followed.tokens(), followed.tokens()) == (1, 1)
    assert followed.problems() == [f"{followed.file}: is gone"]
    followed.file.write_text("[budget]\ntokens = 22\n")
    assert (followed.tokens(), len(followed.errors)) == (22, 1)


def test_a_file_replaced_by_another_with_the_same_size_and_time_is_seen(followed: Followed) -> None:
    before = followed.file.stat()
    swap(followed.file, "[budget]\ntokens = 2\n")
    os.utime(followed.file, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert followed.file.stat().st_size == before.st_size
    assert followed.tokens() == 2


def test_a_file_replaced_by_a_link_is_followed(followed: Followed) -> None:
    target = followed.folder / "elsewhere.toml"
    target.write_text("[budget]\ntokens = 22\n")
    followed.file.unlink()
    followed.file.symlink_to(target)
    assert followed.tokens() == 22
    target.write_text("[budget]\ntokens = 333\n")
    assert followed.tokens() == 333


def test_a_link_to_nothing_or_in_a_circle_changes_nothing(followed: Followed) -> None:
    for target in ("nowhere", "llmspell.toml"):
        followed.file.unlink()
        followed.file.symlink_to(target)
        assert followed.tokens() == 1
    assert followed.problems()[:2] == [f"{followed.file}: is gone", "llmspell.toml: cannot be read: No such file or directory"]  # fmt: skip


def test_what_is_included_is_watched_too(followed: Followed) -> None:
    more = followed.folder / "more.toml"
    more.write_text("[budget")
    followed.file.write_text('include = ["more.toml"]\n')
    assert followed.tokens() == 1
    more.write_text("[budget]\ntokens = 22\n")
    assert followed.tokens() == 22


def test_a_file_that_did_not_exist_is_noticed(followed: Followed) -> None:
    own = followed.folder / ".config" / "llmspell" / "config.toml"
    own.parent.mkdir(parents=True)
    own.write_text("[budget]\nsteps = 3\n")
    followed.tokens()
    assert followed.watcher.current.config.budget.steps == 3


def test_a_file_may_change_its_format(followed: Followed) -> None:
    followed.file.unlink()
    (followed.folder / "llmspell.json").write_text('{"budget": {"tokens": 22}}')
    assert (followed.tokens(), followed.errors) == (22, [])


def test_a_comment_or_a_touch_is_no_change(followed: Followed) -> None:
    followed.file.write_text("[budget]\ntokens = 1\n# more\n")
    assert (followed.tokens(), followed.changes, followed.errors) == (1, [], [])


def test_a_change_while_the_file_is_read_waits_for_the_next_look(followed: Followed, tmp_path: Path) -> None:
    texts = ["[budget]\ntokens = 333\n"]
    load: Callable[[], object] = partial(attempt, tmp_path, {"HOME": str(tmp_path)})

    def interrupted() -> object:
        found = load()
        if texts:
            followed.file.write_text(texts.pop())
        return found

    followed.watcher._load = interrupted  # type: ignore[assignment]  # it gives what the loader gives
    followed.file.write_text("[budget]\ntokens = 22\n")
    assert [followed.watcher.poll() for _ in range(2)] == [False, False]
    assert followed.tokens() == 333
    assert [loaded.config.budget.tokens for loaded in followed.changes] == [333]


def test_what_was_in_force_is_never_changed_in_place(followed: Followed) -> None:
    before = followed.watcher.current
    followed.file.write_text("[budget]\ntokens = 22\n")
    followed.tokens()
    assert (before.config.budget.tokens, followed.watcher.current is before) == (1, False)
    with pytest.raises(attrs.exceptions.FrozenInstanceError):
        before.config = followed.watcher.current.config  # type: ignore[misc]  # that it is frozen is the point


def test_nothing_is_watched_that_is_wrong_to_begin_with(tmp_path: Path) -> None:
    (tmp_path / "llmspell.toml").write_text("[budget")
    with pytest.raises(ConfigError, match=r"llmspell\.toml:1: is not TOML"):
        Watcher(partial(attempt, tmp_path, {"HOME": str(tmp_path)}), on_error=print)


async def test_it_polls_until_it_is_cancelled(followed: Followed) -> None:
    changed = asyncio.Event()
    followed.watcher._on_change = lambda _: changed.set()
    task = asyncio.create_task(followed.watcher.run(interval=0.005))
    followed.file.write_text("[budget]\ntokens = 22\n")
    async with asyncio.timeout(20):
        await changed.wait()
    assert followed.watcher.current.config.budget.tokens == 22
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
