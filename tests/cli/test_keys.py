"""`llmspell keys`, as a process of its own: keys go in, never out."""

from __future__ import annotations

import json
import os
import pty
import select
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from subprocess import CompletedProcess
from threading import Thread
from typing import TYPE_CHECKING

import pytest
from tests.cli.conftest import environment

if TYPE_CHECKING:
    from tests.cli.conftest import Llmspell

KEY = "kf-nobody-knows-this-shape-0123456789"
OFFLINE = "http://127.0.0.1:9/v1"

Keys = Callable[..., CompletedProcess[str]]


@pytest.fixture
def keys(llmspell: Llmspell, tmp_path: Path) -> Keys:
    """Runs `llmspell WORDS...` with a key file of the test's own."""

    def run(*words: str, stdin: str = "", **extra: str) -> CompletedProcess[str]:
        own = {"LLMSPELL_CONFIG_HOME": str(tmp_path / "home"), "LLMSPELL_KEYS_PASSPHRASE": "correct horse"}
        return llmspell(*words, stdin=stdin, **{**own, **extra})

    return run


def test_a_key_is_read_from_standard_input_and_listed_by_name(keys: Keys) -> None:
    ended = keys("keys", "set", "openai", stdin=f"{KEY}\n")
    assert (ended.returncode, ended.stdout, ended.stderr) == (0, "", "stored OPENAI_API_KEY in the file\n")
    listed = keys("keys", "list")
    assert listed.stdout.splitlines()[1].split() == ["OPENAI_API_KEY", "file", "openai"]
    shown = json.loads(keys("keys", "list", "--json", OPENAI_API_KEY="x").stdout)
    assert shown == {
        "schema": "llmspell.keys/1",
        "keys": [
            {"name": "OPENAI_API_KEY", "source": place, "providers": ["openai"]} for place in ("environment", "file")
        ],
    }


@pytest.mark.parametrize("words", [("openai", KEY), (f"OPENAI_API_KEY={KEY}",), ("openai", f"--{KEY}")])
def test_a_key_on_the_command_line_is_refused_with_the_reason(
    keys: Keys, tmp_path: Path, words: tuple[str, ...]
) -> None:
    ended = keys("keys", "set", *words)
    assert ended.returncode == 2
    assert "a key is not taken from the command line: it is now in your shell's history" in ended.stderr
    assert "revoke the one that you typed" in ended.stderr
    assert KEY not in ended.stdout + ended.stderr
    assert not (tmp_path / "home").exists()


def test_an_empty_value_stores_nothing(keys: Keys, tmp_path: Path) -> None:
    ended = keys("keys", "set", "openai", stdin=" \n")
    assert (ended.returncode, (tmp_path / "home").exists()) == (2, False)
    assert "the value of OPENAI_API_KEY is empty; nothing was stored" in ended.stderr


def test_an_unknown_provider_is_told_with_the_nearest(keys: Keys) -> None:
    ended = keys("keys", "set", "opnai", stdin=KEY)
    assert (ended.returncode, "did you mean 'openai'?" in ended.stderr) == (5, True)


def test_a_provider_without_a_key_is_told(keys: Keys) -> None:
    ended = keys("keys", "set", "ollama", stdin=KEY)
    assert ended.returncode == 2
    assert "the provider 'ollama' wants no key of its own" in ended.stderr


def test_a_key_is_deleted(keys: Keys) -> None:
    keys("keys", "set", "MY_TOKEN", stdin=KEY)
    ended = keys("keys", "delete", "MY_TOKEN", MY_TOKEN="still here")
    assert ended.stderr == (
        "deleted MY_TOKEN from the file\nnote: the environment still has it; to forget it there: unset MY_TOKEN\n"
    )
    ended = keys("keys", "delete", "MY_TOKEN")
    assert (ended.returncode, "no key 'MY_TOKEN' is stored" in ended.stderr) == (2, True)


def test_a_file_of_lines_is_imported_except_what_is_no_secret(keys: Keys, tmp_path: Path) -> None:
    (tmp_path / ".env").write_text(f"# mine\nexport OPENAI_API_KEY='{KEY}'\nGITHUB_TOKEN={KEY}\nDEBUG=1\nMY_KEY=\n")
    ended = keys("keys", "import", ".env")
    assert ended.stderr == (
        "stored OPENAI_API_KEY, GITHUB_TOKEN in the file; .env still holds the keys: rm .env\n"
        "note: left out DEBUG, MY_KEY: empty, or no secret by its name (--all takes it)\n"
    )
    names = [row["name"] for row in json.loads(keys("keys", "list", "--json").stdout)["keys"]]
    assert names == ["GITHUB_TOKEN", "OPENAI_API_KEY"]


def test_a_line_that_is_no_assignment_is_told_without_its_text(keys: Keys, tmp_path: Path) -> None:
    (tmp_path / ".env").write_text(f"A_KEY=x\n{KEY}\n")
    ended = keys("keys", "import", ".env")
    assert (ended.returncode, ended.stderr.splitlines()[0]) == (3, "error: .env:2: is not KEY=VALUE")
    assert keys("keys", "import", "none.env").stderr.startswith("error: none.env cannot be read: No such file")


def test_without_a_passphrase_or_a_terminal_nothing_is_stored(keys: Keys) -> None:
    ended = keys("keys", "set", "openai", stdin=KEY, LLMSPELL_KEYS_PASSPHRASE="")
    assert (ended.returncode, "the passphrase of the key file is empty" in ended.stderr) == (3, True)


def test_a_key_file_that_others_may_read_is_refused_with_the_command(keys: Keys, tmp_path: Path) -> None:
    keys("keys", "set", "openai", stdin=KEY)
    path = tmp_path / "home" / "keys" / "keys.json"
    path.chmod(0o644)
    ended = keys("keys", "list")
    assert ended.returncode == 3
    assert f"hint: chmod 0600 {path}" in ended.stderr


def test_a_short_key_is_stored_with_a_warning(keys: Keys) -> None:
    ended = keys("keys", "set", "MY_TOKEN", stdin="short")
    assert "note: MY_TOKEN has fewer than 8 characters: too few to be filtered in logs" in ended.stderr


def test_testing_a_key_that_nobody_uses_is_told(keys: Keys) -> None:
    ended = keys("keys", "test", "MY_TOKEN")
    assert (ended.returncode, "no installed provider uses the key 'MY_TOKEN'" in ended.stderr) == (2, True)


def test_testing_a_key_offline_is_a_clear_error(keys: Keys) -> None:
    keys("keys", "set", "openai", stdin=KEY)
    ended = keys("keys", "test", "openai", OPENAI_BASE_URL=OFFLINE)
    assert ended.returncode == 5
    assert f"error: openai: cannot reach {OFFLINE}" in ended.stderr
    assert "Traceback" not in ended.stderr


class _Server(BaseHTTPRequestHandler):
    """Lists a model for the right key, and says the wrong one back."""

    def do_GET(self) -> None:
        sent = self.headers.get("Authorization", "")
        good = sent == f"Bearer {KEY}"
        body = {"data": [{"id": "m"}]} if good else {"error": {"message": f"not {sent}", "code": "invalid_api_key"}}
        data = json.dumps(body).encode()
        self.send_response(200 if good else 401)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 the name is the library's
        """Say nothing."""


@pytest.fixture
def server() -> Iterator[str]:
    """The address of a server that knows the key."""
    made = ThreadingHTTPServer(("127.0.0.1", 0), _Server)
    Thread(target=made.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{made.server_port}/v1"
    made.shutdown()
    made.server_close()


@pytest.mark.parametrize("name", ["openai", "OPENAI_API_KEY"])
def test_a_stored_key_works_or_does_not(keys: Keys, server: str, name: str) -> None:
    keys("keys", "set", "openai", stdin=KEY)
    ended = keys("keys", "test", name, OPENAI_BASE_URL=server)
    assert (ended.returncode, ended.stdout, ended.stderr) == (0, "openai: the key works\n", "")
    wrong = "kf-another-shape-that-nobody-knows"
    ended = keys("keys", "test", name, OPENAI_BASE_URL=server, OPENAI_API_KEY=wrong)
    assert ended.returncode == 5
    assert wrong not in ended.stderr


def test_a_stored_key_reaches_the_provider_of_a_run_and_nobody_else(keys: Keys, server: str) -> None:
    keys("keys", "set", "openai", stdin=KEY)
    assert keys("models", "openai", OPENAI_BASE_URL=server).stdout == "openai/m\n"
    spell = (
        "local got, err = pcall(function() return Agent.create{ name='a', model='openai/m' }:run('hi') end) print(err)"
    )
    ended = keys("exec", spell, OPENAI_BASE_URL=server)
    assert KEY not in ended.stdout + ended.stderr


def test_a_missing_key_is_told_with_both_ways_to_set_it(keys: Keys) -> None:
    ended = keys("models", "openai")
    assert ended.returncode == 5
    assert "hint: llmspell keys set openai, or export OPENAI_API_KEY=... ;" in ended.stderr


def test_a_spell_cannot_print_a_key_of_its_environment(keys: Keys) -> None:
    ended = keys("exec", f"print('it is {KEY}', #'{KEY}')", MY_TOKEN=KEY)
    assert ended.stdout == f"it is [redacted]\t{len(KEY)}\n"


def test_a_spell_may_print_what_only_looks_like_an_assignment(keys: Keys) -> None:
    text = 'client = Client(password=prompt("password: "), token = token)'
    assert keys("exec", f"print('{text}')").stdout == f"{text}\n"


def test_a_defect_is_told_without_keys_and_with_the_code_of_one(keys: Keys, tmp_path: Path) -> None:
    info = tmp_path / "broken_pack-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: broken-pack\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text("[llmspell.providers]\nbroken = broken_pack\n")
    (tmp_path / "broken_pack.py").write_text(_BROKEN)
    ended = keys("keys", "test", "broken", PYTHONPATH=str(tmp_path), MY_TOKEN=KEY)
    assert ended.returncode == 9
    assert "RuntimeError: the key is [redacted]" in ended.stderr
    assert KEY not in ended.stderr


_BROKEN = """
from llmspell import hookimpl
from llmspell.provider import Provider

class Broken(Provider):
    name = "broken"
    def stream(self, request, notify): ...
    def key_names(self): return ("MY_TOKEN",)
    async def check_key(self):
        import os
        try:
            raise ValueError("sent " + os.environ["MY_TOKEN"])
        except ValueError as cause:
            raise RuntimeError("the key is " + os.environ["MY_TOKEN"]) from cause

@hookimpl
def llmspell_providers(settings):
    return {"broken": Broken()}
"""


def test_a_person_types_the_key_and_sees_nothing_of_it(keys: Keys, tmp_path: Path) -> None:
    shown = typed(tmp_path, {"Value of OPENAI_API_KEY: ": KEY})
    assert KEY not in shown
    assert "stored OPENAI_API_KEY in the file" in shown
    assert keys("keys", "list").stdout.splitlines()[1].split() == ["OPENAI_API_KEY", "file", "openai"]


def typed(folder: Path, answers: dict[str, str]) -> str:
    """What a terminal shows of `llmspell keys set openai` while a person answers its prompts."""
    environ = environment(LLMSPELL_CONFIG_HOME=str(folder / "home"), LLMSPELL_KEYS_PASSPHRASE="correct horse")
    pid, terminal = pty.fork()
    if pid == 0:
        os.chdir(folder)
        os.execvpe("llmspell", ["llmspell", "keys", "set", "openai"], environ)
    shown = ""
    try:
        while select.select([terminal], [], [], 30)[0] and (piece := os.read(terminal, 4096)):
            shown += piece.decode()
            for prompt in [prompt for prompt in answers if shown.endswith(prompt)]:
                time.sleep(0.1)  # the echo is switched off after the prompt is shown
                os.write(terminal, f"{answers.pop(prompt)}\n".encode())
    except OSError:  # the other side is closed
        return shown
    finally:
        os.close(terminal)
        os.waitpid(pid, 0)
    return shown
