"""The few variables that a program gets: nothing of llmspell's own, and of the caller's only what is granted."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from llmspell.errors import PermissionDenied, UsageError
from llmspell.permissions.guard import Guard
from llmspell.process.words import passable
from llmspell.redaction import Redactor, secret_name

_MAPPING = "write a mapping, such as {'TZ': 'UTC'}"

_CODE = re.compile(r"PATH|(LD|DYLD)_.*|GLIBC_TUNABLES|GCONV_PATH|BASH_ENV|ENV|IFS|BASH_FUNC_.*", re.DOTALL)
"""Variables that decide which code a program or a shell loads. Programs have more of their own, such as `GIT_PAGER`;
those are the business of whoever grants them."""


def standard(folders: Sequence[str], scratch: str) -> dict[str, str]:
    """What every program gets.

    Args:
        folders: where programs are looked for.
        scratch: an empty folder of the program's own.
    """
    return {"PATH": ":".join(folders), "HOME": scratch, "TMPDIR": scratch, "LANG": "C.UTF-8"}


def granted(asked: Mapping[str, str], guard: Guard) -> dict[str, str]:
    """The caller's variables.

    Args:
        asked: the variables.
        guard: of `env`; knows which names are granted.

    Raises:
        UsageError: a name or a value is no text that a variable can have.
        PermissionDenied: a variable is not granted, decides what code is loaded, or holds a secret.
    """
    variables = _checked(asked)
    for name, value in variables.items():
        if _CODE.fullmatch(name):
            raise PermissionDenied(
                f"variable {name!r} is never passed on: it decides what code a program loads", hint="leave it out"
            )
        guard.check(name)
        if secret_name(name) or Redactor().text(value) != value:
            raise PermissionDenied(
                f"variable {name!r} is not passed on: it holds a secret, and programs get none", hint="leave it out"
            )
    return variables


def _checked(asked: Mapping[str, str]) -> dict[str, str]:
    if not isinstance(asked, Mapping):
        raise UsageError(f"env is no mapping of names to texts: {asked!r:.200}", hint=_MAPPING)
    variables = dict(asked)
    for name, value in variables.items():
        if not _is_text(name) or not name or "=" in name:
            raise UsageError(f"{name!r:.200} is no name of a variable", hint=_MAPPING)
        if not _is_text(value):
            raise UsageError(f"variable {name!r} has a value that is no text", hint=_MAPPING)
    return variables


def _is_text(value: object) -> bool:
    """Whether a variable can have it."""
    return type(value) is str and passable(value)
