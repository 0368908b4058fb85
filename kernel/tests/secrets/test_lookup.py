"""Where a secret is found: environment, keyring, file; and what happens when one of them cannot be asked."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import keyring
import pytest
from keyring.backend import KeyringBackend
from keyring.backends.fail import Keyring as NoKeyring
from keyring.errors import KeyringLocked

from llmspell.config import Settings
from llmspell.errors import ConfigError, UsageError
from llmspell.secrets import Secrets
from llmspell.secrets.folder import PrivateFolder
from llmspell.secrets.keyring import INDEX, usable
from llmspell.secrets.keyring import Keyring as OwnKeyring
from llmspell.secrets.passphrase import VARIABLE
from llmspell.secrets.sealing import Cost, derive

from . import attacks
from .conftest import PASSPHRASE


class Memory(KeyringBackend):
    """A keyring that forgets everything with the process."""

    priority = 1.0
    locked = False

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]  # the package has no types there
        self.kept: dict[tuple[str, str], str] = {}

    def get_password(self, service: str, username: str) -> str | None:
        if self.locked:
            raise KeyringLocked("no")
        return self.kept.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        if self.locked:
            raise KeyringLocked("no")
        self.kept[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        del self.kept[service, username]


@pytest.fixture
def memory() -> Iterator[Memory]:
    before = keyring.get_keyring()
    keyring.set_keyring(made := Memory())
    yield made
    keyring.set_keyring(before)


def finding(keys: Path, **environ: str) -> Secrets:
    """A fresh look, as another process would have it."""
    return Secrets({VARIABLE: PASSPHRASE, **environ}, keys)


def test_the_environment_comes_first_then_the_keyring_then_the_file(keys: Path, memory: Memory) -> None:
    assert finding(keys).get("A_KEY") is not None
    finding(keys).keep({"A_KEY": "of the keyring"}, "keyring")
    everywhere = finding(keys, A_KEY=" of the environment ")
    assert everywhere.places("A_KEY") == ["environment", "keyring", "file"]
    found = [secrets.get("A_KEY") for secrets in (everywhere, finding(keys))]
    assert [secret.reveal() for secret in found if secret] == ["of the environment", "of the keyring"]


def test_a_name_that_no_place_has_is_nothing(keys: Path) -> None:
    assert finding(keys).get("NO_KEY") is None
    assert not finding(keys, NO_KEY=" ").has("NO_KEY")


def test_settings_offer_a_secret(keys: Path) -> None:
    found = Settings(environ={"A_KEY": "x"}).secret("A_KEY")
    assert found is not None
    assert (found.name, found.reveal()) == ("A_KEY", "x")


def test_asking_what_there_is_needs_no_passphrase_and_no_library(keys: Path) -> None:
    program = (
        "import sys; from pathlib import Path; from llmspell.secrets import Secrets\n"
        "found = Secrets({}, Path(sys.argv[1]))\n"
        "assert found.has('A_KEY') and not found.has('B')\n"
        "assert not {'cryptography', 'keyring'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", program, str(keys)], check=True, timeout=30)


def test_a_locked_keyring_is_told_and_the_file_is_asked(
    keys: Path, memory: Memory, caplog: pytest.LogCaptureFixture
) -> None:
    finding(keys).keep({"A_KEY": "of the keyring"}, "keyring")
    memory.locked = True
    secrets = finding(keys)
    found = secrets.get("A_KEY")
    assert found is not None
    assert found.reveal() == "value of A, the second"
    notice = "A_KEY was put into the keyring, but the keyring is locked: unlock it (KeyringLocked)"
    assert (secrets.notices, caplog.messages) == ({"A_KEY": notice}, [f"note: {notice}"])


def test_an_absent_keyring_is_told_and_the_file_is_asked(keys: Path, memory: Memory) -> None:
    finding(keys).keep({"A_KEY": "of the keyring", "X_KEY": "of the keyring"}, "keyring")
    keyring.set_keyring(NoKeyring())  # type: ignore[no-untyped-call]
    secrets = finding(keys)
    assert secrets.get("A_KEY") is not None
    assert secrets.get("X_KEY") is None
    assert secrets.notices["X_KEY"].endswith("but this system has no keyring that the package keyring can use")


def test_without_the_package_the_notice_says_what_to_install(keys: Path, tmp_path: Path) -> None:
    (keys / INDEX).write_text('["X_KEY"]')
    (keys / INDEX).chmod(0o600)
    (tmp_path / "keyring.py").write_text("raise ImportError('not here')")
    program = (
        "import sys; from pathlib import Path; from llmspell.secrets import Secrets\n"
        "assert Secrets({}, Path(sys.argv[1])).get('X_KEY') is None"
    )
    environ = {**os.environ, "PYTHONPATH": str(tmp_path)}
    ended = subprocess.run(
        [sys.executable, "-c", program, str(keys)], env=environ, capture_output=True, text=True, timeout=30, check=True
    )
    assert ended.stderr == (
        "note: X_KEY was put into the keyring, but the package keyring is not installed: "
        'pip install "llmspell[keyring]"\n'
    )


def test_a_key_that_somebody_took_out_of_the_keyring_is_told(keys: Path, memory: Memory) -> None:
    finding(keys).keep({"X_KEY": "x"}, "keyring")
    memory.kept.clear()
    secrets = finding(keys)
    assert secrets.get("X_KEY") is None
    assert secrets.notices == {"X_KEY": "X_KEY was put into the keyring, which does not have it any more"}


def test_a_keyring_that_cannot_be_written_is_told_with_what_else_to_do(keys: Path, memory: Memory) -> None:
    memory.locked = True
    with pytest.raises(ConfigError, match=r"^X_KEY was not stored: the keyring is locked") as caught:
        finding(keys).keep({"X_KEY": "x"}, "keyring")
    assert caught.value.hint == "add --store file"
    assert not finding(keys).has("X_KEY")


def test_deleting_takes_a_key_out_of_every_store(keys: Path, memory: Memory) -> None:
    finding(keys).keep({"A_KEY": "of the keyring"}, "keyring")
    assert finding(keys).delete("A_KEY") == ["keyring", "file"]
    assert finding(keys).places("A_KEY") == []
    assert memory.kept == {}
    assert finding(keys).delete("A_KEY") == []


def test_a_keyring_counts_as_usable_when_it_can_keep_something(memory: Memory) -> None:
    assert usable()
    keyring.set_keyring(NoKeyring())  # type: ignore[no-untyped-call]
    assert not usable()


@pytest.mark.parametrize("content", ["{", '{"a": 1}', "[1]"])
def test_a_damaged_list_of_names_is_told(keys: Path, content: str) -> None:
    (keys / INDEX).write_text(content)
    (keys / INDEX).chmod(0o600)
    with pytest.raises(ConfigError, match=r"keyring\.json is damaged: it must be a list of names$"):
        OwnKeyring(PrivateFolder(keys)).names()


def test_what_was_kept_is_found_by_the_same_object(keys: Path) -> None:
    secrets = finding(keys)
    assert secrets.get("A_KEY") is not None
    secrets.keep({"A_KEY": "a third"}, "file")
    found = secrets.get("A_KEY")
    assert found is not None
    assert found.reveal() == "a third"


@pytest.mark.parametrize(
    ("name", "text", "why"),
    [
        ("A-KEY", "x", "^'A-KEY' cannot be a secret's name$"),
        ("1", "x", "^'1' cannot be a secret's name$"),
        ("A_KEY", " \n", "^the value of A_KEY is empty; nothing was stored$"),
    ],
)
def test_what_cannot_be_kept_is_refused_before_anything_is_written(keys: Path, name: str, text: str, why: str) -> None:
    with pytest.raises(UsageError, match=why):
        finding(keys).keep({"GOOD_KEY": "good", name: text}, "file")
    assert not finding(keys).has("GOOD_KEY")


def test_an_environment_without_a_home_has_no_stores() -> None:
    assert Secrets({}).stored() == {"keyring": [], "file": []}
    with pytest.raises(ConfigError, match=r"^there is no place for keys: HOME is not set$"):
        Secrets({}).keep({"A_KEY": "x"}, "file")


async def test_a_key_is_prepared_beside_the_event_loop(keys: Path) -> None:
    secrets = finding(keys)
    await secrets.prepare("A_KEY", "NO_KEY")
    (keys / "keys.json").unlink()  # it is not read again
    found = secrets.get("A_KEY")
    assert found is not None


def test_a_passphrase_that_is_missing_is_asked_for_with_its_variable(keys: Path) -> None:
    with pytest.raises(ConfigError, match="needs its passphrase, and there is no terminal to ask for it") as caught:
        Secrets({}, keys).get("A_KEY")
    assert "LLMSPELL_KEYS_PASSPHRASE=" in caught.value.hint


def test_eight_threads_derive_the_key_once(keys: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    costs: list[Cost] = []

    def counted(passphrase: str, salt: bytes, cost: Cost) -> bytes:
        costs.append(cost)
        return derive(passphrase, salt, cost)

    monkeypatch.setattr("llmspell.secrets.vault.derive", counted)
    secrets = finding(keys)
    attacks.read_in_threads(keys, lambda: secrets.get("A_KEY"))
    assert len(costs) == 1


def test_the_index_has_names_only(keys: Path, memory: Memory) -> None:
    finding(keys).keep({"X_KEY": "the value"}, "keyring")
    assert json.loads((keys / INDEX).read_text()) == ["X_KEY"]
    assert (keys / INDEX).stat().st_mode & 0o777 == 0o600
