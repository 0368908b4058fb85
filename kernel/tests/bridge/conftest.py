"""What the tests of both transports share."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from llmspell.bridge.pool import WorkerPool
from llmspell.bridge.transport import Transport
from llmspell.bridge.worker import WorkerTransport
from llmspell.engine import Limits

from .recorder import Recorder, Start, Started


@pytest.fixture(autouse=True)
def _toys_can_be_imported(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(Path(__file__).parent)


@pytest.fixture(autouse=True)
def _no_process_stays_behind() -> Iterator[None]:
    yield
    with pytest.raises(ChildProcessError):
        os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT)


@pytest.fixture
async def start() -> AsyncIterator[Start]:
    """Starts a toy in a worker; the test need not close it, and nothing may go wrong unheard."""
    problems: list[object] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: problems.append(context))
    open_transports: list[Transport] = []

    def begin(
        machine: str, source: str, limits: Limits | None = None, *, cpu: float = 60.0
    ) -> Started[WorkerTransport]:
        worker = WorkerPool(f"toys:{machine}", idle=0).acquire()
        transport = WorkerTransport(worker, limits or Limits(), cpu=cpu)
        open_transports.append(transport)
        recorder = Recorder(transport)
        transport.start(source, "spell.toy", {}, [], recorder)
        return Started(transport, recorder, worker.pid)

    yield begin
    for transport in open_transports:
        await transport.close()
    assert problems == []
