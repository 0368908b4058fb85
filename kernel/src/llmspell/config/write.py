"""Puts a configuration file in place: whole or not at all, and never over one that changed meanwhile."""

from __future__ import annotations

import os
from itertools import count
from pathlib import Path
from tempfile import NamedTemporaryFile

from llmspell.errors import ConfigError, LlmspellError


def replace(path: Path, text: str, *, before: str | None) -> None:
    """Write a file so that a reader, or a loss of power, meets the old text or the new one.

    A link is followed, and what it leads to is replaced. The file's permissions stay; a new file is the owner's to
    write and everybody's to read, as far as the process's mask allows it.

    Args:
        path: the file.
        text: its new content.
        before: what it held when it was read; None when it did not exist.

    Raises:
        LlmspellError: it holds something else by now (kind `conflict`).
        ConfigError: it cannot be written.
    """
    target = path.resolve()
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        mode = target.stat().st_mode & 0o777 if target.exists() else 0o666 & ~_mask()
        with NamedTemporaryFile(
            "w", dir=target.parent, prefix=f".{target.name}.", delete=False, encoding="utf-8", newline=""
        ) as file:
            draft = Path(file.name)
            file.write(text)
            file.flush()
            draft.chmod(mode)
            os.fsync(file.fileno())
        try:
            _check_unchanged(target, before)
            os.replace(draft, target)
        except BaseException:
            draft.unlink(missing_ok=True)
            raise
    except OSError as cause:
        raise ConfigError([f"{path} cannot be written: {cause.strerror or cause}"]) from cause


def back_up(path: Path, text: str) -> Path:
    """Keep the text that a file has beside it, in a file that did not exist; gives its path.

    Raises:
        ConfigError: it cannot be written.
    """
    for number in count(1):
        backup = path.with_name(f"{path.name}.bak{number if number > 1 else ''}")
        try:
            with backup.open("x", encoding="utf-8", newline="") as file:
                file.write(text)
        except FileExistsError:
            continue
        except OSError as cause:
            raise ConfigError([f"{backup} cannot be written: {cause.strerror or cause}"]) from cause
        break
    return backup


def _check_unchanged(target: Path, before: str | None) -> None:
    now = target.read_bytes() if target.exists() else None
    if now != (None if before is None else before.encode()):
        raise LlmspellError(f"{str(target)!r} was changed meanwhile", kind="conflict", hint="type the command again")


def _mask() -> int:
    mask = os.umask(0o077)  # there is no way to read it but to set it
    os.umask(mask)
    return mask
