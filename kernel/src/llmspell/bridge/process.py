"""One worker process, from its start to its burial; what it says is for `llmspell.bridge.worker`."""

from __future__ import annotations

import os
import signal
import sys
from contextlib import suppress
from typing import TYPE_CHECKING, NamedTuple

from llmspell.errors import LlmspellError, SandboxUnavailable

if TYPE_CHECKING:
    import asyncio

_BOOTSTRAP = "import sys; sys.path[:] = sys.argv[4:]; from llmspell.bridge.child import main; main()"

# Seconds between two looks at a dying process, and how long a killed one may take to die.
_LOOK = 0.001
_DEATH = 5.0


class Exit(NamedTuple):
    """How a process ended.

    Attributes:
        code: the exit status, or the negative number of the signal.
        cpu: seconds of processor time that it took.
        killed: whether llmspell killed it.
        stderr: the start and the end of what it wrote to its standard error.
    """

    code: int
    cpu: float
    killed: bool
    stderr: str


class Worker:
    """A process that has loaded a machine, or is about to, and waits for its one script.

    Starting one takes a millisecond or two and needs no event loop. It has an empty environment, a session of
    its own, and no open file but `channel` and a pipe for its standard streams. On Linux it dies with the
    thread that started it, so start it on one that lives as long as the run.

    Args:
        machine: `module:class`.

    Attributes:
        machine: as given.
        pid: its process id, which is also that of its process group.
        channel: the non-blocking socket to it.

    Raises:
        LlmspellError: of kind `config`; this system cannot start workers.
    """

    def __init__(self, machine: str) -> None:
        import socket

        if not hasattr(os, "posix_spawn"):
            raise SandboxUnavailable(
                f"scripts cannot run in a worker process on {sys.platform}",
                hint="run scripts that you trust in this process: --profile low",
            )
        self.machine = machine
        self.channel, theirs = socket.socketpair()
        self.channel.setblocking(False)
        self._stderr, stderr = os.pipe()
        # A worker that fills the pipe loses text rather than time.
        os.set_blocking(stderr, False)
        try:
            self.pid = _spawn(machine, theirs.fileno(), stderr)
        except BaseException:
            self._release()
            raise
        finally:
            theirs.close()
            os.close(stderr)
        self._exit: Exit | None = None
        self._killed = False
        self._burial: asyncio.Task[None] | None = None

    def alive(self) -> bool:
        """Whether it has not ended yet."""
        return self._poll() is None

    def kill(self) -> None:
        """End it and every process of its group, now; safe from any thread."""
        if self._exit is None:
            self._killed = True
            _kill_group(self.pid)

    async def ended(self, patience: float) -> Exit:
        """How it ended, once it has; it is killed after `patience` seconds.

        Raises:
            LlmspellError: the system does not end it.
        """
        from asyncio import get_running_loop, sleep

        loop = get_running_loop()
        natural = loop.time() + patience
        while (found := self._poll()) is None:
            if loop.time() >= natural:
                self.kill()
            if loop.time() >= natural + _DEATH:
                raise LlmspellError(f"worker process {self.pid} does not end although it was killed")
            await sleep(_LOOK)
        return found

    async def close(self) -> None:
        """Kill it, reap it and free its descriptors, even when the caller is cancelled meanwhile."""
        from asyncio import get_running_loop, shield

        if self._burial is None:
            self._burial = get_running_loop().create_task(self._bury())
        await shield(self._burial)

    async def _bury(self) -> None:
        self.kill()
        try:
            await self.ended(0)
        finally:
            self._release()

    def _poll(self) -> Exit | None:
        if self._exit is None and os.waitid(os.P_PID, self.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT):
            # Its group's number stays taken until it is reaped, so this cannot hit a stranger.
            _kill_group(self.pid)
            _, status, usage = os.wait4(self.pid, 0)
            self._exit = Exit(
                os.waitstatus_to_exitcode(status),
                usage.ru_utime + usage.ru_stime,
                self._killed,
                self._read_stderr(),
            )
        return self._exit

    def _read_stderr(self) -> str:
        os.set_blocking(self._stderr, False)
        with suppress(BlockingIOError):
            said = os.read(self._stderr, 1 << 16).decode(errors="replace").strip()
            return said if len(said) <= 4000 else f"{said[:2000]} ... {said[-2000:]}"  # engines put the cause first
        return ""

    def _release(self) -> None:
        self.channel.close()
        os.close(self._stderr)


def _spawn(machine: str, channel: int, stderr: int) -> int:
    scratch = os.environ.get("TMPDIR") or "/tmp"  # noqa: S108 the worker makes a folder of random name in it
    path = [os.path.abspath(entry) for entry in sys.path if entry]
    arguments = [machine, scratch, str(os.getpid()), *path]
    return os.posix_spawn(
        sys.executable,
        [sys.executable, "-I", "-S", "-X", "utf8", "-c", _BOOTSTRAP, *arguments],
        {},
        file_actions=[
            (os.POSIX_SPAWN_DUP2, channel, 0),
            (os.POSIX_SPAWN_DUP2, stderr, 1),
            (os.POSIX_SPAWN_DUP2, stderr, 2),
        ],
        setsid=True,
        setsigmask=[],
        setsigdef=[signal.SIGINT, signal.SIGTERM, signal.SIGXCPU],
    )


def _kill_group(group: int) -> None:
    # Some systems refuse to signal a group of which only the dead leader is left.
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(group, signal.SIGKILL)
