"""What a script says and hears in this process."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator
from importlib import import_module
from typing import Any, Protocol

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from llmspell import values
from llmspell.bridge import inline
from llmspell.bridge.inline import InlineTransport
from llmspell.engine import Limits
from llmspell.errors import BudgetExceeded, Cancelled, LlmspellError
from llmspell.values import HandleRef

from .recorder import Recorder, Started
from .samples import SENDABLE


class Begin(Protocol):
    def __call__(self, machine: str, source: str) -> Started[InlineTransport]: ...


@pytest.fixture
async def start() -> AsyncIterator[Begin]:
    transports: list[InlineTransport] = []

    def begin(machine: str, source: str) -> Started[InlineTransport]:
        transport = InlineTransport(f"toys:{machine}", Limits())
        transports.append(transport)
        recorder = Recorder(transport)
        transport.start(source, "spell.toy", {"Agent": {}}, ["a"], recorder)
        return Started(transport, recorder, 0)

    yield begin
    for transport in transports:
        await transport.close()


async def test_a_script_starts_with_its_source_name_api_and_arguments(start: Begin) -> None:
    _, recorder, _ = start("Echo", "the source")
    assert recorder.heard == [], "the receiver hears nothing before start returned"
    await recorder.until(lambda: recorder.messages)
    assert recorder.messages == [["started", "the source", "spell.toy", {"Agent": {}}, ["a"]]]


@settings(deadline=None)
@given(sent=st.lists(SENDABLE, min_size=1, max_size=20))
async def test_every_value_comes_back_as_it_was_sent(sent: list[Any]) -> None:
    transport = InlineTransport("toys:Echo", Limits())
    recorder = Recorder(transport)
    transport.start("", "x", {}, [], recorder)
    for number, value in enumerate(sent):
        transport.send(("result", number, value))
    await recorder.until(lambda: len(recorder.messages) == len(sent) + 1 or recorder.all("lost"))
    await transport.close()
    expected = [("result", number, value) for number, value in enumerate(sent)]
    assert values.dumps(recorder.messages[1:]) == values.dumps(expected)


async def test_handles_and_bytes_reach_the_machine_as_they_are(start: Begin) -> None:
    transport, recorder, _ = start("Echo", "")
    transport.send(("result", 1, [b"\xff", HandleRef(7, "Agent")]))
    await recorder.until(lambda: len(recorder.messages) == 2)
    assert recorder.messages[1] == ["result", 1, [b"\xff", HandleRef(7, "Agent")]]


async def test_messages_of_one_turn_arrive_in_one_step_and_in_order(start: Begin) -> None:
    transport, recorder, _ = start("Echo", "")
    await recorder.until(lambda: recorder.messages)
    for number in range(10):
        transport.send(("result", number, None))
    await recorder.until(lambda: len(recorder.messages) == 11)
    assert [[message[1] for message in outbox] for outbox in recorder.all("outbox")] == [
        [""],
        list(range(10)),
    ]


async def test_messages_sent_before_the_start_wait_for_it() -> None:
    transport = InlineTransport("toys:Echo", Limits())
    transport.send(("result", 1, None))
    await asyncio.sleep(0)
    recorder = Recorder(transport)
    transport.start("", "x", {}, [], recorder)
    await recorder.until(lambda: len(recorder.messages) == 2)
    await transport.close()
    assert [message[0] for message in recorder.messages] == ["started", "result"]


async def test_calls_answered_at_once_take_no_turn_of_the_event_loop(
    start: Begin, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(inline, "_SECONDS", 60)  # a busy machine takes longer for 20 calls than one turn may last
    _, recorder, _ = start("Caller", "20")
    await asyncio.sleep(0)
    assert [message[0] for message in recorder.messages] == ["call"] * 20 + ["done"]


async def test_a_script_that_calls_without_end_leaves_turns_to_others(start: Begin) -> None:
    _, recorder, _ = start("Caller", "10000")
    turns = 0
    while not any(message[0] == "done" for message in recorder.messages[-1:]):
        turns += 1
        await asyncio.sleep(0)
    assert turns >= 100
    assert recorder.messages[-1] == ["done", 10000]


async def test_slow_rounds_leave_turns_to_others_earlier(start: Begin) -> None:
    transport, recorder, _ = start("Doer", "time.sleep(0.01)")

    class Again(Recorder):
        def on_outbox(self, outbox: str) -> None:
            super().on_outbox(outbox)
            if len(self.messages) < 5:
                transport.send(("time.sleep(0.01)",))

    again = Again(transport)
    transport._receiver = again
    await asyncio.sleep(0)
    assert len(again.messages) < 5
    await again.until(lambda: len(again.messages) == 5)
    assert recorder.heard == []


async def test_a_value_that_no_script_can_take_is_refused_and_not_sent(start: Begin) -> None:
    transport, recorder, _ = start("Echo", "")
    with pytest.raises(TypeError, match="a object cannot be passed to a script"):
        transport.send(("result", 1, object()))
    transport.send(("result", 2, None))
    await recorder.until(lambda: len(recorder.messages) == 2)
    assert recorder.messages[1] == ["result", 2, None]


async def test_prints_arrive_before_the_messages_of_their_step(start: Begin) -> None:
    _, recorder, _ = start("Doer", "emit('a'); emit('b'); result = 1")
    await recorder.done()
    assert recorder.heard == [("print", "a"), ("print", "b"), ("outbox", [["done", 1]])]


@pytest.mark.parametrize(
    ("machine", "source", "says"),
    [
        ("Doer", "1 / 0", "the script's machine failed: ZeroDivisionError: division by zero"),
        ("Mute", "", "the script's machine failed: TypeError: the machine returned None instead of"),
    ],
)
async def test_a_machine_that_breaks_is_lost_with_the_cause(start: Begin, machine: str, source: str, says: str) -> None:
    transport, recorder, _ = start(machine, source)
    error = await recorder.lost()
    assert says in str(error)
    assert error.kind == "internal"
    assert error.__cause__ is not None
    transport.send(("result", 1, None))
    await asyncio.sleep(0.01)
    assert recorder.heard == [("lost", error)], "it is not stepped again"


async def test_a_machine_without_memory_is_over_budget(start: Begin) -> None:
    _, recorder, _ = start("Doer", "raise MemoryError")
    error = await recorder.lost()
    assert isinstance(error, BudgetExceeded)
    assert error.budget == "memory"


async def test_a_receiver_that_fails_loses_the_machine_with_the_cause(start: Begin) -> None:
    class Failing(Recorder):
        def on_outbox(self, outbox: str) -> None:
            raise ValueError("a bug in the host")

    transport, _, _ = start("Caller", "3")
    failing = Failing(transport)
    transport._receiver = failing
    error = await failing.lost()
    assert str(error) == "the script's messages could not be handled: ValueError: a bug in the host"


async def test_an_interrupt_loses_a_script_that_waits(start: Begin) -> None:
    transport, recorder, _ = start("Reporter", "result = machine.reasons")
    await recorder.done()
    transport.send(("emit('must not run')",))
    transport.interrupt("the user pressed Ctrl-C")
    error = await recorder.lost()
    assert isinstance(error, Cancelled)
    assert str(error) == "the user pressed Ctrl-C"
    assert recorder.printed == ""


async def test_a_script_interrupted_before_it_began_never_runs(start: Begin) -> None:
    transport, recorder, _ = start("Doer", "emit('must not run')")
    transport.interrupt("never mind")
    assert isinstance(await recorder.lost(), Cancelled)
    assert recorder.printed == ""


async def test_an_interrupt_before_the_start_is_heard_after_it() -> None:
    transport = InlineTransport("toys:Doer", Limits())
    transport.interrupt("never mind")
    await asyncio.sleep(0)
    recorder = Recorder(transport)
    transport.start("emit('must not run')", "x", {}, [], recorder)
    assert str(await recorder.lost()) == "never mind"
    await transport.close()
    assert recorder.printed == ""


def test_an_interrupt_after_the_event_loop_ended_does_nothing() -> None:
    async def use() -> InlineTransport:
        transport = InlineTransport("toys:Doer", Limits())
        await transport.close()
        return transport

    asyncio.run(use()).interrupt("late")


async def test_another_thread_interrupts_while_the_event_loop_sleeps(start: Begin) -> None:
    transport, recorder, _ = start("Doer", "")
    await recorder.done()
    timer = threading.Timer(0.1, transport.interrupt, ["enough"])
    timer.start()
    assert str(await recorder.lost()) == "enough"
    timer.join()


async def test_another_thread_interrupts_a_script_that_never_comes_back(start: Begin) -> None:
    transport, recorder, _ = start("Reporter", "while not machine.reasons: time.sleep(0.001)\nresult = machine.reasons")
    timer = threading.Timer(0.1, transport.interrupt, ["too slow"])
    timer.start()
    error = await recorder.lost()
    timer.join()
    assert recorder.messages == [["done", ["too slow"]]], "what it said last is heard"
    assert str(error) == "too slow"


async def test_close_frees_the_machine_once_and_nothing_is_heard_afterwards(start: Begin) -> None:
    transport, recorder, _ = start("Reporter", "result = id(machine)")
    identity = await recorder.done()
    transport.send(("emit('late')",))
    await transport.close()
    await transport.close()
    transport.interrupt("late")
    await asyncio.sleep(0.01)
    assert [id(machine) for machine in import_module("toys").CLOSED].count(identity) == 1
    assert len(recorder.heard) == 1


@pytest.mark.parametrize(
    ("machine", "says"),
    [
        ("no_such_module:X", "ModuleNotFoundError: No module named 'no_such_module'"),
        ("toys:Missing", "ImportError: module 'toys' has no class 'Missing'"),
        ("toys:json", "ImportError: module 'toys' has no class 'json'"),
        ("toys:Unbuildable", "OSError: no engine here"),
    ],
)
async def test_a_machine_that_does_not_load_is_the_engines_fault(machine: str, says: str) -> None:
    with pytest.raises(LlmspellError, match=f"the machine '{machine}' does not load: {says}") as caught:
        InlineTransport(machine, Limits())
    assert caught.value.kind == "plugin"
