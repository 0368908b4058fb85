"""Results come from V8's thread by way of event counters, or of a queue; contexts behave alike with both."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from llmspell_engine_javascript.handover import CounterHandover, Handover, QueueHandover, new_handover
from llmspell_engine_javascript.isolate import Isolate
from llmspell_language_javascript.halt import Halted

HANDOVERS: list[Callable[[], Handover]] = [QueueHandover, *([CounterHandover] if hasattr(os, "eventfd") else [])]


@pytest.fixture(params=HANDOVERS)
def isolate(request: pytest.FixtureRequest) -> Iterator[Isolate]:
    isolate = Isolate(request.param())
    yield isolate
    isolate.close()


def soon(seconds: float = 10) -> float:
    return time.monotonic() + seconds


def test_a_program_gives_its_text(isolate: Isolate) -> None:
    assert isolate.run("'one' + 1", until=soon()) == "one1"


def test_the_last_of_two_programs_sees_the_reactions_of_the_first(isolate: Isolate) -> None:
    isolate.run(
        "let seen = 0; const look = () => { Promise.resolve().then(() => { seen++ }); return '' }", until=soon()
    )
    assert [isolate.run("look()", "`${seen}`", until=soon()) for _ in range(50)] == [str(n + 1) for n in range(50)]


@pytest.mark.parametrize("programs", [("throw new Error('no')",), ("throw new Error('no')", "'fine'")])
def test_an_error_of_any_program_arrives(programs: tuple[str, ...], isolate: Isolate) -> None:
    with pytest.raises(Halted, match=r"Error: no"):
        isolate.run(*programs, until=soon())


def test_a_context_answers_after_an_error(isolate: Isolate) -> None:
    with pytest.raises(Halted):
        isolate.run("throw 1", "'lost'", until=soon())
    assert isolate.run("'next'", until=soon()) == "next"


def test_the_wait_ends_when_the_time_is_up(isolate: Isolate) -> None:
    with pytest.raises(Halted) as halted:
        isolate.run("for (;;) {}", "''", until=soon(0.2))
    assert halted.value.cause == "cpu"


def test_another_thread_ends_the_wait(isolate: Isolate) -> None:
    timer = threading.Timer(0.2, isolate.wake)
    timer.start()
    with pytest.raises(Halted) as halted:
        isolate.run("for (;;) {}", until=soon())
    assert halted.value.cause == "interrupt"
    timer.join()


@pytest.mark.parametrize("make_handover", HANDOVERS)
def test_what_a_closed_context_left_reaches_no_other(make_handover: Callable[[], Handover]) -> None:
    for number in range(5):
        halted = Isolate(make_handover())
        with pytest.raises(Halted):
            halted.run("'left'", "for (;;) {}", until=soon(0.05))  # the first result was never taken
        halted.close()
        fresh = Isolate(make_handover())
        assert fresh.run(f"'{number}'", until=soon()) == str(number)
        assert fresh.run("''", f"'{number}'", until=soon()) == str(number)
        fresh.close()


@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="only Linux lists descriptors so")
def test_contexts_that_wait_hold_no_descriptors() -> None:
    first = Isolate()
    first.run("''", "''", until=soon())
    before = len(os.listdir("/proc/self/fd"))
    waiting = [Isolate() for _ in range(10)]
    for isolate in waiting:
        isolate.run("''", "''", until=soon())
    assert len(os.listdir("/proc/self/fd")) == before
    for isolate in [first, *waiting]:
        isolate.close()


def test_counters_are_used_where_the_system_has_them() -> None:
    assert isinstance(new_handover(), CounterHandover if hasattr(os, "eventfd") else QueueHandover)
