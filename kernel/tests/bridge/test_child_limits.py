"""The walls around a worker, looked at from inside and tried from inside."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from llmspell.engine import Limits

from .recorder import Start

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")

EVERYWHERE = {
    "descriptors",
    "scratch_folder",
    "rlimit.files",
    "rlimit.file_size",
    "rlimit.core",
    "rlimit.cpu",
}
ON_LINUX = {"parent_death", "no_new_privileges", "no_dump", "rlimit.memory"}

# Starts one worker that spins, says its process id, and then lives until it is killed.
PARENT = """
import asyncio, sys
from llmspell.bridge.pool import WorkerPool
from llmspell.bridge.worker import WorkerTransport
from llmspell.engine import Limits

class Receiver:
    def on_outbox(self, outbox): pass
    def on_lost(self, error): print(error, flush=True)
    def on_print(self, text): print(text, flush=True)

async def main():
    worker = WorkerPool("toys:Doer", idle=0).acquire()
    source = "emit(str(os.getpid()))\\nwhile True: pass"
    WorkerTransport(worker, Limits(slice=60)).start(source, "x", {}, [], Receiver())
    await asyncio.sleep(60)

asyncio.run(main())
"""


async def result_of(start: Start, source: str) -> Any:
    _, recorder, _ = start("Doer", source)
    return await recorder.done()


async def test_a_worker_reports_the_walls_around_it(start: Start) -> None:
    transport, recorder, _ = start("Doer", "")
    await recorder.done()
    expected = EVERYWHERE | ON_LINUX | ({"rlimit.processes"} if os.geteuid() != 0 else set())
    assert set(transport.walls) == expected
    assert len(transport.walls) == len(expected)


async def test_the_environment_of_a_worker_is_empty(start: Start, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "secret")
    source = "result = [dict(os.environ), open('/proc/self/environ').read()]"
    assert await result_of(start, source) == [{}, ""]


async def test_a_worker_has_no_descriptor_but_its_channel_and_its_standard_streams(start: Start) -> None:
    ours, theirs = os.pipe()
    os.set_inheritable(theirs, True)  # as a shell's redirection leaves them
    try:
        found = await result_of(
            start,
            "with os.scandir('/proc/self/fd') as fds: result = sorted(os.readlink(fd.path) for fd in fds)",
        )
    finally:
        os.close(ours)
        os.close(theirs)
    assert [link.partition(":")[0].split("/fd")[-1] for link in found] == ["", "pipe", "pipe", "socket"]


async def test_a_worker_imports_neither_attrs_nor_pluggy_nor_asyncio(start: Start) -> None:
    modules = set(await result_of(start, "result = sorted(sys.modules)"))
    assert "llmspell.bridge.child" in modules
    assert not modules & {
        "attr",
        "attrs",
        "pluggy",
        "asyncio",
        "click",
        "cattrs",
        "llmspell.errors",
        "site",
        "socket",
    }


async def test_a_worker_cannot_write_a_byte_to_a_file(start: Start, tmp_path: Path) -> None:
    target = tmp_path / "target"
    source = f"""
try:
    with open({str(target)!r}, "wb", buffering=0) as file: file.write(b"x")
except OSError as error: result = str(error)
"""
    assert await result_of(start, source) == "[Errno 27] File too large"
    assert target.read_bytes() == b""


async def test_the_current_folder_of_a_worker_is_empty_and_takes_no_file(start: Start) -> None:
    source = """
result = [os.listdir(".")]
try: open("x", "w")
except OSError as error: result.append(type(error).__name__)
"""
    assert await result_of(start, source) == [[], "FileNotFoundError"]


async def test_a_worker_opens_few_files(start: Start) -> None:
    source = """
found = []
try:
    while len(found) < 1000: found.append(open("/dev/null"))
except OSError as error: result = [str(error).partition(":")[0], len(found)]
"""
    error, count = await result_of(start, source)
    assert error == "[Errno 24] Too many open files"
    assert count < 32


async def test_a_worker_neither_gains_rights_nor_is_read_by_others_nor_leaves_a_core(start: Start) -> None:
    source = """
import ctypes, resource
status = dict(line.split(":", 1) for line in open("/proc/self/status"))
dumpable = ctypes.CDLL(None).prctl(3, 0, 0, 0, 0)
result = [status["NoNewPrivs"].strip(), dumpable, resource.getrlimit(resource.RLIMIT_CORE)]
"""
    assert await result_of(start, source) == ["1", 0, [0, 0]]


async def test_the_memory_limit_leaves_room_for_what_the_script_may_have(start: Start) -> None:
    _, recorder, _ = start("Doer", "x = bytearray(64 << 20); result = len(x)", Limits(memory=64 << 20, value_bytes=1))
    assert await recorder.done() == 64 << 20


async def test_the_processor_time_is_limited_for_the_step_and_for_the_whole_run(start: Start) -> None:
    source = "from resource import *; result = [getrlimit(r) for r in (RLIMIT_NOFILE, RLIMIT_CPU)]"
    _, recorder, _ = start("Doer", source, Limits(slice=2), cpu=100)
    files, cpu = await recorder.done()
    assert files == [32, 32]
    assert cpu[1] == 100
    assert 2 < cpu[0] <= 4


def test_a_worker_dies_with_its_parent_even_when_it_spins() -> None:
    path = os.pathsep.join(entry for entry in sys.path if entry)
    with subprocess.Popen(
        [sys.executable, "-c", PARENT],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": path},
    ) as parent:
        assert parent.stdout is not None
        worker = int(parent.stdout.readline())
        assert _runs(worker)
        parent.send_signal(signal.SIGKILL)
    until = time.monotonic() + 5
    while _runs(worker) and time.monotonic() < until:
        time.sleep(0.01)
    assert not _runs(worker)


def test_a_worker_whose_parent_died_before_it_could_tie_itself_to_it_ends_at_once() -> None:
    source = "from llmspell.bridge.limits import tie_to_parent; tie_to_parent(1 << 22); print('still here')"
    done = subprocess.run([sys.executable, "-c", source], capture_output=True, text=True, env=_env(), check=False)
    assert (done.returncode, done.stdout) == (1, "")


def test_a_worker_of_an_ordinary_user_cannot_start_a_process() -> None:
    source = """
import os
from llmspell.bridge import limits
import ctypes
if os.geteuid() == 0: os.setuid(65534)
walls = limits.harden("/tmp")
try: os.fork()
except BlockingIOError: print("refused", "rlimit.processes" in walls)
"""
    done = subprocess.run([sys.executable, "-c", source], capture_output=True, text=True, env=_env(), check=False)
    assert done.stdout == "refused True\n", done.stderr


def test_an_engine_that_needs_threads_may_start_them() -> None:
    source = """
import os, threading
from llmspell.bridge import limits
import ctypes
if os.geteuid() == 0: os.setuid(65534)
walls = limits.harden("/tmp", threads=True)
thread = threading.Thread(target=print, args=("started", "rlimit.processes" in walls))
thread.start()
thread.join()
"""
    done = subprocess.run([sys.executable, "-c", source], capture_output=True, text=True, env=_env(), check=False)
    assert done.stdout == "started False\n", done.stderr


def test_a_limit_that_the_parent_lives_under_is_not_raised() -> None:
    source = """
import resource
from llmspell.bridge import limits
resource.setrlimit(resource.RLIMIT_NOFILE, (20, 20))
resource.setrlimit(resource.RLIMIT_CPU, (7, 7))
limits.harden("/tmp")
limits.CpuLimit(total=60, slice=30)
print(resource.getrlimit(resource.RLIMIT_NOFILE), resource.getrlimit(resource.RLIMIT_CPU))
"""
    done = subprocess.run([sys.executable, "-c", source], capture_output=True, text=True, env=_env(), check=False)
    assert done.stdout == "(20, 20) (7, 7)\n", done.stderr


def test_without_a_place_for_its_folder_a_worker_stands_in_the_root_and_says_so() -> None:
    source = """
import os
from llmspell.bridge import limits
print("scratch_folder" in limits.harden("/no/such/folder"), os.getcwd())
"""
    done = subprocess.run([sys.executable, "-c", source], capture_output=True, text=True, env=_env(), check=False)
    assert done.stdout == "False /\n", done.stderr


def _env() -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": os.pathsep.join(entry for entry in sys.path if entry)}


def _runs(pid: int) -> bool:
    """Whether the process exists and is not just waiting to be reaped."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False
