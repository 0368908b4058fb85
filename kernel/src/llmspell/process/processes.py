"""Asks the guards, starts a program, and says how it finished."""

from __future__ import annotations

import asyncio
import math
import os
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path, PurePath
from typing import Any, Literal

import attrs

from llmspell.errors import LlmspellError, PermissionDenied, TimedOut, UsageError
from llmspell.permissions.guard import Guard
from llmspell.permissions.kinds import Target
from llmspell.process import programs, words
from llmspell.process.environment import granted, standard
from llmspell.process.held import Held
from llmspell.process.limits import Limits
from llmspell.process.running import Running
from llmspell.process.start import Start
from llmspell.redaction import redact_words
from llmspell.threads import in_thread

Ended = Literal["exited", "max_output", "timeout", "cancelled", "not started"]

_SHOWN = 2000  # bytes


@attrs.frozen
class Finished:
    """How a program ended.

    Attributes:
        code: its exit status, or the negative number of the signal that ended it.
        stdout: what it wrote to its standard output.
        stderr: what it wrote to its standard error.
        duration: seconds from start to end; some 20 milliseconds of them are the start's.
        truncated: whether it wrote more than it may, and was ended for that; both streams have what came before.
        signal: the signal that ended it, such as `SIGKILL`; empty when it ended by itself.
    """

    code: int
    stdout: bytes
    stderr: bytes
    duration: float
    truncated: bool = False
    signal: str = ""

    @property
    def ok(self) -> bool:
        """Whether it ended by itself, and said that all went well."""
        return self.code == 0 and not self.truncated


class Processes:
    """Programs that may be started.

    Args:
        guard: makes the guard of a kind of permission; asked for `run`, `env` and `fs.read`.
        project: where programs work, unless told otherwise, and where relative folders begin.
        tell: appends an event.
        folders: where programs with a bare name are looked for; their `PATH`.
    """

    def __init__(
        self,
        guard: Callable[[str], Guard],
        project: Path,
        tell: Callable[[str, Mapping[str, Any]], object],
        *,
        folders: Sequence[str] = programs.FOLDERS,
    ) -> None:
        self._guard = guard
        self._project = project
        self._tell = tell
        self._folders = programs.checked_folders(folders)

    async def run(
        self,
        argv: Sequence[str],
        *,
        stdin: bytes = b"",
        timeout: float = 30.0,
        cwd: str | PurePath | None = None,
        env: Mapping[str, str] | None = None,
        max_output: int = 1 << 20,
        limits: Limits = Limits(),  # noqa: B008 frozen
    ) -> Finished:
        """How a program ended; whatever it left running in its session is ended too.

        Args:
            argv: its words. The first is a bare name, looked for in `folders`, or an absolute path.
            stdin: what it can read; nothing else is ever typed to it.
            timeout: seconds.
            cwd: where it works: a folder that may be read; the project when absent.
            env: variables that it gets besides `PATH`, `HOME`, `TMPDIR` and `LANG`; each name must be granted.
            max_output: bytes that it may write, to both streams together.
            limits: what the system lets it have.

        Raises:
            PermissionDenied: the command, the folder or a variable is not granted.
            UsageError: an argument is wrong, or there is no such program or folder (kind `not_found`).
            TimedOut: it took too long; `details` has the ends of what it wrote.
            LlmspellError: it cannot be started (kind `tool_failed`, or `conflict` if it was changed meanwhile).
        """
        _check_system()
        command = words.checked(argv)
        _check_options(stdin, timeout, max_output)
        await self._ask(command, cwd, env)
        with self._program(command) as program, self._folder(cwd) as folder:
            start = Start(
                program,
                command,
                folder,
                granted({} if env is None else env, self._guard("env")),
                stdin,
                limits,
                max_output,
            )
            return await self._follow(start, timeout)

    async def _ask(self, command: tuple[str, ...], cwd: str | PurePath | None, env: Mapping[str, str] | None) -> None:
        """Ask about what a rule wants to be asked about, before anything is held; the guards find the answers later."""
        names = env if isinstance(env, Mapping) else ()  # what is none is refused below
        targets: list[tuple[str, Target]] = [("run", command), ("fs.read", self._place(cwd))]
        targets += [("env", name) for name in names if isinstance(name, str)]
        for kind, target in targets:
            guard = self._guard(kind)
            if guard.asks(target):
                await guard.permit(target)
            elif not guard.allows(target):
                return  # it is refused below, so nobody needs to answer more

    def _place(self, cwd: str | PurePath | None) -> str:
        """Where the folder really is; empty when no system has such a name, which is refused later."""
        place = os.path.join(self._project, cwd or ".")
        return os.path.realpath(place) if words.passable(place) else ""

    def _program(self, command: tuple[str, ...]) -> Held:
        """The program's file. The guard is asked first, so that nobody learns which files there are."""
        programs.check_spelling(command[0])
        guard = self._guard("run")
        guard.check(command)
        program = programs.find(command[0], self._folders)
        if guard.denies((program.path, *command[1:])):
            os.close(program.descriptor)
            raise PermissionDenied(
                f"{command[0]!r} may not be started: it is {program.path!r}, which is denied",
                hint="take the denial away, if it may be allowed",
            )
        return program

    def _folder(self, cwd: str | PurePath | None) -> Held:
        guard = self._guard("fs.read")
        place = os.path.join(self._project, cwd or ".")
        if not words.passable(place):
            raise UsageError(f"{place!r} is no folder to work in: no system has such a name")
        try:
            folder = Held.open(place, folder=True)
        except OSError as error:
            guard.check(os.path.realpath(place))  # say nothing of what is where it may not read
            raise UsageError(f"{place!r} is no folder to work in: {error.strerror}", kind="not_found") from error
        try:
            guard.check(folder.path)
        except BaseException:
            os.close(folder.descriptor)
            raise
        return folder

    async def _follow(self, start: Start, timeout: float) -> Finished:
        scratch = tempfile.mkdtemp(prefix="llmspell-")
        try:
            base = standard(programs.safe_folders(self._folders), scratch)
            running = Running(attrs.evolve(start, environment={**base, **start.environment}))
        except BaseException:
            os.rmdir(scratch)
            raise
        ended: Ended = "cancelled"
        try:
            self._tell("process.started", {**_described(start), "pid": running.pid})
            async with asyncio.timeout(timeout):
                await running.begun()
                await running.over()
            ended = "exited"
        except TimeoutError:
            ended = "timeout"
        except LlmspellError:
            ended = "not started"
            raise
        finally:
            # In a task of its own, because whoever cancels may do it again.
            burial = asyncio.create_task(self._bury(running, start, ended, scratch))
            burial.add_done_callback(partial(self._give_up, running, scratch))
            finished = await asyncio.shield(burial)
        if ended == "timeout":
            raise _timed_out(start, finished, timeout)
        return finished

    async def _bury(self, running: Running, start: Start, ended: Ended, scratch: str) -> Finished:
        code = await running.close()
        await in_thread(self._remove, scratch)
        finished = Finished(
            code,
            bytes(running.output["stdout"]),
            bytes(running.output["stderr"]),
            time.monotonic() - running.since,
            running.truncated,
            _signal(-code) if code < 0 else "",
        )
        measured = {"stdout": len(finished.stdout), "stderr": len(finished.stderr), "duration": finished.duration}
        how = "max_output" if ended == "exited" and running.truncated else ended
        result = {"ended": how, "code": code, "signal": finished.signal, "truncated": finished.truncated}
        self._tell("process.finished", {**_described(start), "pid": running.pid, **result, **measured})
        return finished

    def _give_up(self, running: Running, scratch: str, burial: asyncio.Task[Finished]) -> None:
        """Do without waiting what a burial did not do."""
        if burial.cancelled():  # the event loop ends; a task that was about to begin never does
            running.abandon()
            self._remove(scratch)
        elif burial.exception():
            self._remove(scratch)

    def _remove(self, scratch: str) -> None:
        # Not by `tempfile.TemporaryDirectory`, which before Python 3.11.8 changed the mode of what a link leads to.
        try:
            shutil.rmtree(scratch)
        except OSError as error:  # a program that left its session may still write there
            self._tell("process.left_behind", {"folder": scratch, "reason": str(error)})


def _described(start: Start) -> dict[str, Any]:
    return {"program": start.program.path, "words": redact_words(start.words), "folder": start.folder.path}


def _signal(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:  # most of the real-time signals have no name of their own
        return f"SIGRTMIN+{number - signal.SIGRTMIN}"


def _check_system() -> None:
    if sys.platform != "linux":
        raise LlmspellError(
            f"programs cannot be started on {sys.platform} yet: what keeps them in bounds is only there on Linux",
            kind="config",
            hint="run this spell on Linux",
        )


def _check_options(stdin: bytes, timeout: float, max_output: int) -> None:
    if not isinstance(stdin, bytes):
        raise UsageError(f"stdin is not bytes but {stdin!r:.200}", hint="encode the text: text.encode()")
    if isinstance(timeout, bool) or not isinstance(timeout, int | float) or not 0 < timeout < math.inf:
        raise UsageError(f"timeout is no positive number of seconds: {timeout!r}")
    if type(max_output) is not int or max_output < 1:
        raise UsageError(f"max_output is no positive number of bytes: {max_output!r}")


def _timed_out(start: Start, finished: Finished, timeout: float) -> TimedOut:
    error = TimedOut(f"the program {start.words[0]!r}", timeout)
    error.hint = "give it more time, or less to do"
    error.details = {
        stream: written[-_SHOWN:].decode(errors="replace")
        for stream, written in (("stdout", finished.stdout), ("stderr", finished.stderr))
    }
    return error
