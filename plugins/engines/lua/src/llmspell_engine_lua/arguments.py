"""What a script finds in `Args`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any


def parse_arguments(words: Sequence[str]) -> dict[Any, str | bool]:
    """All words by position from 1, and `--name value`, `--name=value` and `--flag` (true) by name too."""
    found: dict[Any, str | bool] = dict(enumerate(words, start=1))
    for word, following in zip(words, [*words, "--"][1:], strict=True):
        if not word.startswith("--") or word == "--":
            continue
        name, equals, value = word[2:].partition("=")
        found[name] = value if equals else True if following.startswith("--") else following
    return found
