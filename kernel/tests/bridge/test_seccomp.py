"""The filter of system calls: what it answers for each, on both machines, and that the kernel takes it."""

from __future__ import annotations

import os
import sys

import pytest

from llmspell.bridge import seccomp
from llmspell.bridge import seccomp_table as table

from .trial import SECCOMP, lacks_seccomp, outcome, run

ALLOW, REFUSE, ABSENT, KILL = "allow", "EPERM", "ENOSYS", "kill"
ANSWERS = {0x7FFF0000: ALLOW, 0x50000 | 1: REFUSE, 0x50000 | 38: ABSENT, 0x80000000: KILL}
AUDIT = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
ME = 4711

# Written down here once more, so that a call which falls out of the table turns a test red.
KILLED = """
ptrace process_vm_readv process_vm_writev pidfd_getfd open_by_handle_at userfaultfd bpf init_module finit_module
delete_module kexec_load kexec_file_load reboot swapon swapoff
""".split()  # noqa: SIM905 a hundred lines would read worse
REFUSED = """
socket socketpair connect bind listen accept accept4 sendto sendmsg sendmmsg recvfrom recvmsg recvmmsg execve execveat
clone tkill rt_sigqueueinfo rt_tgsigqueueinfo pidfd_open pidfd_send_signal process_madvise process_mrelease kcmp
move_pages migrate_pages perf_event_open io_uring_setup io_uring_enter io_uring_register syslog acct quotactl
quotactl_fd lookup_dcookie nfsservctl vhangup add_key request_key keyctl mount umount2 pivot_root chroot mount_setattr move_mount open_tree fsopen
fsconfig fsmount fspick mknodat name_to_handle_at statmount listmount setns unshare personality setuid setgid setreuid
setregid setresuid setresgid setfsuid setfsgid setgroups capset settimeofday clock_settime clock_adjtime adjtimex
sethostname setdomainname shmget shmat shmctl semget semop semctl semtimedop msgget msgsnd msgrcv msgctl mq_open
mq_unlink inotify_init1 inotify_add_watch fanotify_init fanotify_mark mkdirat unlinkat renameat renameat2 linkat
symlinkat truncate fchmod fchmodat fchmodat2 fchown fchownat utimensat setxattr lsetxattr fsetxattr removexattr
lremovexattr fremovexattr kill tgkill
""".split()  # noqa: SIM905 a hundred lines would read worse
ONLY_X86 = """
fork vfork uselib modify_ldt mknod inotify_init creat mkdir rmdir unlink rename link symlink chmod chown lchown utime
utimes futimesat
""".split()  # noqa: SIM905 a hundred lines would read worse

SOMETIMES = ("openat", "openat2", "clone3", "kill", "tgkill", "prlimit64", "prctl", "ioctl")
NUMBERS = {**table.KILLED, **table.DENIED, **table.ABSENT, **table.CONDITIONAL}


def answer(machine: str, number: int, *arguments: int, threads: bool = False, audit: int | None = None) -> str:
    """What the filter says to a call: a packet filter machine in a few lines."""
    program = seccomp.filter_program(machine, threads=threads, process=ME)
    words = {0: number, 4: AUDIT[machine] if audit is None else audit}
    words |= {16 + 8 * index: argument & 0xFFFFFFFF for index, argument in enumerate(arguments)}
    loaded, at = 0, 0
    while True:
        code, true, false, constant = program[at]
        at += 1
        match code:
            case 0x20:
                loaded = words.get(constant, 0)
            case 0x06:
                return ANSWERS[constant]
            case 0x15:
                at += true if loaded == constant else false
            case 0x25:
                at += true if loaded > constant else false
            case 0x35:
                at += true if loaded >= constant else false
            case 0x45:
                at += true if loaded & constant else false
            case _:
                raise AssertionError(f"unknown instruction {code:#x}")


def number_of(name: str, machine: str) -> int:
    number = NUMBERS[name][0 if machine == "x86_64" else 1]
    assert number is not None
    return number


both = pytest.mark.parametrize("machine", ["x86_64", "aarch64"])


@both
@pytest.mark.parametrize("name", KILLED)
def test_a_call_that_only_an_attack_makes_kills(machine: str, name: str) -> None:
    assert answer(machine, number_of(name, machine)) == KILL


@both
@pytest.mark.parametrize("name", REFUSED)
def test_a_call_that_leads_outside_is_refused(machine: str, name: str) -> None:
    assert answer(machine, number_of(name, machine)) == REFUSE


@pytest.mark.parametrize("name", ONLY_X86)
def test_a_call_that_only_old_machines_have_is_refused_there(name: str) -> None:
    assert answer("x86_64", number_of(name, "x86_64")) == REFUSE
    assert NUMBERS[name][1] is None


@pytest.mark.parametrize("name", ["iopl", "ioperm"])
def test_a_call_for_the_ports_of_a_pc_kills(name: str) -> None:
    assert answer("x86_64", number_of(name, "x86_64")) == KILL


@both
@pytest.mark.parametrize(
    ("name", "arguments", "expected"),
    [
        pytest.param("clone", (0x3D0F00,), REFUSE, id="thread-for-an-engine-without"),
        pytest.param("openat", (0, 0, os.O_RDONLY | 0o2000000), ALLOW, id="open-to-read"),
        pytest.param("openat", (0, 0, os.O_WRONLY), REFUSE, id="open-to-write"),
        pytest.param("openat", (0, 0, os.O_RDWR), REFUSE, id="open-for-both"),
        pytest.param("openat", (0, 0, os.O_CREAT), REFUSE, id="open-to-create"),
        pytest.param("openat", (0, 0, os.O_TRUNC), REFUSE, id="open-to-truncate"),
        pytest.param("openat2", (), ABSENT, id="openat2-hides-its-arguments"),
        pytest.param("clone3", (), ABSENT, id="clone3-hides-its-arguments"),
        pytest.param("kill", (ME, 9), ALLOW, id="signal-to-itself"),
        pytest.param("kill", (-1, 9), REFUSE, id="signal-to-all"),
        pytest.param("kill", (0, 9), REFUSE, id="signal-to-the-group"),
        pytest.param("kill", (1, 0), REFUSE, id="signal-to-another"),
        pytest.param("tgkill", (ME, 1, 6), ALLOW, id="abort"),
        pytest.param("tgkill", (1, 1, 6), REFUSE, id="signal-to-anothers-thread"),
        pytest.param("prlimit64", (0, 7), ALLOW, id="own-limit"),
        pytest.param("prlimit64", (ME, 7), ALLOW, id="own-limit-by-number"),
        pytest.param("prlimit64", (1, 7), REFUSE, id="anothers-limit"),
        pytest.param("prctl", (1, 0), REFUSE, id="outlive-the-parent"),
        pytest.param("prctl", (4, 1), REFUSE, id="become-readable"),
        pytest.param("prctl", (35, 8), REFUSE, id="relabel-memory"),
        pytest.param("prctl", (0x59616D61, -1), REFUSE, id="invite-a-tracer"),
        pytest.param("prctl", (3,), ALLOW, id="ask"),
        pytest.param("ioctl", (0, 0x5412), REFUSE, id="type-into-a-terminal"),
        pytest.param("ioctl", (0, 0x541C), REFUSE, id="type-into-a-console"),
        pytest.param("ioctl", (0, 0x5401), ALLOW, id="ask-for-a-terminal"),
    ],
)
def test_some_calls_are_judged_by_what_they_ask_for(
    machine: str, name: str, arguments: tuple[int, ...], expected: str
) -> None:
    assert answer(machine, number_of(name, machine), *arguments) == expected


@pytest.mark.parametrize(
    ("flags", "expected"), [(os.O_RDONLY, ALLOW), (os.O_WRONLY, REFUSE), (os.O_RDONLY | os.O_CREAT, REFUSE)]
)
def test_the_old_way_to_open_is_judged_as_well(flags: int, expected: str) -> None:
    assert answer("x86_64", number_of("open", "x86_64"), 0, flags) == expected


@both
def test_an_engine_with_threads_starts_threads_and_no_processes(machine: str) -> None:
    clone = number_of("clone", machine)
    assert answer(machine, clone, 0x3D0F00, threads=True) == ALLOW
    assert answer(machine, clone, 0x11, threads=True) == REFUSE
    for namespace in (0x20000, 0x2000000, 0x4000000, 0x8000000, 0x10000000, 0x20000000, 0x40000000):
        assert answer(machine, clone, 0x3D0F00 | namespace, threads=True) == REFUSE


@both
def test_a_call_of_another_architecture_kills(machine: str) -> None:
    other = AUDIT["aarch64" if machine == "x86_64" else "x86_64"]
    assert answer(machine, 0, audit=other) == KILL
    assert answer(machine, 0, audit=0x40000003) == KILL  # 32-bit Intel


def test_an_x32_call_kills() -> None:
    assert answer("x86_64", 0x40000000) == KILL
    assert answer("x86_64", 0x40000000 | number_of("socket", "x86_64")) == KILL


@both
def test_a_call_that_is_newer_than_the_table_does_not_exist(machine: str) -> None:
    assert answer(machine, table.NEWEST + 1) == ABSENT
    assert answer(machine, table.NEWEST) == ALLOW


@both
def test_what_every_program_needs_is_allowed(machine: str) -> None:
    needed = {"x86_64": [0, 1, 3, 9, 10, 11, 12, 202, 228, 231], "aarch64": [56 + 1, 63, 64, 98, 113, 214, 215, 222]}
    assert {answer(machine, number) for number in needed[machine]} == {ALLOW}


def test_every_call_of_the_table_has_a_case_here() -> None:
    assert table.KILLED.keys() == {*KILLED, "iopl", "ioperm"}
    assert {*table.DENIED, "clone", "kill", "tgkill"} == {*REFUSED, *ONLY_X86}
    assert {*table.ABSENT, *table.CONDITIONAL} <= set(SOMETIMES) | {"clone", "open"}


def test_each_number_stands_for_one_call() -> None:
    for column in (0, 1):
        numbers = [pair[column] for pair in NUMBERS.values() if pair[column] is not None]
        assert len(numbers) == len(set(numbers)) > 100


@pytest.mark.skipif(sys.platform != "linux", reason="reads the headers of Linux")
def test_the_table_agrees_with_the_systems_headers() -> None:
    import re
    from pathlib import Path

    header = Path("/usr/include/x86_64-linux-gnu/asm/unistd_64.h")
    if not header.exists():
        pytest.skip("the headers of Linux are not installed")
    known = {name: int(number) for name, number in re.findall(r"#define __NR_(\w+) (\d+)", header.read_text())}
    assert {name: pair[0] for name, pair in NUMBERS.items() if name in known} == {
        name: known[name] for name in NUMBERS if name in known
    }


# And the real thing: a process behind this wall alone.

real = pytest.mark.skipif(lacks_seccomp(), reason="the system has no seccomp")


@real
@pytest.mark.parametrize(
    ("attempt", "expected"),
    [
        pytest.param("socket.socket()", "EPERM", id="socket"),
        pytest.param("socket.socket(socket.AF_UNIX)", "EPERM", id="unix-socket"),
        pytest.param("socket.socketpair()", "EPERM", id="socketpair"),
        pytest.param("os.fork()", "EPERM", id="fork"),
        pytest.param("os.posix_spawn('/bin/true', ['true'], {})", "EPERM", id="spawn"),
        pytest.param("os.execv('/bin/true', ['true'])", "EPERM", id="exec"),
        pytest.param("os.kill(os.getppid(), 0)", "EPERM", id="signal-the-parent"),
        pytest.param("os.kill(os.getpid(), 0)", "done", id="signal-itself"),
        pytest.param("os.kill(-1, 0)", "EPERM", id="signal-all"),
        pytest.param("open('/dev/null', 'w')", "EPERM", id="open-to-write"),
        pytest.param("open('/dev/null')", "done", id="open-to-read"),
        pytest.param("os.mkdir('/tmp/never')", "EPERM", id="mkdir"),
        pytest.param("os.chmod('.', 0o777)", "EPERM", id="chmod"),
        pytest.param("syscall('unshare', 0)", "EPERM", id="unshare"),
        pytest.param("syscall('personality', 0xffffffff)", "EPERM", id="personality"),
        pytest.param("syscall('io_uring_setup', 1, buffer)", "EPERM", id="io_uring"),
        pytest.param("syscall('keyctl', 0, -3, 1)", "EPERM", id="keyctl"),
        pytest.param("syscall('perf_event_open', buffer, 0, -1, -1, 0)", "EPERM", id="perf"),
        pytest.param("syscall('shmget', 0, 4096, 0o600)", "EPERM", id="shared-memory"),
        pytest.param("syscall('inotify_init1', 0)", "EPERM", id="inotify"),
        pytest.param("syscall('pidfd_open', os.getpid(), 0)", "EPERM", id="pidfd"),
        pytest.param("syscall('clone3', buffer, 88)", "ENOSYS", id="clone3"),
        pytest.param("libc.call('syscall', 470, 0)", "ENOSYS", id="newer-than-the-table"),
        pytest.param("libc.call('prctl', 1, 0, 0, 0, 0)", "EPERM", id="outlive-the-parent"),
        pytest.param("libc.call('prctl', 4, 1, 0, 0, 0)", "EPERM", id="become-readable"),
        pytest.param("syscall('ptrace', 0, 0, 0, 0)", "SIGSYS", id="ptrace"),
        pytest.param("syscall('process_vm_readv', os.getpid(), 0, 0, 0, 0, 0)", "SIGSYS", id="process_vm_readv"),
        pytest.param("syscall('bpf', 0, buffer, 8)", "SIGSYS", id="bpf"),
        pytest.param("syscall('userfaultfd', 1)", "SIGSYS", id="userfaultfd"),
        pytest.param("syscall('kexec_load', 0, 0, 0, 0)", "SIGSYS", id="kexec"),
    ],
)
def test_behind_the_real_filter(attempt: str, expected: str) -> None:
    assert outcome(SECCOMP, attempt) == expected


@real
def test_without_the_filter_the_same_attempts_are_not_refused() -> None:
    for attempt in ("socket.socket()", "syscall('personality', 0xffffffff)", "syscall('unshare', 0)"):
        assert outcome("", attempt) == "done"


@real
def test_a_thread_that_runs_already_is_behind_the_filter_too() -> None:
    program = """
import threading
from llmspell.bridge import limits, seccomp
go, answers = threading.Event(), []
def late():
    go.wait()
    import socket
    try: socket.socket()
    except OSError as error: answers.append(error.errno)
thread = threading.Thread(target=late)
thread.start()
limits._prctl(38, 1)
assert seccomp.install(threads=True) == ""
go.set()
thread.join()
print(answers)
"""
    assert run(program).stdout == "[1]\n"


@real
def test_a_system_that_refuses_filters_says_so() -> None:
    # The first filter takes seccomp(2) away.
    program = """
import os
from llmspell.bridge import limits, seccomp
limits._prctl(38, 1)
machine = seccomp._MACHINES[os.uname().machine]
seccomp.load([(0x20, 0, 0, 0), (0x15, 0, 1, machine.call), (6, 0, 0, 0x50000 | 38), (6, 0, 0, 0x7fff0000)], machine.call)
print(seccomp.install(threads=False))
"""
    assert run(program).stdout == "the system refuses the filter: Function not implemented\n"


def test_a_machine_without_a_table_is_named() -> None:
    program = """
import os, types
from llmspell.bridge import seccomp
os.uname = lambda: types.SimpleNamespace(machine="riscv64")
print(seccomp.install(threads=False))
"""
    assert run(program).stdout.startswith("there is no filter for ")
    assert "on riscv64" in run(program).stdout
