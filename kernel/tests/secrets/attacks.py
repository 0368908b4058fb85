"""What somebody might do to a key file or with a secret; each fails an assertion where nothing stops it."""

from __future__ import annotations

import json
import pickle
import threading
from base64 import b64decode, b64encode
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from llmspell import redaction
from llmspell.errors import ConfigError, UsageError
from llmspell.secrets import folder as folders
from llmspell.secrets import secret, vault
from llmspell.secrets.passphrase import VARIABLE, Passphrase

from .conftest import CHEAP, PASSPHRASE

DAMAGED = r"is damaged, or somebody changed it: "
WRONG = r"^the passphrase does not open .*keys\.json, or the file's header was changed$"


def opened(keys: Path, *, patience: float = 10.0) -> vault.Vault:
    """The key file, through the modules as they are now."""
    return vault.Vault(folders.PrivateFolder(keys, patience=patience), Passphrase({VARIABLE: PASSPHRASE}), CHEAP)


def refused(keys: Path, name: str, why: str) -> None:
    """Reading a key must fail with this reason."""
    with pytest.raises(ConfigError, match=why):
        opened(keys).get(name)


def edit(keys: Path, change: Callable[[Any], object]) -> None:
    """Change the file's data in place."""
    path = keys / vault.FILE
    data = json.loads(path.read_text())
    change(data)
    path.write_text(json.dumps(data))


def flip(text: str, bit: int) -> str:
    """Base64 with one bit of what it stands for turned over; -1 is the last bit."""
    raw = bytearray(b64decode(text))
    bit %= len(raw) * 8
    raw[bit // 8] ^= 1 << (bit % 8)
    return b64encode(bytes(raw)).decode()


def swap_records(keys: Path) -> None:
    """Two records that were written together exchange their places: the seal has nothing to say against it."""
    opened(keys).update({"A_KEY": "value of A", "B_KEY": "value of B"})

    def change(data: Any) -> None:
        records = data["records"]
        records["A_KEY"], records["B_KEY"] = records["B_KEY"], records["A_KEY"]

    edit(keys, change)
    refused(keys, "A_KEY", DAMAGED + "the record A_KEY was changed, or stood under another name")


def put_back(keys: Path, old: bytes) -> None:
    """One record goes back to what it was."""
    record = json.loads(old)["records"]["A_KEY"]
    edit(keys, lambda data: data["records"].update(A_KEY=record))
    refused(keys, "A_KEY", DAMAGED + "its records are not those that were written last")


def cheapen(keys: Path, part: str, value: object, why: str) -> None:
    """The header asks for less work, or for an absurd lot."""
    edit(keys, lambda data: data["kdf"].update({part: value}))
    refused(keys, "A_KEY", why)


def open_to_others(keys: Path, path: Path, mode: int) -> None:
    """Other users may read the file, or the folder."""
    path.chmod(mode)
    refused(keys, "A_KEY", rf"is open to other users: its mode is {mode:04o}, and must be 0[67]00$")


def write_while_another_writes(keys: Path) -> None:
    """A second writer comes while the first holds the lock."""
    with folders.PrivateFolder(keys).lock(), pytest.raises(ConfigError, match="is being written by another process"):
        opened(keys, patience=0.05).update({"A_KEY": "x"})


def pickle_a_secret() -> None:
    """A secret goes over a pipe, or into a file."""
    with pytest.raises(UsageError, match=r"^the secret 'A_KEY' cannot be pickled$"):
        pickle.dumps(secret.Secret("do not show me", "A_KEY"))


def print_a_secret() -> None:
    """A secret stands in a message."""
    hidden = secret.Secret("do not show me", "A_KEY")
    assert "do not" not in f"{hidden} {hidden!r} {hidden:>40}"


def print_a_revealed_secret() -> None:
    """A key that a provider got stands in a message, in an encoding."""
    text = secret.Secret("nobody's shape, really", "A_KEY").reveal()
    assert "[redacted]" in redaction.Redactor().text(f"the key {text} is wrong")
    assert "[redacted]" in redaction.Redactor().text(b64encode(b"me:" + text.encode()).decode())


def split_a_secret() -> None:
    """A key comes in two pieces of a stream."""
    stream = redaction.RedactedStream(redaction.Redactor(frozenset({"nobody's shape"})))
    shown = stream.push("it is nobody's") + stream.push(" shape.") + stream.end()
    assert shown == "it is [redacted]."


def read_in_threads(keys: Path, ask: Callable[[], object]) -> None:
    """Run `ask` in eight threads at once."""
    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
