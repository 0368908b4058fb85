"""One virtual environment for llmspell and one for each peer, in `benchmarks/.venvs`.

llmspell's is built anew from the working tree before every run, not editable, so that start-up is what a user
gets. Every environment is compiled, so that nobody is measured compiling.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "benchmarks" / ".venvs"

OURS = "llmspell"
PEERS = {
    "agno": ("agno==3.1.10", "openai"),
    "google-adk": ("google-adk[openai]==2.13.0",),
    "langgraph": ("langgraph==1.2.22", "langchain-openai"),
    "openai-agents": ("openai-agents==0.24.0",),
    "pydantic-ai": ("pydantic-ai-slim[openai]==2.68.0",),
}

_VERSIONS = "import json; from importlib.metadata import distributions as all_; \
print(json.dumps(dict(sorted((found.name, found.version) for found in all_()))))"


def executable(environment: str, command: str) -> str:
    """The path of a command of an environment."""
    return str(FOLDER / environment / "bin" / command)


def environ() -> dict[str, str]:
    """What every program finds in its environment: no option, key or configuration of whoever runs this."""
    kept = {name: value for name, value in os.environ.items() if name in {"HOME", "LANG", "PATH", "TMPDIR"}}
    return {**kept, "PYTHONPATH": str(ROOT), "LLMSPELL_CONFIG_HOME": str(FOLDER)}


def prepare(peers: tuple[str, ...], *, again: bool) -> None:
    """Build llmspell's environment from the sources, and those of the peers that are missing.

    Args:
        peers: their names.
        again: build those that are there already too.
    """
    for peer in peers:
        if again or not (FOLDER / peer / ".ready").exists():
            _make(peer, *PEERS[peer])
    plugins = sorted((ROOT / "plugins").glob("*/*/pyproject.toml"))
    ours = [str(path.parent) for path in plugins]
    # uv keeps what it built of a folder; only a named package is built again.
    names = ["llmspell", *(f"llmspell-{kind(path)}-{path.parent.name}" for path in plugins)]
    rebuild = [f"--reinstall-package={name}" for name in names]
    _make(OURS, "--no-sources", *rebuild, f"{ROOT / 'kernel'}[all,testing]", *ours)


def kind(project: Path) -> str:
    """The plugin kind of `plugins/<kind>s/<name>/pyproject.toml`."""
    return project.parent.parent.name.removesuffix("s")


def versions(environment: str) -> dict[str, str]:
    """The distributions of an environment."""
    answer = subprocess.run(
        [executable(environment, "python"), "-c", _VERSIONS], capture_output=True, check=True, text=True
    )
    found: dict[str, str] = json.loads(answer.stdout)
    return found


def _make(name: str, *packages: str) -> None:
    print(f"installing {name} ...", file=sys.stderr, flush=True)
    place, uv = FOLDER / name, _uv()
    if not (place / "bin" / "python").exists():
        subprocess.run([uv, "venv", "--quiet", "--python", sys.executable, str(place)], check=True)
    install = [uv, "pip", "install", "--quiet", "--compile-bytecode", "--python", executable(name, "python")]
    subprocess.run([*install, *packages], check=True)
    (place / ".ready").touch()


def _uv() -> str:
    beside = Path(sys.executable).with_name("uv")
    found = str(beside) if beside.exists() else shutil.which("uv")
    if found is None:
        raise SystemExit("uv is not installed; pip install uv")
    return found
