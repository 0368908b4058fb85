"""`KEY=VALUE` lines, as `.env` files have them."""

from __future__ import annotations

import re

from llmspell.errors import ConfigError

_LINE = re.compile(r"(?:export[ \t]+)?([A-Za-z_][A-Za-z0-9_]*)[ \t]*=[ \t]*(.*)")
_QUOTED = re.compile(r"(?P<quote>[\"'])(?P<text>.*)(?P=quote)[ \t]*(?:#.*)?")


def parse(text: str, name: str) -> dict[str, str]:
    """The values by their names; empty ones included. Nothing is expanded: `$HOME` stays `$HOME`.

    Args:
        text: one `KEY=VALUE` a line, with or without `export` and quotes; empty lines and `#` comments are fine.
        name: the file's, for the errors, which never show a value.

    Raises:
        ConfigError: lines are not of this form, or a name stands there twice; all of them are listed.
    """
    found: dict[str, str] = {}
    problems = []
    for number, line in enumerate(text.removeprefix("\ufeff").splitlines(), 1):
        stripped = line.strip()
        if not stripped or stripped.startswith("#"):
            continue
        parts = _LINE.fullmatch(stripped)
        if parts is None:
            problems.append(f"{name}:{number}: is not KEY=VALUE")
        elif parts[1] in found:
            problems.append(f"{name}:{number}: {parts[1]} stands there twice")
        else:
            found[parts[1]] = _value(parts[2])
    if problems:
        raise ConfigError(problems, hint="write one KEY=VALUE a line")
    return found


def _value(text: str) -> str:
    if quoted := _QUOTED.fullmatch(text):
        return quoted["text"]
    return re.split(r"[ \t]#", text, maxsplit=1)[0].strip()
