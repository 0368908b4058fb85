"""However a program ends, and whoever ends it: nothing of it is left, and what it wrote is kept."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from llmspell.errors import LlmspellError, TimedOut, UsageError

from .ground import PRINTF, PYTHON, Ground, held_by_this_process

LOOKS = 500
"""How often to look whether a process is gone, every 10 milliseconds."""

STUBBORN = "import signal, sys, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('up', flush=True); "
FAMILY = (
    "import os, signal, subprocess, sys, time\n"
    "child = subprocess.Popen([sys.executable, '-I', '-S', '-c',"
    " 'import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print(\"child\", flush=True); time.sleep(60)'],"
    " stdout=subprocess.PIPE)\n"
    "child.stdout.readline()\n"
    "open('pids', 'w').write(f'{os.getpid()} {child.pid}')\n"
    "print('family', flush=True)\n"
)


def gone(pid: int) -> bool:
    """Whether a process has ended: a killed one may be a zombie of whoever adopted it for a moment."""
    for _ in range(LOOKS):
        try:
            state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
        except (FileNotFoundError, ProcessLookupError):
            return True
        if state == "Z":
            return True
        time.sleep(0.01)
    return False


def family(place: Ground) -> list[int]:
    return [int(pid) for pid in (place.project / "pids").read_text().split()]


async def until(there: Callable[[], bool]) -> None:
    async with asyncio.timeout(20):
        while not there():  # noqa: ASYNC110 it happens in another process
            await asyncio.sleep(0.01)


async def test_a_program_that_takes_too_long_is_ended_and_its_words_are_kept(ground: Callable[..., Ground]) -> None:
    place = ground(f"{PYTHON} **")
    with pytest.raises(TimedOut, match=r"the program '.*python.*' took longer than 1 seconds") as caught:
        await place.python("import time; print('half', flush=True); time.sleep(60)", timeout=1)
    assert caught.value.kind == "timeout"
    assert caught.value.details == {"stdout": "half\n", "stderr": ""}
    assert place.last()["ended"] == "timeout"
    assert place.last()["signal"] == "SIGTERM"


async def test_a_program_that_ignores_the_request_to_end_is_killed_within_a_second(
    ground: Callable[..., Ground],
) -> None:
    place = ground(f"{PYTHON} **")
    began = time.monotonic()
    with pytest.raises(TimedOut):
        await place.python(STUBBORN + "time.sleep(60)", timeout=1)
    assert time.monotonic() - began < 10
    assert place.last()["signal"] == "SIGKILL"


async def test_a_program_may_clean_up_before_it_ends(ground: Callable[..., Ground]) -> None:
    place = ground(f"{PYTHON} **")
    program = (
        "import signal, sys, time\n"
        "signal.signal(signal.SIGTERM, lambda *_: sys.exit(print('swept', flush=True)))\n"
        "print('up', flush=True); time.sleep(60)"
    )
    with pytest.raises(TimedOut) as caught:
        await place.python(program, timeout=1)
    assert caught.value.details["stdout"] == "up\nswept\n"


async def test_what_a_program_started_is_ended_with_it(ground: Callable[..., Ground]) -> None:
    place = ground(f"{PYTHON} **")
    with pytest.raises(TimedOut):
        await place.python(FAMILY + "time.sleep(60)", timeout=2)
    assert all(map(gone, family(place)))


async def test_what_a_program_leaves_behind_is_ended_when_it_ends_by_itself(ground: Callable[..., Ground]) -> None:
    place = ground(f"{PYTHON} **")
    finished = await place.python(FAMILY)
    assert finished.ok
    assert finished.stdout == b"family\n"
    assert all(map(gone, family(place)))


async def test_a_child_that_left_the_session_holds_nobody_up(ground: Callable[..., Ground]) -> None:
    place = ground(f"{PYTHON} **")
    program = (
        "import subprocess, sys\n"
        "child = subprocess.Popen([sys.executable, '-I', '-S', '-c', 'import time; time.sleep(60)'],"
        " start_new_session=True)\n"
        "print(child.pid, flush=True)\n"
    )
    finished = await place.python(program, timeout=20)
    os.kill(int(finished.stdout), signal.SIGKILL)  # it is not covered: the package says so
    assert finished.ok
    assert finished.duration < 20


@pytest.mark.parametrize("stream", ["stdout", "stderr"])
async def test_a_program_that_floods_is_ended_at_the_cap(ground: Callable[..., Ground], stream: str) -> None:
    place = ground(f"{PYTHON} **")
    finished = await place.python(f"import sys\nwhile True: sys.{stream}.write('x' * 5000)", max_output=100_000)
    assert getattr(finished, stream) == b"x" * 100_000
    assert finished.truncated
    assert not finished.ok
    assert place.last()["ended"] == "max_output"


async def test_both_streams_share_the_cap(ground: Callable[..., Ground]) -> None:
    place = ground(f"{PYTHON} **")
    finished = await place.python("import os\nwhile True: os.write(1, b'x'); os.write(2, b'y')", max_output=1000)
    assert len(finished.stdout) + len(finished.stderr) == 1000


@pytest.mark.parametrize(("size", "truncated"), [(1000, False), (1001, True)])
async def test_a_program_that_ends_at_the_cap_is_whole(
    ground: Callable[..., Ground], size: int, truncated: bool
) -> None:
    place = ground(f"{PYTHON} **")
    finished = await place.python(f"print('x' * {size}, end='')", max_output=1000)
    assert finished.stdout == b"x" * 1000
    assert finished.truncated is truncated
    assert place.last()["ended"] == ("max_output" if truncated else "exited")
    assert finished.ok is not truncated


async def test_a_cancelled_program_is_ended_with_all_that_it_started(ground: Callable[..., Ground]) -> None:
    place = ground(f"{PYTHON} **")
    task = asyncio.create_task(place.python(FAMILY + "time.sleep(60)"))
    await until((place.project / "pids").exists)
    await until(lambda: len((place.project / "pids").read_text().split()) == 2)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert all(map(gone, family(place)))
    assert place.last()["ended"] == "cancelled"


async def test_a_program_whose_caller_is_cancelled_twice_is_ended_all_the_same(ground: Callable[..., Ground]) -> None:
    place = ground(f"{PYTHON} **")
    task = asyncio.create_task(place.python(STUBBORN + "open('up', 'w'); time.sleep(60)"))
    await until((place.project / "up").exists)
    task.cancel()
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    await until(lambda: bool(place.events("process.finished")))
    assert place.last()["signal"] == "SIGKILL"


def test_a_program_is_ended_when_the_event_loop_ends_without_waiting(tmp_path: Path) -> None:
    place: list[Ground] = []

    async def leave() -> None:
        place.append(Ground(tmp_path, f"{PYTHON} **"))
        program = STUBBORN + "import os; open('pids', 'w').write(str(os.getpid())); time.sleep(60)"
        task = asyncio.create_task(place[0].python(program))
        await until(lambda: (tmp_path / "project" / "pids").exists() and bool(family(place[0])))
        task.cancel()
        await asyncio.sleep(0)

    asyncio.run(leave())
    assert all(map(gone, family(place[0])))


async def test_a_program_that_is_cancelled_before_it_begins_never_does(ground: Callable[..., Ground]) -> None:
    place = ground("touch **")
    task = asyncio.create_task(place.run("touch", "canary"))
    await asyncio.sleep(0)
    assert place.events("process.started")
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert not place.canary.exists()


async def test_a_program_reads_what_it_is_given_and_then_the_end(ground: Callable[..., Ground]) -> None:
    content = bytes(range(256)) * 4096
    place = ground("cat")
    assert (await place.run("cat", stdin=content, max_output=len(content))).stdout == content
    assert (await place.run("cat")).stdout == b""


async def test_a_program_cannot_write_to_its_input(ground: Callable[..., Ground]) -> None:
    finished = await ground(f"{PYTHON} **").python("import os; os.write(0, b'a')", stdin=b"content")
    assert b"Bad file descriptor" in finished.stderr


ENDINGS = {
    "well": ("pass", 0, ""),
    "status": ("raise SystemExit(7)", 7, ""),
    "signal": ("import os, signal; os.kill(os.getpid(), signal.SIGSEGV)", -11, "SIGSEGV"),
    "real-time-signal": ("import os, signal; os.kill(os.getpid(), signal.SIGRTMIN + 6)", -40, "SIGRTMIN+6"),
}


@pytest.mark.parametrize(("program", "code", "number"), ENDINGS.values(), ids=ENDINGS.keys())
async def test_it_says_how_a_program_ended(ground: Callable[..., Ground], program: str, code: int, number: str) -> None:
    finished = await ground(f"{PYTHON} **").python(program)
    assert (finished.code, finished.signal, finished.ok) == (code, number, code == 0)


async def test_many_programs_at_once_leave_nothing(ground: Callable[..., Ground]) -> None:
    import threading

    place = ground("printf %s *")
    await place.run("printf", "%s", "0")  # what the event loop opens once
    before, threads = held_by_this_process(), threading.active_count()
    said = await asyncio.gather(*(place.said("printf", "%s", str(number)) for number in range(20)))
    assert said == [str(number) for number in range(20)]
    assert held_by_this_process() == before
    await until(lambda: threading.active_count() <= threads)


async def test_the_event_loop_goes_on_while_a_program_runs(ground: Callable[..., Ground]) -> None:
    turns = 0

    async def count() -> None:
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0.005)

    counting = asyncio.create_task(count())
    await ground("sleep 0.5").run("sleep", "0.5")
    counting.cancel()
    assert turns > 10


def test_a_program_dies_with_llmspell(tmp_path: Path) -> None:
    program = f"""
import asyncio, sys
from pathlib import Path
sys.path.insert(0, {str(Path(__file__).parent)!r})
from ground import Ground
async def main():
    await Ground(Path({str(tmp_path)!r}), "sleep *").run("sleep", "60")
asyncio.run(main())
"""
    with subprocess.Popen([sys.executable, "-c", program], env={"TMPDIR": str(tmp_path)}) as llmspell:
        child = _sleeping_child(llmspell.pid)
        llmspell.kill()
    assert gone(child)


def _sleeping_child(pid: int) -> int:
    for _ in range(2000):
        for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split():
            if Path(f"/proc/{child}/cmdline").read_bytes() == b"sleep\x0060\x00":
                return int(child)
        time.sleep(0.01)
    raise AssertionError("nothing was started")


async def test_a_lost_ending_is_told(ground: Callable[..., Ground]) -> None:
    place = ground("sleep *")
    kept = signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # the system reaps every child by itself
    try:
        with pytest.raises(LlmspellError, match=r"how process .* ended is lost"):
            await place.run("sleep", "0.1")
    finally:
        signal.signal(signal.SIGCHLD, kept)


WRONG: dict[str, tuple[dict[str, Any], str]] = {
    "stdin-text": ({"stdin": "a"}, "stdin is not bytes but 'a'"),
    "timeout-zero": ({"timeout": 0}, "timeout is no positive number of seconds: 0"),
    "timeout-negative": ({"timeout": -1.0}, "timeout is no positive number of seconds: -1.0"),
    "timeout-endless": ({"timeout": float("inf")}, "timeout is no positive number of seconds: inf"),
    "timeout-nan": ({"timeout": float("nan")}, "timeout is no positive number of seconds: nan"),
    "timeout-none": ({"timeout": None}, "timeout is no positive number of seconds: None"),
    "output-zero": ({"max_output": 0}, "max_output is no positive number of bytes: 0"),
    "output-true": ({"max_output": True}, "max_output is no positive number of bytes: True"),
}


@pytest.mark.parametrize(("options", "message"), WRONG.values(), ids=WRONG.keys())
async def test_a_wrong_option_is_refused(ground: Callable[..., Ground], options: dict[str, Any], message: str) -> None:
    with pytest.raises(UsageError, match=message):
        await ground("true").run("true", **options)


async def test_what_was_started_and_how_it_finished_are_events(ground: Callable[..., Ground]) -> None:
    place = ground("printf **")
    await place.run("printf", "%s", "--api-key=abcdefgh1234")
    started, finished = place.events()
    what = {
        "program": PRINTF,
        "words": ("printf", "%s", "--api-key=[redacted]"),
        "folder": str(place.project),
    }
    assert {key: started.data[key] for key in what} == what
    assert {key: finished.data[key] for key in what} == what
    how = {"ended": "exited", "code": 0, "signal": "", "truncated": False, "stdout": 22, "stderr": 0}
    assert {key: finished.data[key] for key in how} == how
    assert finished.data["pid"] == started.data["pid"]
    assert 0 < finished.data["duration"] < 30


async def test_a_folder_that_cannot_be_removed_is_told_of(
    ground: Callable[..., Ground], monkeypatch: pytest.MonkeyPatch
) -> None:
    place = ground(f"{PYTHON} **")
    finished = await place.python("import os; os.rmdir(os.environ['HOME'])")
    assert finished.ok
    await until(lambda: bool(place.events("process.left_behind")))
    assert "No such file" in place.last("process.left_behind")["reason"]


async def test_elsewhere_nothing_is_started(ground: Callable[..., Ground], monkeypatch: pytest.MonkeyPatch) -> None:
    place = ground("touch **")
    monkeypatch.setattr(sys, "platform", "darwin")
    with pytest.raises(LlmspellError, match="programs cannot be started on darwin yet") as caught:
        await place.run("touch", "canary")
    assert caught.value.kind == "config"
    assert not place.canary.exists()
