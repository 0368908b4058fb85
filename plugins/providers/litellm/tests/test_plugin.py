"""What the plugin offers, and that offering it costs nothing."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from importlib.metadata import entry_points
from pathlib import Path

import pytest

from llmspell.config import load
from llmspell.errors import ConfigError
from llmspell.plugins import Plugins, Settings
from llmspell.provider import Provider
from llmspell_provider_litellm.plugin import llmspell_providers

_MODULE = "llmspell_provider_litellm.plugin"

# Every way to the network is an error; what litellm fetches in a thread would be written to stderr.
_NO_NETWORK = """
import socket, sys
def refuse(*args, **kwargs):
    print("NETWORK", args, file=sys.stderr)
    raise OSError("no network in this test")
socket.socket.connect = socket.socket.connect_ex = refuse
socket.getaddrinfo = socket.create_connection = refuse
"""


def _configured(folder: Path, text: str) -> Settings:
    (folder / "llmspell.toml").write_text(text)
    return Settings(load(folder, {}, trusted=True), {})


def _run(code: str, folder: Path, **environ: str) -> subprocess.CompletedProcess[str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("LITELLM_")}
    return subprocess.run(
        [sys.executable, "-c", _NO_NETWORK + code],
        cwd=folder,
        env=kept | environ,
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )


def test_metadata_and_components_agree() -> None:
    declared = {point.name for point in entry_points(group="llmspell.providers") if point.value == _MODULE}
    assert "anthropic" in declared
    assert llmspell_providers(Settings(environ={})).keys() == declared


def test_names_of_other_plugins_are_left_alone() -> None:
    assert not {"openai", "ollama"} & llmspell_providers(Settings(environ={})).keys()


def test_each_component_has_the_name_that_it_is_offered_by() -> None:
    offered = llmspell_providers(Settings(environ={}))
    assert {name: provider.name for name, provider in offered.items()} == {name: name for name in offered}


def test_a_table_makes_a_second_provider_of_a_route(tmp_path: Path) -> None:
    text = '[provider.work]\nplugin = "anthropic"\nmodels = ["claude-x"]\napi_key_env = ""\n'
    provider: Provider = Plugins(_configured(tmp_path, text)).get("provider", "work")
    assert (provider.name, provider.default_model()) == ("work", "claude-x")


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ('api_key = "sk-123"', "`provider.groq.api_key` is not valid"),
        ('options = { aws_secret_access_key = "x" }', "'aws_secret_access_key' looks like a secret"),
        ('options = { model = "x" }', "'model' is set by llmspell"),
        ('base_url = "localhost:80"', "must look like https://host/path, found 'localhost:80'"),
        ('base_url = "http://me:pass@host/"', "must not hold a user or a password"),
        ("timeout = 0", "timeout"),
        ("prefix = 3", "prefix"),
    ],
)
def test_a_wrong_table_is_refused_with_its_place(tmp_path: Path, line: str, said: str) -> None:
    settings = _configured(tmp_path, f"[provider.groq]\n{line}\n")
    with pytest.raises(ConfigError, match=re.escape(said)) as caught:
        llmspell_providers(settings)
    assert "llmspell.toml:2" in str(caught.value)


def test_loading_asking_abilities_and_missing_a_key_import_nothing_heavy(tmp_path: Path) -> None:
    code = """
import asyncio
from llmspell.errors import ProviderError
from llmspell.message import Message, ModelRequest
from llmspell.plugins import Plugins, Settings
provider = Plugins(Settings(environ={})).get("provider", "anthropic")
assert provider.capabilities("claude-sonnet-4-5").priced
assert asyncio.run(provider.models())
try:
    asyncio.run(provider.complete(ModelRequest("claude-sonnet-4-5", ()), print))
except ProviderError as error:
    print(error.kind)
asyncio.run(provider.close())
print(sorted({"litellm", "openai", "aiohttp", "httpx", "mcp"} & sys.modules.keys()))
"""
    assert _run(code, tmp_path).stdout.splitlines() == ["authentication", "[]"]


@pytest.mark.slow
def test_importing_litellm_reads_no_file_asks_no_server_and_says_nothing(tmp_path: Path) -> None:
    """Marked slow: it needs a process of its own, and pays for a second import."""
    (tmp_path / ".env").write_text("FROM_DOTENV=1\nOPENAI_API_BASE=http://elsewhere.test\n")
    code = """
import os, threading
from llmspell_provider_litellm.library import import_quietly
litellm = import_quietly()
for thread in threading.enumerate():
    if thread is not threading.current_thread():
        thread.join(0.5)
litellm.verbose_logger.warning("a warning that nobody asked for")
print(os.environ.get("FROM_DOTENV"), os.environ.get("OPENAI_API_BASE"))
print(*(os.environ["LITELLM_" + name] for name in ("LOCAL_MODEL_COST_MAP", "MODE", "OFFLINE_MODE")))
"""
    done = _run(code, tmp_path, LITELLM_OFFLINE_MODE="set-by-the-user")
    assert done.stderr == ""
    assert done.stdout.splitlines() == ["None None", "True PRODUCTION set-by-the-user"]
