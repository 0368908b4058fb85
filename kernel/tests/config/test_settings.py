from pathlib import Path

import attrs
import pytest

from llmspell.config import Config, LoadedConfig, Settings, load
from llmspell.errors import ConfigError


@attrs.frozen
class Web:
    timeout: float = 5.0
    hosts: tuple[str, ...] = ()


@attrs.frozen
class Server:
    url: str


def settings(tmp_path: Path, text: str = "") -> Settings:
    (tmp_path / "llmspell.toml").write_text(text)
    return Settings(load(tmp_path, {"HOME": str(tmp_path)}, trusted=True), {"OPENAI_API_KEY": "k"})


def test_a_plugin_gets_its_table_as_its_own_class(tmp_path: Path) -> None:
    found = settings(tmp_path, '[tool.web]\ntimeout = 2\nhosts = ["a"]\n').table("tool", "web", Web)
    assert found == Web(2.0, ("a",))


def test_without_a_table_all_is_default(tmp_path: Path) -> None:
    assert settings(tmp_path).table("tool", "web", Web) == Web()
    assert Settings(LoadedConfig(Config())).table("tool", "web", Web) == Web()


def test_a_required_setting_that_is_absent_is_named() -> None:
    with pytest.raises(ConfigError, match=r"^`provider\.lab\.url` is missing$"):
        Settings(LoadedConfig(Config())).table("provider", "lab", Server)


def test_a_wrong_table_is_named_with_file_line_and_path(tmp_path: Path) -> None:
    found = settings(tmp_path, "[tool.web]\ntimeout = true\nhots = []\n")
    with pytest.raises(ConfigError) as raised:
        found.table("tool", "web", Web)
    assert raised.value.problems == (
        "llmspell.toml:2: `tool.web.timeout` must be a number, found true",
        "llmspell.toml:3: `tool.web.hots` is not known; did you mean 'hosts'?",
    )


def test_a_table_may_name_another_plugin_which_does_not_reach_the_class(tmp_path: Path) -> None:
    text = '[provider.lab]\nplugin = "openai"\nurl = "http://x"\n[provider.other]\nurl = "y"\n'
    found = settings(tmp_path, text)
    assert found.table("provider", "lab", Server) == Server("http://x")
    assert found.named("provider", "openai") == ["lab"]
    assert found.aliases("provider") == {"lab": "openai"}


def test_a_kind_without_tables_has_no_names(tmp_path: Path) -> None:
    assert settings(tmp_path).aliases("engine") == {}


def test_a_plugin_that_is_no_string_is_an_error_with_its_line(tmp_path: Path) -> None:
    found = settings(tmp_path, "[provider.lab]\nplugin = 5\n")
    with pytest.raises(ConfigError, match=r"^llmspell\.toml:2: `provider\.lab\.plugin` must be a string, found 5$"):
        found.named("provider", "openai")


def test_the_environment_reaches_plugins_but_not_the_repr(tmp_path: Path) -> None:
    found = settings(tmp_path)
    assert found.environ["OPENAI_API_KEY"] == "k"
    assert "OPENAI_API_KEY" not in repr(found)
