"""One process, from its start to its burial."""

from __future__ import annotations

import asyncio
import os
import signal
import time
from contextlib import suppress
from typing import Literal

from llmspell.errors import LlmspellError
from llmspell.process.start import Start, not_started, spawn
from llmspell.threads import in_thread

# Seconds for a process to end by itself when it was asked to, and by force.
_PATIENCE = 0.5
_DEATH = 5.0

_CHUNK = 1 << 16
Stream = Literal["stdout", "stderr"]


class Running:
    """A process in a session of its own, with nothing open but its three streams.

    Make it on the event loop's thread: on Linux it dies with the thread that made it.

    Attributes:
        pid: its process id, which is also that of its group.
        since: when it was started, in seconds of the monotonic clock.
        output: what it wrote so far, by stream.
        truncated: whether it wrote more than it may.
    """

    def __init__(self, start: Start) -> None:
        self._start = start
        self._loop = asyncio.get_running_loop()
        self._left = start.max_output
        self._said = b""
        self._begun: asyncio.Future[None] = self._loop.create_future()
        self._over: asyncio.Future[None] = self._loop.create_future()
        self.output: dict[Stream, bytearray] = {"stdout": bytearray(), "stderr": bytearray()}
        self.truncated = False
        self.since = time.monotonic()
        self._process, self._status = spawn(start)
        self.pid = self._process.pid
        self._open: dict[Stream, int] = {}
        self._listen()
        self._death = self._loop.create_task(in_thread(_await_death, self.pid))
        self._death.add_done_callback(lambda _: _settle(self._over))

    async def begun(self) -> None:
        """Wait until the program itself runs.

        Raises:
            LlmspellError: it cannot be started.
        """
        await self._begun
        if self._said:
            raise not_started(int(self._said), self._start)

    async def over(self) -> None:
        """Wait until the process has ended, or has written more than it may."""
        await self._over

    async def close(self) -> int:
        """End the process and the rest of its group, and free all that it held.

        Returns:
            The exit status, or the negative number of the signal that ended it.

        Raises:
            LlmspellError: the system does not end it, or how it ended is lost.
        """
        try:
            if not self._death.done():
                self._kill(signal.SIGTERM)
                await asyncio.wait({self._death}, timeout=_PATIENCE)
            self._kill(signal.SIGKILL)  # also what the process left in its group
            await asyncio.wait({self._death}, timeout=_DEATH)
        finally:
            self._release()
        return self._code()

    def abandon(self) -> None:
        """Kill it and free all that it held, without an event loop that goes on."""
        if self._process.returncode is None:
            self._kill(signal.SIGKILL)
            self._process.wait(_DEATH)
        self._release()

    def _code(self) -> int:
        if not self._death.done():
            raise LlmspellError(f"process {self.pid} does not end although it was killed")
        code = self._process.wait()
        if self._death.exception():
            raise LlmspellError(f"how process {self.pid} ended is lost: something else in this program waited for it")
        return code

    def _kill(self, number: signal.Signals) -> None:
        # The dead leader is not reaped yet, so its group's number cannot be a stranger's.
        with suppress(ProcessLookupError):
            os.killpg(self.pid, number)

    def _listen(self) -> None:
        process = self._process
        assert process.stdout is not None
        assert process.stderr is not None
        self._open = {"stdout": process.stdout.fileno(), "stderr": process.stderr.fileno()}
        for stream, descriptor in self._open.items():
            os.set_blocking(descriptor, False)
            self._loop.add_reader(descriptor, self._read, stream)
        self._loop.add_reader(self._status, self._hear)

    def _hear(self) -> None:
        said = os.read(self._status, 64)
        self._said += said
        if not said:
            self._loop.remove_reader(self._status)
            _settle(self._begun)

    def _read(self, stream: Stream) -> bool:
        """Take what a stream has; whether there may be more."""
        try:
            chunk = os.read(self._open[stream], _CHUNK)
        except BlockingIOError:
            return False
        self.output[stream] += chunk[: self._left]
        self.truncated |= len(chunk) > self._left
        self._left -= min(len(chunk), self._left)
        if chunk and not self.truncated:
            return True
        self._loop.remove_reader(self._open[stream])
        if self.truncated:
            _settle(self._over)
        return False

    def _release(self) -> None:
        if self._status < 0:
            return
        for stream in self._open:
            while not self.truncated and self._read(stream):  # what it wrote last
                pass
        for descriptor in (*self._open.values(), self._status):
            self._loop.remove_reader(descriptor)
        os.close(self._status)
        self._status = -1
        for pipe in (self._process.stdout, self._process.stderr):
            assert pipe is not None
            pipe.close()


def _settle(future: asyncio.Future[None]) -> None:
    if not future.done():
        future.set_result(None)


def _await_death(pid: int) -> None:
    """Wait in a thread; the process stays a zombie, so that its number is not given to another."""
    os.waitid(os.P_PID, pid, os.WEXITED | os.WNOWAIT)
