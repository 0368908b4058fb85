"""Every way to lose a worker is reported, and leaves nothing behind."""

from __future__ import annotations

import asyncio
import os
import signal
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from llmspell.bridge.pool import WorkerPool
from llmspell.bridge.worker import WorkerTransport
from llmspell.engine import Limits
from llmspell.errors import BudgetExceeded

from .recorder import Recorder, Start

SPIN = "while True: pass"
SMALL = Limits(memory=16 << 20, value_bytes=1 << 20)


async def test_a_worker_that_was_never_used_is_closed() -> None:
    worker = WorkerPool("toys:Doer", idle=0).acquire()
    await WorkerTransport(worker, Limits()).close()
    assert not worker.alive()


@pytest.mark.parametrize(
    ("source", "says"),
    [
        ("os._exit(3)", "ended with 3"),
        ("os.write(2, b'heap corrupted'); os.abort()", "was ended by SIGABRT; it said: heap corrupted"),
        ("os.kill(os.getpid(), signal.SIGSEGV)", "was ended by SIGSEGV"),
        ("os.close(0); time.sleep(60)", "closed its channel and was killed"),
        ("os.write(0, b'garbage\\n')", "sent what is no message: b'garbage'"),
        ("os.write(0, b'\\n')", "sent what is no message: b''"),
        ("os.write(0, b'[not json]\\n')", "could not be handled: JSONDecodeError"),
        ("os.write(0, b'\"\\xff\"\\n')", "could not be handled: UnicodeDecodeError"),
        ("os.write(0, b'{}\\n')", "could not be handled: KeyError"),
        ("1 / 0", "the script's machine failed: ZeroDivisionError: division by zero"),
        ("result = {1, 2}", "the script's machine failed: TypeError: a set cannot be passed"),
    ],
)
async def test_each_way_to_break_a_worker_is_told(start: Start, source: str, says: str) -> None:
    _, recorder, _ = start("Doer", source)
    error = await recorder.lost()
    assert says in str(error)
    assert error.kind == "internal"


async def test_a_forbidden_system_call_is_the_scripts_own_doing(start: Start) -> None:
    _, recorder, _ = start("Doer", "os.kill(os.getpid(), signal.SIGSYS)")
    error = await recorder.lost()
    assert "it made a system call that no script needs" in str(error)
    assert error.kind == "permission"


@pytest.mark.parametrize("ending", ["", " + b'\\n'"])
async def test_a_frame_beyond_the_size_of_two_values_is_over_budget(start: Start, ending: str) -> None:
    _, recorder, _ = start("Doer", f"os.write(0, b'[' * 400000{ending}); time.sleep(60)", Limits(value_bytes=1 << 16))
    error = await recorder.lost()
    assert str(error) == "the script's worker process sent more than 196608 bytes in one step"
    assert error.kind == "budget"


async def test_a_machine_that_returns_no_text_is_told(start: Start) -> None:
    _, recorder, _ = start("Mute", "")
    assert "the machine returned None instead of its messages as JSON" in str(await recorder.lost())


async def test_a_machine_that_raises_leaves_its_traceback_in_the_details(start: Start) -> None:
    _, recorder, _ = start("Doer", "1 / 0")
    assert "toys.py" in (await recorder.lost()).details["traceback"]


async def test_a_worker_that_misbehaves_is_ended_without_being_closed(start: Start) -> None:
    _, recorder, pid = start("Doer", "os.write(0, b'garbage\\n')\n" + SPIN)
    await recorder.lost()
    await _until(lambda: not _runs(pid))


async def test_a_worker_that_ends_before_it_read_everything_is_told_like_any_other(start: Start) -> None:
    transport, recorder, _ = start("Doer", "emit('ready'); time.sleep(0.3); os._exit(4)")
    await recorder.until(lambda: recorder.printed)
    transport.send(("unread",))
    assert "ended with 4" in str(await recorder.lost())


async def test_a_message_to_a_worker_that_has_just_ended_does_no_harm(start: Start) -> None:
    transport, recorder, _ = start("Doer", "emit('ready'); os._exit(4)")
    await recorder.until(lambda: recorder.printed)
    time.sleep(0.3)  # noqa: ASYNC251 the event loop must not notice the end before it sends
    transport.send(("too late",))
    assert "ended with 4" in str(await recorder.lost())


async def test_a_worker_killed_by_somebody_else_is_told_with_a_hint(start: Start) -> None:
    _, recorder, pid = start("Doer", "")
    await recorder.done()
    os.kill(pid, signal.SIGKILL)
    error = await recorder.lost()
    assert "was ended by SIGKILL" in str(error)
    assert error.hint == "the system may lack memory"


async def test_a_machine_that_cannot_be_imported_is_the_engines_fault(start: Start) -> None:
    _, recorder, _ = start("Missing", "")
    error = await recorder.lost()
    assert error.kind == "plugin"
    assert "the machine 'toys:Missing' does not load: ImportError: module 'toys' has no class 'Missing'" in str(error)


@pytest.mark.parametrize(
    "source",
    ["x = bytearray(200 << 20)", "x = []\nwhile True: x.append(bytearray(4000))", "x = [0] * (1 << 25)"],
)
async def test_a_script_that_takes_too_much_memory_is_over_budget(start: Start, source: str) -> None:
    _, recorder, _ = start("Doer", source, SMALL)
    error = await recorder.lost()
    assert isinstance(error, BudgetExceeded)
    assert (error.budget, error.limit) == ("memory", SMALL.memory)


async def test_an_engine_that_dies_out_of_memory_is_over_budget(start: Start) -> None:
    _, recorder, _ = start("Doer", "os.write(2, b'# Fatal process Out Of Memory'); os.abort()", SMALL)
    error = await recorder.lost()
    assert isinstance(error, BudgetExceeded)
    assert error.budget == "memory"


async def test_a_step_that_computes_too_long_is_over_budget(start: Start) -> None:
    _, recorder, _ = start("Doer", SPIN, Limits(slice=0.1))
    error = await recorder.lost()
    assert isinstance(error, BudgetExceeded)
    assert (error.budget, error.limit) == ("cpu", 0.1)


async def test_a_script_that_takes_too_much_processor_time_in_all_is_over_budget(start: Start) -> None:
    _, recorder, _ = start("Doer", SPIN, Limits(slice=30), cpu=1)
    error = await recorder.lost()
    assert isinstance(error, BudgetExceeded)
    assert (error.budget, error.limit) == ("cpu", 1)


async def test_steps_that_each_keep_to_their_slice_may_go_on_for_long(start: Start) -> None:
    turn = "until = time.process_time() + 0.4\nwhile (result := time.process_time()) < until: pass"
    transport, recorder, _ = start("Doer", turn, Limits(slice=0.5))
    for turns in range(1, 7):
        await _turns(recorder, turns)
        transport.send((turn,))
    await _turns(recorder, 7)
    assert recorder.all("lost") == []
    assert recorder.messages[-1][1] > 2


async def test_a_flood_of_output_ends_at_its_limit_and_leaves_the_event_loop_running(start: Start) -> None:
    turns = 0

    async def other_work() -> None:
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0)

    task = asyncio.create_task(other_work())
    _, recorder, _ = start("Doer", "while True: emit('x' * 99)", Limits(output_bytes=1 << 20))
    error = await recorder.lost()
    task.cancel()
    assert isinstance(error, BudgetExceeded)
    assert error.budget == "output_bytes"
    assert len(recorder.printed) <= 1 << 20
    assert turns > 20


async def test_what_native_code_writes_to_standard_output_and_error_does_no_harm(start: Start) -> None:
    _, recorder, _ = start("Doer", "os.write(1, b'noise'); os.write(2, b'n' * 500000); result = 'fine'")
    assert await recorder.done() == "fine"


async def test_a_receiver_that_fails_loses_the_machine_with_the_cause(start: Start) -> None:
    class Failing(Recorder):
        def on_outbox(self, outbox: str) -> None:
            raise ValueError("a bug in the host")

    transport, recorder, _ = start("Caller", "3")
    failing = Failing(transport)
    transport._receiver = failing
    error = await failing.lost()
    assert str(error) == "the script's messages could not be handled: ValueError: a bug in the host"
    assert isinstance(error.__cause__, ValueError)
    assert recorder.heard == []


async def test_nothing_is_heard_after_close(start: Start) -> None:
    transport, recorder, _ = start("Doer", "emit('x')\n" + SPIN)
    await recorder.until(lambda: recorder.printed)
    await transport.close()
    transport.interrupt("late")
    transport.send(("result", 1, None))
    await asyncio.sleep(0.05)
    await transport.close()
    assert recorder.heard == [("print", "x")]


async def test_a_cancelled_close_still_reaps_the_worker(start: Start) -> None:
    transport, _, pid = start("Doer", SPIN)
    closing = asyncio.create_task(transport.close())
    await asyncio.sleep(0)
    closing.cancel()
    with pytest.raises(asyncio.CancelledError):
        await closing
    await _until(lambda: not _exists(pid))


async def test_close_ends_the_processes_that_a_worker_started_as_well(start: Start) -> None:
    transport, recorder, _ = start("Forker", "")
    grandchild = await recorder.done()
    await transport.close()
    await _until(lambda: not _runs(grandchild))


async def test_the_processes_that_a_worker_leaves_behind_when_it_ends_are_ended(start: Start) -> None:
    _, recorder, _ = start("Forker", "leave")
    assert "ended with 0" in str(await recorder.lost())
    await _until(lambda: not _runs(int(recorder.printed)))


async def test_two_hundred_workers_leave_nothing_behind(
    start: Start, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    endings = ["result = 1", "os._exit(1)", "1 / 0", "time.sleep(60)"]
    before = set(os.listdir("/proc/self/fd"))
    for number in range(200):
        transport, recorder, pid = start("Doer", endings[number % 4])
        if number % 4 < 3:
            await _turns(recorder, 1)
        await transport.close()
        assert not _exists(pid)
    assert set(os.listdir("/proc/self/fd")) == before
    assert os.listdir(tmp_path) == []


async def _turns(recorder: Recorder, count: int) -> None:
    await recorder.until(lambda: len(recorder.all("outbox")) >= count or recorder.all("lost"))


async def _until(ready: Callable[[], bool]) -> None:
    async with asyncio.timeout(5):
        while not ready():  # noqa: ASYNC110 no event tells of the end of a stranger's process
            await asyncio.sleep(0.01)


def _exists(pid: int) -> bool:
    """Whether there is such a process, be it a zombie."""
    return Path(f"/proc/{pid}").exists()


def _runs(pid: int) -> bool:
    """Whether the process runs; the zombie of a grandchild, which this process cannot reap, does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False
