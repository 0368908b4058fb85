"""The limits of a worker and what else `llmspell.bridge.limits` builds, looked at and tried from inside."""

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


async def test_the_environment_of_a_worker_is_empty(start: Start, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "secret")
    assert await result_of(start, "result = dict(os.environ)") == {}


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may look into a worker")
async def test_a_worker_got_no_environment_either(start: Start, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "secret")
    _, recorder, pid = start("Doer", "")
    await recorder.done()
    environment = Path(f"/proc/{pid}/environ").read_bytes()  # noqa: ASYNC240 it does not block
    assert environment == b""


async def test_a_worker_has_no_descriptor_but_its_channel_and_its_standard_streams(start: Start) -> None:
    source = """
import stat
kinds = {stat.S_IFSOCK: "socket", stat.S_IFIFO: "pipe"}
result = {}
for number in range(1024):
    try: result[str(number)] = kinds.get(stat.S_IFMT(os.fstat(number).st_mode), "?")
    except OSError: pass
"""
    ours, theirs = os.pipe()
    os.set_inheritable(theirs, True)  # as a shell's redirection leaves them
    try:
        found = await result_of(start, source)
    finally:
        os.close(ours)
        os.close(theirs)
    assert found == {"0": "socket", "1": "pipe", "2": "pipe"}


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


def test_a_worker_cannot_write_a_byte_to_a_file_that_it_has_open(tmp_path: Path) -> None:
    target = tmp_path / "target"
    source = f"""
from llmspell.bridge import limits
from llmspell.bridge.walls import Walls
file = open({str(target)!r}, "wb", buffering=0)
limits.harden(Walls())
try: file.write(b"x")
except OSError as error: print(error)
"""
    assert alone(source) == "[Errno 27] File too large\n"
    assert target.read_bytes() == b""


async def test_the_current_folder_of_a_worker_has_no_name_and_none_can_be_made_in_it(start: Start) -> None:
    source = """
result = []
for attempt in (os.getcwd, lambda: os.mkdir("x")):
    try: attempt()
    except OSError as error: result.append(type(error).__name__)
"""
    assert await result_of(start, source) == ["FileNotFoundError", "PermissionError"]


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


async def test_the_memory_limit_is_that_of_the_script_and_room_for_the_engine_and_messages(start: Start) -> None:
    source = "import resource; result = resource.getrlimit(resource.RLIMIT_DATA)"
    _, recorder, _ = start("Doer", source, Limits(memory=64 << 20, value_bytes=1 << 20))
    soft, hard = await recorder.done()
    assert (64 << 20) + (38 << 20) < soft == hard < 200 << 20


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
    source = """
from llmspell.bridge.limits import tie_to_parent
from llmspell.bridge.walls import Walls
tie_to_parent(Walls(), 1 << 22)
print("still here")
"""
    assert alone(source, code=1) == ""


def test_a_worker_of_an_ordinary_user_cannot_start_a_process() -> None:
    source = """
import ctypes, os
from llmspell.bridge import limits
from llmspell.bridge.walls import Walls
if os.geteuid() == 0: os.setuid(65534)
walls = Walls()
limits.harden(walls)  # without no-new-privileges, the system takes no filter from an ordinary user
try: os.fork()
except BlockingIOError: print("refused", "rlimit.processes" in walls.standing, "seccomp" in walls.standing)
"""
    assert alone(source) == "refused True False\n"


def test_an_engine_that_needs_threads_may_start_them() -> None:
    source = """
import ctypes, os, threading
from llmspell.bridge import limits
from llmspell.bridge.walls import Walls
if os.geteuid() == 0: os.setuid(65534)
walls = Walls()
limits.enclose(walls, "/tmp")
limits.harden(walls, threads=True)
thread = threading.Thread(target=print, args=("started", walls.missing.get("rlimit.processes")))
thread.start()
thread.join()
"""
    assert alone(source) == "started the engine needs threads\n"


def test_a_limit_that_the_parent_lives_under_is_not_raised() -> None:
    source = """
import resource
from llmspell.bridge import limits
from llmspell.bridge.walls import Walls
resource.setrlimit(resource.RLIMIT_NOFILE, (20, 20))
resource.setrlimit(resource.RLIMIT_CPU, (7, 7))
limits.harden(Walls())
limits.CpuLimit(Walls(), total=60, slice=30)
print(resource.getrlimit(resource.RLIMIT_NOFILE), resource.getrlimit(resource.RLIMIT_CPU))
"""
    assert alone(source) == "(20, 20) (7, 7)\n"


def test_without_a_place_for_its_folder_a_worker_stands_in_the_root_and_says_so() -> None:
    source = """
import os
from llmspell.bridge import limits
from llmspell.bridge.walls import Walls
walls = Walls()
limits.enclose(walls, "/no/such/folder")
print(walls.missing["scratch_folder"], os.getcwd())
"""
    assert alone(source) == "no folder can be made in '/no/such/folder': No such file or directory /\n"


def test_a_worker_of_root_has_none_of_roots_powers() -> None:
    source = """
from llmspell.bridge import limits
from llmspell.bridge.walls import Walls
def powers():
    with open("/proc/self/status") as status:
        return {line.split()[1].strip("0") for line in status if line.startswith(("CapEff", "CapPrm", "CapInh"))}
before = powers()
limits.enclose(Walls(), "/tmp")
print(before == {""}, powers() == {""})
"""
    had_none, has_none = alone(source).split()
    if had_none == "True":
        pytest.skip("only root has powers to lose")
    assert has_none == "True"


@pytest.mark.parametrize("private", ["the working folder", "the home folder"])
def test_what_is_the_users_stays_closed_even_on_pythons_path(private: str, tmp_path: Path) -> None:
    folder = {"the working folder": str(tmp_path), "the home folder": "~"}[private]
    source = f"""
import ctypes, os, pwd, sys
from llmspell.bridge import limits
from llmspell.bridge.walls import Walls
folder = os.path.expanduser({folder!r})
os.chdir({str(tmp_path)!r})
sys.path.append(folder)
walls = Walls()
limits.enclose(walls, "/tmp")
try: os.listdir(folder)
except OSError as error: print(error.strerror)
if "landlock" in walls.missing: print("Permission denied")
"""
    assert alone(source) == "Permission denied\n"


def alone(source: str, code: int = 0) -> str:
    """What a program in a process of its own prints."""
    done = subprocess.run([sys.executable, "-c", source], capture_output=True, text=True, env=_env(), check=False)
    assert done.returncode == code, done.stderr
    return done.stdout


def _env() -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": os.pathsep.join(entry for entry in sys.path if entry)}


def _runs(pid: int) -> bool:
    """Whether the process exists and is not just waiting to be reaped."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False
