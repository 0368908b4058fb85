"""A program gets nothing of what llmspell has, but what is granted and passed on purpose."""

from __future__ import annotations

import errno
import os
import socket
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from llmspell.errors import PermissionDenied, UsageError
from llmspell.process import launcher
from llmspell.process.held import Held
from llmspell.secrets import Secret

from .ground import PYTHON, Ground


def variables(text: str) -> dict[str, str]:
    return dict(line.partition("=")[::2] for line in text.splitlines())


def exists(path: str) -> bool:
    return Path(path).exists()


async def test_the_environment_is_four_variables(
    ground: Callable[..., Ground], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("OPENAI_API_KEY", "LD_LIBRARY_PATH", "PYTHONPATH", "LC_ALL", "GIT_DIR"):
        monkeypatch.setenv(name, "/leaked")
    found = variables(await ground("env").said("env"))
    scratch = found.pop("HOME")
    assert found == {"PATH": "/usr/local/bin:/usr/bin:/bin", "TMPDIR": scratch, "LANG": "C.UTF-8"}


async def test_its_home_is_an_empty_folder_of_its_own_that_goes_with_it(ground: Callable[..., Ground]) -> None:
    place = ground(f"{PYTHON} **")
    program = """import os, stat
home = os.environ["HOME"]
print(home, oct(stat.S_IMODE(os.stat(home).st_mode)), os.listdir(home))
os.makedirs(home + "/deep/er")
os.symlink("/etc/hostname", home + "/deep/link")
os.chmod(home + "/deep", 0o500)
"""
    home, mode, *names = (await place.python(program)).stdout.decode().split()
    assert (mode, names) == ("0o700", ["[]"])
    assert not exists(home)
    assert exists("/etc/hostname")


async def test_a_granted_variable_is_passed_on(ground: Callable[..., Ground]) -> None:
    place = ground("env", env=["TZ", "APP_*"])
    found = variables(await place.said("env", env={"TZ": "UTC", "APP_NOTE": "a=b"}))
    assert (found["TZ"], found["APP_NOTE"]) == ("UTC", "a=b")


async def test_a_variable_that_is_not_granted_is_refused(ground: Callable[..., Ground]) -> None:
    with pytest.raises(PermissionDenied, match="env of 'TZ' is not allowed in profile 'medium'") as caught:
        await ground("env").run("env", env={"TZ": "UTC"})
    assert caught.value.hint == "run again with --allow-env=TZ"


CODE = ["PATH", "LD_PRELOAD", "LD_LIBRARY_PATH", "DYLD_INSERT_LIBRARIES", "GLIBC_TUNABLES", "BASH_ENV", "ENV", "IFS"]


@pytest.mark.parametrize("name", CODE)
async def test_a_variable_that_decides_which_code_is_loaded_is_never_passed_on(
    ground: Callable[..., Ground], name: str
) -> None:
    with pytest.raises(PermissionDenied, match=f"variable '{name}' is never passed on"):
        await ground("env", env=["*"]).run("env", env={name: "/tmp/evil"})


SECRET = {
    "by-name": lambda: {"GITHUB_TOKEN": "abc"},
    "by-shape": lambda: {"NOTE": "sk-proj-abcdefgh12345678ijklmnop"},
    "by-value": lambda: {"NOTE": Secret("correct horse battery", "NOTE").reveal()},
}


@pytest.mark.parametrize("made", SECRET.values(), ids=SECRET.keys())
async def test_a_secret_is_never_passed_on(ground: Callable[..., Ground], made: Callable[[], dict[str, str]]) -> None:
    with pytest.raises(PermissionDenied, match="is not passed on: it holds a secret") as caught:
        await ground("env", env=["*"]).run("env", env=made())
    assert not any(value in str(caught.value) for value in made().values())


WRONG: dict[str, tuple[Any, str]] = {
    "list": (["TZ"], r"env is no mapping of names to texts: \['TZ'\]"),
    "empty-name": ({"": "a"}, "'' is no name of a variable"),
    "equals": ({"A=B": "a"}, "'A=B' is no name of a variable"),
    "nul": ({"A\0": "a"}, r"'A\\x00' is no name of a variable"),
    "number-name": ({1: "a"}, "1 is no name of a variable"),
    "number": ({"A": 1}, "variable 'A' has a value that is no text"),
    "nul-value": ({"A": "a\0b"}, "variable 'A' has a value that is no text"),
    "surrogate": ({"A": "\ud800"}, "variable 'A' has a value that is no text"),
}


@pytest.mark.parametrize(("env", "message"), WRONG.values(), ids=WRONG.keys())
async def test_what_is_no_variable_is_refused(ground: Callable[..., Ground], env: Any, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        await ground("env", env=["*"]).run("env", env=env)


async def test_no_descriptor_is_inherited(ground: Callable[..., Ground]) -> None:
    ours, theirs = socket.socketpair()
    os.set_inheritable(theirs.fileno(), True)
    with ours, theirs:
        listed = await ground("ls /proc/self/fd").said("ls", "/proc/self/fd")
    assert listed.split() == ["0", "1", "2", "3"]  # 3 is the folder that `ls` lists


async def test_no_signal_is_ignored_or_blocked(ground: Callable[..., Ground]) -> None:
    import signal

    kept = signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGTERM])
    try:
        text = await ground("grep **").said("grep", "-E", "^Sig(Blk|Ign)", "/proc/self/status")
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, kept)
    own = 1 << (32 - 1) | 1 << (33 - 1)  # the C library's two, which it lets nobody set
    assert {int(line.split()[1], 16) & ~own for line in text.splitlines()} == {0}


async def test_no_program_gains_rights(ground: Callable[..., Ground]) -> None:
    text = await ground("grep **").said("grep", "NoNewPrivs", "/proc/self/status")
    assert text.split() == ["NoNewPrivs:", "1"]


async def test_it_has_no_terminal_and_a_session_of_its_own(ground: Callable[..., Ground]) -> None:
    place = ground(f"{PYTHON} **")
    finished = await place.python("import os; print(os.getsid(0) == os.getpid(), any(map(os.isatty, range(3))))")
    assert finished.stdout == b"True False\n"


LIMITS = {
    "cpu": ("while True: pass", {"cpu": 1}, "SIGKILL"),
    "memory": ("bytearray(1 << 30)", {"memory": 256 << 20}, ""),
    "files": ("[open('/dev/null') for _ in range(99)]", {"files": 20}, ""),
    "file_size": ("open('big', 'wb').write(bytes(1 << 20))", {"file_size": 1 << 10}, ""),
}


@pytest.mark.parametrize(("program", "limits", "ended"), LIMITS.values(), ids=LIMITS.keys())
async def test_a_limit_of_the_system_holds(
    ground: Callable[..., Ground], program: str, limits: dict[str, int], ended: str
) -> None:
    from llmspell.process import Limits

    finished = await ground(f"{PYTHON} **").python(program, limits=Limits(**limits))
    assert not finished.ok
    assert finished.signal == ended


async def test_a_limit_that_leaves_too_little_for_the_program_ends_it(ground: Callable[..., Ground]) -> None:
    from llmspell.process import Limits

    finished = await ground("true").run("true", limits=Limits(memory=1))
    assert finished.signal


def test_a_limit_that_the_system_refuses_keeps_the_program_from_beginning(tmp_path: Path) -> None:
    heard, told = os.pipe()
    with open(heard, "rb") as answer, Held.open("/usr/bin/touch") as program, Held.open(str(tmp_path)) as folder:
        held = (program.descriptor, folder.descriptor, told)
        lists = ("1", "99=1", "0", "2", "touch", "canary")  # there are not that many limits
        words = [PYTHON, "-I", "-S", launcher.__file__, str(os.getpid()), *map(str, held), program.path, *lists]
        assert subprocess.run(words, pass_fds=held, check=False, timeout=30).returncode == 127
        os.close(told)
        assert answer.read() == str(errno.EINVAL).encode()
    assert not (tmp_path / "canary").exists()


async def test_there_is_never_a_core_dump(ground: Callable[..., Ground]) -> None:
    program = "import resource; print(resource.getrlimit(resource.RLIMIT_CORE))"
    assert (await ground(f"{PYTHON} **").python(program)).stdout == b"(0, 0)\n"


@pytest.mark.parametrize("amount", [0, -1, 1.5, True, "1", 1 << 62])
def test_a_limit_that_is_none_is_refused(amount: Any) -> None:
    from llmspell.process import Limits

    with pytest.raises(UsageError, match=f"the limit memory is no positive whole number: {amount!r}"):
        Limits(memory=amount)
