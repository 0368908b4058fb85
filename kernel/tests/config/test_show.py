import tomllib
from datetime import date
from pathlib import Path

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from llmspell.config import Config, LoadedConfig, fit, load
from llmspell.config.formats.toml import literal
from llmspell.config.schema import VERSION
from llmspell.config.show import default_file, rows


def shown(config: Config) -> dict[str, str]:
    return {row.key: row.value for row in rows(LoadedConfig(config))}


def test_every_setting_is_a_row_with_its_origin(tmp_path: Path) -> None:
    (tmp_path / "llmspell.toml").write_text("[budget]\nsteps = 7\n")
    loaded = load(tmp_path, {"HOME": str(tmp_path), "LLMSPELL_RUN__MODEL": "a/b"})
    told = {row.key: (row.value, str(row.origin)) for row in rows(loaded)}
    assert told["budget.steps"] == ("7", "llmspell.toml:2")
    assert told["run.model"] == ('"a/b"', "LLMSPELL_RUN__MODEL")
    assert told["budget.cost"] == ("(none)", "default")
    assert told["budget.unpriced"] == ('"refuse"', "default")
    assert told["plugins.block"] == ("[]", "default")


@pytest.mark.parametrize("name", ["api_key", "token", "client_secret", "password", "apiKey", "authorization"])
def test_what_looks_like_a_secret_is_redacted(name: str) -> None:
    config = Config(provider={"lab": {name: "hunter22", "deep": {name: "hunter22"}, "list": [{name: "hunter22"}]}})
    told = shown(config)
    assert told[f"provider.lab.{name}"] == '"[redacted]"'
    assert "hunter22" not in "".join(told.values())


def test_a_secret_under_a_harmless_name_is_known_by_its_shape() -> None:
    told = shown(Config(tool={"web": {"header": "Bearer abcdefgh12345678"}}))
    assert told["tool.web.header"] == '"Bearer [redacted]"'


def test_variable_names_and_token_budgets_are_no_secrets() -> None:
    told = shown(Config(provider={"lab": {"api_key_env": "LAB_KEY", "max_tokens": 5}}))
    assert told["provider.lab.api_key_env"] == '"LAB_KEY"'
    assert told["provider.lab.max_tokens"] == "5"
    assert told["budget.tokens"] == "2000000"


VALUES = st.recursive(
    st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text() | st.dates(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=6,
)


@given(VALUES)
def test_values_are_written_as_toml_reads_them(value: object) -> None:
    assert tomllib.loads(f"value = {literal(value)}") == {"value": value}


def test_a_control_character_is_escaped() -> None:
    assert literal("\x7f\x1b") == r'"\u007f\u001b"'


def test_dates_are_written_as_toml_writes_them() -> None:
    assert literal(date(2026, 11, 22)) == "2026-11-22"


def test_the_default_file_is_all_comments() -> None:
    assert all(line.startswith("#") or not line for line in default_file().splitlines())


def test_the_default_file_without_its_comment_signs_says_the_defaults() -> None:
    text = "\n".join(line.removeprefix("# ") for line in default_file().splitlines() if " = " in line or "# [" in line)
    data = tomllib.loads(text)
    assert data.pop("engine") == {"javascript": "quickjs"}
    assert all(data.pop(kind) for kind in ("permissions", "profile", "router", "spell"))
    assert [data.pop(kind) for kind in ("provider", "tool", "agent", "hook", "store")] == [{"NAME": {}}] * 5
    assert data.pop("prompts")["tone"] == "Be kind."
    assert data.pop("toolset")["reading"]["exclude"] == ["file_delete"]
    assert data.pop("openapi")["petstore"]["document"] == "petstore.yaml"
    assert data.pop("config_version") == VERSION
    assert data["budget"].pop("cost") == 1.0
    assert fit(data, Config) == Config()


def test_what_was_chosen_stands_in_the_default_file() -> None:
    data = tomllib.loads(default_file({"config_version": VERSION, "run.model": "a/b", "run.profile": "high"}))
    assert data == {"config_version": VERSION, "run": {"model": "a/b", "profile": "high"}}


def test_the_default_file_names_every_setting_with_its_meaning() -> None:
    text = default_file()
    for section in attrs.fields(Config):
        default = getattr(Config(), section.name)
        if attrs.has(type(default)):
            for field in attrs.fields(type(default)):
                assert f"# {field.name} = " in text
                assert field.metadata["doc"] in text
        else:
            assert section.metadata["doc"] in text
