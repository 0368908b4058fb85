"""Runs one case, and the model server that cases talk to."""

from __future__ import annotations

import json
import resource
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from tempfile import TemporaryFile
from threading import Timer

from benchmarks import timing
from benchmarks.harness.environments import OURS, ROOT, environ, executable
from benchmarks.harness.model import SERVER, Case, Figures

_LONGEST = 180.0


class Failed(Exception):
    """A program did not do what it should; the text says what it wrote to standard error."""


@contextmanager
def server() -> Iterator[str]:
    """The address of a model server in a process of its own, up to and including `/v1`."""
    module = ("-P", "-m", "llmspell.testing.server")
    answers = ("--arguments", timing.TOOL_ARGUMENTS, "--text", timing.ANSWER)
    command = [executable(OURS, "python"), *module, *answers]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environ()) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        word, _, url = process.stdout.readline().strip().partition(" ")
        if word != "READY":
            raise Failed("the model server did not start")
        yield url
        process.stdin.close()


def sample(case: Case, url: str) -> Figures:
    """One sample of each quantity of a case.

    Raises:
        Failed: the program failed, took too long, or said something else than it should.
    """
    command, *words = (word.replace(SERVER, url) for word in case.command)
    variables = {name: value.replace(SERVER, url) for name, value in case.environ.items()}
    full = [executable(case.environment, command), *words]
    if case.expect is None:
        return _reported(full, {**environ(), **variables})
    return _timed(full, {**environ(), **variables}, case.expect)


def _reported(command: list[str], variables: dict[str, str]) -> Figures:
    try:
        done = subprocess.run(
            command, env=variables, cwd=ROOT, capture_output=True, text=True, timeout=_LONGEST, check=True
        )
    except subprocess.CalledProcessError as error:
        raise Failed(str(error.stderr).strip()[-500:]) from error
    except subprocess.TimeoutExpired as error:
        raise Failed(f"it took longer than {_LONGEST:g} seconds") from error
    figures: Figures = json.loads(done.stdout.splitlines()[-1])
    return figures


def _timed(command: list[str], variables: dict[str, str], expect: str) -> Figures:
    with TemporaryFile("w+") as complaint:
        begin, before = time.perf_counter(), _processor_seconds()
        process = subprocess.Popen(
            command, env=variables, cwd=ROOT, stdout=subprocess.PIPE, stderr=complaint, text=True
        )
        with process, _killed_when_late(process):
            assert process.stdout is not None
            line = process.stdout.readline().strip()
            answered = time.perf_counter()
            process.wait()  # not with a timeout: then it polls, every few milliseconds
            ended = time.perf_counter()
        complaint.seek(0)
        if process.returncode or not line.startswith(expect):
            told = complaint.read().strip()[-500:]
            raise Failed(f"it wrote {line!r} and ended with {process.returncode}: {told}")
    cpu = _processor_seconds() - before
    return {"ms": (answered - begin) * 1e3, "exit_ms": (ended - begin) * 1e3, "cpu_ms": cpu * 1e3}


def _processor_seconds() -> float:
    """What all children that have ended used, and theirs."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


@contextmanager
def _killed_when_late(process: subprocess.Popen[str]) -> Iterator[None]:
    clock = Timer(_LONGEST, process.kill)
    clock.start()
    try:
        yield
    finally:
        clock.cancel()
