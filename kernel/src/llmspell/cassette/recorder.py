"""Writes down each exchange with a model or a tool, from when it passed the budget until it came back."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from time import time
from typing import TYPE_CHECKING, Any

import attrs

from llmspell.cassette.coding import answer_data, error_data, request_data
from llmspell.cassette.exchange import EXCHANGE_KINDS, Cassette, Exchange, ExchangeKind, Outcome
from llmspell.cassette.journal import Execute, OnDelta, Proceed
from llmspell.cassette.matching import request_hash
from llmspell.cassette.own import is_own
from llmspell.errors import LlmspellError, UsageError
from llmspell.events.log import iso
from llmspell.export import plain, usage_dict
from llmspell.gate.gate import broke
from llmspell.message import Completion, Delta, TextDelta, Usage

if TYPE_CHECKING:
    from llmspell.gate import Operation
    from llmspell.redaction import Redactor
    from llmspell.run import Run
    from llmspell.store import Store
    from llmspell.tool import Tool


@attrs.define(eq=False)
class _Taken:
    """An exchange as it goes on; what was asked and answered is only encoded at the end, and never changes."""

    kind: ExchangeKind
    name: str
    path: str
    request: Any
    own: bool = False
    outcome: Outcome = "unfinished"
    answer: Any = None
    error: LlmspellError | None = None
    said: list[str] = attrs.field(factory=list)
    usage: Usage | None = None
    cost: float | None = 0.0

    def spend(self, answer: Any) -> None:
        """Add what a model's answer cost the run, be it one of several attempts or one that a hook replaced."""
        if isinstance(answer, Completion):
            self.usage = answer.usage if self.usage is None else self.usage + answer.usage
            self.cost = None if answer.cost is None or self.cost is None else self.cost + answer.cost


class Recorder:
    """A journal that lets everything happen, and remembers it."""

    def __init__(self) -> None:
        self.failure: LlmspellError | None = None
        self._begun = time()
        self._run: Run | None = None
        self._taken: list[_Taken] = []
        self._coming: dict[str, _Taken] = {}

    @property
    def count(self) -> int:
        """How many exchanges there were so far."""
        return len(self._taken)

    def begin(self, run: Run) -> None:
        """Record this run, and no other."""
        if self._run is not None:
            raise UsageError("a recorder records one run", hint="make another")
        self._run = run

    def expect(self, operation: Operation, tool: Tool) -> None:
        """Note whether the tool is the spell's own."""
        self._at(operation).own = is_own(tool)

    def listen(self, operation: Operation, on_delta: OnDelta | None) -> OnDelta | None:
        """Remember the text that is streamed, in case no answer comes of it."""
        if on_delta is None:
            return None
        said = self._at(operation).said

        def heard(delta: Delta) -> None:
            if isinstance(delta, TextDelta):
                said.append(delta.text)
            on_delta(delta)

        return heard

    def pass_on(self, operation: Operation, proceed: Proceed, execute: Execute) -> Awaitable[Any]:
        """Let it happen, and remember what came of it."""
        if operation.kind not in EXCHANGE_KINDS:
            return proceed(operation, execute)
        return self._record(operation, proceed, execute)

    async def _record(self, operation: Operation, proceed: Proceed, execute: Execute) -> Any:
        taken = self._at(operation)
        self._taken.append(taken)

        async def counted(call: Operation) -> Any:
            answer = await execute(call)
            taken.spend(answer)
            return answer

        try:
            answer = await proceed(operation, counted)
        except asyncio.CancelledError:
            run = operation.run
            taken.outcome = "unfinished" if run.cancelled or run.ending else "cancelled"
            raise
        except Exception as error:
            taken.outcome = "error"
            taken.error = error if isinstance(error, LlmspellError) else broke(operation, error)
            raise
        taken.outcome, taken.answer = "answer", answer
        return answer

    def is_own(self, operation: Operation) -> bool:
        """Whether the operation is a call of a tool of the spell's own making."""
        return operation.path in self._coming and self._coming[operation.path].own

    def store(self, inner: Store) -> Store:
        """The store itself: what it does belongs to no recording."""
        return inner

    def _at(self, operation: Operation) -> _Taken:
        """What is taken down of the operation with this path, which no other has."""
        path = operation.path
        if path not in self._coming:
            kind: ExchangeKind = "llm" if operation.kind == "llm" else "tool"
            self._coming[path] = _Taken(kind, operation.name, path, operation.request)
        return self._coming[path]

    def cassette(self, spell: str, stop_reason: str) -> Cassette:
        """All that happened so far, without secrets: filtered now, so that what became known late goes too.

        Raises:
            LlmspellError: nothing was run.
        """
        run = self._run
        if run is None:
            raise LlmspellError("there is no run to record: it did not begin")
        redactor = run.log.redactor
        exchanges = tuple(_exchange(taken, redactor) for taken in self._taken)
        return Cassette(redactor.text(spell), run.model, stop_reason, iso(self._begun), exchanges)


def _exchange(taken: _Taken, redactor: Redactor) -> Exchange:
    request = redactor.data(_request(taken))
    outcome, error, answer = taken.outcome, taken.error, None
    if outcome == "answer":
        try:
            answer = plain(taken.answer) if taken.own else answer_data(taken.kind, taken.answer)
        except (TypeError, ValueError) as cause:
            message = f"the answer of {taken.kind} {taken.name!r} was not recorded, since it is no data: {cause}"
            outcome, error = "error", LlmspellError(message, component=f"{taken.kind}:{taken.name}")
    shown = redactor.data(answer)
    return Exchange(
        taken.kind,
        redactor.text(taken.name),
        redactor.text(taken.path),
        request_hash(request),
        request,
        outcome,
        shown,
        redactor.data(error_data(error)) if error is not None else None,
        redactor.text("".join(taken.said)) if outcome != "answer" else "",
        usage_dict(taken.usage) if taken.usage is not None else None,
        taken.cost if taken.usage is not None else None,
        taken.own,
        shown != answer,
    )


def _request(taken: _Taken) -> Any:
    """What was asked; a tool of the embedder's may be asked what is no data."""
    try:
        return request_data(taken.kind, taken.request)
    except (TypeError, ValueError):
        return plain(taken.request)
