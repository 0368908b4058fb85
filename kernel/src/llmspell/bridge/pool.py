"""Keeps a few worker processes ready, so that a script need not wait for one to start."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

from llmspell.bridge.process import Worker

if TYPE_CHECKING:
    import asyncio

# Seconds after which a worker that was taken is replaced: by then the script that took it has begun.
_DELAY = 0.02


class WorkerPool:
    """Idle workers of one machine. Each serves one script; none is ever used again.

    Args:
        machine: `module:class`.
        idle: how many to keep ready once the first is taken; 0 to start each when it is needed.
    """

    def __init__(self, machine: str, idle: int) -> None:
        self._machine = machine
        self._target = idle
        self._idle: deque[Worker] = deque()
        self._burials: set[asyncio.Task[None]] = set()
        self._refilling = False
        self._closed = False

    def prestart(self) -> None:
        """Start one worker now, if none is ready, while the caller goes on; needs no event loop."""
        if not self._closed and not self._idle:
            self._idle.append(Worker(self._machine))

    def acquire(self) -> Worker:
        """A worker for one script, which the caller must close; call it on the event loop.

        Raises:
            LlmspellError: of kind `config`; this system cannot start workers.
        """
        if self._closed:
            raise RuntimeError(f"the pool of {self._machine} is closed")
        self._refill_later()
        while self._idle:
            worker = self._idle.popleft()
            if worker.alive():
                return worker
            self._bury(worker)
        return Worker(self._machine)

    async def close(self) -> None:
        """Kill the idle workers; those that were acquired belong to whoever did so."""
        self._closed = True
        workers, self._idle = self._idle, deque()
        for worker in workers:
            worker.kill()
        for worker in workers:
            await worker.close()
        while self._burials:
            await self._burials.pop()

    def _refill_later(self) -> None:
        if not self._refilling:
            from asyncio import get_running_loop

            self._refilling = True
            get_running_loop().call_later(_DELAY, self._refill)

    def _refill(self) -> None:
        """Start one worker and come again for the next: many at once would hold up the event loop."""
        self._refilling = False
        if not self._closed and len(self._idle) < self._target:
            self._idle.append(Worker(self._machine))
            self._refill_later()

    def _bury(self, worker: Worker) -> None:
        from asyncio import get_running_loop

        burial = get_running_loop().create_task(worker.close())
        self._burials.add(burial)
        burial.add_done_callback(self._burials.discard)
