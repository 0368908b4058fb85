"""How runs begin and end: agents, tasks, interrupts."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import threading
import time
import weakref
from typing import Any

import pytest

from llmspell.agent import AgentInput, AgentSpec
from llmspell.errors import UnknownPlugin
from llmspell.result import Result
from llmspell.testing import ScriptedModel, Text
from llmspell.threads import in_thread

from .kit import Saying, Spy, make_kernel, open_run, parrot, scripted


async def test_an_agent_runs_below_its_parent_and_its_end_is_told() -> None:
    run = open_run()
    result = await run.run_agent(parrot(), AgentInput("hi"), run.root)
    assert result.text == "hi"
    started, finished = run.log
    assert started.path == finished.path == "run/agent:parrot"
    assert finished.data["stop_reason"] == "completed"
    assert finished.data["text"] == "hi"
    assert finished.data["usage"]["total_tokens"] == 0


async def test_an_installed_agent_type_makes_agents() -> None:
    kernel = make_kernel(ScriptedModel(Text("hi")), entries=None)
    run = kernel.open_run()
    agent = run.make_agent("llm", AgentSpec("a", model="scripted/m", tools=("calculator",)))
    assert (await run.run_agent(agent, AgentInput("go"), run.root)).text == "hi"


def test_a_wrong_tool_or_type_is_told_when_the_agent_is_made() -> None:
    run = make_kernel(scripted(), entries=None).open_run()
    with pytest.raises(UnknownPlugin, match="no tool named 'calculater'"):
        run.make_agent("llm", AgentSpec("a", tools=("calculater",)))
    with pytest.raises(UnknownPlugin, match="no agent named 'lllm'"):
        run.make_agent("lllm", AgentSpec("a", tools=(Spy(),)))


async def test_tasks_of_a_run_end_with_it() -> None:
    run = open_run()
    ended: list[str] = []

    async def endless() -> None:
        try:
            await asyncio.sleep(30)
        finally:
            ended.append("ended")

    tasks = [run.spawn(endless()) for _ in range(3)]
    await asyncio.sleep(0)
    await run.close()
    assert ended == ["ended"] * 3
    assert all(task.cancelled() for task in tasks)
    await run.close()


async def test_a_task_may_close_its_own_run() -> None:
    run = open_run()
    task = run.spawn(run.close())
    await asyncio.wait_for(task, 5)


async def test_closing_a_run_closes_its_subscriptions() -> None:
    run = open_run()
    subscription = run.log.subscribe("**")
    await run.close()
    assert await subscription.next() is None


async def test_a_closed_run_is_forgotten_by_its_kernel() -> None:
    kernel = make_kernel()
    run = kernel.open_run()
    kept = weakref.ref(run)
    await run.close()
    del run
    gc.collect()
    assert kept() is None


async def test_the_first_reason_of_an_interrupt_counts() -> None:
    run = open_run()
    reasons: list[str] = []
    run.on_interrupt.append(reasons.append)
    run.interrupt("first")
    run.interrupt("second")
    assert run.cancelled == "first"
    assert reasons == ["first"]


async def test_the_kernel_interrupts_every_run() -> None:
    kernel = make_kernel()
    runs = [kernel.open_run() for _ in range(3)]
    kernel.interrupt("all")
    assert [run.cancelled for run in runs] == ["all"] * 3


async def test_every_run_has_an_id_of_its_own() -> None:
    kernel = make_kernel()
    assert len({kernel.open_run().id for _ in range(100)}) == 100


# Threads


async def test_work_in_a_thread_gives_its_answer_or_its_error() -> None:
    assert await in_thread(lambda a, b: a + b, 1, 2) == 3
    with pytest.raises(KeyError, match="no"):
        await in_thread({}.__getitem__, "no")


async def test_a_thread_sees_the_context_of_its_caller() -> None:
    from contextvars import ContextVar

    variable: ContextVar[str] = ContextVar("variable")
    variable.set("seen")
    assert await in_thread(variable.get) == "seen"


async def test_a_thread_that_ends_after_its_caller_was_cancelled_disturbs_nobody() -> None:
    release, ended = threading.Event(), threading.Event()

    def wait() -> None:
        release.wait(30)
        ended.set()

    task = asyncio.create_task(in_thread(wait))
    await asyncio.sleep(0.01)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    release.set()
    assert ended.wait(30)
    await asyncio.sleep(0.01)


def test_a_thread_that_outlives_its_loop_disturbs_nobody() -> None:
    release = threading.Event()
    failures: list[Any] = []
    threads: list[threading.Thread] = []

    def wait() -> None:
        threads.append(threading.current_thread())
        release.wait(30)

    async def leave() -> None:
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(in_thread(wait), 0.1)

    hook = threading.excepthook
    threading.excepthook = failures.append
    try:
        asyncio.run(leave())
        [thread] = threads
        release.set()
        thread.join(30)
    finally:
        threading.excepthook = hook
    assert failures == []
    assert thread.daemon


async def test_a_thread_is_used_again_and_ends_when_there_is_nothing_to_do() -> None:
    first = await in_thread(threading.current_thread)
    assert await in_thread(threading.current_thread) is first
    both = await asyncio.gather(in_thread(time.sleep, 0.05), in_thread(threading.current_thread))
    assert both[1] is not None
    await asyncio.to_thread(first.join, 30)
    assert not first.is_alive()
    assert await in_thread(threading.current_thread) is not first


async def test_what_a_thread_worked_on_is_not_kept() -> None:
    class Large:
        pass

    value = Large()
    there = weakref.ref(value)
    await in_thread(lambda given: None, value)
    del value
    for _ in range(100):
        gc.collect()
        if there() is None:
            return
        await asyncio.sleep(0.01)
    raise AssertionError("the thread keeps its last argument")


async def test_a_result_that_says_how_it_stopped_is_told_as_it_is() -> None:
    async def stop(request: AgentInput, context: Any) -> Result:
        return Result(text="half", stop_reason="budget.tokens")

    run = open_run()
    assert (await run.run_agent(Saying(stop), AgentInput("go"), run.root)).stop_reason == "budget.tokens"
    assert list(run.log)[-1].data["stop_reason"] == "budget.tokens"
