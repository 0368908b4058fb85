"""Choosing and loading a plugin: once, when it is needed, with an error for whoever must act."""

from __future__ import annotations

import sys
from typing import Any

import pytest

from llmspell.config import Config, LoadedConfig, Settings, schema
from llmspell.errors import AmbiguousPlugin, BrokenPlugin, ConfigError, UnknownPlugin
from llmspell.plugins import Plugins

from .site import Site, tool_class, tool_module


def plugins(*block: str, config: Config = Config()) -> Plugins:  # noqa: B008 frozen
    return Plugins(Settings(LoadedConfig(config), {}), block=block)


def test_a_module_is_imported_when_its_name_is_first_used_and_only_once(site: Site) -> None:
    source = (
        tool_module("mine_x") + "\nimport builtins\nbuiltins.mine_x_loads = getattr(builtins, 'mine_x_loads', 0) + 1"
    )
    site.install("mine-x", {"tools": {"mine_x": "mine_x"}}, {"mine_x": source})
    registry = plugins()
    assert "mine_x" in registry.names("tool")
    registry.find("tool", "mine_x")
    assert "mine_x" not in sys.modules
    assert registry.loaded("tool") == []
    tool = registry.get("tool", "mine_x")
    assert registry.get("tool", "mine_x") is tool
    assert registry.loaded("tool") == [tool]
    assert registry.loaded("agent") == []


def test_a_pack_is_asked_once_for_all_that_it_offers(site: Site) -> None:
    source = (
        tool_class("mine_a", class_="A")
        + tool_class("mine_b", class_="B")
        + "\nasked = []\n@hookimpl\ndef llmspell_tools(settings):\n    asked.append(1)\n"
        + "    return {'mine_a': A(), 'mine_b': B()}\n"
    )
    site.install("mine-pack", {"tools": {"mine_a": "mine_pack", "mine_b": "mine_pack"}}, {"mine_pack": source})
    registry = plugins()
    registry.get("tool", "mine_a")
    registry.get("tool", "mine_b")
    assert sys.modules["mine_pack"].asked == [1]


def test_a_plugin_gets_its_settings(site: Site) -> None:
    source = (
        tool_class("mine_x")
        + "\n@hookimpl\ndef llmspell_tools(settings):\n    global got\n    got = settings\n    return {'mine_x': Mine()}\n"
    )
    site.install("mine-x", {"tools": {"mine_x": "mine_x"}}, {"mine_x": source})
    registry = plugins()
    registry.get("tool", "mine_x")
    assert sys.modules["mine_x"].got is registry.settings


def test_a_registration_hook_may_take_nothing(site: Site) -> None:
    source = tool_class("mine_x") + "\n@hookimpl\ndef llmspell_tools():\n    return {'mine_x': Mine()}\n"
    site.install("mine-x", {"tools": {"mine_x": "mine_x"}}, {"mine_x": source})
    assert plugins().get("tool", "mine_x").name == "mine_x"


def test_an_unknown_name_lists_what_is_installed(site: Site) -> None:
    site.install("mine-x", {"tools": {"mine_search": "mine_x"}}, {})
    with pytest.raises(UnknownPlugin, match=r"^no tool named 'mine_serch' is installed; .* and \d+ more$") as raised:
        plugins().get("tool", "mine_serch")
    assert raised.value.hint == "did you mean 'mine_search'?"
    assert raised.value.details["installed"] == plugins().names("tool")
    with pytest.raises(UnknownPlugin, match=r"installed engines: javascript, lua, quickjs$"):
        plugins().get("engine", "mine_serch")


def test_two_distributions_of_one_name_are_both_named_and_neither_is_chosen(site: Site) -> None:
    site.install("mine-a", {"tools": {"mine_x": "mine_a"}}, {"mine_a": tool_module("mine_x")})
    site.install("mine-b", {"tools": {"mine_x": "mine_b"}}, {"mine_b": tool_module("mine_x")})
    with pytest.raises(AmbiguousPlugin, match=r"^tool 'mine_x' is offered by mine-a and mine-b$"):
        plugins().get("tool", "mine_x")
    assert plugins("mine-b").find("tool", "mine_x").distribution == "mine-a"


@pytest.mark.parametrize("word", ["mine-x", "mine_module", "tool:mine_x"])
def test_a_plugin_is_blocked_by_distribution_module_or_name(site: Site, word: str) -> None:
    site.install("mine-x", {"tools": {"mine_x": "mine_module"}}, {"mine_module": tool_module("mine_x")})
    registry = plugins(word)
    [entry] = [entry for entry in registry.catalogue if entry.name == "mine_x"]
    assert registry.blocked(entry)
    assert "mine_x" not in registry.names("tool")
    with pytest.raises(UnknownPlugin):
        registry.get("tool", "mine_x")
    assert not plugins("other").blocked(entry)


BROKEN: dict[str, tuple[str, str]] = {
    "import": ("import a_module_that_is_missing", "ModuleNotFoundError: No module named 'a_module_that_is_missing'"),
    "syntax": ("def (", "SyntaxError: invalid syntax (mine_x.py, line 1)"),
    "exit": ("import sys; sys.exit(3)", "SystemExit: 3"),
    "error": ("1 / 0", "ZeroDivisionError: division by zero"),
    "no hook": ("x = 1", "it has no hook llmspell_tools"),
    "nothing": (
        "from llmspell import hookimpl\n@hookimpl\ndef llmspell_tools(settings):\n    pass",
        "TypeError: 'NoneType' object is not iterable",
    ),
    "other": (tool_module("other"), "it offers ['other'] but not 'mine_x'"),
    "no tool": (
        "from llmspell import hookimpl\n@hookimpl\ndef llmspell_tools(settings):\n    return {'mine_x': 5}",
        "what it offers as 'mine_x' is a int, not a llmspell.tool.Tool",
    ),
    "renamed": (
        tool_class("other") + "\n@hookimpl\ndef llmspell_tools(settings):\n    return {'mine_x': Mine()}",
        "what it offers as 'mine_x' calls itself 'other'",
    ),
    "raises": (
        "from llmspell import hookimpl\n@hookimpl\ndef llmspell_tools(settings):\n    raise KeyError('no')",
        "KeyError: 'no'",
    ),
}


@pytest.mark.parametrize(("source", "reason"), BROKEN.values(), ids=BROKEN)
def test_a_broken_plugin_names_its_distribution_and_what_is_wrong(site: Site, source: str, reason: str) -> None:
    site.install("mine-dist", {"tools": {"mine_x": "mine_x"}}, {"mine_x": source})
    registry = plugins()
    for _ in range(2):
        with pytest.raises(BrokenPlugin) as raised:
            registry.get("tool", "mine_x")
        assert str(raised.value) == (f"tool 'mine_x' of mine-dist does not load: {reason} (entry point mine_x)")


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        ("@hookimpl\ndef llmspell_tools(settings, more):\n    pass", r"Argument\(s\) {'more'} are declared"),
        (
            "@hookimpl\ndef llmspell_tolls(settings):\n    pass",
            "it has a hook 'llmspell_tolls', and llmspell knows none",
        ),
        (
            "@hookimpl\ndef pre_tool(call):\n    pass",
            "its hook pre_tool stands in the wrong place; it belongs in llmspell_hooks",
        ),
        (
            "@hookimpl(wrapper=True)\ndef llmspell_tools(settings):\n    return (yield)",
            "its hook llmspell_tools is a wrapper; write an around-hook instead",
        ),
    ],
)
def test_a_module_whose_hooks_do_not_fit_is_broken_each_time(site: Site, source: str, reason: str) -> None:
    source = f"from llmspell import hookimpl\n{source}\n"
    site.install("mine-dist", {"tools": {"mine_x": "mine_x"}}, {"mine_x": source})
    registry = plugins()
    for _ in range(2):
        with pytest.raises(BrokenPlugin, match=reason):
            registry.get("tool", "mine_x")
    assert registry.manager.get_plugins() == set()


def test_a_missing_dependency_is_chained(site: Site) -> None:
    site.install("mine-dist", {"tools": {"mine_x": "mine_x"}}, {"mine_x": "import a_missing_module"})
    with pytest.raises(BrokenPlugin) as raised:
        plugins().get("tool", "mine_x")
    assert isinstance(raised.value.__cause__, ModuleNotFoundError)


def test_a_plugins_own_error_of_ours_comes_out_as_it_is(site: Site) -> None:
    source = """
        from llmspell import hookimpl
        from llmspell.errors import ConfigError

        @hookimpl
        def llmspell_tools(settings):
            raise ConfigError(["tool.mine_x: no key"])
    """
    site.install("mine-dist", {"tools": {"mine_x": "mine_x"}}, {"mine_x": source})
    with pytest.raises(ConfigError, match="no key"):
        plugins().get("tool", "mine_x")


def test_checking_loads_everything_and_tells_what_failed(site: Site) -> None:
    site.install("mine-bad", {"tools": {"mine_bad": "mine_bad"}}, {"mine_bad": "1/0"})
    site.install("mine-good", {"tools": {"mine_good": "mine_good"}}, {"mine_good": tool_module("mine_good")})
    site.install("mine-off", {"tools": {"mine_off": "mine_off"}}, {"mine_off": "1/0"})
    found = {entry.name: error for entry, error in plugins("mine-off").check()}
    assert isinstance(found["mine_bad"], BrokenPlugin)
    assert found["mine_good"] is None
    assert "mine_off" not in found
    assert [name for name, error in found.items() if error] == ["mine_bad"]


def test_every_first_party_plugin_loads() -> None:
    found = list(plugins().check())
    assert len(found) > 5
    assert [str(error) for _, error in found if error] == []


# Configured names


LAB = """
    from llmspell import hookimpl
    from llmspell.testing import ScriptedModel

    @hookimpl
    def llmspell_providers(settings):
        return {name: ScriptedModel(name=name) for name in ["mine", *settings.named("provider", "mine")]}
"""


def named(**tables: dict[str, Any]) -> Config:
    return Config(provider=tables)


def test_a_configured_name_stands_for_its_plugin(site: Site) -> None:
    site.install("mine-dist", {"providers": {"mine": "mine_lab"}}, {"mine_lab": LAB})
    registry = plugins(config=named(lab={"plugin": "mine"}, mine={"other": 1}))
    assert {"lab", "mine"} <= set(registry.names("provider"))
    assert registry.find("provider", "lab").name == "mine"
    assert registry.get("provider", "lab").name == "lab"
    assert registry.get("provider", "mine").name == "mine"


def test_a_configured_name_of_a_missing_plugin_names_the_plugin(site: Site) -> None:
    registry = plugins(config=named(lab={"plugin": "opnai"}))
    with pytest.raises(
        UnknownPlugin, match=r"^no provider named 'opnai' is installed; installed providers: "
    ) as raised:
        registry.get("provider", "lab")
    assert raised.value.hint == "did you mean 'openai'?"
    assert "lab" not in raised.value.installed


def test_a_configured_name_must_say_a_name() -> None:
    with pytest.raises(ConfigError, match=r"provider.lab.plugin. must be a string, found 5"):
        plugins(config=named(lab={"plugin": 5})).names("provider")


# Engines by extension


def test_an_extension_belongs_to_the_engines_of_its_module(site: Site) -> None:
    points = {"engines": {"mine": "mine_engine"}, "extensions": {"mine": "mine_engine"}}
    site.install("mine-engine", points, {"mine_engine": "raise SystemError"})
    assert plugins().engines_for("mine") == ["mine"]
    assert plugins("mine-engine").engines_for("mine") == []
    assert plugins().engines_for("unknown") == []
    assert plugins().engines_for("lua") == ["lua"]


@pytest.mark.parametrize("words", ["a", " a , b,,c ", "a b", "b\ta"])
def test_what_is_blocked_is_divided_by_commas_or_spaces(words: str) -> None:
    config = Config(plugins=schema.Plugins(block=("x",)))
    registry = Plugins.configured(LoadedConfig(config), {"LLMSPELL_BLOCK": words})
    assert registry._block == {"x", *words.replace(",", " ").split()}
    assert registry.settings.environ == {"LLMSPELL_BLOCK": words}
