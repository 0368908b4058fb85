"""The wall `seccomp`: a filter in the operating system's kernel that refuses system calls to this process for ever.

It is a program for the kernel's packet filter machine: it looks at the number of each call, at the low halves of its
first arguments, and answers with what is to happen. A call of another architecture (32-bit calls, x32) kills, because
its numbers mean something else. See seccomp(2) and the kernel's `Documentation/userspace-api/seccomp_filter.rst`.
"""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Iterable, Iterator
from itertools import chain
from struct import pack

from llmspell.bridge import libc
from llmspell.bridge.seccomp_table import ABSENT, CONDITIONAL, DENIED, KILLED, NEWEST, Numbers


class _Machine:
    """What differs between machines.

    It is no named tuple, because making that class takes longer than all else in this module.

    Args:
        audit: its name in <linux/audit.h>.
        column: its column in the table.
        call: the number of seccomp(2).
        foreign: the numbers of calls from here on belong to another architecture.
    """

    __slots__ = ("audit", "call", "column", "foreign")

    def __init__(self, audit: int, column: int, call: int, foreign: int) -> None:
        self.audit = audit
        self.column = column
        self.call = call
        self.foreign = foreign


_MACHINES = {
    "x86_64": _Machine(0xC000003E, 0, 317, 1 << 30),  # x32
    "aarch64": _Machine(0xC00000B7, 1, 277, 1 << 32),
}

# From <linux/bpf_common.h> and <linux/filter.h>.
_LOAD, _EQUAL, _GREATER, _AT_LEAST, _ANY_BIT, _RETURN = 0x20, 0x15, 0x25, 0x35, 0x45, 0x06

# From <linux/seccomp.h>.
_SET_MODE_FILTER, _ALL_THREADS = 1, 1
_ALLOW, _KILL = 0x7FFF0000, 0x80000000
_REFUSE = 0x00050000 | errno.EPERM
_NO_SUCH_CALL = 0x00050000 | errno.ENOSYS
_NUMBER, _ARCHITECTURE, _ARGUMENTS = 0, 4, 16

_THREAD = 0x00010000  # CLONE_THREAD
_NAMESPACES = 0x7E020000  # CLONE_NEWNS, NEWCGROUP, NEWUTS, NEWIPC, NEWUSER, NEWPID and NEWNET
_WRITE = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC

# Options of prctl that would take a wall down, or let others in: the signal at the parent's death, being dumped and
# read, changing the memory map's labels, and naming a tracer.
_PRCTL = (1, 4, 35, 0x59616D61)
_IOCTL = (0x5412, 0x541C)  # TIOCSTI and TIOCLINUX type into a terminal

Instruction = tuple[int, int, int, int]  # code, jump if true, jump if false, constant


def install(*, threads: bool) -> str:
    """Put this process and all its threads under the filter, for ever; needs no-new-privileges.

    Args:
        threads: whether it may start more threads.

    Returns:
        Why the wall does not stand; empty when it does.
    """
    name = os.uname().machine
    machine = _MACHINES.get(name)
    if sys.platform != "linux" or machine is None or sys.maxsize < 1 << 32:
        return f"there is no filter for {sys.platform} on {name} with {sys.maxsize.bit_length() + 1} bits"
    try:
        load(filter_program(name, threads=threads, process=os.getpid()), machine.call)
    except OSError as error:
        return f"the system refuses the filter: {error.strerror or error}"
    return ""


def load(program: list[Instruction], number: int) -> None:
    """Hand a program to the kernel, for all threads of this process; `number` is that of the call seccomp(2).

    Raises:
        OSError: the kernel does not take it, or a thread has a filter of its own.
    """
    import ctypes

    code = b"".join(pack("HBBI", *instruction) for instruction in program)
    text = ctypes.create_string_buffer(code, len(code))
    header = ctypes.create_string_buffer(pack("HxxxxxxP", len(program), ctypes.addressof(text)))
    if thread := libc.call("syscall", number, _SET_MODE_FILTER, _ALL_THREADS, header):
        raise OSError(f"thread {thread} has a filter of its own")


def filter_program(name: str, *, threads: bool, process: int) -> list[Instruction]:
    """The filter for one machine.

    Args:
        name: `x86_64` or `aarch64`.
        threads: whether threads may be started.
        process: the process id, the only one that may be signalled.
    """
    machine = _MACHINES[name]
    foreign = _when(_AT_LEAST, machine.foreign, [_end(_KILL)]) if machine.foreign < 1 << 32 else []
    return [
        (_LOAD, 0, 0, _ARCHITECTURE),
        *_when(_EQUAL, machine.audit, [], otherwise=[_end(_KILL)]),
        (_LOAD, 0, 0, _NUMBER),
        *foreign,
        *_when(_GREATER, NEWEST, [_end(_NO_SUCH_CALL)]),
        *_each(KILLED, machine.column, _KILL),
        *_each(DENIED, machine.column, _REFUSE),
        *_each(ABSENT, machine.column, _NO_SUCH_CALL),
        *_conditional(machine.column, threads, process),
        _end(_ALLOW),
    ]


def _conditional(column: int, threads: bool, process: int) -> Iterator[Instruction]:
    """The calls that are judged by an argument."""
    start = [*_when(_ANY_BIT, _THREAD, _when(_ANY_BIT, _NAMESPACES, [_end(_REFUSE)], otherwise=[_end(_ALLOW)]))]
    writes = [*_when(_ANY_BIT, _WRITE, [_end(_REFUSE)]), _end(_ALLOW)]
    own = [*_when(_EQUAL, process, [_end(_ALLOW)]), _end(_REFUSE)]
    rules: dict[str, tuple[int, list[Instruction]]] = {
        "clone": (0, [*(start if threads else []), _end(_REFUSE)]),
        "open": (1, writes),
        "openat": (2, writes),
        "kill": (0, own),
        "tgkill": (0, own),
        "prlimit64": (0, [*_when(_EQUAL, 0, [_end(_ALLOW)]), *own]),
        "prctl": (0, [*_among(_PRCTL), _end(_ALLOW)]),
        "ioctl": (1, [*_among(_IOCTL), _end(_ALLOW)]),
    }
    for name, (argument, rule) in rules.items():
        number = CONDITIONAL[name][column]
        if number is not None:
            yield from _when(_EQUAL, number, [(_LOAD, 0, 0, _ARGUMENTS + 8 * argument), *rule])


def _each(calls: Numbers, column: int, action: int) -> Iterator[Instruction]:
    numbers = (numbers[column] for numbers in calls.values())
    return chain.from_iterable(_when(_EQUAL, number, [_end(action)]) for number in numbers if number is not None)


def _among(values: Iterable[int]) -> Iterator[Instruction]:
    return chain.from_iterable(_when(_EQUAL, value, [_end(_REFUSE)]) for value in values)


def _when(
    test: int, constant: int, then: Iterable[Instruction], *, otherwise: Iterable[Instruction] = ()
) -> Iterator[Instruction]:
    """`then`, which must end or fall through, when the loaded value passes the test."""
    then, otherwise = [*then], [*otherwise]
    if otherwise and then:
        assert then[-1][0] == _RETURN
    yield (test, 0 if then else len(otherwise), len(then), constant)
    yield from then
    yield from otherwise


def _end(action: int) -> Instruction:
    return (_RETURN, 0, 0, action)
