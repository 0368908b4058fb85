"""The journal of a run that may be paused."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping
from typing import TYPE_CHECKING, Any

import attrs

from llmspell.approvals.approval import Answer, Approval, Tell
from llmspell.approvals.shown import what
from llmspell.cassette.exchange import EXCHANGE_KINDS, Cassette, Exchange
from llmspell.cassette.journal import Execute, OnDelta, Proceed
from llmspell.cassette.recorder import Recorder
from llmspell.cassette.replayer import Replayer, ReplayMiss
from llmspell.errors import Interrupted, LlmspellError, UsageError
from llmspell.resume.kept_store import KeptStore
from llmspell.resume.record import PausedRun, digest_of, rules_of

if TYPE_CHECKING:
    from llmspell.gate import Operation
    from llmspell.redaction import Redactor
    from llmspell.run import Run
    from llmspell.spell import Source
    from llmspell.store import Store
    from llmspell.tool import Tool

_QUIET = 0.1  # seconds without a call under way, so that what is asked at the same time is asked in one pause
_LONGEST = 10.0  # seconds that a question stands there before nothing else may begin, so that the run comes to rest


class Pausable:
    """A journal and an answerer in one: it answers what was answered meanwhile, and at anything else pauses the run.

    The run is paused once every call of a model or a tool that is under way waits for an answer: the others come to
    their end first, and are kept.

    Args:
        paused: what to go on with; None for a run that begins.
        answers: to the questions of `paused`, by their digests.
        on_begin: called when it goes on.
    """

    def __init__(
        self,
        paused: PausedRun | None = None,
        answers: Mapping[str, Answer] | None = None,
        on_begin: Callable[[], object] | None = None,
    ) -> None:
        self._on_begin = on_begin
        self.failure: LlmspellError | None = None
        self._before = paused
        self._answers = {**(paused.answers if paused else {}), **(answers or {})}
        self._given: dict[str, Answer] = {}
        self._asked = {each.digest: each for each in paused.questions} if paused else {}
        self._open: dict[str, Approval] = {}
        self._recorder = Recorder()
        kept = Cassette("", paused.model, "interrupted", "", paused.exchanges) if paused else None
        self._replayer = Replayer(kept) if kept else None
        self._served: list[Exchange] = []
        self._store: KeptStore | None = None
        self._run: Run | None = None
        self._under_way: set[str] = set()
        self._looks = 0
        self._may_begin = asyncio.Event()
        self._may_begin.set()

    @property
    def questions(self) -> tuple[Approval, ...]:
        """What is to be answered before the run can go on; nothing when it has ended."""
        match self.failure:
            case Interrupted():
                return tuple(self._open.values())
            case ReplayMiss():
                return tuple(each for digest, each in self._asked.items() if digest not in self._given)
        return ()

    @property
    def run_id(self) -> str:
        """The run's id; empty before it begins."""
        return self._run.id if self._run else ""

    @property
    def is_paused(self) -> bool:
        """Whether the run can be resumed: it was paused, or it went another way than before, which may be mended."""
        return isinstance(self.failure, Interrupted | ReplayMiss)

    def begin(self, run: Run) -> None:
        """As the contract says; a run that goes on has the id that it had.

        Raises:
            UsageError: it is for another user, or may not do the same as before (kind `conflict`).
        """
        if self._before is not None:
            _check_same(self._before, run)
        self._recorder.begin(run)
        self._run = run
        if self._on_begin is not None:
            self._on_begin()
        if self._before is not None and self._replayer is not None:
            self._replayer.begin(run)
            run.id = run.log.run = self._before.run
            run.asking.grant(self._before.granted)

    def expect(self, operation: Operation, tool: Tool) -> None:
        """As the contract says."""
        self._recorder.expect(operation, tool)
        if self._replayer is not None:
            self._replayer.expect(operation, tool)

    def listen(self, operation: Operation, on_delta: OnDelta | None) -> OnDelta | None:
        """As the contract says."""
        if self._replayer is not None:
            self._replayer.listen(operation, on_delta)
        return self._recorder.listen(operation, on_delta)

    def store(self, inner: Store) -> Store:
        """As the contract says: what it did is served, and what it does is kept."""
        if self._store is None:
            self._store = KeptStore(inner, self._before.kept if self._before else ())
        return self._store

    def pass_on(self, operation: Operation, proceed: Proceed, execute: Execute) -> Awaitable[Any]:
        """As the contract says: what was answered is served, and the rest happens."""
        if operation.kind not in EXCHANGE_KINDS:
            return proceed(operation, execute)
        if self._recorder.is_own(operation):
            return self._recorder.pass_on(operation, proceed, execute)
        return self._exchange(operation, proceed, execute)

    async def _exchange(self, operation: Operation, proceed: Proceed, execute: Execute) -> Any:
        if self._replayer is not None:
            try:
                found = await self._replayer.kept(operation)
            except ReplayMiss as miss:
                self.failure = self.failure or _diverged(miss)
                raise self.failure from miss
            if found is not None:
                self._served.append(attrs.evolve(found, path=operation.path))
                return await self._replayer.serve(operation, found)
        await self._may_begin.wait()
        self._under_way.add(operation.path)
        try:
            return await self._recorder.pass_on(operation, proceed, execute)
        finally:
            self._under_way.discard(operation.path)
            self._look()

    async def answer(self, approval: Approval, tell: Tell) -> Answer:
        """What was answered meanwhile; to anything else it gives no answer: it waits until the run is paused."""
        if (answer := self._answers.pop(approval.digest, None)) is not None:
            self._given[approval.digest] = answer
            return answer
        asked = self._asked.get(approval.digest, approval)  # the same question keeps its name
        self._open[asked.digest] = asked
        stop = asyncio.get_running_loop().call_later(_LONGEST, self._hold_all)
        try:
            tell("approval.paused", {"id": asked.id, "what": what(asked)})
            self._look()
            never: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
            return await never
        finally:
            stop.cancel()
            if self.failure is None:  # nobody waits for it any more
                del self._open[asked.digest]
                self._may_begin.set()

    def _hold_all(self) -> None:
        """Let nothing else begin: what goes on and on beside the question would keep the run from its pause."""
        self._may_begin.clear()
        self._look()

    def _look(self) -> None:
        """Pause the run soon, unless something happens before."""
        self._looks += 1
        asyncio.get_running_loop().call_later(_QUIET, self._pause, self._looks)

    def _pause(self, look: int) -> None:
        run = self._run
        if look != self._looks or not self._open or run is None or run.cancelled or self.failure is not None:
            return
        if self._store is not None and self._store.under_way:
            self._look()
            return
        idle = [*(each.path for each in self._open.values()), *run.turns.queue]
        if all(any(path == each or path.startswith(f"{each}/") for path in idle) for each in self._under_way):
            self.failure = run.ending = _waits(run.id, list(self._open.values()))
            if self._store is not None:
                self._store.closed = True
            run.interrupt("the run is paused")

    def paused(self, source: Source, folder: str, options: Mapping[str, Any]) -> PausedRun:
        """What to keep of the run, once it was paused.

        Args:
            source: the spell.
            folder: the current folder.
            options: whatever its caller needs to begin it again.
        """
        assert self._run is not None
        run, redactor = self._run, self._run.log.redactor
        new = (each for each in self._recorder.cassette(source.name, "interrupted").exchanges if not each.own)
        kept = self._store.done if self._store else self._before.kept if self._before else ()
        return PausedRun(
            run=run.id,
            spell=source.name,
            code="" if source.path else source.text,
            source=digest_of(source.text),
            folder=folder,
            options={name: _without(redactor, value) for name, value in options.items()},
            model=run.model,
            user=run.user,
            rules=rules_of(run.policy),
            paused=time.time(),
            questions=self.questions,
            answers={**self._given, **self._answers},
            granted=run.asking.granted,
            exchanges=(*self._served, *(self._replayer.left if self._replayer else ()), *new),
            kept=tuple(attrs.evolve(each, gave=redactor.data(each.gave)) for each in kept),
        )


def _without(redactor: Redactor, value: Any) -> Any:
    """An option without secrets; its name says nothing about it: `deny_secret` holds patterns."""
    if isinstance(value, list | tuple):
        return [_without(redactor, each) for each in value]
    return redactor.text(value) if isinstance(value, str) else value


def _check_same(paused: PausedRun, run: Run) -> None:
    """Refuse a run for another user, or with other rules: what it did before was allowed by those that it had."""
    if run.user != paused.user:
        raise UsageError(
            f"run {paused.run} is for the user {paused.user!r}, and `run.user` is {run.user!r} now", kind="conflict"
        )
    if rules_of(run.policy) != paused.rules:
        raise UsageError(
            f"run {paused.run} may not do the same as when it was paused: its permissions have changed",
            kind="conflict",
            hint="take the change back, or run it from the beginning",
        )


def _waits(run: str, questions: list[Approval]) -> Interrupted:
    asked = "".join(f"\n  {each.id}  {what(each)}" for each in questions)
    return Interrupted(
        f"run {run} is paused until this is answered:{asked}",
        hint=f"llmspell approvals approve ID (or deny ID), and then: llmspell resume {run}",
        details={"run": run, "approvals": [each.id for each in questions]},
    )


def _diverged(miss: ReplayMiss) -> ReplayMiss:
    return ReplayMiss(
        f"the run does not do again what it did before it was paused: {miss.message}",
        component=miss.component,
        hint="a spell that is to be resumed must not depend on the clock, on chance or on files that change; "
        "the run stays paused",
        details=miss.details,
    )
