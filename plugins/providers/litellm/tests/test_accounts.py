"""Whose key goes where."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from llmspell.errors import ProviderError, UsageError
from llmspell.redaction import Redactor
from llmspell.secrets import Secrets
from llmspell.secrets.folder import PrivateFolder
from llmspell_provider_litellm.account import Account
from llmspell_provider_litellm.provider import LitellmProvider
from llmspell_provider_litellm.routes import ROUTES
from llmspell_provider_litellm.settings import LitellmSettings

_WITH_KEYS = sorted(name for name, route in ROUTES.items() if route.keys and not route.needs)


def _account(name: str, *, plugin: str = "", environ: dict[str, str] | None = None, **table: Any) -> Account:
    return Account(name, ROUTES.get(plugin or name), LitellmSettings(**table), environ or {})


@pytest.mark.parametrize("name", sorted(ROUTES))
def test_a_missing_key_is_told_with_what_to_type(name: str) -> None:
    route = ROUTES[name]
    first = (route.keys or route.ambient)[0]
    with pytest.raises(ProviderError, match=f"^{name}: no API key, because .*{first}.* is not set$") as caught:
        _account(name).parameters("m")
    error = caught.value
    assert (error.kind, error.component, error.retryable) == ("authentication", f"provider:{name}", False)
    assert error.hint.startswith(f"llmspell keys set {name if route.keys else first}, or export {first}=...;")


@pytest.mark.parametrize("name", _WITH_KEYS)
def test_each_variable_of_a_route_gives_the_key(name: str) -> None:
    for variable in ROUTES[name].keys:
        assert _account(name, environ={variable: " k "}).parameters("m") == {"api_key": "k"}


@pytest.mark.parametrize("name", sorted(ROUTES))
def test_litellm_knows_the_route(name: str, litellm: Any) -> None:
    full_name = _account(name).full_name("some-model-of-tomorrow")
    model, service, _, _ = litellm.get_llm_provider(full_name, api_key="k")
    assert (model, service) == ("some-model-of-tomorrow", ROUTES[name].prefix)


def test_a_variable_that_the_table_names_is_the_only_one() -> None:
    environ = {"GROQ_API_KEY": "usual"}
    with pytest.raises(ProviderError, match=r"because MINE is not set"):
        _account("groq", environ=environ, api_key_env="MINE").parameters("m")
    environ["MINE"] = "mine"
    assert _account("groq", environ=environ, api_key_env="MINE").parameters("m") == {"api_key": "mine"}


def test_without_a_wish_for_a_key_litellm_is_kept_from_finding_one() -> None:
    account = _account("groq", environ={"GROQ_API_KEY": "usual"}, api_key_env="")
    assert account.parameters("m") == {"api_key": "no-key"}


def test_a_server_with_another_name_never_gets_the_usual_key() -> None:
    environ = {"ANTHROPIC_API_KEY": "usual", "OPENAI_API_KEY": "usual"}
    lab = _account("lab", plugin="anthropic", environ=environ, base_url="http://lab/")
    catch_all = _account("litellm", environ=environ, base_url="http://lab/")
    assert lab.parameters("m") == {"api_base": "http://lab/", "api_key": "no-key"}
    assert catch_all.parameters("openai/m") == {"api_base": "http://lab/", "api_key": "no-key"}


def test_the_catch_all_takes_the_key_of_the_models_own_route() -> None:
    account = _account("litellm", environ={"XAI_API_KEY": "x", "OPENAI_API_KEY": "o"})
    assert account.parameters("xai/m") == {"api_key": "x"}
    assert account.parameters("openai/m") == {"api_key": "o"}


def test_the_catch_all_leaves_unknown_routes_to_litellm() -> None:
    assert _account("litellm").parameters("snowflake/m") == {}


def test_cloud_credentials_go_along_by_name() -> None:
    environ = {"AWS_ACCESS_KEY_ID": "id", "AWS_SECRET_ACCESS_KEY": "s", "AWS_REGION": "eu-central-1"}
    assert _account("bedrock", environ=environ).parameters("m") == {
        "aws_access_key_id": "id",
        "aws_secret_access_key": "s",
        "aws_region_name": "eu-central-1",
    }


def test_options_of_the_table_come_before_the_environment() -> None:
    environ = {"GOOGLE_APPLICATION_CREDENTIALS": "/key.json", "VERTEXAI_PROJECT": "old"}
    account = _account("vertex_ai", environ=environ, options={"vertex_project": "new"})
    assert account.parameters("m") == {"vertex_credentials": "/key.json", "vertex_project": "new"}


def test_azure_without_an_address_is_told_what_to_set() -> None:
    with pytest.raises(ProviderError, match=r"^azure: no address, because AZURE_API_BASE is not set$") as caught:
        _account("azure", environ={"AZURE_API_KEY": "k"}).parameters("m")
    assert caught.value.kind == "config"


def test_azure_gets_its_address_and_version() -> None:
    environ = {"AZURE_API_KEY": "k", "AZURE_API_BASE": "https://a", "AZURE_API_VERSION": "v"}
    expected = {"api_key": "k", "api_base": "https://a", "api_version": "v"}
    assert _account("azure", environ=environ).parameters("m") == expected
    moved = _account("azure", environ=environ, base_url="https://b").parameters("m")
    assert moved == expected | {"api_base": "https://b"}


@pytest.mark.parametrize(
    ("environ", "table", "expected"),
    [
        ({"GROQ_API_KEY": "k"}, {"models": ("a", "b")}, True),
        ({}, {"models": ("a", "b")}, False),
        ({}, {"models": ("a", "b"), "api_key_env": ""}, True),
    ],
)
def test_a_provider_counts_as_set_up_when_it_has_its_key(
    environ: dict[str, str], table: dict[str, Any], expected: bool
) -> None:
    assert _account("groq", environ=environ, **table).has_key() is expected


async def test_a_stored_key_that_cannot_be_opened_is_the_providers_error(tmp_path: Path) -> None:
    folder = PrivateFolder(tmp_path / "keys")
    with folder.lock():
        folder.replace("keys.json", b"{}")
    account = Account("groq", ROUTES["groq"], secrets=Secrets({}, folder.path))
    with pytest.raises(ProviderError, match=r"^groq: no API key, because .*keys\.json is damaged") as caught:
        await account.unlock("m")
    assert (caught.value.kind, caught.value.component) == ("authentication", "provider:groq")


def test_a_region_is_not_filtered_like_a_key() -> None:
    environ = {"AWS_BEARER_TOKEN_BEDROCK": "a-token-for-bedrock", "AWS_REGION": "eu-central-1"}
    _account("bedrock", environ=environ).parameters("m")
    assert Redactor().text("a-token-for-bedrock eu-central-1") == "[redacted] eu-central-1"


async def test_a_key_without_a_model_to_test_it_with_is_told() -> None:
    provider = LitellmProvider(_account("groq", environ={"GROQ_API_KEY": "k"}))
    assert provider.key_names() == ("GROQ_API_KEY",)
    with pytest.raises(UsageError, match=r"^groq: no model to test the key with$"):
        await provider.check_key()


def test_a_key_of_any_form_is_kept_out_of_texts() -> None:
    account = _account("groq", environ={"ODD_NAME": "short"}, api_key_env="ODD_NAME")
    assert re.search("short", account.redactor().text("the key short is wrong")) is None
