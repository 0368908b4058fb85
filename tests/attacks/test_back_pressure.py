"""A worker that says more than the host has time for must wait: nothing piles up in the host."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from time import monotonic

from llmspell.bridge.pool import WorkerPool
from llmspell.bridge.worker import WorkerTransport
from llmspell.engine import Limits
from llmspell.errors import LlmspellError

CHATTY = "await Host.go(); for (let i = 0; i < 5000; i++) console.log('x'.repeat(1000)); return 1"


class _Slow:
    """A receiver that answers the first call, and then works on it for half a second, a little in each turn."""

    def __init__(self, transport: WorkerTransport) -> None:
        self.transport = transport
        self.printed = 0
        self.waiting = 0  # bytes that the transport holds when the work is done
        self.ended = asyncio.Event()

    def on_outbox(self, outbox: str) -> Iterator[None] | None:
        if outbox.startswith('[["call"'):
            return self._work()
        self.ended.set()
        return None

    def _work(self) -> Iterator[None]:
        self.transport.send(("result", 1, None))
        until = monotonic() + 0.5
        while monotonic() < until:
            yield
        assert self.printed == 0
        self.waiting = sum(map(len, self.transport._arrived))

    def on_print(self, text: str) -> None:
        self.printed += 1

    def on_lost(self, error: LlmspellError) -> None:
        self.ended.set()
        raise error


async def test_what_a_worker_says_waits_in_the_worker_while_the_host_is_busy() -> None:
    worker = WorkerPool("llmspell_engine_quickjs.machine:QuickjsMachine", idle=0).acquire()
    transport = WorkerTransport(worker, Limits())
    slow = _Slow(transport)
    transport.start(CHATTY, "chatty.js", {"globals": {"Host": {"go": {}}}}, [], slow)
    async with asyncio.timeout(20):
        await slow.ended.wait()
    await transport.close()
    assert slow.printed == 5000
    assert slow.waiting < 1 << 17  # of the five megabytes that it had to say


async def test_many_lines_that_arrive_at_once_are_handled_over_several_turns() -> None:
    worker = WorkerPool("llmspell_engine_quickjs.machine:QuickjsMachine", idle=0).acquire()
    transport = WorkerTransport(worker, Limits())
    slow = _Slow(transport)
    transport.start("", "silent.js", {}, [], slow)
    transport._accept(b'"x"\n' * 1000)  # as a worker may send it whose engine is broken into
    assert 0 < slow.printed < 100
    async with asyncio.timeout(20):
        while slow.printed < 1000:  # noqa: ASYNC110 what is counted are turns of the event loop
            await asyncio.sleep(0)
    await transport.close()
