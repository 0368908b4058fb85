"""Key files that are cheap to open: the least cost that is allowed, a twentieth of a second."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from llmspell.secrets.folder import PrivateFolder
from llmspell.secrets.passphrase import VARIABLE, Passphrase
from llmspell.secrets.sealing import Cost
from llmspell.secrets.vault import FILE, Vault

CHEAP = Cost(memory=19 * 1024, time=2, lanes=1)
PASSPHRASE = "correct horse battery"

OpenVault = Callable[..., Vault]


def open_vault(folder: Path, passphrase: str = PASSPHRASE, *, patience: float = 10.0) -> Vault:
    """The key file in a folder, with a passphrase."""
    return Vault(PrivateFolder(folder, patience=patience), Passphrase({VARIABLE: passphrase}), CHEAP)


@pytest.fixture(scope="session")
def written(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, bytes]:
    """Two states of one key file: `old`, and `new`, in which A_KEY has changed and C_KEY has come."""
    folder = tmp_path_factory.mktemp("keys") / "keys"
    vault = open_vault(folder)
    vault.update({"A_KEY": "value of A, the first", "B_KEY": "value of B"})
    old = (folder / FILE).read_bytes()
    vault.update({"A_KEY": "value of A, the second", "C_KEY": "value of C"})
    return {"old": old, "new": (folder / FILE).read_bytes()}


@pytest.fixture
def keys(tmp_path: Path, written: Mapping[str, bytes]) -> Path:
    """A folder with the key file in its new state."""
    folder = tmp_path / "keys"
    folder.mkdir(mode=0o700)
    (folder / FILE).write_bytes(written["new"])
    (folder / FILE).chmod(0o600)
    return folder
