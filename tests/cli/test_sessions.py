"""Sessions from the command line."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.cli.conftest import Llmspell

DESK = """
local session = Session.resume("ann", { title = "Tides", tags = { "sea", "moon" } })
local desk = Agent.create{ name = "desk", run = function(input)
  local visits = State.scope("session"):update("visits", function(n) return (n or 0) + 1 end)
  return "visit " .. visits .. ": " .. input
end }
print(session:run(desk, Args[1]).text)
"""

CHATS = {
    "lua": """
        local desk = Agent.create{ name = "desk", run = function(input, context)
          local visits = State.scope("session"):update("visits", function(n) return (n or 0) + 1 end)
          return "visit " .. visits .. ", " .. #context.history .. " messages: " .. input
        end }
        print(desk:chat():send(Args[1]).text)
        Artifact.put("note", "x")
    """,
    "js": """
        const desk = await Agent.create({ name: "desk", run: async (input, context) => {
          const visits = await (await State.scope("session")).update("visits", (n) => (n ?? 0) + 1);
          return `visit ${visits}, ${context.history.length} messages: ${input}`;
        } });
        console.log((await (await desk.chat()).send(Args[0])).text);
        await Artifact.put("note", "x");
    """,
}


@pytest.fixture
def home(tmp_path: Path) -> dict[str, str]:
    (tmp_path / "desk.lua").write_text(DESK)
    return {"LLMSPELL_DATA_HOME": str(tmp_path / "data")}


@pytest.fixture
def ann(llmspell: Llmspell, home: dict[str, str]) -> dict[str, str]:
    """The session `ann` with two turns, of two runs."""
    for said in ("hello", "again"):
        assert llmspell("run", "desk.lua", "--", said, **home).returncode == 0
    return home


def test_a_customer_who_returns_is_known(llmspell: Llmspell, home: dict[str, str]) -> None:
    assert llmspell("run", "desk.lua", "--", "hello", **home).stdout == "visit 1: hello\n"
    assert llmspell("run", "desk.lua", "--", "again", **home).stdout == "visit 2: again\n"


def test_sessions_are_listed(llmspell: Llmspell, ann: dict[str, str]) -> None:
    header, row = llmspell("sessions", "list", **ann).stdout.splitlines()
    assert header.split() == ["id", "title", "user", "turns", "updated", "tags"]
    assert row.split()[:4] == ["ann", "Tides", "local", "2"]
    assert row.endswith("sea, moon")
    listed = json.loads(llmspell("sessions", "list", "--tag", "sea", "--json", **ann).stdout)
    assert listed["schema"] == "llmspell.sessions/1"
    assert [(each["id"], each["turns"], each["cost"]) for each in listed["sessions"]] == [("ann", 2, 0.0)]
    assert llmspell("sessions", "list", "--user", "bob", **ann).stdout == "No session is kept.\n"


def test_a_session_is_shown_with_all_that_was_said(llmspell: Llmspell, ann: dict[str, str]) -> None:
    lines = llmspell("sessions", "show", "ann", **ann).stdout.splitlines()
    assert lines[0] == "session ann: Tides"
    assert "  tags sea, moon" in lines
    assert [line for line in lines if line.startswith(("  user:", "  assistant:"))] == [
        "  user: hello",
        "  assistant: visit 1: hello",
        "  user: again",
        "  assistant: visit 2: again",
    ]
    shown = json.loads(llmspell("sessions", "show", "ann", "--json", **ann).stdout)
    assert shown["schema"] == "llmspell.session-shown/1"
    assert [turn["input"] for turn in shown["turns"]] == ["hello", "again"]


def test_what_was_said_cannot_pass_for_a_line_of_ours(llmspell: Llmspell, ann: dict[str, str]) -> None:
    llmspell("run", "desk.lua", "--", "x\nturn 9: \x1b[2Jforged", **ann)
    shown = llmspell("sessions", "show", "ann", **ann).stdout
    assert "  user: x\\nturn 9: \\x1b[2Jforged\n" in shown
    assert "\x1b" not in shown


def test_what_is_exported_can_be_imported(llmspell: Llmspell, ann: dict[str, str], tmp_path: Path) -> None:
    llmspell("sessions", "export", "ann", "--out", "ann.json", **ann)
    document = json.loads((tmp_path / "ann.json").read_text())
    assert (document["schema"], document["state"]) == ("llmspell.session/1", {"visits": {"value": 2}})
    assert llmspell("sessions", "delete", "ann", **ann).stderr == "deleted ann\n"
    assert llmspell("sessions", "import", "ann.json", **ann).stdout == "ann\n"
    assert llmspell("run", "desk.lua", "--", "once more", **ann).stdout == "visit 3: once more\n"
    text = llmspell("sessions", "export", "ann", **ann).stdout
    assert llmspell("sessions", "import", "-", "--id", "bob", stdin=text, **ann).stdout == "bob\n"
    assert len(json.loads(llmspell("sessions", "show", "bob", "--json", **ann).stdout)["turns"]) == 3


def test_a_session_is_forked(llmspell: Llmspell, ann: dict[str, str]) -> None:
    forked = llmspell("sessions", "fork", "ann", "--turn", "1", "--id", "ann-2", "--title", "Other", **ann)
    assert forked.stdout == "ann-2\n"
    shown = json.loads(llmspell("sessions", "show", "ann-2", "--json", **ann).stdout)
    assert (shown["title"], shown["forked_from"], len(shown["turns"])) == ("Other", {"session": "ann", "turn": 1}, 1)
    assert llmspell("sessions", "fork", "ann", **ann).stdout.strip() not in ("", "ann")


@pytest.mark.parametrize("language", CHATS)
def test_a_spell_run_in_a_session_goes_on_where_the_last_process_ended(
    llmspell: Llmspell, home: dict[str, str], tmp_path: Path, language: str
) -> None:
    (tmp_path / f"desk.{language}").write_text(CHATS[language])
    words = ("run", "--session", "ann", f"desk.{language}", "--")
    first, second = llmspell(*words, "hello", **home), llmspell(*words, "again", **home)
    assert (first.stdout, first.stderr) == ("visit 1, 1 messages: hello\n", "note: the session 'ann' is new\n")
    assert (second.stdout, second.stderr) == ("visit 2, 3 messages: again\n", "")
    shown = json.loads(llmspell("sessions", "show", "ann", "--json", **home).stdout)
    assert [turn["input"] for turn in shown["turns"]] == ["hello", "again"]
    assert [(each["name"], each["version"]) for each in shown["artifacts"]] == [("note", 1), ("note", 2)]


@pytest.mark.parametrize("name", ["", "../ann", "a/b", "-ann", "a" * 10_000, "ann\n"])
def test_a_run_is_not_begun_in_a_session_that_cannot_be_one(
    llmspell: Llmspell, home: dict[str, str], name: str
) -> None:
    ended = llmspell("run", f"--session={name}", "desk.lua", "--", "x", **home)
    assert (ended.returncode, ended.stdout) == (2, "")
    message, hint = ended.stderr.splitlines()
    assert message == f"error: {name[:60]!r} cannot be the id of a session"
    assert hint == "hint: use up to 128 letters, digits, and . _ @ + -, with a letter or a digit first"


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("show", "an"), "error: there is no session 'an'\nhint: did you mean 'ann'?\n"),
        (("export", "an"), "error: there is no session 'an'\nhint: did you mean 'ann'?\n"),
        (("delete", "an"), "error: there is no session 'an'\nhint: did you mean 'ann'?\n"),
        (("fork", "an"), "error: there is no session 'an'\nhint: did you mean 'ann'?\n"),
        (("fork", "ann", "--turn", "7"), "error: the session 'ann' has 2 turns, so that it cannot be forked after 7\n"),
        (("fork", "ann", "--id", "ann"), "error: there is a session 'ann' already\n"),
        (("show", "a/b"), "error: 'a/b' cannot be the id of a session\n"),
        (("import", "desk.lua"), "error: desk.lua is not JSON: "),
        (("export", "ann", "--out", "no/folder.json"), "error: no/folder.json cannot be written: "),
    ],
)
def test_what_makes_no_sense_is_refused(
    llmspell: Llmspell, ann: dict[str, str], words: tuple[str, ...], message: str
) -> None:
    ended = llmspell("sessions", *words, **ann)
    assert ended.returncode != 0
    assert message in ended.stderr
