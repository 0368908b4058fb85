"""Profiles, and what each lets a spell do."""

from __future__ import annotations

import pytest

from llmspell.agent import AgentInput
from llmspell.errors import PermissionDenied, UsageError
from llmspell.kernel import RunOptions
from llmspell.permissions import PROFILES, Policy, Profile, find_profile

from .run.kit import Spy, ask, call, open_run, parrot, scripted


def test_there_are_three_profiles() -> None:
    assert {name: profile.transport for name, profile in PROFILES.items()} == {
        "low": "inline",
        "medium": "worker",
        "high": "worker",
    }
    assert find_profile("low") is PROFILES["low"]


def test_an_unknown_profile_is_refused_with_the_nearest() -> None:
    with pytest.raises(UsageError, match=r"^no profile named 'hihg'$") as raised:
        find_profile("hihg")
    assert raised.value.kind == "unknown_option"
    assert raised.value.hint == "did you mean 'high'?"


@pytest.mark.parametrize("profile", ["low", "medium"])
async def test_low_and_medium_allow_tools_models_and_reading_files(profile: str) -> None:
    run = open_run(scripted("hi"), options=RunOptions(profile=profile))
    assert await call(run, Spy(needs=("fs.read",))) == "done"
    assert await ask(run) == "hi"
    assert run.files.roots == (run.project,)


@pytest.mark.parametrize("profile", ["low", "medium", "high"])
async def test_what_no_profile_grants_is_denied(profile: str) -> None:
    run = open_run(options=RunOptions(profile=profile))
    with pytest.raises(PermissionDenied) as raised:
        await call(run, Spy(needs=("run", "net", "fs.read")))
    assert raised.value.kind == "permission"
    assert raised.value.component == "tool:spy"


async def test_a_denial_names_what_is_lacking() -> None:
    run = open_run(options=RunOptions(profile="medium"))
    with pytest.raises(PermissionDenied, match=r"^tool 'spy' uses net, run, which is not allowed in profile 'medium'$"):
        await call(run, Spy(needs=("run", "net", "fs.read")))


async def test_high_allows_neither_tools_nor_models_nor_files() -> None:
    model = scripted()
    run = open_run(model, options=RunOptions(profile="high"))
    with pytest.raises(PermissionDenied, match=r"^tool 'spy' is not allowed in profile 'high'$") as raised:
        await call(run, Spy())
    assert raised.value.hint == "run with --profile medium if you trust the spell"
    with pytest.raises(PermissionDenied, match=r"^model 'scripted/m' is not allowed in profile 'high'$"):
        await ask(run)
    assert model.requests == []
    assert run.files.roots == ()


async def test_high_allows_agents_which_ask_for_themselves() -> None:
    run = open_run(options=RunOptions(profile="high"))
    assert (await run.run_agent(parrot(), AgentInput("hi"), run.root)).text == "hi"


@pytest.mark.parametrize(
    ("name", "allowed"), [("web_search", True), ("web_fetch", True), ("shell", False), ("WEB_x", False)]
)
async def test_names_are_matched_by_pattern(name: str, allowed: bool) -> None:
    run = open_run()
    run.policy = Policy(Profile("custom", "inline", tools=("web_*", "other")))
    if allowed:
        assert await call(run, Spy(name=name)) == "done"
    else:
        with pytest.raises(PermissionDenied, match=f"^tool '{name}' is not allowed in profile 'custom'$") as raised:
            await call(run, Spy(name=name))
        assert raised.value.hint == ""
