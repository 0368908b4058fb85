"""Errors: their words, their fields, and that they survive the way between processes."""

from __future__ import annotations

import copy
import pickle
from typing import Any

import pytest

from llmspell import errors
from llmspell.errors import (
    KINDS,
    AmbiguousPlugin,
    BrokenPlugin,
    BudgetExceeded,
    Cancelled,
    ConfigError,
    Interrupted,
    LlmspellError,
    PermissionDenied,
    ProviderError,
    SandboxUnavailable,
    ScriptFailed,
    TimedOut,
    ToolFailed,
    UnknownPlugin,
    UsageError,
    Vetoed,
    did_you_mean,
    near_names,
)

FULL: dict[str, Any] = {
    "component": "tool:x",
    "retryable": True,
    "hint": "try again",
    "details": {"a": [1]},
}
ALL = [
    LlmspellError("plain", kind="conflict", **FULL),
    UsageError("usage", **FULL),
    UnknownPlugin("tool", "calc", ["calculator"]),
    AmbiguousPlugin("tool", "calc", ["one", "two"]),
    BrokenPlugin("tool", "calc", "dist", "mod", "ImportError: no"),
    ConfigError(["first", "second"], hint="look"),
    SandboxUnavailable("no walls", **FULL),
    PermissionDenied("denied", **FULL),
    SandboxUnavailable("no wall", **FULL),
    Vetoed("vetoed", **FULL),
    BudgetExceeded("cost", 0.5, unit="USD"),
    ProviderError("provider", kind="rate_limited", **FULL),
    ToolFailed("tool", **FULL),
    ScriptFailed("script", file="a.lua", line=3, traceback="a\nb", kind="network", **FULL),
    TimedOut("tool 'x'", 1.5, component="tool:x"),
    Cancelled("stopped"),
    Interrupted("paused", **FULL),
]


def test_every_class_is_tried_here() -> None:
    classes = {each for each in vars(errors).values() if isinstance(each, type) and issubclass(each, LlmspellError)}
    assert classes == {type(error) for error in ALL}


def test_the_tree_in_the_docstring_names_every_class() -> None:
    for error in ALL:
        assert type(error).__name__ in (errors.__doc__ or "")


@pytest.mark.parametrize("error", ALL, ids=lambda error: type(error).__name__)
@pytest.mark.parametrize("way", [lambda error: pickle.loads(pickle.dumps(error)), copy.copy, copy.deepcopy])
def test_every_error_keeps_its_fields(error: LlmspellError, way: Any) -> None:
    again = way(error)
    assert type(again) is type(error)
    assert vars(again) == vars(error)
    assert str(again) == str(error)
    assert again.args == error.args
    assert again.to_dict() == error.to_dict()


@pytest.mark.parametrize("error", ALL, ids=lambda error: type(error).__name__)
def test_every_kind_is_one_of_the_known_words(error: LlmspellError) -> None:
    assert error.kind in KINDS


def test_an_error_as_data_has_six_fields() -> None:
    assert ALL[0].to_dict() == {
        "kind": "conflict",
        "message": "plain",
        "component": "tool:x",
        "retryable": True,
        "hint": "try again",
        "details": {"a": [1]},
    }


def test_details_are_a_copy() -> None:
    details = {"a": 1}
    error = LlmspellError("x", details=details)
    details["a"] = 2
    assert error.details == {"a": 1}


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (LlmspellError("x"), "internal"),
        (UsageError("x"), "invalid_arguments"),
        (ConfigError(["x"]), "config"),
        (PermissionDenied("x"), "permission"),
        (Vetoed("x"), "vetoed"),
        (BudgetExceeded("hops", 1), "budget"),
        (ProviderError("x"), "provider"),
        (ToolFailed("x"), "tool_failed"),
        (ScriptFailed("x"), "script_failed"),
        (TimedOut("x", 1), "timeout"),
        (Cancelled(), "cancelled"),
        (Interrupted("x"), "interrupted"),
        (AmbiguousPlugin("tool", "x", ["a", "b"]), "plugin"),
        (BrokenPlugin("tool", "x", "d", "m", "r"), "plugin"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_each_class_has_its_kind(error: LlmspellError, kind: str) -> None:
    assert error.kind == kind


@pytest.mark.parametrize(
    ("plugin_kind", "kind"),
    [
        ("tool", "unknown_tool"),
        ("agent", "unknown_agent"),
        ("provider", "unknown_model"),
        ("engine", "plugin"),
        ("hook", "plugin"),
    ],
)
def test_an_unknown_plugin_tells_what_kind_was_missing(plugin_kind: str, kind: str) -> None:
    assert UnknownPlugin(plugin_kind, "x").kind == kind


def test_an_unknown_plugin_lists_what_there_is_and_the_nearest() -> None:
    error = UnknownPlugin("tool", "calculater", ["datetime", "calculator"])
    assert str(error) == ("no tool named 'calculater' is installed; installed tools: calculator, datetime")
    assert error.hint == "did you mean 'calculator'?"
    assert error.component == "tool:calculater"
    assert error.details == {"installed": ["calculator", "datetime"], "near": ["calculator"]}


def test_an_unknown_plugin_that_resembles_nothing_tells_what_to_install() -> None:
    error = UnknownPlugin("engine", "lua")
    assert str(error) == "no engine named 'lua' is installed; installed engines: none"
    assert error.hint == "pip install llmspell-engine-lua"
    assert UnknownPlugin("engine", "lua", hint="ask the admin").hint == "ask the admin"


def test_an_ambiguous_plugin_names_both_and_how_to_choose() -> None:
    error = AmbiguousPlugin("tool", "search", ["acme-search", "other-search"])
    assert str(error) == "tool 'search' is offered by acme-search and other-search"
    assert error.hint == "uninstall one, or block one in llmspell.toml: [plugins] block = ['other-search']"
    assert error.distributions == ("acme-search", "other-search")


def test_a_broken_plugin_names_its_distribution_and_how_to_switch_it_off() -> None:
    error = BrokenPlugin("tool", "search", "acme", "acme.tools", "ImportError: no module named 'x'")
    assert str(error) == (
        "tool 'search' of acme does not load: ImportError: no module named 'x' (entry point acme.tools)"
    )
    assert error.hint == "report it to the authors of acme, or switch it off with LLMSPELL_BLOCK=acme"


def test_a_config_error_has_a_line_for_each_problem() -> None:
    error = ConfigError(["one", "two"])
    assert str(error) == "one\ntwo"
    assert error.problems == ("one", "two")


@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        (BudgetExceeded("tokens", 5000), "the budget tokens of 5000 is used up"),
        (BudgetExceeded("cost", 0.25, unit="USD"), "the budget cost of 0.25 USD is used up"),
        (BudgetExceeded("wall_time", 600.0, unit="seconds"), "the budget wall_time of 600 seconds is used up"),
        (TimedOut("tool 'x'", 1.0), "tool 'x' took longer than 1 seconds"),
        (Cancelled(), "the run was cancelled"),
    ],
)
def test_the_sentences_of_limits(error: LlmspellError, sentence: str) -> None:
    assert str(error) == sentence


def test_a_budget_tells_its_stop_reason_and_how_to_raise_it() -> None:
    error = BudgetExceeded("tokens", 5000)
    assert error.stop_reason == "budget.tokens"
    assert error.hint == "raise it with --set budget.tokens=N, or in llmspell.toml under [budget]"
    memory = BudgetExceeded("memory", 5000, setting="limits.memory")
    assert memory.hint == "raise it with --set limits.memory=N, or in llmspell.toml under [limits]"
    assert BudgetExceeded("turns", 5, hint="raise max_turns").hint == "raise max_turns"


def test_a_name_that_is_a_whole_text_is_near_to_nothing() -> None:
    assert near_names("x" * 101, ["x" * 101]) == []
    assert near_names("x" * 100, ["x" * 100]) == ["x" * 100]


def test_a_timeout_may_be_tried_again() -> None:
    assert TimedOut("x", 1).retryable


def test_near_names_come_nearest_first() -> None:
    assert near_names("colour", ["color", "colours", "house"]) == ["colours", "color"]
    assert near_names("zzz", ["color"]) == []


def test_did_you_mean_falls_back_to_what_is_known() -> None:
    assert did_you_mean("colr", ["color", "size"]) == "did you mean 'color'?"
    assert did_you_mean("zzz", ["size", "color"]) == "known: color, size"
    assert did_you_mean("zzz", []) == ""
