"""The file of the user's decisions: whose it is, what is in it, and several writers at once."""

from __future__ import annotations

import json
import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from llmspell.errors import ConfigError
from llmspell.permissions.store import Store, state_folder


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "state" / "answers.json"


def test_what_is_kept_is_found_again(path: Path) -> None:
    assert Store(path).read() == {}
    Store(path).change(lambda entries: entries.update(a="always"))
    Store(path).change(lambda entries: entries.update(b="never"))
    assert Store(path).read() == {"a": "always", "b": "never"}


def test_the_file_is_the_users_alone(path: Path) -> None:
    Store(path).change(lambda entries: entries.update(a="always"))
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert sorted(each.name for each in path.parent.iterdir()) == ["answers.json", "answers.lock"]


@pytest.mark.parametrize("mode", [0o660, 0o606, 0o666, 0o622])
def test_a_file_that_others_may_write_is_refused(path: Path, mode: int) -> None:
    Store(path).change(lambda entries: entries.update(a="always"))
    path.chmod(mode)
    with pytest.raises(ConfigError, match=r"answers\.json can be written by others") as raised:
        Store(path).read()
    assert raised.value.hint == f"look at it, then type: chmod 600 {path}"


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a file away")
def test_a_file_of_somebody_else_is_refused(path: Path) -> None:
    Store(path).change(lambda entries: entries.update(a="always"))
    os.chown(path, 12345, 12345)
    with pytest.raises(ConfigError, match=r"answers\.json belongs to user 12345"):
        Store(path).read()


def test_a_link_is_not_followed(path: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.json"
    other.write_text('{"version": 1, "entries": {"a": "always"}}')
    path.parent.mkdir()
    path.symlink_to(other)
    with pytest.raises(ConfigError, match=r"answers\.json cannot be opened"):
        Store(path).read()


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        ("", "is damaged"),
        ("{", "is damaged"),
        ("[]", "is damaged"),
        ("null", "is damaged"),
        ('{"version": 1}', "is damaged"),
        ('{"version": 1, "entries": []}', "is damaged"),
        ('{"version": 1, "entries": {}, "more": 1}', "is damaged"),
        ('{"version": 2, "entries": {}}', "is of version 2, and this llmspell knows version 1"),
        ("\udcff", "is damaged"),
        ("[" * 200_000, "is damaged"),
        (" " * (5 << 20), "is damaged"),
    ],
    ids=["empty", "cut", "list", "null", "no entries", "list of entries", "more", "later", "bytes", "deep", "huge"],
)
def test_a_damaged_file_is_refused_and_kept(path: Path, content: str, problem: str) -> None:
    path.parent.mkdir()
    path.write_bytes(content.encode("utf-8", "surrogateescape"))
    path.chmod(0o600)
    for use in (Store(path).read, lambda: Store(path).change(lambda entries: entries.update(a="always"))):
        with pytest.raises(ConfigError, match=problem) as raised:
            use()
        assert str(path) in raised.value.hint
    assert path.read_bytes() == content.encode("utf-8", "surrogateescape")


def test_a_folder_that_cannot_be_made_is_an_error() -> None:
    store = Store(Path("/dev/null/state/answers.json"))
    assert store.read() == {}
    with pytest.raises(ConfigError, match="cannot be written: Not a directory"):
        store.change(lambda entries: entries.update(a="always"))


def test_an_interrupted_change_leaves_the_file_as_it_was(path: Path) -> None:
    Store(path).change(lambda entries: entries.update(a="always"))

    def interrupted(entries: dict[str, object]) -> None:
        entries["b"] = "always"
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        Store(path).change(interrupted)
    assert Store(path).read() == {"a": "always"}


def test_no_writer_loses_what_another_wrote(path: Path) -> None:
    program = (
        "import sys\nfrom pathlib import Path\nfrom llmspell.permissions.store import Store\n"
        "for number in range(20):\n"
        "    Store(Path(sys.argv[1])).change(lambda entries: entries.update({f'{sys.argv[2]}-{number}': 'always'}))\n"
    )
    writers = [subprocess.Popen([sys.executable, "-c", program, str(path), str(number)]) for number in range(4)]
    assert [writer.wait(60) for writer in writers] == [0] * 4
    assert len(json.loads(path.read_text())["entries"]) == 80
    assert len(Store(path).read()) == 80


def test_the_state_folder_follows_the_environment() -> None:
    assert state_folder({"LLMSPELL_STATE_HOME": "/state"}) == Path("/state")
    assert state_folder({"XDG_STATE_HOME": "/xdg", "HOME": "/me"}) == Path("/xdg/llmspell")
    assert state_folder({"XDG_STATE_HOME": "relative", "HOME": "/me"}) == Path("/me/.local/state/llmspell")
