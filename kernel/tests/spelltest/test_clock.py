from __future__ import annotations

import asyncio
import time
from collections.abc import Coroutine
from pathlib import Path
from typing import Any, TypeVar

import pytest

from llmspell.spelltest.clock import VirtualLoop
from llmspell.threads import in_thread

_Answer = TypeVar("_Answer")


def run(work: Coroutine[Any, Any, _Answer]) -> tuple[_Answer, float]:
    """What comes of the work, and how many real seconds it took."""
    begin = time.perf_counter()
    with asyncio.Runner(loop_factory=VirtualLoop) as runner:
        return runner.run(work), time.perf_counter() - begin


def slowly() -> str:
    """Block, as tools in threads do."""
    time.sleep(0.2)
    return "done"


def test_a_long_wait_takes_no_time() -> None:
    async def work() -> float:
        begin = asyncio.get_running_loop().time()
        await asyncio.sleep(86400)
        return asyncio.get_running_loop().time() - begin

    passed, real = run(work())
    assert passed >= 86400
    assert real < 20


def test_waits_end_in_the_order_of_their_length() -> None:
    async def work() -> list[int]:
        ended: list[int] = []

        async def wait(seconds: int) -> None:
            await asyncio.sleep(seconds)
            ended.append(seconds)

        await asyncio.gather(wait(3000), wait(1000), wait(2000))
        return ended

    assert run(work())[0] == [1000, 2000, 3000]


def test_a_timeout_passes_at_once() -> None:
    async def work() -> None:
        async with asyncio.timeout(3600):
            await asyncio.get_running_loop().create_future()

    with pytest.raises(TimeoutError):
        run(work())


def test_the_clock_does_not_jump_while_a_thread_works() -> None:
    async def work() -> str:
        async with asyncio.timeout(60):
            return await in_thread(slowly)

    assert run(work())[0] == "done"


def test_the_clock_does_not_jump_while_an_executor_works() -> None:
    async def work() -> str:
        async with asyncio.timeout(60):
            return await asyncio.to_thread(slowly)

    assert run(work())[0] == "done"


def test_the_clock_does_not_jump_while_a_program_runs() -> None:
    async def work() -> bytes:
        async with asyncio.timeout(60):
            process = await asyncio.create_subprocess_exec("sh", "-c", "sleep 0.2; echo done", stdout=-1)
            said, _ = await process.communicate()
            return said

    assert run(work())[0] == b"done\n"


def test_the_clock_does_not_jump_while_a_connection_is_open(tmp_path: Path) -> None:
    async def work() -> bytes:
        async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await in_thread(time.sleep, 0.2)
            writer.write(b"done\n")
            writer.close()

        async with await asyncio.start_unix_server(answer, tmp_path / "s"), asyncio.timeout(60):
            reader, writer = await asyncio.open_unix_connection(tmp_path / "s")
            said = await reader.readline()
            writer.close()
            return said

    assert run(work())[0] == b"done\n"


def test_it_jumps_again_once_what_was_outside_is_over() -> None:
    async def work() -> None:
        await in_thread(time.sleep, 0.01)
        await asyncio.sleep(3600)

    assert run(work())[1] < 20


def test_time_can_be_real() -> None:
    async def work() -> None:
        loop = asyncio.get_running_loop()
        assert isinstance(loop, VirtualLoop)
        with loop.real_time():
            await asyncio.sleep(0.2)

    assert run(work())[1] >= 0.19
