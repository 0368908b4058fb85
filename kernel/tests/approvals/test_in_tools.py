"""What is asked while a tool is at work: in threads, on the event loop, and against its clock."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from llmspell.approvals import Approval
from llmspell.errors import Cancelled, PermissionDenied, TimedOut

from ..run.kit import Spy, call
from .kit import Person, asking_run, asks


async def test_a_guard_in_a_thread_waits_for_the_answer_and_asks_once_per_call() -> None:
    def read(_: Any, context: Any) -> Any:
        def work() -> str:
            for _ in range(3):
                context.guard("fs.read").check("/project/a")
            return "read"

        return asyncio.to_thread(work)

    person = Person("once", "once", "no")
    run = asking_run(asks(fs_read=["a"]), answerers=(person,))
    spy = Spy(read, needs=("fs.read",))
    assert [await call(run, spy), await call(run, spy)] == ["read", "read"]
    with pytest.raises(PermissionDenied, match=r"^fs\.read '/project/a' was not approved by person$"):
        await call(run, spy)
    assert [each.target for each in person.asked] == ["/project/a"] * 3


async def test_a_guard_on_the_event_loop_cannot_ask_and_denies() -> None:
    person = Person("once")
    run = asking_run(asks(env=["HOME"]), answerers=(person,))
    with pytest.raises(PermissionDenied, match=r"there is nobody to ask$"):
        await call(run, Spy(lambda _, context: context.guard("env").check("HOME")))
    assert person.asked == []


async def test_what_an_async_tool_asked_passes_its_later_checks() -> None:
    async def work(_: Any, context: Any) -> str:
        await context.guard("env").permit("HOME")
        context.guard("env").check("HOME")
        return "had it"

    run = asking_run(asks(env=["HOME"]), answerers=(Person("once"),))
    assert await call(run, Spy(work)) == "had it"


async def test_a_refusal_is_not_asked_again_in_the_same_call() -> None:
    async def stubborn(_: Any, context: Any) -> None:
        for _ in range(3):
            with pytest.raises(PermissionDenied):
                await context.guard("env").permit("HOME")

    person = Person("no", "once")
    await call(asking_run(asks(env=["HOME"]), answerers=(person,)), Spy(stubborn))
    assert len(person.asked) == 1


async def test_the_clock_of_a_tool_stands_still_while_somebody_thinks() -> None:
    async def slowly(_: Approval) -> str:
        await asyncio.sleep(0.4)
        return "once"

    async def work(_: Any, context: Any) -> str:
        await context.guard("env").permit("HOME")
        return "done"

    spy = Spy(work)
    spy.timeout = 0.2
    assert await call(asking_run(asks(env=["HOME"]), answerers=(Person(slowly),)), spy) == "done"


async def test_the_clock_of_a_tool_goes_on_after_the_answer() -> None:
    async def work(_: Any, context: Any) -> None:
        await context.guard("env").permit("HOME")
        await asyncio.sleep(30)

    spy = Spy(work)
    spy.timeout = 0.1
    with pytest.raises(TimedOut):
        await call(asking_run(asks(env=["HOME"]), answerers=(Person("once"),)), spy)


async def test_a_call_that_is_over_takes_its_threads_questions_back() -> None:
    asked, gone, over = asyncio.Event(), asyncio.Event(), asyncio.Event()
    loop = asyncio.get_running_loop()
    outcome: list[BaseException] = []

    async def never(_: Approval) -> str:
        asked.set()
        try:
            await asyncio.sleep(30)
        finally:
            gone.set()
        return "once"

    def check(_: Any, context: Any) -> Any:
        def work() -> None:
            try:
                context.guard("env").check("HOME")
            except BaseException as error:
                outcome.append(error)
                loop.call_soon_threadsafe(over.set)
                raise

        return asyncio.to_thread(work)

    run = asking_run(asks(env=["HOME"]), answerers=(Person(never),))
    task = asyncio.create_task(call(run, Spy(check)))
    await asked.wait()
    task.cancel()
    async with asyncio.timeout(5):
        await gone.wait()
        await over.wait()
    assert isinstance(outcome[0], Cancelled)
