"""Wheels of the kernel, one engine and one provider are enough: nothing leans on the workspace."""

from __future__ import annotations

import os
import subprocess
import sys
import venv
import zipfile
from pathlib import Path

import pytest

from llmspell.testing import OpenAIServer, Text

ROOT = Path(__file__).parents[2]
MINIMAL = ["kernel", "plugins/engines/lua", "plugins/providers/openai"]


def uv(*words: str) -> None:
    """Run uv, which `make test` has put beside the interpreter."""
    command = [str(Path(sys.executable).parent / "uv"), *words]
    ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=300, check=False)
    assert ended.returncode == 0, ended.stderr


@pytest.fixture(scope="module")
def wheels(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheels of every package in the workspace."""
    folder = tmp_path_factory.mktemp("wheels")
    uv("build", "--wheel", "--all-packages", "--quiet", "--out-dir", str(folder))
    return folder


@pytest.fixture(scope="module")
def bare(wheels: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A bare environment outside the workspace, with the minimal install."""
    folder = tmp_path_factory.mktemp("bare") / "venv"
    venv.create(folder, with_pip=False)
    names = ["llmspell", "llmspell-engine-lua", "llmspell-provider-openai"]
    uv("pip", "install", "--quiet", "--python", str(folder), "--find-links", str(wheels), *names)
    return folder


def test_every_wheel_is_typed_and_the_kernels_has_the_test_kit(wheels: Path) -> None:
    built = sorted(wheels.glob("*.whl"))
    assert len(built) == 1 + len(list(ROOT.glob("plugins/*/*/pyproject.toml")))
    for wheel in built:
        assert any(name.endswith("py.typed") for name in zipfile.ZipFile(wheel).namelist()), wheel
    [kernel] = wheels.glob("llmspell-*.whl")
    assert "llmspell/testing/server.py" in zipfile.ZipFile(kernel).namelist()


@pytest.mark.slow
async def test_a_minimal_install_runs_a_spell_against_a_server(bare: Path, tmp_path: Path) -> None:
    spell = tmp_path / "hello.lua"
    spell.write_text('print(Provider.complete{ prompt = "hi", model = "openai/any" }.text, #Provider.list())')
    async with OpenAIServer(Text("hello from the server")) as server:
        environ = {"PATH": os.environ["PATH"], "OPENAI_API_KEY": "key", "OPENAI_BASE_URL": server.base_url}
        ended = await _run([str(bare / "bin" / "llmspell"), "run", str(spell)], tmp_path, environ)
    assert ended == (0, "hello from the server\t2\n", "")


@pytest.mark.slow
async def test_what_is_missing_from_a_minimal_install_says_what_to_install(bare: Path, tmp_path: Path) -> None:
    command = [str(bare / "bin" / "llmspell"), "exec", "Agent.create{}"]
    code, _, error = await _run(command, tmp_path, {"PATH": os.environ["PATH"]})
    assert code == 1
    assert "hint: pip install llmspell-agent-llm" in error


async def _run(command: list[str], folder: Path, environ: dict[str, str]) -> tuple[int | None, str, str]:
    """A process's exit code, output and error, while the test's own server goes on answering."""
    import asyncio

    process = await asyncio.create_subprocess_exec(
        *command, cwd=folder, env=environ, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE
    )
    output, error = await asyncio.wait_for(process.communicate(), 60)
    return process.returncode, output.decode(), error.decode()
