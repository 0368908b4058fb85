"""Answers in the place of models and tools, from a cassette; nothing is ever asked for real."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Awaitable
from time import monotonic
from typing import TYPE_CHECKING, Any, Literal

from llmspell.cassette.coding import answer_of, error_of, request_data, usage_of
from llmspell.cassette.difference import described, differences
from llmspell.cassette.exchange import EXCHANGE_KINDS, Cassette, Exchange
from llmspell.cassette.journal import Execute, OnDelta, Proceed
from llmspell.cassette.matching import agree, place, request_hash
from llmspell.cassette.own import is_own
from llmspell.errors import LlmspellError, ScriptFailed, UsageError
from llmspell.export import plain
from llmspell.message import TextDelta

if TYPE_CHECKING:
    from llmspell.gate import Operation
    from llmspell.run import Run
    from llmspell.store import Store
    from llmspell.tool import Tool

_PATIENCE = 1.0  # seconds for which a call that is not as recorded waits for the one that was
_PAUSE = 0.01  # seconds between looks

ReplayMode = Literal["strict", "lenient"]
"""`lenient` serves what was recorded at the same place, though something else was asked there, and tells so."""

REPLAY_MODES: tuple[ReplayMode, ...] = ("strict", "lenient")


class ReplayMiss(ScriptFailed):
    """A spell asks what is not in its recording: the spell's author must act, or record anew."""

    default_kind = "conflict"


class Replayer:
    """A journal that serves recorded answers.

    A request is served by the exchange at its own path, else by the first one that is left at the same place in the
    run: calls that are made at one time may come in another order. Tools of the spell's own making run again, and
    what they ask is served.

    Args:
        cassette: what to serve.
        mode: how strictly requests must agree.
    """

    def __init__(self, cassette: Cassette, mode: ReplayMode = "strict") -> None:
        self.failure: LlmspellError | None = None
        self.served = 0
        self._cassette = cassette
        self._mode = mode
        self._left: dict[tuple[str, str, str], list[Exchange]] = defaultdict(list)
        for exchange in cassette.exchanges:
            if not exchange.own:
                self._left[exchange.kind, exchange.name, place(exchange.path)].append(exchange)
        self._used: list[str] = []
        self._own: set[str] = set()
        self._begun = False
        self._listeners: dict[str, OnDelta] = {}

    def begin(self, run: Run) -> None:
        """The run gets the default model of the recorded one, unless it was given another."""
        if self._begun:
            raise UsageError("a replayer serves one run", hint="make another")
        self._begun = True
        run.model = run.model or self._cassette.model

    def expect(self, operation: Operation, tool: Tool) -> None:
        """Note a tool that is to run again."""
        if is_own(tool):
            self._own.add(operation.path)

    def listen(self, operation: Operation, on_delta: OnDelta | None) -> OnDelta | None:
        """Note who hears what was streamed of an answer that was cut short."""
        if on_delta is not None:
            self._listeners[operation.path] = on_delta
        return on_delta

    def pass_on(self, operation: Operation, proceed: Proceed, execute: Execute) -> Awaitable[Any]:
        """What was recorded, or what the spell itself does."""
        if operation.kind not in EXCHANGE_KINDS or operation.path in self._own:
            return proceed(operation, execute)
        return self._serve(operation)

    @property
    def left(self) -> list[Exchange]:
        """What was not asked for yet."""
        return [exchange for exchanges in self._left.values() for exchange in exchanges]

    @property
    def unused(self) -> list[Exchange]:
        """What was answered in the recording and not asked for now; what a served tool had asked does not count."""
        return [
            exchange
            for exchange in self.left
            if exchange.outcome in ("answer", "error")
            and not any(exchange.path.startswith(f"{path}/") for path in self._used)
        ]

    def store(self, inner: Store) -> Store:
        """The store itself: what it does belongs to no recording."""
        return inner

    async def _serve(self, operation: Operation) -> Any:
        await self._turn()
        return await self.serve(operation, self._take(operation))

    async def kept(self, operation: Operation) -> Exchange | None:
        """The exchange that answers an operation, which is then used up; None where there is none, or it had no end.

        Where calls are made at one time, another one may come to this path than did before: it has a moment to be
        asked for by whoever it belongs to.

        Raises:
            ReplayMiss: what was asked at this very path is something else, and nobody has asked for that.
        """
        await self._turn()
        left, path, request = self._candidates(operation)
        end = monotonic() + _PATIENCE
        while (found := _fitting(left, path, request)) is None and any(each.path == path for each in left):
            if monotonic() > end:
                self.failure = self._miss(operation, path, request)
                raise self.failure
            await asyncio.sleep(_PAUSE)
        if found is None:
            return None
        left.remove(found)
        return None if found.outcome == "unfinished" else found

    def _candidates(self, operation: Operation) -> tuple[list[Exchange], str, Any]:
        """The exchanges that are left at the place of an operation, its path, and what it asks."""
        redactor = operation.run.log.redactor
        path = redactor.text(operation.path)
        left = self._left[operation.kind, redactor.text(operation.name), place(path)]
        return left, path, redactor.data(_request(operation))

    async def _turn(self) -> None:
        await asyncio.sleep(0)  # others that were asked at the same time have begun, as they had in the recording
        if self.failure is not None:  # what comes after a miss follows from it
            raise self.failure

    async def serve(self, operation: Operation, exchange: Exchange) -> Any:
        """What came of an exchange, for an operation."""
        self.served += 1
        self._used.append(exchange.path)
        _spend(operation.run, exchange)
        if exchange.partial:
            self._say(operation, exchange.partial)
        return await _outcome(operation, exchange)

    def _take(self, operation: Operation) -> Exchange:
        """The exchange that answers an operation, which is then used up.

        Raises:
            ReplayMiss: there is none.
        """
        left, path, request = self._candidates(operation)
        found = _fitting(left, path, request)
        if found is None and self._mode == "lenient" and left:
            found = next((each for each in left if each.path == path), left[0])
            lines = described(found.request, request)
            operation.run.log.append("replay.differs", operation.path, {"name": operation.name, "differences": lines})
        if found is None:
            self.failure = self._miss(operation, path, request)
            raise self.failure
        left.remove(found)
        return found

    def _miss(self, operation: Operation, path: str, request: Any) -> ReplayMiss:
        what = f"{operation.kind} {operation.name!r} at {path}"
        alike = self._alike(operation, path)
        if not alike:
            lines = [f"the recording has no call of {what}"]
        else:
            nearest = min(alike, key=lambda each: sum(1 for _ in differences(each.request, request)))
            number = self._cassette.exchanges.index(nearest) + 1
            where = f"exchange {number}" + (f", {nearest.path}" if nearest.path != path else "")
            lines = described(nearest.request, request)
            if lines:
                lines = [f"{what} asks what was not recorded there; the nearest is {where}:", *lines]
            else:
                lines = [f"{what} was not recorded so often; the nearest is {where}, and it is used up"]
        return ReplayMiss(
            "\n".join(lines),
            component=operation.component,
            hint="if the change is meant, record again with --record",
            details={"path": path, "request": request},
        )

    def _alike(self, operation: Operation, path: str) -> list[Exchange]:
        """What to compare with: the exchanges left at the same place, else all there, else all of that name or kind."""
        left = self._left[operation.kind, operation.name, place(path)]
        kind = [each for each in self._cassette.exchanges if each.kind == operation.kind and not each.own]
        name = [each for each in kind if each.name == operation.name]
        there = [each for each in name if place(each.path) == place(path)]
        return left or there or name or kind

    def _say(self, operation: Operation, text: str) -> None:
        run = operation.run
        run.partial_text = text
        run.log.append("llm.partial", operation.path, {"name": operation.name, "text": text})
        if operation.path in self._listeners:
            self._listeners[operation.path](TextDelta(text))


def _request(operation: Operation) -> Any:
    try:
        return request_data("llm" if operation.kind == "llm" else "tool", operation.request)
    except (TypeError, ValueError):
        return plain(operation.request)


def _fitting(left: list[Exchange], path: str, request: Any) -> Exchange | None:
    """The one at the path, else the first: of those whose request is the same, else of those that may be the same."""
    hashed = request_hash(request)
    same = [each for each in left if each.hash == hashed] or [each for each in left if agree(each.request, request)]
    return next((each for each in same if each.path == path), same[0] if same else None)


def _spend(run: Run, exchange: Exchange) -> None:
    if exchange.usage is not None:
        run.budget.spend(usage_of(exchange.usage), exchange.cost)


async def _outcome(operation: Operation, exchange: Exchange) -> Any:
    """What came of the exchange."""
    match exchange.outcome:
        case "answer":
            return answer_of(exchange.kind, exchange.answer)
        case "error":
            assert exchange.error is not None
            raise error_of(exchange.error)
        case "cancelled":  # the spell did not wait for it to end, and will not now
            await asyncio.get_running_loop().create_future()
    raise ReplayMiss(
        f"the recording ends before {operation.kind} {operation.name!r} at {exchange.path} was answered",
        component=operation.component,
        hint="record again, and let the run come to its end",
    )
