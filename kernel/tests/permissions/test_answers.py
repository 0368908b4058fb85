"""How a spell's requests are answered, and what an answer holds for."""

from __future__ import annotations

from pathlib import Path

import pytest

from llmspell.errors import ConfigError, UsageError
from llmspell.permissions import PROFILES, Grants, Policy
from llmspell.permissions.answers import Answer, Answered, Answers
from llmspell.permissions.request import Request, requests
from llmspell.permissions.store import Store
from llmspell.spell import Source

BASE = Path("/project")
NET = "-- llmspell: allow-net=a.org\n"


class User:
    """Answers what is asked with one word, and remembers the questions."""

    def __init__(self, answer: Answer) -> None:
        self.answer = answer
        self.asked: list[str] = []

    def __call__(self, request: Request, meaning: str) -> Answer:
        self.asked.append(meaning)
        return self.answer


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "answers.json")


def answer(
    store: Store, text: str, user: User | None = None, *layers: Grants, project: Path = BASE, profile: str = "high"
) -> tuple[tuple[Answered, ...], Grants]:
    source = Source(text, "x.lua")
    answers = Answers(store, source, project, user)
    found = answers.answer(requests(source), Policy(PROFILES[profile], layers, base=project))
    return found, answers.grants(found)


def outcome(
    store: Store, text: str, user: User | None = None, *layers: Grants, project: Path = BASE, profile: str = "high"
) -> str:
    [found] = answer(store, text, user, *layers, project=project, profile=profile)[0]
    return found.outcome


@pytest.mark.parametrize(
    ("word", "now", "later"),
    [
        ("once", "granted once", "not asked"),
        ("always", "granted always", "granted always"),
        ("never", "refused for good", "refused for good"),
        ("no", "refused", "not asked"),
    ],
)
def test_an_answer_counts_now_and_may_count_later(store: Store, word: Answer, now: str, later: str) -> None:
    assert outcome(store, NET, User(word)) == now
    assert outcome(store, NET) == later


def test_what_is_granted_by_an_answer_reaches_the_policy(store: Store) -> None:
    _, granted = answer(store, NET, User("always"))
    decision = Policy(PROFILES["high"], [granted], base=BASE).decide("net", "a.org:443")
    assert (decision.allowed, decision.origin) == (True, "your answer, kept")
    assert answer(store, NET.replace("a.org", "b.org"), User("no"))[1].empty


def test_without_a_terminal_nothing_is_granted_and_the_flag_is_told(store: Store) -> None:
    [found], granted = answer(store, NET)
    assert (found.outcome, found.granted, found.flag) == ("not asked", False, "--allow-net=a.org")
    assert granted.empty


@pytest.mark.parametrize(
    "changed",
    [
        NET + " ",
        NET + "print(1)",
        NET.replace("a.org", "b.org"),
        NET.replace("a.org", "a.org:443"),
        NET.replace("net", "env"),
        NET.rstrip("\n") + ' reason="x"\n',
        "\n" + NET,
    ],
)
def test_a_kept_answer_is_for_one_text_and_one_request(store: Store, changed: str) -> None:
    assert outcome(store, NET, User("always")) == "granted always"
    assert outcome(store, changed) == "not asked"


def test_two_requests_of_one_spell_are_answered_on_their_own(store: Store) -> None:
    both = "-- llmspell: allow-net=a.org\n-- llmspell: allow-env=HOME\n"
    user = User("always")
    assert [each.outcome for each in answer(store, both, user)[0]] == ["granted always"] * 2
    assert user.asked == ["a.org", "HOME"]
    assert len(store.read()) == 2


def test_a_relative_path_is_shown_whole_and_counts_in_its_project_only(store: Store, tmp_path: Path) -> None:
    user = User("always")
    text = "-- llmspell: allow-fs-read=data\n"
    assert outcome(store, text, user, project=tmp_path) == "granted always"
    assert user.asked == [str(tmp_path.resolve() / "data")]
    assert outcome(store, text, project=tmp_path) == "granted always"
    assert outcome(store, text, project=tmp_path / "other") == "not asked"


def test_a_link_that_leads_elsewhere_is_another_request(store: Store, tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    text = "-- llmspell: allow-fs-read=data\n"
    assert outcome(store, text, User("always"), project=tmp_path) == "granted always"
    (tmp_path / "data").rmdir()
    (tmp_path / "data").symlink_to("/etc")
    user = User("no")
    assert outcome(store, text, user, project=tmp_path) == "refused"
    assert user.asked == ["/etc"]


@pytest.mark.parametrize(
    ("line", "kind", "pattern"),
    [
        ("allow-net=a.org", "net", "a.org"),
        ("allow-net=a.org", "net", "*"),
        ("allow-net=x.a.org:443", "net", "*.a.org"),
        ("allow-tool=web_search", "tools", "web_*"),
        ("allow-model=openai/gpt", "models", "openai/*"),
        ("allow-fs-read=data/a", "fs.read", "data"),
        ("allow-fs-read=data/*.csv", "fs.read", "data"),
        ("allow-run='git log'", "run", "git **"),
    ],
)
def test_what_is_granted_already_is_not_asked(store: Store, line: str, kind: str, pattern: str) -> None:
    user = User("no")
    layer = Grants.of({kind: (pattern,)}, origin="flag", base=BASE)
    assert outcome(store, f"-- llmspell: {line}\n", user, layer) == "granted already"
    assert user.asked == []


@pytest.mark.parametrize(
    ("line", "kind", "pattern"),
    [
        ("allow-net=a.org", "net", "a.org:443"),
        ("allow-net=*.a.org", "net", "x.a.org"),
        ("allow-net=10.0.0.0/8", "net", "10.0.0.0"),
        ("allow-tool=web_*", "tools", "web_search"),
        ("allow-fs-read=data", "fs.read", "data/*.csv"),
        ("allow-fs-read=data", "fs.write", "data"),
        ("allow-run='git log **'", "run", "git log"),
    ],
)
def test_what_is_granted_in_part_is_asked(store: Store, line: str, kind: str, pattern: str) -> None:
    layer = Grants.of({kind: (pattern,)}, origin="flag", base=BASE)
    assert outcome(store, f"-- llmspell: {line}\n", User("once"), layer) == "granted once"


def test_no_answer_undoes_a_denial(store: Store) -> None:
    user = User("always")
    layer = Grants.of({}, {"net": ["*.internal"]}, origin="user", base=BASE)
    assert outcome(store, "-- llmspell: allow-net=x.internal\n", user, layer) == "denied"
    assert user.asked == []
    _, granted = answer(store, "-- llmspell: allow-net=*\n", user, layer)
    assert Policy(PROFILES["high"], [layer, granted], base=BASE).denies("net", "x.internal")


def test_an_unknown_answer_in_the_file_is_an_error(store: Store) -> None:
    outcome(store, NET, User("always"))
    store.change(lambda entries: entries.update(dict.fromkeys(entries, "yes")))
    with pytest.raises(ConfigError, match="holds an unknown answer 'yes'"):
        outcome(store, NET)


def test_a_request_that_means_nothing_is_an_error_before_anybody_is_asked(store: Store) -> None:
    user = User("always")
    with pytest.raises(UsageError, match=r"'http://a\.org' is no pattern of hosts"):
        outcome(store, "-- llmspell: allow-net=http://a.org\n", user)
    assert user.asked == []


def test_a_spell_without_requests_needs_no_file() -> None:
    assert answer(Store(Path("/dev/null/x")), "print(1)")[0] == ()
