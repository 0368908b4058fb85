"""Environment variables that a pattern such as `*` does not mean: those that hold a secret."""

from __future__ import annotations

from llmspell.errors import PermissionDenied
from llmspell.permissions.kinds import KINDS, spelled
from llmspell.redaction import Redactor, secret_name


def check_harmless(name: str, value: str) -> None:
    """Return for a variable that holds no secret.

    Raises:
        PermissionDenied: its name or its value is that of one.
    """
    if secret_name(name) or Redactor().text(value) != value:
        flag = spelled(KINDS["env"], name)
        raise PermissionDenied(
            f"variable {name!r} holds a secret, and is not granted by its name",
            hint=f"run again with {flag}",
            details={"permission": "env", "target": name, "flag": flag},
        )
