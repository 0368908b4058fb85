"""The state that is kept, from the command line."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.cli.conftest import Llmspell

COUNT = """
local user = State.scope("user")
print(user:update("visits", function(n) return (n or 0) + 1 end))
"""


@pytest.fixture
def home(tmp_path: Path) -> dict[str, str]:
    return {"LLMSPELL_DATA_HOME": str(tmp_path / "data")}


def test_what_one_run_keeps_the_next_one_finds(llmspell: Llmspell, tmp_path: Path, home: dict[str, str]) -> None:
    (tmp_path / "count.lua").write_text(COUNT)
    assert [llmspell("run", "count.lua", **home).stdout for _ in range(3)] == ["1\n", "2\n", "3\n"]
    assert llmspell("run", "count.lua", "--set", "run.user=ann", **home).stdout == "1\n"
    assert llmspell("state", "get", "visits", "--scope", "user", **home).stdout == "3\n"
    assert llmspell("state", "get", "visits", "--user", "ann", **home).stdout == "1\n"


def test_a_value_is_set_shown_and_deleted(llmspell: Llmspell, home: dict[str, str]) -> None:
    assert llmspell("state", "set", "limits", '{"a": [1, "ä"]}', **home).stderr == "set limits (app)\n"
    assert llmspell("state", "get", "limits", **home).stdout == '{"a": [1, "ä"]}\n'
    assert llmspell("state", "delete", "limits", **home).stderr == "deleted limits (app)\n"
    assert llmspell("state", "list", **home).stdout == "Nothing is kept.\n"


def test_text_is_set_as_it_stands(llmspell: Llmspell, home: dict[str, str]) -> None:
    llmspell("state", "set", "x", "[1]", "--text", **home)
    assert llmspell("state", "get", "x", **home).stdout == '"[1]"\n'


def test_list_shows_every_scope_unless_one_is_chosen(llmspell: Llmspell, home: dict[str, str]) -> None:
    for options in ((), ("--user", "ann"), ("--session", "s1", "--ttl", "1000")):
        llmspell("state", "set", "k.x", "1", *options, **home)
    lines = llmspell("state", "list", **home).stdout.splitlines()
    assert [line.split()[:3] for line in lines[1:]] == [
        ["app", "k.x", "1"],
        ["user", "ann", "k.x"],
        ["session", "s1", "k.x"],
    ]
    entries = json.loads(llmspell("state", "list", "k.", "--session", "s1", "--json", **home).stdout)["entries"]
    assert [(each["scope"], each["owner"], each["value"], each["version"]) for each in entries] == [
        ("session", "s1", 1, 1)
    ]
    assert entries[0]["expires"].endswith("+00:00")
    assert json.loads(llmspell("state", "list", "q", "--json", **home).stdout) == {
        "schema": "llmspell.state/1",
        "entries": [],
    }


def test_get_tells_all_as_json(llmspell: Llmspell, home: dict[str, str]) -> None:
    llmspell("state", "set", "k", "null", "--user", "ann", **home)
    assert json.loads(llmspell("state", "get", "k", "--user", "ann", "--json", **home).stdout) == {
        "schema": "llmspell.state-value/1",
        "scope": "user",
        "owner": "ann",
        "key": "k",
        "value": None,
        "version": 1,
        "expires": None,
    }


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("get", "visit"), "error: there is no key 'visit' (app)\nhint: did you mean 'visits'?\n"),
        (("delete", "visit"), "error: there is no key 'visit' (app)\nhint: did you mean 'visits'?\n"),
        (("get", "x", "--user", "bob"), "error: there is no key 'x' (user bob)\nhint: nothing is kept there\n"),
        (("get", "x", "--scope", "sesion"), "error: there is no scope 'sesion'\nhint: did you mean 'session'?\n"),
        (("get", "x", "--scope", "run"), "error: the scope 'run' lasts no longer than a run, and is not kept\n"),
        (("list", "--scope", "session"), "error: the scope 'session' needs a session\nhint: add --session ID\n"),
        (("get", "x", "--scope", "app", "--user", "a"), "error: --user is for the scope 'user', not for 'app'\n"),
        (
            ("get", "x", "--user", "a", "--session", "b"),
            "error: --user and --session name two scopes\nhint: give one of them\n",
        ),
        (("set", "x", "1", "--session", "../x"), "error: '../x' cannot be the id of a session\n"),
        (("list", "--session", "a" * 10_000), "' cannot be the id of a session\n"),
        (("set", "x", "hello"), "hint: for text as it stands, add --text\n"),
        (("set", "x", "1", "--ttl", "0"), "error: ttl must be a finite number of seconds above 0, not 0.0\n"),
    ],
)
def test_what_makes_no_sense_is_refused(
    llmspell: Llmspell, home: dict[str, str], words: tuple[str, ...], message: str
) -> None:
    llmspell("state", "set", "visits", "1", **home)
    ended = llmspell("state", *words, **home)
    assert ended.returncode != 0
    assert message in ended.stderr


def test_a_store_in_memory_keeps_nothing(llmspell: Llmspell, home: dict[str, str], tmp_path: Path) -> None:
    llmspell("state", "set", "x", "1", "--set", "run.store=memory", **home)
    assert llmspell("state", "list", "--set", "run.store=memory", **home).stdout == "Nothing is kept.\n"
    assert not (tmp_path / "data").exists()


def test_without_a_home_it_is_told_what_to_set(llmspell: Llmspell) -> None:
    ended = llmspell("state", "list", HOME="")
    assert ended.returncode != 0
    assert "there is no place for data: HOME is not set\nhint: set LLMSPELL_DATA_HOME=DIR\n" in ended.stderr


def test_a_project_that_is_not_trusted_does_not_say_where_the_store_is(
    llmspell: Llmspell, home: dict[str, str], tmp_path: Path
) -> None:
    (tmp_path / "llmspell.toml").write_text('[store.sqlite]\npath = "mine.db"\n')
    ended = llmspell("state", "set", "x", "1", **home, LLMSPELL_STATE_HOME=str(tmp_path / "state"))
    assert "store.sqlite.path" in ended.stderr
    assert "llmspell trust" in ended.stderr
    assert not (tmp_path / "mine.db").exists()
