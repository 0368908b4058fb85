"""The wall around files, alone: what can still be read, and that nothing else can be touched."""

from __future__ import annotations

import os
import socket
import sys
from pathlib import Path
from types import ModuleType

import pytest

from llmspell.bridge.landlock import readable_folders

from .trial import LANDLOCK, lacks_landlock, outcome, run

pytestmark = pytest.mark.skipif(lacks_landlock(), reason="the system has no Landlock")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder of the user's, with a file, a folder and a program."""
    (tmp_path / "file").write_text("secret")
    (tmp_path / "sub").mkdir()
    (tmp_path / "program").write_text("#!/bin/sh\n")
    (tmp_path / "program").chmod(0o755)
    return tmp_path


@pytest.mark.parametrize(
    ("attempt", "expected"),
    [
        pytest.param("open(HERE + '/file')", "EACCES", id="read"),
        pytest.param("os.listdir(HERE)", "EACCES", id="list"),
        pytest.param("open('/etc/passwd')", "EACCES", id="read-passwd"),
        pytest.param("open('/etc/shadow')", "EACCES", id="read-shadow"),
        pytest.param("os.listdir(os.path.expanduser('~'))", "EACCES", id="list-home"),
        pytest.param("os.listdir('/')", "EACCES", id="list-root"),
        pytest.param("os.listdir('/proc')", "EACCES", id="list-processes"),
        pytest.param("open('/proc/%d/mem' % os.getppid(), 'rb')", "EACCES", id="read-the-parents-memory"),
        pytest.param("open('/proc/%d/environ' % os.getppid())", "EACCES", id="read-the-parents-environment"),
        pytest.param("open('/proc/%d/cmdline' % os.getppid())", "EACCES", id="read-the-parents-command"),
        pytest.param("os.readlink('/proc/%d/exe' % os.getppid())", "EACCES", id="look-at-the-parent"),
        pytest.param("open('/proc/self/environ')", "EACCES", id="read-its-environment"),
        pytest.param("open('/proc/self/root' + '/etc/passwd')", "EACCES", id="read-around-a-corner"),
        pytest.param("open('/dev/zero', 'rb')", "EACCES", id="read-another-device"),
        pytest.param("open(HERE + '/file', 'w')", "EACCES", id="write"),
        pytest.param("open(HERE + '/file', 'a')", "EACCES", id="append"),
        pytest.param("open(HERE + '/new', 'x')", "EACCES", id="create"),
        pytest.param("os.truncate(HERE + '/file', 0)", "EACCES", id="truncate"),
        pytest.param("os.unlink(HERE + '/file')", "EACCES", id="unlink"),
        pytest.param("os.rename(HERE + '/file', HERE + '/other')", "EACCES", id="rename"),
        pytest.param("os.rename(HERE + '/file', HERE + '/sub/file')", "EACCES", id="move"),
        pytest.param("os.link(HERE + '/file', HERE + '/sub/file')", "EACCES", id="link"),
        pytest.param("os.symlink('/etc', HERE + '/etc')", "EACCES", id="symlink"),
        pytest.param("os.mkdir(HERE + '/new')", "EACCES", id="mkdir"),
        pytest.param("os.rmdir(HERE + '/sub')", "EACCES", id="rmdir"),
        pytest.param("os.mkfifo(HERE + '/pipe')", "EACCES", id="mkfifo"),
        pytest.param("socket.socket(socket.AF_UNIX).bind(HERE + '/socket')", "EACCES", id="bind-a-unix-socket"),
        pytest.param("os.execv(HERE + '/program', ['program'])", "EACCES", id="exec"),
        pytest.param("os.execv(sys.executable, ['python'])", "EACCES", id="exec-python"),
        pytest.param("open('/tmp/never', 'w')", "EACCES", id="write-to-tmp"),
        pytest.param("open('/dev/shm/never', 'w')", "EACCES", id="write-to-shared-memory"),
        pytest.param("open('/dev/null', 'w')", "EACCES", id="write-to-null"),
        pytest.param("open(os.__file__, 'a')", "EACCES", id="write-to-pythons-library"),
        pytest.param("syscall('mount', b'none', HERE.encode(), b'tmpfs', 0, None)", "EPERM", id="mount"),
        pytest.param("open(os.__file__)", "done", id="read-pythons-library"),
        pytest.param("open('/dev/urandom', 'rb').read(1)", "done", id="read-urandom"),
        pytest.param("open('/dev/null')", "done", id="read-null"),
    ],
)
def test_behind_the_wall(folder: Path, attempt: str, expected: str) -> None:
    assert outcome(LANDLOCK, f"HERE = {str(folder)!r}\n{attempt}") == expected


@pytest.mark.parametrize("attempt", ["open(HERE + '/file')", "os.listdir('/')", "os.mkdir(HERE + '/new')"])
def test_without_the_wall_the_same_attempts_succeed(folder: Path, attempt: str) -> None:
    assert outcome("", f"HERE = {str(folder)!r}\n{attempt}") == "done"


def needs(wall: str) -> None:
    program = "from llmspell.bridge.walls import Walls; from llmspell.bridge import landlock, limits\n"
    program += "walls = Walls(); limits._prctl(38, 1); landlock.enclose(walls, [])\n"
    missing = run(f"{program}print(walls.missing.get({wall!r}, ''))").stdout.strip()
    if missing:
        pytest.skip(missing)


def test_no_tcp_connection_is_made() -> None:
    needs("landlock.tcp")
    with socket.create_server(("127.0.0.1", 0)) as server:
        connect = f"socket.create_connection({server.getsockname()!r}, 5)"
        assert outcome("", connect) == "done"
        assert outcome(LANDLOCK, connect) == "EACCES"


def test_no_tcp_port_is_bound() -> None:
    needs("landlock.tcp")
    assert outcome(LANDLOCK, "socket.create_server(('127.0.0.1', 0))") == "EACCES"


def test_no_other_process_is_signalled() -> None:
    needs("landlock.scope")
    assert outcome("", "os.kill(os.getppid(), 0)") == "done"
    assert outcome(LANDLOCK, "os.kill(os.getppid(), 0)") == "EPERM"


def test_no_abstract_socket_is_reached() -> None:
    needs("landlock.scope")
    name = f"\0llmspell-{os.getpid()}"
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(name)
        server.listen()
        connect = f"socket.socket(socket.AF_UNIX).connect({name!r})"
        assert outcome("", connect) == "done"
        assert outcome(LANDLOCK, connect) == "EPERM"


def test_modules_can_be_imported_late() -> None:
    late = "import ssl, sqlite3, decimal, email.mime.text, zoneinfo, lzma, hashlib\nzoneinfo.ZoneInfo('UTC')"
    assert outcome(LANDLOCK, late) == "done"


def test_a_thread_that_is_started_later_is_behind_the_wall() -> None:
    attempt = """
import threading
def late():
    try: open('/etc/passwd')
    except PermissionError as error: found.append(error)
found = []
thread = threading.Thread(target=late)
thread.start()
thread.join()
raise found[0]
"""
    assert outcome(LANDLOCK, attempt.replace("def late", "global found\ndef late")) == "EACCES"


def test_the_wall_does_not_claim_to_stand_around_a_thread_that_ran_before() -> None:
    program = """
import threading
from llmspell.bridge import landlock, limits
from llmspell.bridge.walls import Walls
threading.Thread(target=threading.Event().wait, daemon=True).start()
limits._prctl(38, 1)
walls = Walls()
landlock.enclose(walls, [])
print(walls.standing, walls.missing["landlock"])
"""
    said = run(program).stdout
    assert said.startswith("[] the system refuses Landlock: the engine started a thread while it was imported")


def test_a_system_without_landlock_says_so() -> None:
    # A filter takes landlock_create_ruleset(2) away.
    program = """
import os
from llmspell.bridge import landlock, limits, seccomp
from llmspell.bridge.walls import Walls
limits._prctl(38, 1)
seccomp.load([(0x20, 0, 0, 0), (0x15, 0, 1, 444), (6, 0, 0, 0x50000 | 38), (6, 0, 0, 0x7fff0000)],
             seccomp._MACHINES[os.uname().machine].call)
walls = Walls()
landlock.enclose(walls, [])
print(walls.standing, sorted(walls.missing.items()))
"""
    why = "the system refuses Landlock: Function not implemented"
    missing = [("landlock", why), ("landlock.scope", why), ("landlock.tcp", why)]
    assert run(program).stdout == f"[] {missing}\n"


def module(file: str, *, package: bool = False) -> ModuleType:
    """An imported module that came from `file`."""
    made = ModuleType("made")
    made.__file__ = file
    if package:
        made.__path__ = [os.path.dirname(file)]
    return made


class TestReadable:
    """Which of Python's folders may be read."""

    def test_an_entry_of_the_path_is_readable(self) -> None:
        assert "/opt/plugins" in readable_folders(["/opt/plugins"], {}, ["/home/ann"])

    @pytest.mark.parametrize("private", ["/home/ann", "/home/ann/project"])
    def test_an_entry_that_holds_a_private_folder_gives_what_was_imported_from_it(self, private: str) -> None:
        modules = {
            "tools": module("/home/ann/tools/__init__.py", package=True),
            "tools.part": module("/home/ann/tools/part.py"),
            "single": module("/home/ann/single.py"),
            "elsewhere": module("/home/anna/elsewhere.py"),
            "below": module("/home/ann/src/below.py"),  # found through another entry of the path
        }
        found = readable_folders(["/home/ann"], modules, [private])
        assert found[:-1] == ["/home/ann/single.py", "/home/ann/tools"]

    @pytest.mark.parametrize("entry", ["/", "", "/home"])
    def test_the_root_on_the_path_opens_neither_itself_nor_what_lies_deep_below(self, entry: str) -> None:
        found = readable_folders([entry], {"single": module("/home/ann/single.py")}, ["/home/ann"])
        assert found == [os.path.join(sys.base_prefix, "lib")]

    def test_site_packages_stay_readable_for_somebody_who_works_in_them(self) -> None:
        site = "/opt/lib/site-packages"
        assert site in readable_folders([site], {}, [f"{site}/thing"])

    def test_the_working_folder_on_the_path_stays_closed(self, folder: Path) -> None:
        attempt = f"open({str(folder / 'file')!r})"
        opened = f"sys.path.append({str(folder)!r})\n{LANDLOCK}"
        assert outcome(opened, attempt) == "done"
        assert outcome(opened, attempt, private=(str(folder),)) == "EACCES"
