"""What a script says and hears through a worker, and how it is interrupted."""

from __future__ import annotations

import asyncio
import math
import os
import threading
import time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from llmspell import values
from llmspell.bridge.pool import WorkerPool
from llmspell.bridge.worker import WorkerTransport
from llmspell.engine import Limits
from llmspell.errors import Cancelled
from llmspell.values import FunctionRef, HandleRef

from .recorder import Recorder, Start
from .samples import SENDABLE

SPIN = "while True: pass"
SMALL = Limits(memory=16 << 20, value_bytes=1 << 20)


async def test_a_script_starts_with_its_source_name_api_and_arguments() -> None:
    transport = WorkerTransport(WorkerPool("toys:Echo", idle=0).acquire(), Limits())
    recorder = Recorder(transport)
    api = {"Agent": {"methods": ["create"]}, "$odd": [1]}
    transport.start("the\nsource", "hällo.toy", api, ["a", "--b"], recorder)
    await recorder.until(lambda: recorder.messages)
    await transport.close()
    assert recorder.messages == [["started", "the\nsource", "hällo.toy", api, ["a", "--b"]]]


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(sent=st.lists(SENDABLE, min_size=1, max_size=20))
async def test_every_value_comes_back_as_it_was_sent(sent: list[Any]) -> None:
    transport = WorkerTransport(WorkerPool("toys:Echo", idle=0).acquire(), Limits())
    recorder = Recorder(transport)
    transport.start("", "x", {}, [], recorder)
    for number, value in enumerate(sent):
        transport.send(("result", number, value))
    await recorder.until(lambda: len(recorder.messages) == len(sent) + 1 or recorder.all("lost"))
    await transport.close()
    expected = [("result", number, value) for number, value in enumerate(sent)]
    assert values.dumps(recorder.messages[1:]) == values.dumps(expected)


async def test_bytes_not_a_number_and_handles_keep_their_types(start: Start) -> None:
    transport, recorder, _ = start("Echo", "")
    transport.send(("result", 1, [b"\x00\xff\n", float("nan"), HandleRef(7, "Agent"), 2**70, "\n\U0001f9d9"]))
    await recorder.until(lambda: len(recorder.messages) == 2)
    data, nan, handle, number, text = recorder.messages[1][2]
    assert (data, handle, number, text) == (b"\x00\xff\n", HandleRef(7, "Agent"), 2**70, "\n\U0001f9d9")
    assert math.isnan(nan)
    assert type(handle) is HandleRef


async def test_a_function_of_the_script_arrives_as_a_reference(start: Start) -> None:
    _, recorder, _ = start("Doer", "from llmspell.values import FunctionRef; result = {'run': FunctionRef(3)}")
    assert await recorder.done() == {"run": FunctionRef(3)}


async def test_messages_keep_their_order_over_many_turns(start: Start) -> None:
    transport, recorder, _ = start("Echo", "")
    for number in range(500):
        transport.send(("result", number, "x" * (number % 7 * 1000)))
        if number % 11 == 0:
            await asyncio.sleep(0)
    await recorder.until(lambda: len(recorder.messages) == 501)
    assert [message[1] for message in recorder.messages[1:]] == list(range(500))


async def test_messages_of_one_turn_arrive_in_one_step(start: Start) -> None:
    transport, recorder, _ = start("Echo", "")
    await recorder.until(lambda: recorder.messages)
    for number in range(10):
        transport.send(("result", number, None))
    await recorder.until(lambda: len(recorder.messages) == 11)
    assert [len(outbox) for outbox in recorder.all("outbox")] == [1, 10]


async def test_messages_sent_before_the_start_wait_for_it() -> None:
    transport = WorkerTransport(WorkerPool("toys:Echo", idle=0).acquire(), Limits())
    transport.send(("result", 1, None))
    await asyncio.sleep(0)
    recorder = Recorder(transport)
    transport.start("", "x", {}, [], recorder)
    await recorder.until(lambda: len(recorder.messages) == 2 or recorder.all("lost"))
    await transport.close()
    assert [message[0] for message in recorder.messages] == ["started", "result"]


async def test_a_value_larger_than_every_buffer_comes_back_whole(start: Start) -> None:
    transport, recorder, _ = start("Echo", "")
    big = "0123456789" * 400_000
    transport.send(("result", 1, big))
    transport.send(("result", 2, "small"))
    await recorder.until(lambda: len(recorder.messages) == 3)
    assert [message[2] for message in recorder.messages[1:]] == [big, "small"]
    waiting = asyncio.get_running_loop().remove_writer(transport._worker.channel)
    assert not waiting, "it would be called again and again for nothing"


async def test_a_frame_that_signals_interrupt_on_its_way_arrives_whole(start: Start) -> None:
    source = """
signal.signal(signal.SIGALRM, lambda *_: None)
signal.setitimer(signal.ITIMER_REAL, 0.005, 0.005)
emit("ready")
result = "0123456789" * 200_000
"""
    _, recorder, _ = start("Doer", source)
    await recorder.until(lambda: recorder.printed)
    time.sleep(0.2)  # noqa: ASYNC251 the worker must fill its socket meanwhile, and wait
    assert await recorder.done() == "0123456789" * 200_000


async def test_a_thousand_calls_are_answered_one_after_the_other(start: Start) -> None:
    _, recorder, _ = start("Caller", "1000")
    assert await recorder.done() == 1000


async def test_a_value_that_no_script_can_take_is_refused_and_not_sent(start: Start) -> None:
    transport, recorder, _ = start("Echo", "")
    with pytest.raises(TypeError, match=r"an object's keys must be strings, not int \(1\)"):
        transport.send(("result", 1, {"a": {1: 2}}))
    transport.send(("result", 2, None))
    await recorder.until(lambda: len(recorder.messages) == 2)
    assert recorder.messages[1] == ["result", 2, None]


async def test_an_outbox_laid_out_over_lines_arrives_whole(start: Start) -> None:
    _, recorder, _ = start("Pretty", "")
    assert await recorder.done() == "two\nlines"


async def test_what_a_script_prints_arrives_although_it_hangs_afterwards(start: Start) -> None:
    transport, recorder, _ = start("Doer", "emit('one\\n'); emit('zwölf'); time.sleep(60)")
    await recorder.until(lambda: recorder.printed == "one\nzwölf")
    transport.interrupt("enough")
    assert str(await recorder.lost()) == "enough"


async def test_what_a_script_printed_just_before_an_interrupt_still_arrives(start: Start) -> None:
    transport, recorder, _ = start("Doer", "emit('first'); time.sleep(0.3); emit('last'); time.sleep(60)")
    await recorder.until(lambda: recorder.printed == "first")
    time.sleep(0.6)  # noqa: ASYNC251 the event loop must not read meanwhile
    transport.interrupt("enough")
    await recorder.lost()
    assert recorder.printed == "firstlast"


async def test_calls_made_before_an_interrupt_are_not_delivered_after_it(start: Start) -> None:
    call = r'[["call",1,"Tool","run",[]]]\n'
    source = f"emit('ready'); time.sleep(0.2); os.write(0, b'{call}'); emit('called'); time.sleep(60)"
    transport, recorder, _ = start("Doer", source)
    await recorder.until(lambda: recorder.printed)
    time.sleep(0.5)  # noqa: ASYNC251 the event loop must not read meanwhile
    transport.interrupt("enough")
    await recorder.lost()
    assert recorder.messages == []
    assert recorder.printed == "readycalled"


async def test_an_interrupt_ends_an_endless_loop_within_a_second(start: Start) -> None:
    transport, recorder, pid = start("Doer", "emit('spinning')\n" + SPIN)
    await recorder.until(lambda: recorder.printed)
    begin = time.monotonic()
    transport.interrupt("the user pressed Ctrl-C")
    error = await recorder.lost()
    await transport.close()
    assert time.monotonic() - begin < 1
    assert isinstance(error, Cancelled)
    assert str(error) == "the user pressed Ctrl-C"
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


async def test_an_interrupt_kills_although_the_event_loop_is_held_up(start: Start) -> None:
    transport, recorder, pid = start("Doer", "emit('spinning')\n" + SPIN)
    await recorder.until(lambda: recorder.printed)
    transport.interrupt("enough")
    time.sleep(0.5)  # noqa: ASYNC251 it stands for a script or a tool that holds up the event loop
    assert not _runs(pid)


def test_an_interrupt_after_the_event_loop_ended_does_nothing() -> None:
    async def use() -> WorkerTransport:
        transport = WorkerTransport(WorkerPool("toys:Doer", idle=0).acquire(), Limits())
        await transport.close()
        return transport

    asyncio.run(use()).interrupt("late")


async def test_another_thread_may_interrupt(start: Start) -> None:
    transport, recorder, _ = start("Doer", SPIN)
    thread = threading.Thread(target=transport.interrupt, args=("too slow",))
    thread.start()
    thread.join()
    assert str(await recorder.lost()) == "too slow"


async def test_a_worker_that_is_interrupted_before_it_is_ready_is_lost_as_well(start: Start) -> None:
    transport, recorder, _ = start("Doer", "emit('no')")
    transport.interrupt("never mind")
    assert isinstance(await recorder.lost(), Cancelled)
    assert recorder.printed == ""


async def test_an_interrupt_before_the_start_is_heard_after_it() -> None:
    transport = WorkerTransport(WorkerPool("toys:Doer", idle=0).acquire(), Limits())
    transport.interrupt("never mind")
    await asyncio.sleep(0)
    recorder = Recorder(transport)
    transport.start("emit('must not run')", "x", {}, [], recorder)
    assert str(await recorder.lost()) == "never mind"
    await transport.close()
    assert recorder.printed == ""


def _runs(pid: int) -> bool:
    """Whether the process runs; the zombie of a grandchild, which this process cannot reap, does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False
