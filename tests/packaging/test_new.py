"""What `llmspell new` begins works where nothing is installed but the kernel and what the new package asks for."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
import venv
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import attrs
import pytest

from llmspell.testing import OpenAIServer, Text

ROOT = Path(__file__).parents[2]
NEEDED = [
    "kernel",
    "plugins/agents/llm",
    "plugins/engines/lua",
    "plugins/providers/offline",
    "plugins/providers/openai",
]
BIN = Path(sys.executable).parent

pytestmark = [pytest.mark.slow, pytest.mark.timeout(240)]

USED = {
    "agent": "The tide is high at noon.\n",
    "engine": "hello, world\n",
    "hook": "slow: run/tool:nap took 0.1 seconds\n",
    "pack": '["llmspell"]\n',
    "provider": "mine  no default model\n",
    "tool": '{"words": 3, "longest": ["three", "one", "two"]}\n',
}
"""What the last of the commands that are told says, by kind."""


@attrs.frozen
class Place:
    """An environment with nothing in it yet, and a folder to work in.

    Attributes:
        folder: where commands run; the environment is `venv` in it.
        environ: nothing but where commands and wheels are found.
    """

    folder: Path
    environ: Mapping[str, str]

    def run(self, command: str) -> str:
        """What a command of the shell writes, errors included; it must succeed."""
        ended = subprocess.run(
            ["sh", "-c", command],
            cwd=self.folder,
            env=self.environ,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=120,
            check=False,
        )
        assert ended.returncode == 0, f"{command}\n{ended.stdout}"
        return ended.stdout

    def new(self, kind: str) -> dict[str, Any]:
        """What `llmspell new` tells; the kernel alone is installed then, from its wheel. Any: JSON."""
        self.run("uv pip install --quiet llmspell")
        told: dict[str, Any] = json.loads(self.run(f"llmspell new {kind} mine --json"))
        return told

    def plugins(self) -> list[tuple[str, str, str]]:
        """The kind, distribution and status of all plugins that are installed."""
        shown = json.loads(self.run("llmspell plugins --check --json"))["plugins"]
        return sorted({(each["kind"], each["distribution"], each["status"]) for each in shown})


@pytest.fixture(scope="module")
def wheels(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheels of the kernel, and of the plugins that the new packages are tried with."""
    folder = tmp_path_factory.mktemp("wheels")
    for package in NEEDED:
        command = [str(BIN / "uv"), "build", "--wheel", "--quiet", "--out-dir", str(folder), package]
        subprocess.run(command, cwd=ROOT, check=True, timeout=120)
    return folder


@pytest.fixture
def make_place(wheels: Path, tmp_path: Path) -> Callable[[], Place]:
    """Makes an empty environment."""

    def make() -> Place:
        folder = tmp_path / "venv"
        venv.create(folder, with_pip=False)
        kept = {name: value for name, value in os.environ.items() if name.startswith(("PIP_", "SSL_", "UV_"))}
        environ = {
            **kept,
            "PATH": f"{folder / 'bin'}:{os.environ['PATH']}:{BIN}",
            "HOME": os.environ["HOME"],  # caches
            "XDG_CONFIG_HOME": str(tmp_path),
            "VIRTUAL_ENV": str(folder),
            "UV_FIND_LINKS": str(wheels),
            "PIP_FIND_LINKS": str(wheels),
        }
        return Place(tmp_path, environ)

    return make


@pytest.mark.parametrize("kind", sorted(USED))
def test_a_new_plugin_loads_passes_its_tests_and_is_used(kind: str, make_place: Callable[[], Place]) -> None:
    place = make_place()
    told = place.new(kind)
    place.run(f"uv pip install --quiet ./{told['folder']}")
    of_kind = "tool" if kind == "pack" else kind
    assert place.plugins() == [(of_kind, f"llmspell-{of_kind}-mine", "ok")]
    install, test, use = told["next"]
    place.run(f"uv {install} --quiet")
    assert " passed" in place.run(f"{test} -W error")
    assert USED[kind] in place.run(use)


def test_the_commands_that_are_told_work_as_they_are(make_place: Callable[[], Place]) -> None:
    place = make_place()
    place.run("uv pip install --quiet pip")
    for command in place.new("tool")["next"]:
        told = place.run(command)
    assert told == USED["tool"]


async def test_a_new_provider_answers_a_spell(make_place: Callable[[], Place]) -> None:
    place = make_place()
    folder = place.new("provider")["folder"]
    place.run(f"uv pip install --quiet ./{folder} 'llmspell[lua]'")
    async with OpenAIServer(Text("hello from the server")) as server:
        spell = 'print(Provider.complete{ prompt = "hi", model = "mine/any" }.text)'
        command = f"llmspell exec --set provider.mine.base_url={server.base_url} '{spell}'"
        assert await asyncio.to_thread(place.run, command) == "hello from the server\n"
