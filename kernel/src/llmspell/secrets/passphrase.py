"""The passphrase of the key file: from a variable, from a file, or from a person at the terminal."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import ClassVar

from llmspell.errors import ConfigError

VARIABLE = "LLMSPELL_KEYS_PASSPHRASE"
FILE_VARIABLE = "LLMSPELL_KEYS_PASSPHRASE_FILE"
_TYPED = "what you typed"
_HOW = f"set {VARIABLE}=..., or {FILE_VARIABLE}=FILE, or use a terminal"


class Passphrase:
    """Finds the passphrase once; what a person typed counts for the whole process.

    Args:
        environ: the environment variables.
    """

    _typed: ClassVar[str] = ""

    def __init__(self, environ: Mapping[str, str]) -> None:
        self._environ = environ

    @property
    def source(self) -> str:
        """Where the passphrase comes from, for a hint."""
        return next((name for name in (VARIABLE, FILE_VARIABLE) if name in self._environ), _TYPED)

    def get(self, *, new: bool) -> str:
        """The passphrase; a person types a `new` one twice.

        Raises:
            ConfigError: there is none, and nobody to ask; or it is empty.
        """
        found = Passphrase._typed or _ask(new) if self.source == _TYPED else self._given()
        if not found:
            raise ConfigError([f"the passphrase of the key file is empty ({self.source})"], hint=_HOW)
        from llmspell.redaction import remember

        remember(found)
        if self.source == _TYPED:
            Passphrase._typed = found
        return found

    def forget(self) -> None:
        """Ask a person again next time: the passphrase was wrong."""
        Passphrase._typed = ""

    def _given(self) -> str:
        if VARIABLE in self._environ:
            return self._environ[VARIABLE]
        path = Path(self._environ[FILE_VARIABLE])
        try:
            return path.read_text("utf-8").removesuffix("\n").removesuffix("\r")
        except (OSError, UnicodeDecodeError) as cause:
            reason = getattr(cause, "strerror", None) or "it is not UTF-8"
            raise ConfigError(
                [f"{FILE_VARIABLE}: {path} cannot be read: {reason}"], hint="write the passphrase into it"
            ) from cause


def _ask(new: bool) -> str:
    if not (sys.stdin and sys.stdin.isatty()):
        raise ConfigError(["the key file needs its passphrase, and there is no terminal to ask for it"], hint=_HOW)
    from getpass import getpass

    found = getpass("New passphrase for the key file: " if new else "Passphrase of the key file: ")
    if new and getpass("The same again: ") != found:
        raise ConfigError(["the two passphrases differ; nothing was written"], hint="try again")
    return found
