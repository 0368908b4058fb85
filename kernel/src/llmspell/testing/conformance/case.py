"""One behaviour of the script API: a spell for it in each language, and what comes of it in all of them.

How the languages differ is fixed here, so that the outcome need not:

- Names that llmspell gives (methods, options, fields of results) are `snake_case` in Lua and `camelCase` in
  JavaScript: `Json.is_null` and `Json.isNull`, `max_turns` and `maxTurns`, `stop_reason` and `stopReason`. Names
  that a spell gives (state keys, tool arguments, event data) are the spell's own and never change.
- A call waits in Lua and gives a promise in JavaScript; a function that is passed may be async there. Handles with
  `next` are iterated with `for await`.
- A `try_` form gives two values in Lua, and an array of the two (`[value, error]`) in JavaScript.
- Lists, `Args` and the index that `Async.map` gives count from 1 in Lua, from 0 in JavaScript. (The kernel's messages
  count from 1: `tools[1]` is the first.)
- Nothing is `nil`, or `undefined` or `null`. `Json.null` is `null`.
- The value of a spell is what its chunk returns; JavaScript may `return` at the top level, and a module's default
  export counts when it returns nothing.
- A module is named by words joined by dots in Lua (`require("lib.text")`), by the path of its file in JavaScript.
- A call of a cancelled task never returns in Lua, where to-be-closed variables are closed; in JavaScript it rejects,
  so that `finally` runs. Either way the task's later calls do nothing.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Mapping
from typing import Any

import attrs

from llmspell.testing.steps import Step


def _spell(text: str) -> str:
    """The text without the indentation of the file it stands in; the first line with words is line 1."""
    return textwrap.dedent(text).strip("\n").rstrip() + "\n"


@attrs.frozen
class Fails:
    """The error that ends a spell; `message` and `hint` must occur in the error's own."""

    kind: str
    message: str = ""
    hint: str = ""
    component: str = ""
    line: int = 0
    """One-based, in the spell's own text; 0 when the place does not matter."""


@attrs.frozen(init=False)
class Happens:
    """The events that match `pattern`, all of them, in order: each a kind, or a kind and some of its data.

    Happens("shop.*", "shop.open", ("shop.sale", {"price": 3}))
    """

    pattern: str
    events: tuple[tuple[str, Mapping[str, Any]], ...]

    def __init__(self, pattern: str, *events: str | tuple[str, Mapping[str, Any]]) -> None:
        listed = tuple((event, {}) if isinstance(event, str) else event for event in events)
        self.__attrs_init__(pattern, listed)


@attrs.frozen
class Case:
    """One behaviour.

    Args:
        behaviour: a sentence, unique within its subject.
        lua: the spell in Lua.
        javascript: the same in JavaScript.
        value: what the spell returns; not compared when it fails.
        error: how it fails; None means that it completes.
        stop_reason: `completed`, or `error` when it fails, unless said otherwise.
        exit_code: of the command line; None does not compare it.
        output: what it prints; None does not compare it.
        events: what happens meanwhile.
        steps: what the model `scripted/model`, the default one, answers; all must be used.
        sets: configuration, as `--set` takes it.
        args: the words after `--`.
        files: by name, relative to the spell's folder; for all languages together.
        interrupt: the kind of the event at which the run is stopped from outside; empty never stops it.
        subject: what it is about; `llmspell.testing.conformance.cases` fills it in.
    """

    behaviour: str
    lua: str = attrs.field(kw_only=True, converter=_spell, repr=False)
    javascript: str = attrs.field(kw_only=True, converter=_spell, repr=False)
    value: Any = attrs.field(default=None, kw_only=True)
    error: Fails | None = attrs.field(default=None, kw_only=True)
    stop_reason: str = attrs.field(default="", kw_only=True)
    exit_code: int | None = attrs.field(default=None, kw_only=True)
    output: str | None = attrs.field(default=None, kw_only=True)
    events: tuple[Happens, ...] = attrs.field(default=(), kw_only=True)
    steps: tuple[Step, ...] = attrs.field(default=(), kw_only=True)
    sets: tuple[str, ...] = attrs.field(default=(), kw_only=True)
    args: tuple[str, ...] = attrs.field(default=(), kw_only=True)
    files: Mapping[str, str] = attrs.field(factory=dict, kw_only=True)
    interrupt: str = attrs.field(default="", kw_only=True)
    subject: str = attrs.field(default="", kw_only=True)

    @property
    def id(self) -> str:
        """The subject and the sentence as one word: `state-a_key_that_is_not_set_is_nothing`."""
        return f"{self.subject}-{re.sub(r'[^a-z0-9]+', '_', self.behaviour.lower()).strip('_')}"

    def spell(self, language: str) -> str:
        """The spell in a language.

        Raises:
            LookupError: it is not written in that language.
        """
        written = {"lua": self.lua, "javascript": self.javascript}
        if language not in written:
            raise LookupError(f"the case {self.id} is written in {' and '.join(written)}, not in {language}")
        return written[language]
