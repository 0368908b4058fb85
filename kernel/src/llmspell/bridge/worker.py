"""Runs a script's machine in a process of its own, which is killed at the end, or whenever it misbehaves."""

from __future__ import annotations

import asyncio
import json
from collections import deque
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from typing import Any

from llmspell import values
from llmspell.bridge import loss
from llmspell.bridge.frames import Frames
from llmspell.bridge.process import Worker
from llmspell.bridge.sendable import check
from llmspell.bridge.transport import Receiver, Transport
from llmspell.engine import Limits
from llmspell.errors import BudgetExceeded, Cancelled, LlmspellError, SandboxUnavailable

OnWalls = Callable[[tuple[str, ...], Mapping[str, str]], None]

_CHUNK = 1 << 16  # bytes read in one turn of the event loop, so that a flood leaves time for others

_FRAMES = 64  # how many frames are handled in one turn of the event loop
_DONE = object()

# Seconds that a worker may live on after it closed its channel, to die of what made it do so.
_PATIENCE = 0.2


class WorkerTransport(Transport):
    """The transport to a machine in a worker process. Make and use it on a running event loop.

    Messages that are sent in one turn of the event loop go out together at its end. `on_lost` is the last
    call that the receiver gets. The worker is not trusted: its frames have a limited size, all it prints
    counts against `Limits.output_bytes`, and what it sends but is no frame ends it.

    Args:
        worker: one of a `WorkerPool`; this transport uses it up and closes it.
        limits: for the machine, and for the values sent to it.
        cpu: seconds of processor time that the script may take in all.
        demand: the walls (`llmspell.bridge.walls`) without which the script does not begin; `on_lost` gets a
            `SandboxUnavailable` instead.
        on_walls: called once before the script begins, with the walls that stand, and with those that do not and why.

    Attributes:
        walls: names of the walls around the worker; empty until the script begins.
    """

    def __init__(
        self,
        worker: Worker,
        limits: Limits,
        *,
        cpu: float = 600.0,
        demand: Collection[str] = (),
        on_walls: OnWalls | None = None,
    ) -> None:
        self.walls: tuple[str, ...] = ()
        self._demand = sorted(demand)
        self._on_walls = on_walls
        self._loop = asyncio.get_running_loop()
        self._worker = worker
        self._limits = limits
        self._cpu = cpu
        self._frames = Frames(2 * limits.value_bytes + _CHUNK)
        self._arrived: deque[bytes] = deque()  # frames that were not handled yet
        self._work: Iterator[None] | None = None  # the rest of an outbox
        self._printed = 0
        self._inbox: list[str] = []
        self._scheduled = False
        self._unsent = bytearray()
        self._most_unsent = 4 * limits.value_bytes + _CHUNK
        self._receiver: Receiver | None = None
        self._stopping = False  # outboxes are not delivered any more
        self._over = False  # the receiver hears nothing any more
        self._early: str | None = None  # why it was interrupted before it had a receiver
        self._autopsy: asyncio.Task[None] | None = None

    def start(self, source: str, name: str, api: Mapping[str, Any], args: Sequence[str], receiver: Receiver) -> None:
        """Begin the script as soon as the worker is ready."""
        self._receiver = receiver
        begin = {
            "source": source,
            "name": name,
            "api": dict(api),
            "args": list(args),
            "limits": self._limits.to_dict(),
            "cpu": self._cpu,
            "demand": self._demand,
        }
        self._loop.add_reader(self._worker.channel, self._read)
        self._write(values.dumps(begin).encode() + b"\n")
        self._flush()
        if self._early is not None:
            self._loop.call_soon(self._interrupted, self._early)

    def send(self, message: tuple[Any, ...]) -> None:
        """Deliver `message` at the end of this turn of the event loop."""
        check(message, self._limits)
        self._inbox.append(values.dumps(message))
        if not self._scheduled:
            self._scheduled = True
            self._loop.call_soon(self._flush)

    def interrupt(self, reason: str) -> None:
        """Kill the worker; what it printed before still arrives. Safe from any thread."""
        if self._over:
            return
        self._stopping = True
        self._loop.call_soon_threadsafe(self._interrupted, reason)  # first, or the death alone may be noticed
        self._worker.kill()

    async def close(self) -> None:
        """Kill the worker and free all that it had; the receiver hears nothing more."""
        self._end(None)
        await self._worker.close()
        if self._autopsy is not None:
            await self._autopsy

    def _flush(self) -> None:
        self._scheduled = False
        if self._inbox and self._receiver is not None and not self._over:
            frame = f"[{','.join(self._inbox)}]\n"
            self._inbox.clear()
            self._write(frame.encode())

    def _write(self, frame: bytes) -> None:
        if not self._unsent:
            frame = frame[self._send(frame) :]
            if not frame:
                return
            self._loop.add_writer(self._worker.channel, self._write_on)
        self._unsent += frame
        if len(self._unsent) > self._most_unsent:
            self._end(_too_much_unsent(self._most_unsent))

    def _write_on(self) -> None:
        del self._unsent[: self._send(self._unsent)]
        if not self._unsent:
            self._loop.remove_writer(self._worker.channel)

    def _send(self, data: bytes | bytearray) -> int:
        """How many bytes went out."""
        try:
            return self._worker.channel.send(data)
        except BlockingIOError:
            return 0
        except (BrokenPipeError, ConnectionResetError):
            return len(data)  # to nobody; the reading side tells that the worker is gone, and why

    def _read(self) -> None:
        self._scheduled = True  # answers given while frames are handled go out together, below
        try:
            data = self._receive()
            if data:
                self._accept(data)
            elif data is not None:
                self._loop.remove_reader(self._worker.channel)
                self._autopsy = self._loop.create_task(self._find_cause())
        finally:
            self._flush()

    def _receive(self) -> bytes | None:
        """Some bytes; none at the end; None when there are none yet."""
        try:
            return self._worker.channel.recv(_CHUNK)
        except BlockingIOError:
            return None
        except ConnectionResetError:
            return b""

    def _accept(self, data: bytes) -> None:
        """Cut bytes into frames, and handle as many as one turn of the event loop has time for."""
        try:
            self._arrived.extend(self._frames.feed(data))
        except LlmspellError as error:
            self._end(error)
        else:
            self._handle()
            if self._arrived or self._work is not None:
                self._loop.remove_reader(self._worker.channel)  # what nobody reads, the worker cannot send
                self._loop.call_soon(self._go_on)

    def _go_on(self) -> None:
        """Handle more of what arrived, and read on when nothing of it is left."""
        if self._over:
            return
        self._scheduled = True
        self._handle()
        if self._arrived or self._work is not None:
            self._loop.call_soon(self._go_on)
        elif not self._over:
            self._loop.add_reader(self._worker.channel, self._read)
        self._flush()

    def _handle(self) -> None:
        """Do one piece of a long outbox, or handle frames that arrived, at most `_FRAMES`."""
        count = 0
        try:
            if self._work is not None and next(self._work, _DONE) is _DONE:
                self._work = None
            while self._work is None and self._arrived and count < _FRAMES:
                self._take(self._arrived.popleft())
                count += 1
        except LlmspellError as error:
            self._end(error)
        except Exception as error:
            wrong = LlmspellError(f"the script's messages could not be handled: {type(error).__name__}: {error}")
            wrong.__cause__ = error
            self._end(wrong)

    def _take(self, frame: bytes) -> None:
        assert self._receiver is not None
        match frame[:1]:
            case b"[":
                if not self._stopping:
                    self._work = self._receiver.on_outbox(frame.decode())
            case b'"':
                self._print(json.loads(frame))
            case b"{":
                self._control(json.loads(frame))
            case _:
                raise LlmspellError(f"the script's worker process sent what is no message: {frame[:80]!r}")

    def _print(self, text: str) -> None:
        assert self._receiver is not None
        self._printed += len(text)  # characters, never more than the bytes that the machine itself counts
        if self._printed > self._limits.output_bytes:
            raise BudgetExceeded("output_bytes", self._limits.output_bytes, unit="bytes", setting="limits.output_bytes")
        self._receiver.on_print(text)

    def _control(self, frame: dict[str, Any]) -> None:
        if "lost" in frame:
            raise loss.from_worker(frame, self._worker.machine, self._limits)
        if "ready" in frame:
            return
        walls, missing = tuple(map(str, frame["walls"])), frame["missing"]
        if self.walls:
            return  # once the script has begun, the worker may say what the script makes it say
        self.walls = walls
        if lacking := [wall for wall in self._demand if wall not in self.walls]:
            raise _unavailable(lacking, missing)
        if self._on_walls is not None:
            self._on_walls(self.walls, missing)

    def _interrupted(self, reason: str) -> None:
        if self._receiver is None:
            self._early = reason
        elif not self._over:
            self._worker.kill()
            self._hear_out()
            self._end(Cancelled(reason))

    def _hear_out(self) -> None:
        """Take what a killed worker had printed; its outboxes do not count any more."""
        self._work = None
        while not self._over and (data := self._receive()):
            try:
                self._arrived.extend(self._frames.feed(data))
            except LlmspellError as error:
                self._end(error)
        while self._arrived:
            self._handle()

    async def _find_cause(self) -> None:
        try:
            found = await self._worker.ended(_PATIENCE)
        except LlmspellError as error:
            self._end(error)
        else:
            self._end(loss.from_exit(found, self._limits, self._cpu))

    def _end(self, error: LlmspellError | None) -> None:
        """Kill the worker, hear it no more, and tell the receiver, unless that has happened."""
        if self._over:
            return
        self._over = self._stopping = True
        self._arrived.clear()
        self._work = None
        if self._receiver is not None:
            self._loop.remove_reader(self._worker.channel)
            self._loop.remove_writer(self._worker.channel)
        self._worker.kill()
        if self._receiver is not None and error is not None:
            self._receiver.on_lost(error)


def _unavailable(lacking: Sequence[str], missing: Mapping[str, str]) -> SandboxUnavailable:
    """The refusal of a run whose worker lacks walls."""
    described = "; ".join(f"{wall} ({missing.get(wall, 'the worker does not say why')})" for wall in lacking)
    return SandboxUnavailable(
        f"this system lacks what the run demands around its script: {described}",
        hint=f"if you can do without, say so in llmspell.toml: [sandbox] accept_missing = {json.dumps(lacking)}",
        details={"missing": {wall: missing.get(wall, "") for wall in lacking}},
    )


def _too_much_unsent(limit: int) -> LlmspellError:
    return LlmspellError(
        f"more than {limit} bytes of answers wait for the script",
        kind="budget",
        hint="await some calls before the next, so that their answers need not wait",
        details={"budget": "unread_bytes", "limit": limit},
    )
