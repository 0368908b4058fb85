"""The operating system's keyring, which is one of the places for keys."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from importlib.util import find_spec

from llmspell.doctor.check import Check
from llmspell.doctor.system import System

_ASK = "import keyring; found = keyring.get_keyring(); print(type(found).__module__, found.name, sep='\\n')"
_INSTEAD = "keep keys in the key file: llmspell keys set NAME --store file"
_PATIENCE = 20.0  # seconds; some wait for a service of the desktop


def examine(_system: System) -> Iterator[Check]:
    """Whether there is one, asked in a process of its own."""
    if find_spec("keyring") is None:
        yield Check("keyring", "ok", "it is not used, because the extra keyring is not installed")
        return
    try:
        ended = subprocess.run(  # noqa: S603 our own words
            [sys.executable, "-c", _ASK], capture_output=True, text=True, timeout=_PATIENCE, check=False
        )
    except subprocess.TimeoutExpired:
        yield Check("keyring", "warning", f"it does not answer within {_PATIENCE:g} seconds", _INSTEAD)
        return
    if ended.returncode != 0:
        said = ended.stderr.strip().rpartition("\n")[2]
        yield Check("keyring", "error", f"the package keyring does not work: {said}", "pip install --upgrade keyring")
        return
    module, name, *_rest = [*ended.stdout.splitlines(), "", ""]
    if module in ("keyring.backends.fail", "keyring.backends.null"):
        yield Check("keyring", "warning", "this system offers none", _INSTEAD)
    else:
        yield Check("keyring", "ok", f"{name or module} is there")
