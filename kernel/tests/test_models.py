"""Models by `provider/model`, and the one that is asked when nobody chose."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from llmspell.errors import UnknownPlugin, UsageError
from llmspell.testing import ScriptedModel

from .plugins.site import Site, on_path
from .run.kit import ask, make_kernel, open_run, scripted


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    yield from on_path(tmp_path / "site", monkeypatch)


class WithDefault(ScriptedModel):
    """A provider that is set up, or a fallback."""

    def __init__(self, name: str, default: str, *, fallback: bool = False) -> None:
        super().__init__(name=name)
        self.fallback = fallback
        self._default = default
        self.closed = 0

    def default_model(self) -> str:
        return self._default

    async def close(self) -> None:
        self.closed += 1


def test_a_model_is_found_by_its_full_name() -> None:
    model = scripted()
    models = make_kernel(model).models
    assert models.find("scripted/any/thing") == (model, "any/thing")
    assert models.find("scripted/any/thing") == (model, "any/thing")
    assert models.provider("scripted") is model
    assert models.names() == ["scripted"]


def test_an_added_provider_hides_an_installed_one_and_a_former_one() -> None:
    kernel = make_kernel(entries=None)
    assert kernel.models.find("openai/x")[0].name == "openai"
    for _ in range(2):
        mine = ScriptedModel(name="openai")
        kernel.models.add(mine)
        assert kernel.models.find("openai/x")[0] is mine
    assert kernel.models.names().count("openai") == 1


def test_an_unknown_provider_is_named_with_the_nearest() -> None:
    with pytest.raises(UnknownPlugin, match=r"^no provider named 'opnai' is installed") as raised:
        make_kernel(entries=None).models.find("opnai/gpt")
    assert raised.value.hint == "did you mean 'openai'?"
    assert raised.value.kind == "unknown_model"


def test_a_provider_without_a_model_says_how_to_list_them() -> None:
    with pytest.raises(UsageError, match=r"^'openai/' names no model of the provider 'openai'$") as raised:
        make_kernel(entries=None).models.find("openai/")
    assert raised.value.hint == "`llmspell models openai` lists them"


@pytest.mark.parametrize("name", ["gpt-4", "nobody/"])
def test_a_model_without_its_provider_is_refused(name: str) -> None:
    with pytest.raises(UsageError, match=f"^model '{name}' does not name its provider$") as raised:
        make_kernel(scripted()).models.find(name)
    assert raised.value.kind == "unknown_model"
    assert raised.value.hint.startswith("write PROVIDER/MODEL; ")


def test_no_model_at_all_says_how_to_choose_one() -> None:
    with pytest.raises(UsageError, match=r"^no model is configured, and no installed provider offers one") as raised:
        make_kernel().models.find("")
    assert raised.value.hint == "choose one with --model PROVIDER/MODEL, or set run.model in llmspell.toml"


@pytest.mark.parametrize(
    ("providers", "chosen"),
    [
        ([], ""),
        ([WithDefault("a", "")], ""),
        ([WithDefault("b", "m"), WithDefault("a", "")], "b/m"),
        ([WithDefault("b", "m"), WithDefault("a", "n")], "a/n"),
        ([WithDefault("a", "m", fallback=True), WithDefault("b", "n")], "b/n"),
        ([WithDefault("b", "m", fallback=True), WithDefault("a", "n", fallback=True)], "a/n"),
    ],
)
def test_the_default_is_the_first_that_is_set_up_and_a_fallback_last(providers: Any, chosen: str) -> None:
    assert make_kernel(*providers).models.default() == chosen


async def test_a_run_asks_the_default_model_when_none_is_named() -> None:
    model = scripted("hi")
    model.default_model = lambda: "m"  # type: ignore[method-assign]  # a provider that is set up
    run = open_run(model)
    assert await ask(run, "") == "hi"
    assert run.model == "scripted/m"
    assert [request.model for request in model.requests] == ["m"]


def test_a_broken_or_ambiguous_provider_is_passed_over(site: Site) -> None:
    site.install("mine-bad", {"providers": {"aa_bad": "mine_bad"}}, {"mine_bad": "1/0"})
    site.install("mine-one", {"providers": {"aa_two": "mine_one"}}, {})
    site.install("mine-two", {"providers": {"aa_two": "mine_two"}}, {})
    kernel = make_kernel(WithDefault("bb", "m"), entries=None)
    assert kernel.models.names()[:2] == ["aa_bad", "aa_two"]
    assert kernel.models.default() == "bb/m"


async def test_each_used_provider_is_closed_once() -> None:
    provider = WithDefault("a", "m")
    kernel = make_kernel(provider)
    kernel.models.find("a/m")
    await kernel.close()
    assert provider.closed == 1


async def test_a_provider_that_does_not_close_leaves_no_other_open() -> None:
    class Stuck(WithDefault):
        async def close(self) -> None:
            raise OSError("stuck")

    other = WithDefault("b", "m")
    kernel = make_kernel(Stuck("a", "m"), other)
    with pytest.raises(OSError, match="stuck"):
        await kernel.close()
    assert other.closed == 1
