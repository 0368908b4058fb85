"""Which providers there are, and where each gets its address and its key from."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from llmspell.config import load
from llmspell.errors import ConfigError
from llmspell.plugins import Plugins, Settings
from llmspell_provider_openai.endpoint import Endpoint
from llmspell_provider_openai.plugin import llmspell_providers
from llmspell_provider_openai.provider import OpenAIProvider


def settings(folder: Path, text: str = "", **environ: str) -> Settings:
    (folder / "llmspell.toml").write_text(text)
    return Settings(load(folder, {"HOME": str(folder), "XDG_CONFIG_HOME": str(folder)}, trusted=True), environ)


def endpoint(found: Settings, name: str) -> Endpoint:
    provider = llmspell_providers(found)[name]
    assert isinstance(provider, OpenAIProvider)
    return provider._endpoint


def test_two_providers_need_no_configuration(tmp_path: Path) -> None:
    assert sorted(llmspell_providers(settings(tmp_path))) == ["ollama", "openai"]


def test_the_plugin_is_found_by_its_metadata(tmp_path: Path) -> None:
    plugins = Plugins(settings(tmp_path, OPENAI_API_KEY="k"))
    assert plugins.get("provider", "openai").name == "openai"
    assert plugins.get("provider", "ollama").name == "ollama"


def test_openai_uses_its_own_server_and_variable(tmp_path: Path) -> None:
    found = endpoint(settings(tmp_path, OPENAI_API_KEY=" k \n"), "openai")
    assert (found.base_url, found.key, found.key_env) == ("https://api.openai.com/v1", "k", "OPENAI_API_KEY")


def test_the_environment_may_name_another_server(tmp_path: Path) -> None:
    found = endpoint(settings(tmp_path, OPENAI_BASE_URL="http://proxy:8000/v1/"), "openai")
    assert found.base_url == "http://proxy:8000/v1"


def test_the_table_wins_over_the_environment(tmp_path: Path) -> None:
    text = '[provider.openai]\nbase_url = "http://mine/v1"\napi_key_env = "MINE"'
    environ = {"OPENAI_BASE_URL": "http://proxy/v1", "OPENAI_API_KEY": "theirs", "MINE": "mine"}
    found = endpoint(settings(tmp_path, text, **environ), "openai")
    assert (found.base_url, found.key) == ("http://mine/v1", "mine")


async def test_an_empty_variable_name_switches_the_key_off(tmp_path: Path) -> None:
    found = endpoint(settings(tmp_path, '[provider.openai]\napi_key_env = ""', OPENAI_API_KEY="k"), "openai")
    assert (found.key_env, found.key) == ("", "")
    await found.require_key()


@pytest.mark.parametrize(
    ("host", "base_url"),
    [
        ("", "http://127.0.0.1:11434/v1"),
        ("gpu", "http://gpu:11434/v1"),
        ("gpu:8000", "http://gpu:8000/v1"),
        (":8000", "http://127.0.0.1:8000/v1"),
        ("0.0.0.0", "http://127.0.0.1:11434/v1"),
        ("0.0.0.0:8000", "http://127.0.0.1:8000/v1"),
        ("[::1]", "http://[::1]:11434/v1"),
        ("[::]:8000", "http://127.0.0.1:8000/v1"),
        ("http://gpu:8000/", "http://gpu:8000/v1"),
        ("http://gpu:8000/v1", "http://gpu:8000/v1"),
        ("http://gpu", "http://gpu:80/v1"),
        ("https://gpu", "https://gpu:443/v1"),
    ],
)
def test_ollama_is_found_where_its_variable_says(tmp_path: Path, host: str, base_url: str) -> None:
    found = endpoint(settings(tmp_path, OLLAMA_HOST=host, OPENAI_API_KEY="k"), "ollama")
    assert (found.base_url, found.key, found.key_env) == (base_url, "", "")


def test_ollama_tells_how_to_start_it_and_to_get_a_model(tmp_path: Path) -> None:
    found = endpoint(settings(tmp_path), "ollama")
    assert (found.start_hint, found.model_hint) == (
        "start it with: ollama serve",
        "get it with: ollama pull {model}",
    )


def test_a_table_makes_a_further_provider(tmp_path: Path) -> None:
    text = '[provider.lab]\nplugin = "openai"\nbase_url = "http://lab:8000/v1"\nmodels = ["m1", "m2"]'
    found = settings(tmp_path, text, OPENAI_API_KEY="k")
    assert sorted(llmspell_providers(found)) == ["lab", "ollama", "openai"]
    lab = Plugins(found).get("provider", "lab")
    assert (lab.name, lab._endpoint.base_url) == ("lab", "http://lab:8000/v1")
    assert lab._endpoint.component == "provider:lab"


def test_a_further_provider_never_gets_openais_key(tmp_path: Path) -> None:
    text = '[provider.lab]\nplugin = "openai"\nbase_url = "http://lab/v1"'
    assert endpoint(settings(tmp_path, text, OPENAI_API_KEY="k"), "lab").headers().keys() == {
        "User-Agent",
        "Content-Type",
    }


def test_openais_own_table_may_name_its_plugin(tmp_path: Path) -> None:
    found = endpoint(settings(tmp_path, '[provider.openai]\nplugin = "openai"', OPENAI_API_KEY="k"), "openai")
    assert (found.base_url, found.key) == ("https://api.openai.com/v1", "k")


def test_a_further_ollama_knows_its_server(tmp_path: Path) -> None:
    text = '[provider.gpu]\nplugin = "ollama"\nbase_url = "http://gpu:11434/v1"'
    found = endpoint(settings(tmp_path, text), "gpu")
    assert (found.base_url, found.start_hint) == ("http://gpu:11434/v1", "start it with: ollama serve")


def test_a_further_provider_needs_an_address(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"`provider\.lab\.base_url` is missing") as caught:
        llmspell_providers(settings(tmp_path, '[provider.lab]\nplugin = "openai"'))
    assert caught.value.hint == 'write base_url = "http://host:port/v1" under [provider.lab]'


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        (
            'api_key = "sk-abc"',
            "`provider.openai` is not valid: a key does not belong in a file; export it",
        ),
        (
            'base_url = "lab:8000"',
            "`provider.openai.base_url` must look like https://host/v1, found 'lab:8000'",
        ),
        ('base_url = "ftp://lab/v1"', "`provider.openai.base_url` must look like"),
        ('base_url = "http:///v1"', "`provider.openai.base_url` must look like"),
        ('base_url = "http://lab/v1?x=1"', "`provider.openai.base_url` must look like"),
        ('base_url = "http://lab:port/v1"', "`provider.openai.base_url` must look like"),
        (
            'base_url = "http://me:word@lab/v1"',
            "`provider.openai.base_url` must not hold a user or a password",
        ),
        ("timeout = 0", "`provider.openai.timeout` must be > 0"),
        ("connect_timeout = 0", "`provider.openai.connect_timeout` must be > 0"),
        ("max_retries = -1", "`provider.openai.max_retries` must be >= 0"),
        ("max_retry_wait = -1", "`provider.openai.max_retry_wait` must be >= 0"),
        (
            'headers = { X = "a\\nb" }',
            "`provider.openai.headers` holds a header 'X' with a character that no",
        ),
        ("max_retry = 1", "`provider.openai.max_retry` is not known; did you mean 'max_retries'?"),
    ],
)
def test_a_wrong_table_is_told_with_its_place(tmp_path: Path, line: str, sentence: str) -> None:
    with pytest.raises(ConfigError) as caught:
        llmspell_providers(settings(tmp_path, f"[provider.openai]\n{line}"))
    assert sentence in str(caught.value)
    assert "llmspell.toml:" in str(caught.value)
    assert "sk-abc" not in str(caught.value)
    assert "word@" not in str(caught.value)


@pytest.mark.parametrize("variable", ["OPENAI_BASE_URL", "OLLAMA_HOST"])
def test_a_wrong_variable_is_told(tmp_path: Path, variable: str) -> None:
    with pytest.raises(ConfigError, match=f"^the environment variable {variable} must look like "):
        llmspell_providers(settings(tmp_path, **{variable: "http://a b:x/v1"}))


@pytest.mark.parametrize(
    ("text", "environ", "model"),
    [
        ("", {}, ""),
        ("", {"OPENAI_API_KEY": "k"}, "gpt-4.1-mini"),
        ('[provider.openai]\nmodels = ["mine", "other"]', {"OPENAI_API_KEY": "k"}, "mine"),
        ('[provider.openai]\nmodels = ["mine"]', {}, ""),
    ],
)
def test_openai_has_a_default_model_once_it_has_a_key(
    tmp_path: Path, text: str, environ: dict[str, str], model: str
) -> None:
    assert llmspell_providers(settings(tmp_path, text, **environ))["openai"].default_model() == model


def test_ollama_has_a_default_model_once_one_is_configured(tmp_path: Path) -> None:
    assert llmspell_providers(settings(tmp_path))["ollama"].default_model() == ""
    configured = settings(tmp_path, '[provider.ollama]\nmodels = ["qwen3"]')
    assert llmspell_providers(configured)["ollama"].default_model() == "qwen3"


def test_offering_the_providers_does_not_import_aiohttp() -> None:
    source = (
        "import sys; from llmspell.plugins import Settings; from llmspell_provider_openai import plugin;"
        "plugin.llmspell_providers(Settings()); print({'aiohttp', 'yarl', 'multidict'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", source], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"
