"""The contract of a toolset: tools by name. A run's `Toolbox` is one, and so is every wrapper of one.

Filtered   those whose names fit patterns, or that a function accepts
Renamed    some under other names
Prefixed   all under names with a prefix
Approved   a person is asked before each call
Budgeted   so many calls, or so much time between them, in one run
Cached     an idempotent tool is not called again for what it answered a while ago
Retried    an idempotent tool is called again when it failed in a way that may pass

    reading = Cached(Filtered(run.tools, ("file_*", "json_query")), ttl=60)
    agent = make_agent(tools=[reading.find(name) for name in reading.names()])

Wrappers go around each other in any order; the outermost sees a call first. What a tool says about itself is carried
over. The gate, hooks and events see the name that the outermost wrapper gives, and a renamed tool is held to the
permissions of its first name as well.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fnmatch import fnmatchcase
from typing import Protocol

from llmspell.errors import UsageError, did_you_mean
from llmspell.tool import Tool


class Toolset(Protocol):
    """Tools by name."""

    def names(self) -> list[str]:
        """All names, sorted."""
        ...

    def find(self, name: str) -> Tool:
        """The tool of this name, the same one each time.

        Raises:
            UsageError: kind `unknown_tool`: there is none.
        """
        ...


def fits(name: str, patterns: Iterable[str]) -> bool:
    """Whether a name fits any of the patterns, in which `*` and `?` stand for any text and any character."""
    return any(fnmatchcase(name, pattern) for pattern in patterns)


def check_patterns(patterns: Iterable[str], names: Sequence[str]) -> None:
    """Refuse a pattern that is about nothing: it is misspelled, or the tools are not installed.

    Raises:
        UsageError: no name fits it.
    """
    for pattern in patterns:
        if not any(fnmatchcase(name, pattern) for name in names):
            raise UsageError(f"no tool fits {pattern!r}", kind="unknown_tool", hint=did_you_mean(pattern, names))


def missing(name: str, names: Sequence[str]) -> UsageError:
    """The error for a name that a set does not have."""
    return UsageError(
        f"no tool named {name!r} is in the toolset",
        kind="unknown_tool",
        component=f"tool:{name}",
        hint=did_you_mean(name, names),
    )
