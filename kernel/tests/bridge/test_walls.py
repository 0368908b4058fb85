"""All walls together: what a script that has taken over its engine can do in a real worker, and what a run demands."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from llmspell.bridge.pool import WorkerPool
from llmspell.bridge.walls import NAMES, Wall, demanded
from llmspell.bridge.worker import WorkerTransport
from llmspell.config import load
from llmspell.engine import Limits
from llmspell.errors import LlmspellError, SandboxUnavailable
from llmspell.events import Event
from llmspell.kernel import Kernel, RunOptions
from llmspell.spell import Source

from .recorder import Recorder, Start
from .trial import PRELUDE, lacks_landlock, lacks_seccomp, run

linux = pytest.mark.skipif(sys.platform != "linux", reason="these walls are Linux's")
seccomp = pytest.mark.skipif(lacks_seccomp(), reason="the system has no seccomp")
landlock = pytest.mark.skipif(lacks_landlock(), reason="the system has no Landlock")

EVERYWHERE = {"descriptors", "scratch_folder", "rlimit.files", "rlimit.file_size", "rlimit.core", "rlimit.cpu"}
ON_LINUX = {"parent_death", "no_new_privileges", "no_capabilities", "no_dump", "rlimit.memory"}


async def outcome(start: Start, attempt: str) -> str:
    """`done`, or the error number's name, or how the worker was lost."""
    source = f"""
{PRELUDE}
import errno
try:
    exec({attempt!r})
    result = "done"
except OSError as error:
    result = errno.errorcode.get(error.errno, str(error))
"""
    _, recorder, _ = start("Doer", source)
    try:
        return str(await recorder.done())
    except LlmspellError as error:
        return str(error)


@linux
async def test_a_worker_reports_the_walls_around_it(start: Start) -> None:
    transport, recorder, _ = start("Doer", "")
    await recorder.done()
    expected = EVERYWHERE | ON_LINUX | ({"rlimit.processes"} if os.geteuid() != 0 else set())
    expected |= set() if lacks_seccomp() else {"seccomp"}
    found = [wall for wall in transport.walls if not wall.startswith("landlock")]
    assert sorted(found) == sorted(expected)
    assert ("landlock" in transport.walls) is not lacks_landlock()


@linux
async def test_each_wall_stands_or_is_missing_with_a_reason(start: Start) -> None:
    heard: list[tuple[tuple[str, ...], Mapping[str, str]]] = []
    transport = WorkerTransport(
        WorkerPool("toys:Doer", idle=0).acquire(), Limits(), on_walls=lambda *both: heard.append(both)
    )
    recorder = Recorder(transport)
    transport.start("", "spell.toy", {}, [], recorder)
    await recorder.done()
    await transport.close()
    [(standing, missing)] = heard
    assert sorted((*standing, *missing)) == sorted(NAMES)
    assert all(missing.values())


@seccomp
@landlock
@pytest.mark.parametrize(
    ("attempt", "expected"),
    [
        pytest.param("socket.socket()", "EPERM", id="socket"),
        pytest.param("socket.socket(socket.AF_UNIX)", "EPERM", id="unix-socket"),
        pytest.param("socket.socket(socket.AF_NETLINK, socket.SOCK_RAW)", "EPERM", id="netlink"),
        pytest.param("socket.socketpair()", "EPERM", id="socketpair"),
        pytest.param("syscall('connect', 0, buffer, 16)", "EPERM", id="connect"),
        pytest.param("syscall('bind', 0, buffer, 16)", "EPERM", id="bind"),
        pytest.param("syscall('sendmsg', 0, buffer, 0)", "EPERM", id="pass-a-descriptor"),
        pytest.param("os.fork()", "EPERM", id="fork"),
        pytest.param("os.posix_spawn('/bin/true', ['true'], {})", "EPERM", id="spawn"),
        pytest.param("os.execv('/bin/true', ['true'])", "EPERM", id="exec"),
        pytest.param("syscall('execveat', 0, buffer, 0, 0, 0)", "EPERM", id="execveat"),
        pytest.param(
            "import _thread\ntry: _thread.start_new_thread(print, ())\nexcept RuntimeError: os.stat('/no')",
            "ENOENT",
            id="thread",
        ),
        pytest.param("open('/etc/passwd')", "EACCES", id="read-passwd"),
        pytest.param("open('/proc/%d/mem' % os.getppid(), 'rb')", "EACCES", id="read-the-parents-memory"),
        pytest.param("open('/proc/%d/mem' % os.getppid(), 'wb')", "EPERM", id="write-the-parents-memory"),
        pytest.param("open('/proc/self/mem', 'wb')", "EPERM", id="write-its-own-memory"),
        pytest.param("open('/proc/%d/environ' % os.getppid())", "EACCES", id="read-the-parents-keys"),
        pytest.param("os.listdir('/')", "EACCES", id="list-root"),
        pytest.param("os.listdir('/proc')", "EACCES", id="list-processes"),
        pytest.param("open('/tmp/never', 'w')", "EPERM", id="write"),
        pytest.param("open('/dev/shm/never', 'w')", "EPERM", id="write-to-shared-memory"),
        pytest.param("os.unlink('/tmp/never')", "EPERM", id="unlink"),
        pytest.param("os.mkdir('/tmp/never')", "EPERM", id="mkdir"),
        pytest.param("os.symlink('/etc', '/tmp/never')", "EPERM", id="symlink"),
        pytest.param("os.chmod('/', 0o755)", "EPERM", id="chmod"),
        pytest.param("os.utime('/tmp')", "EPERM", id="touch"),
        pytest.param("os.setxattr('/tmp', 'user.x', b'')", "EPERM", id="setxattr"),
        pytest.param("os.kill(os.getppid(), 0)", "EPERM", id="signal-the-parent"),
        pytest.param("os.kill(-1, 0)", "EPERM", id="signal-all"),
        pytest.param("syscall('prlimit64', os.getppid(), 7, 0, buffer)", "EPERM", id="read-the-parents-limits"),
        pytest.param("syscall('unshare', 0)", "EPERM", id="unshare"),
        pytest.param("syscall('setns', 0, 0)", "EPERM", id="setns"),
        pytest.param("syscall('clone', 0x10000000 | 17, 0, 0, 0, 0)", "EPERM", id="user-namespace"),
        pytest.param("syscall('clone3', buffer, 88)", "ENOSYS", id="clone3"),
        pytest.param("syscall('mount', buffer, buffer, buffer, 0, 0)", "EPERM", id="mount"),
        pytest.param("os.chroot('/')", "EPERM", id="chroot"),
        pytest.param("syscall('personality', 0xffffffff)", "EPERM", id="personality"),
        pytest.param("syscall('io_uring_setup', 1, buffer)", "EPERM", id="io_uring"),
        pytest.param("syscall('perf_event_open', buffer, 0, -1, -1, 0)", "EPERM", id="perf"),
        pytest.param("syscall('keyctl', 0, -3, 1)", "EPERM", id="keyctl"),
        pytest.param("syscall('add_key', buffer, buffer, 0, 0, -3)", "EPERM", id="add_key"),
        pytest.param("syscall('shmget', 0, 4096, 0o1600)", "EPERM", id="shared-memory"),
        pytest.param("syscall('inotify_init1', 0)", "EPERM", id="watch-files"),
        pytest.param("syscall('pidfd_open', os.getppid(), 0)", "EPERM", id="pidfd"),
        pytest.param("os.setuid(0)", "EPERM", id="setuid"),
        pytest.param("libc.call('prctl', 1, 0, 0, 0, 0)", "EPERM", id="outlive-the-parent"),
        pytest.param("libc.call('prctl', 4, 1, 0, 0, 0)", "EPERM", id="become-readable"),
        pytest.param("syscall('ptrace', 16, os.getppid(), 0, 0)", "SIGSYS", id="ptrace-the-parent"),
        pytest.param("syscall('ptrace', 0, 0, 0, 0)", "SIGSYS", id="ptrace"),
        pytest.param("syscall('process_vm_readv', os.getppid(), 0, 0, 0, 0, 0)", "SIGSYS", id="process_vm_readv"),
        pytest.param("syscall('process_vm_writev', os.getppid(), 0, 0, 0, 0, 0)", "SIGSYS", id="process_vm_writev"),
        pytest.param("syscall('bpf', 0, buffer, 8)", "SIGSYS", id="bpf"),
        pytest.param("syscall('userfaultfd', 1)", "SIGSYS", id="userfaultfd"),
        pytest.param("syscall('open_by_handle_at', 0, buffer, 0)", "SIGSYS", id="open-by-handle"),
        pytest.param("syscall('kexec_load', 0, 0, 0, 0)", "SIGSYS", id="kexec"),
        pytest.param("syscall('finit_module', 0, buffer, 0)", "SIGSYS", id="load-a-module"),
        pytest.param("open(os.__file__).read()", "done", id="read-pythons-library"),
        pytest.param("import ssl, sqlite3, decimal, zoneinfo, email.mime.text", "done", id="import-late"),
        pytest.param("import attrs, cattrs", "done", id="import-packages-late"),
    ],
)
async def test_from_inside_a_worker(start: Start, attempt: str, expected: str) -> None:
    found = await outcome(start, attempt)
    assert found == expected or (expected == "SIGSYS" and "it made a system call that no script needs" in found)


async def test_a_forged_report_changes_nothing(start: Start) -> None:
    source = """os.write(0, b'{"walls": ["moat"], "missing": {}}\\n')"""
    transport, recorder, _ = start("Doer", source)
    await recorder.done()
    assert "moat" not in transport.walls
    assert "descriptors" in transport.walls


async def test_a_script_does_not_begin_when_a_demanded_wall_is_missing() -> None:
    transport = WorkerTransport(WorkerPool("toys:Doer", idle=0).acquire(), Limits(), demand=["moat", "descriptors"])
    recorder = Recorder(transport)
    transport.start("emit('it began')", "spell.toy", {}, [], recorder)
    error = await recorder.lost()
    await transport.close()
    assert isinstance(error, SandboxUnavailable)
    assert str(error) == (
        "this system lacks what the run demands around its script: moat (the worker does not say why)"
    )
    assert error.hint == ('if you can do without, say so in llmspell.toml: [sandbox] accept_missing = ["moat"]')
    assert recorder.printed == ""


async def test_the_worker_itself_does_not_begin_either() -> None:
    worker = WorkerPool("toys:Doer", idle=0).acquire()
    begin = {"source": "emit('it began')", "name": "x", "api": {}, "args": [], "cpu": 60, "demand": ["moat"]}
    worker.channel.send(json.dumps({**begin, "limits": Limits().to_dict()}).encode() + b"\n")
    worker.channel.setblocking(True)
    heard = b"".join(iter(lambda: worker.channel.recv(1 << 16), b""))
    await worker.close()
    ready, walls = map(json.loads, heard.splitlines())
    assert (ready, sorted(walls)) == ({"ready": True}, ["missing", "walls"])


# What a profile demands.


@pytest.mark.parametrize("platform", ["linux", "darwin", "freebsd14"])
@pytest.mark.parametrize("profile", ["medium", "ci"])
def test_a_profile_demands_what_every_system_of_the_platform_has(platform: str, profile: str) -> None:
    demand = demanded(profile, platform=platform)
    assert demand == (EVERYWHERE - {"scratch_folder"}) | (
        ON_LINUX - {"no_capabilities"} if platform == "linux" else set()
    )


@pytest.mark.parametrize("platform", ["linux", "darwin"])
def test_high_demands_seccomp_everywhere(platform: str) -> None:
    assert demanded("high", platform=platform) - demanded("medium", platform=platform) == {"seccomp"}


def test_the_config_adds_walls_and_accepts_that_some_are_missing() -> None:
    require: tuple[Wall, ...] = ("landlock", "landlock.tcp")
    demand = demanded("high", require, ("seccomp", "landlock.tcp"), platform="linux")
    assert "landlock" in demand
    assert not demand & {"seccomp", "landlock.tcp"}


def test_a_wall_that_does_not_exist_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(LlmspellError, match=r"`sandbox.require\[0\]` must be one of 'parent_death'.*found 'moat'"):
        load(tmp_path, {}, ['sandbox.require=["moat"]'])


# Through the kernel, with each engine.


@pytest.fixture(params=["lua", "javascript", "quickjs"])
def engine(request: pytest.FixtureRequest) -> str:
    """Each engine."""
    name: str = request.param
    return name


@linux
async def test_a_run_tells_once_which_walls_stand(engine: str, tmp_path: Path) -> None:
    events: list[Event] = []
    async with Kernel(load(tmp_path, {}), environ={}) as kernel:
        options = RunOptions(engine=engine, observers=(events.append,))
        ended = await kernel.cast(Source("return 1", "one.spell"), options)
    assert ended.value == 1
    [event] = [event for event in events if event.kind == "script.walls"]
    assert sorted((*event.data["walls"], *event.data["missing"])) == sorted(NAMES)
    if not lacks_seccomp() and not lacks_landlock():
        assert {"seccomp", "landlock"} <= set(event.data["walls"])


async def test_a_script_that_runs_inline_has_no_walls_to_tell_of(tmp_path: Path) -> None:
    events: list[Event] = []
    async with Kernel(load(tmp_path, {}), environ={}) as kernel:
        options = RunOptions(engine="lua", profile="low", observers=(events.append,))
        await kernel.cast(Source("return 1", "one.spell"), options)
    assert events
    assert "script.walls" not in {event.kind for event in events}


# A system that lacks a wall, made by a filter around llmspell itself which takes the system's call away.

WITHOUT = """
import os, sys
from llmspell.bridge import limits, seccomp
call = seccomp._MACHINES[os.uname().machine].call
number = {"seccomp": call, "landlock": 444}[sys.argv.pop(1)]
limits._prctl(38, 1)
seccomp.load([(0x20, 0, 0, 0), (0x15, 0, 1, number), (6, 0, 0, 0x50000 | 38), (6, 0, 0, 0x7fff0000)], call)
from llmspell.__main__ import main
main()
"""


@pytest.fixture
def llmspell_without(tmp_path: Path) -> Callable[..., Any]:
    """Runs `llmspell WORDS...` where the system lacks a wall."""
    (tmp_path / "one.lua").write_text('print("one")\n')
    path = os.pathsep.join(entry for entry in sys.path if entry)

    def begin(wall: str, *words: str) -> Any:
        return subprocess.run(
            [sys.executable, "-c", WITHOUT, wall, *words],
            cwd=tmp_path,
            env={"PATH": os.environ["PATH"], "HOME": os.devnull, "PYTHONPATH": path},
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    return begin


@seccomp
@pytest.mark.parametrize("wall", ["seccomp", "landlock"])
def test_medium_runs_without(wall: str, llmspell_without: Callable[..., Any]) -> None:
    ended = llmspell_without(wall, "run", "one.lua")
    assert (ended.returncode, ended.stdout, ended.stderr) == (0, "one\n", "")


@seccomp
def test_high_is_refused_without_seccomp_before_the_script_begins(llmspell_without: Callable[..., Any]) -> None:
    ended = llmspell_without("seccomp", "run", "--profile", "high", "one.lua")
    assert (ended.returncode, ended.stdout) == (8, "")
    assert ended.stderr == (
        "error: this system lacks what the run demands around its script: "
        "seccomp (the system refuses the filter: Function not implemented)\n"
        'hint: if you can do without, say so in llmspell.toml: [sandbox] accept_missing = ["seccomp"]\n'
    )


@seccomp
def test_high_runs_without_seccomp_when_the_config_accepts_it(llmspell_without: Callable[..., Any]) -> None:
    words = ("--set", 'sandbox.accept_missing=["seccomp"]', "one.lua")
    ended = llmspell_without("seccomp", "run", "--profile", "high", *words)
    assert (ended.returncode, ended.stdout) == (0, "one\n"), ended.stderr


@seccomp
def test_a_wall_that_the_config_requires_is_demanded_of_every_profile(llmspell_without: Callable[..., Any]) -> None:
    ended = llmspell_without("landlock", "run", "--set", 'sandbox.require=["landlock"]', "one.lua")
    assert (ended.returncode, ended.stdout) == (8, "")
    assert "landlock (the system refuses Landlock: Function not implemented)" in ended.stderr


# Systems without any of this.


def test_what_the_walls_are_made_of_can_be_imported_on_windows() -> None:
    program = """
import asyncio, os, sys
sys.platform = "win32"
sys.modules["resource"] = sys.modules["pwd"] = None  # importing them fails
del os.posix_spawn
from llmspell.bridge import child, landlock, limits, process, seccomp, walls, worker
try: process.Worker("toys:Doer")
except Exception as error: print(error)
print(sorted(walls.demanded("medium", platform="win32")) == sorted(walls.demanded("medium", platform="darwin")))
"""
    done = run(program)
    assert done.stdout == "scripts cannot run in a worker process on win32\nTrue\n", done.stderr


def test_a_system_that_is_not_linux_lacks_the_walls_of_linux_with_a_reason() -> None:
    program = """
import sys
from llmspell.bridge import libc, landlock, seccomp
from llmspell.bridge.walls import Walls
sys.platform = "darwin"
libc._function = lambda name: (_ for _ in ()).throw(OSError(f"the C library has no {name}"))
walls = Walls()
landlock.enclose(walls, [])
print(walls.missing["landlock"])
print(seccomp.install(threads=False).partition(" on ")[0])
"""
    done = run(program)
    assert done.stdout.splitlines() == [
        "the system refuses Landlock: the C library has no syscall",
        "there is no filter for darwin",
    ], done.stderr
