"""Writers that come together or are killed on the way: the key file is always a whole one."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from llmspell.secrets.vault import FILE

from .conftest import PASSPHRASE, open_vault

_WRITER = """
import os, sys
from pathlib import Path
from llmspell.secrets.folder import PrivateFolder
from llmspell.secrets.passphrase import Passphrase
from llmspell.secrets.sealing import Cost
from llmspell.secrets.vault import Vault

folder, name, text, step = sys.argv[1:]
vault = Vault(PrivateFolder(Path(folder)), Passphrase(os.environ), Cost(19 * 1024, 2, 1))

def die():
    os.kill(os.getpid(), 9)

def at(function, *, before=None, after=None):
    original = getattr(os, function)
    def wrapped(*args, **options):
        if before and before(*args):
            die()
        answer = original(*args, **options)
        if after and after(*args):
            die()
        return answer
    setattr(os, function, wrapped)

def is_new(path, flags=0, *rest):
    return bool(flags & os.O_EXCL)

def always(*args):
    return True

{
    "none": lambda: None,
    "before the new file is made": lambda: at("open", before=is_new),
    "before anything is written": lambda: at("open", after=is_new),
    "before it reaches the disk": lambda: at("fsync", before=always),
    "before it takes the old one's place": lambda: at("replace", before=always),
    "before the folder reaches the disk": lambda: at("replace", after=always),
}[step]()
vault.update({name: text})
"""
STEPS = {
    "before the new file is made": "value of A, the second",
    "before anything is written": "value of A, the second",
    "before it reaches the disk": "value of A, the second",
    "before it takes the old one's place": "value of A, the second",
    "before the folder reaches the disk": "value of A, the third",
}


def writer(folder: Path, name: str, text: str, step: str = "none") -> subprocess.Popen[bytes]:
    """A process that sets one key; it kills itself at `step`."""
    environ = {**os.environ, "LLMSPELL_KEYS_PASSPHRASE": PASSPHRASE}
    return subprocess.Popen([sys.executable, "-c", _WRITER, str(folder), name, text, step], env=environ)


@pytest.mark.parametrize("step", STEPS)
def test_a_writer_that_is_killed_leaves_the_old_file_or_the_new(keys: Path, step: str) -> None:
    with writer(keys, "A_KEY", "value of A, the third", step) as process:
        assert process.wait(30) == -signal.SIGKILL
    assert open_vault(keys).get("A_KEY") == STEPS[step]
    assert open_vault(keys).get("B_KEY") == "value of B"
    open_vault(keys, patience=1).update({"A_KEY": "later"})
    assert open_vault(keys).get("A_KEY") == "later"
    assert sorted(os.listdir(keys)) == [FILE, "lock"]


@pytest.fixture(scope="module")
def crowded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder in which eight processes set a key each, at once; there was no file before."""
    folder = tmp_path_factory.mktemp("crowd") / "keys"
    processes = [writer(folder, f"KEY_{number}", f"value {number}") for number in range(8)]
    assert [process.wait(60) for process in processes] == [0] * 8
    return folder


@pytest.mark.parametrize("number", range(8))
def test_of_eight_writers_at_once_none_loses_its_key(crowded: Path, number: int) -> None:
    assert open_vault(crowded).get(f"KEY_{number}") == f"value {number}"
