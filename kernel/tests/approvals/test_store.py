"""Questions as files: whose they are, and what an answer must be to count."""

from __future__ import annotations

import asyncio
import json
import os
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any

import attrs
import pytest

from llmspell.approvals import Answer, Approval
from llmspell.approvals.store import Requests
from llmspell.approvals.waiting import Waiting
from llmspell.errors import ConfigError, UsageError
from llmspell.secrets.folder import PrivateFolder

APPROVAL = Approval(
    "0123456789ab", "run1", "tools", "spy", "tool:spy", "run/tool:spy", "spy (test)", "{}", "f" * 64, 1.0
)
YES = Answer("once", "somebody")


@pytest.fixture
def requests(tmp_path: Path) -> Requests:
    return Requests(PrivateFolder(tmp_path / "state" / "approvals"))


def files(requests: Requests) -> set[str]:
    return {file.name for file in requests.folder.path.iterdir()} - {"lock"}


def question(requests: Requests) -> Path:
    return requests.folder.path / f"{APPROVAL.id}.json"


def answer(requests: Requests) -> Path:
    return requests.folder.path / f"{APPROVAL.id}.answer.json"


def write(path: Path, content: str, mode: int = 0o600) -> None:
    path.write_text(content)
    path.chmod(mode)


def test_a_question_stands_there_for_the_user_alone_while_it_waits(requests: Requests) -> None:
    with requests.asked(APPROVAL):
        assert requests.ids() == [APPROVAL.id]
        assert requests.read(APPROVAL.id) == APPROVAL
        assert stat.S_IMODE(question(requests).stat().st_mode) == 0o600
        assert stat.S_IMODE(requests.folder.path.stat().st_mode) == 0o700
    assert (requests.ids(), files(requests)) == ([], set())


def test_an_answer_is_found_and_the_first_counts(requests: Requests) -> None:
    with requests.asked(APPROVAL):
        assert requests.answered(APPROVAL) is None
        requests.answer(APPROVAL, YES)
        assert stat.S_IMODE(answer(requests).stat().st_mode) == 0o600
        with pytest.raises(UsageError, match=r"is answered already$"):
            requests.answer(APPROVAL, Answer("no", "another"))
        assert requests.answered(APPROVAL) == YES
    assert files(requests) == set()


def test_nothing_is_left_when_the_wait_ends_in_an_error(requests: Requests) -> None:
    def wait() -> None:
        with requests.asked(APPROVAL):
            requests.answer(APPROVAL, YES)
            raise KeyError

    with pytest.raises(KeyError):
        wait()
    assert files(requests) == set()


def test_the_question_of_a_dead_process_is_not_listed_and_is_removed(requests: Requests) -> None:
    child = os.fork()
    if not child:
        with requests.asked(APPROVAL):
            os._exit(0)
    os.waitpid(child, 0)
    assert files(requests) == {f"{APPROVAL.id}.json"}
    with pytest.raises(UsageError, match=r"is not waiting any more$"):
        requests.answer(APPROVAL, YES)
    assert (requests.ids(), files(requests)) == ([], set())


@pytest.mark.parametrize("id_", ["", "0", "../../../etc/passwd", "0123456789ab/../x", "0123456789AB", "0123456789ab\n"])
def test_what_is_no_id_names_nothing(requests: Requests, id_: str) -> None:
    with requests.asked(APPROVAL), pytest.raises(UsageError, match=r"is waiting$"):
        requests.read(id_)


def test_an_id_leads_to_no_file_outside_the_folder(requests: Requests) -> None:
    requests.folder.path.mkdir(parents=True, mode=0o700)
    outside = requests.folder.path.parent / "outside.json"
    outside.write_text("{}")
    with pytest.raises(UsageError, match=r"is waiting$"):
        requests.read("../outside")
    assert outside.exists()


@pytest.mark.parametrize("field", ["run", "kind", "target", "tool", "path", "shown", "arguments"])
def test_a_question_that_was_changed_is_not_read(requests: Requests, field: str) -> None:
    with requests.asked(APPROVAL):
        record = json.loads(question(requests).read_text())
        record["approval"][field] = "harmless"
        with question(requests).open("w") as file:  # the same file, which is locked
            json.dump(record, file)
        with pytest.raises(ConfigError, match=r"is not what llmspell wrote$"):
            requests.read(APPROVAL.id)


@pytest.mark.parametrize(
    "content",
    ["", "[]", "{}", "null", '{"version": 1}', "[" * 100_000, '{"version": 1, "approval": {"id": 1}, "digest": ""}'],
    ids=["empty", "list", "table", "null", "version", "deep", "fields"],
)
def test_a_damaged_question_is_an_error(requests: Requests, content: str) -> None:
    with requests.asked(APPROVAL):
        with question(requests).open("w") as file:
            file.write(content)
        with pytest.raises(ConfigError, match=r"is not what llmspell wrote$"):
            requests.read(APPROVAL.id)


def _record(**changes: Any) -> str:
    return json.dumps({"version": 1, "digest": APPROVAL.digest, "verdict": "once", "by": "x", **changes})


def _plainly(path: Path) -> None:
    write(path, _record())


def _open_to_others(path: Path) -> None:
    write(path, _record(), 0o622)


def _link(path: Path) -> None:
    write(path.with_name("elsewhere"), _record())
    path.symlink_to(path.with_name("elsewhere"))


def _pipe(path: Path) -> None:
    os.mkfifo(path, 0o600)


def _other_digest(path: Path) -> None:
    write(path, _record(digest=attrs.evolve(APPROVAL, arguments="0" * 64).digest))


def _no_digest(path: Path) -> None:
    write(path, json.dumps({"version": 1, "verdict": "once", "by": "x"}))


def _unknown_word(path: Path) -> None:
    write(path, _record(verdict="yes"))


def _nobody(path: Path) -> None:
    write(path, _record(by=None))


def _damaged(path: Path) -> None:
    write(path, _record()[:-1])


def test_the_plain_answer_of_these_tests_counts(requests: Requests) -> None:
    with requests.asked(APPROVAL):
        _plainly(answer(requests))
        assert requests.answered(APPROVAL) == Answer("once", "x")


@pytest.mark.parametrize(
    "tamper", [_open_to_others, _link, _pipe, _other_digest, _no_digest, _unknown_word, _nobody, _damaged]
)
async def test_an_answer_that_is_not_to_be_trusted_does_nothing_and_is_told(
    requests: Requests, tamper: Callable[[Path], None]
) -> None:
    told: list[str] = []

    def tell(kind: str, _: Any) -> None:
        told.append(kind)
        if kind == "approval.waiting":
            tamper(answer(requests))
        else:  # a true answer still counts after a false one
            requests.answer(APPROVAL, Answer("no", "user"))

    async with asyncio.timeout(10):
        assert await Waiting(requests, 5)(APPROVAL, tell) == Answer("no", "user")
    assert told == ["approval.waiting", "approval.ignored"]


async def test_waiting_ends_with_the_timeout_and_leaves_no_file(requests: Requests) -> None:
    with pytest.raises(TimeoutError):
        await Waiting(requests, 0.2)(APPROVAL, lambda *_: None)
    assert files(requests) == set()


async def test_a_cancelled_wait_leaves_no_file(requests: Requests) -> None:
    waits = asyncio.Event()
    task = asyncio.create_task(Waiting(requests, 30)(APPROVAL, lambda *_: waits.set()))
    async with asyncio.timeout(5):
        await waits.wait()
    assert requests.ids() == [APPROVAL.id]
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert files(requests) == set()


def test_a_folder_that_cannot_be_made_says_what_chooses_another(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    requests = Requests.of({"LLMSPELL_STATE_HOME": str(tmp_path / "file")})
    with pytest.raises(ConfigError, match="cannot be used") as raised, requests.asked(APPROVAL):
        pass
    assert raised.value.hint == "check the folder, or choose another with LLMSPELL_STATE_HOME=DIR"


def test_a_folder_that_others_may_enter_is_refused(requests: Requests) -> None:
    requests.folder.path.mkdir(parents=True)
    requests.folder.path.chmod(0o777)

    def wait() -> None:
        with requests.asked(APPROVAL):
            pytest.fail("it waits")

    with pytest.raises(ConfigError, match=r"is open to other users"):
        wait()
