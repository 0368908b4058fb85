"""Tools that are not called again for what they answered a while ago."""

from __future__ import annotations

import json
import time
from collections import OrderedDict
from collections.abc import Hashable
from contextlib import suppress
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

import attrs

from llmspell.tool import Tool
from llmspell.tools.toolset import Toolset
from llmspell.tools.wrapped import WrappedSet, WrappedTool
from llmspell.values import dumps, loads

if TYPE_CHECKING:
    from llmspell.context import Context
    from llmspell.run import Run

CACHE_CHARACTERS = 8 << 20
"""The longest that all answers of one run may be together, as JSON."""


@attrs.frozen
class _Answer:
    """An answer as JSON, so that nobody can change it, and when it was given."""

    text: str
    since: float


class _Answers:
    """The answers of one run; the ones that were asked for longest ago go first."""

    def __init__(self, ttl: float, entries: int) -> None:
        self._ttl = ttl
        self._entries = entries
        self._kept: OrderedDict[Hashable, _Answer] = OrderedDict()
        self._characters = 0

    def get(self, key: Hashable) -> _Answer | None:
        found = self._kept.get(key)
        if found is None:
            return None
        if time.monotonic() - found.since >= self._ttl:
            self._drop(key)
            return None
        self._kept.move_to_end(key)
        return found

    def put(self, key: Hashable, text: str) -> None:
        self._drop(key)
        self._kept[key] = _Answer(text, time.monotonic())
        self._characters += len(text)
        while len(self._kept) > self._entries or self._characters > CACHE_CHARACTERS:
            self._drop(next(iter(self._kept)))

    def _drop(self, key: Hashable) -> None:
        gone = self._kept.pop(key, None)
        self._characters -= len(gone.text) if gone else 0


class Cached(WrappedSet):
    """A toolset that keeps what idempotent tools answer, for each run; errors are not kept.

    An answer is given again to the same arguments under the same permissions only: who may read less gets nothing
    that somebody else may read. It may be out of date, where what the tool looks at has changed meanwhile.

    Args:
        inner: the other set.
        ttl: seconds for which an answer holds.
        entries: answers that are kept for a run; what was not asked for the longest goes first.
    """

    def __init__(self, inner: Toolset, *, ttl: float = 300.0, entries: int = 256) -> None:
        super().__init__(inner)
        self._ttl = ttl
        self._entries = entries
        self._answers: WeakKeyDictionary[Run, _Answers] = WeakKeyDictionary()

    def wrap(self, tool: Tool) -> Tool:
        """The tool; where it is idempotent, one that remembers."""
        return CachedTool(tool, self) if tool.idempotent else tool

    def answers(self, run: Run) -> _Answers:
        """What a run was answered."""
        return self._answers.setdefault(run, _Answers(self._ttl, self._entries))


class CachedTool(WrappedTool):
    """An idempotent tool that is not called for what it answered before; the event `tool.cached` tells it."""

    def __init__(self, inner: Tool, cache: Cached) -> None:
        super().__init__(inner)
        self._cache = cache

    async def run(self, arguments: dict[str, Any], context: Context) -> Any:
        """What the tool answers, now or a while ago."""
        try:
            given = json.dumps(arguments, sort_keys=True)
        except TypeError:  # a handle or a function of a script: nobody knows when two are the same
            return await super().run(arguments, context)
        operation, answers = context.operation, self._cache.answers(context.run)
        key = (self.origin, given, context.run.policy, operation.bounds)
        if (found := answers.get(key)) is not None:
            age = round(time.monotonic() - found.since, 3)
            context.event("tool.cached", {"name": operation.name, "age": age})
            return loads(found.text)
        output = await super().run(arguments, context)
        with suppress(TypeError, ValueError):  # not JSON-like, so that it could not be given again as it is
            answers.put(key, dumps(output))
        return output
