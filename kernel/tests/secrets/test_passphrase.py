"""The passphrase from a person, on a real terminal."""

from __future__ import annotations

import os
import pty
import select
import sys
import time
from pathlib import Path

import pytest

from llmspell.errors import ConfigError
from llmspell.secrets.passphrase import FILE_VARIABLE, Passphrase

_PROGRAM = """
import sys
from pathlib import Path
from llmspell.errors import ConfigError
from llmspell.secrets import Secrets
try:
    Secrets({}, Path(sys.argv[1])).keep({"A_KEY": "x"}, "file")
    again = Secrets({}, Path(sys.argv[1]))
    print("found", again.get("A_KEY").reveal(), again.get("A_KEY").reveal())
except ConfigError as error:
    print("refused:", error)
"""


def typed(folder: Path, *answers: str) -> str:
    """What the terminal showed while a person typed these answers to the prompts."""
    pid, terminal = pty.fork()
    if pid == 0:
        os.execv(sys.executable, [sys.executable, "-c", _PROGRAM, str(folder)])
    shown, left = "", list(answers)
    end = time.monotonic() + 30
    try:
        while time.monotonic() < end:
            if not select.select([terminal], [], [], 1)[0]:
                continue
            try:
                piece = os.read(terminal, 4096).decode()
            except OSError:  # the other side is closed
                break
            shown += piece
            if not piece:
                break
            if shown.endswith(": ") and left:
                time.sleep(0.05)  # the echo is switched off after the prompt is shown
                os.write(terminal, f"{left.pop(0)}\n".encode())
    finally:
        os.close(terminal)
        os.waitpid(pid, 0)
    return shown


def test_a_person_types_a_new_passphrase_twice_and_is_asked_once_a_process(tmp_path: Path) -> None:
    shown = typed(tmp_path / "keys", "geheim genug", "geheim genug")
    assert "New passphrase for the key file: " in shown
    assert "The same again: " in shown
    assert "Passphrase of the key file" not in shown
    assert "geheim" not in shown
    assert "found x x" in shown


def test_two_passphrases_that_differ_write_nothing(tmp_path: Path) -> None:
    assert "refused: the two passphrases differ; nothing was written" in typed(tmp_path / "keys", "one", "two")
    assert not (tmp_path / "keys").exists()


def test_a_passphrase_file_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    environ = {FILE_VARIABLE: str(tmp_path / "none")}
    with pytest.raises(ConfigError, match=r"^LLMSPELL_KEYS_PASSPHRASE_FILE: .*none cannot be read: No such file"):
        Passphrase(environ).get(new=False)
