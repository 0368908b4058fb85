"""Grants laid over each other, parts of a run that are held to less, and what a denial says."""

from __future__ import annotations

import asyncio
import threading
from pathlib import Path
from typing import Any

import attrs
import pytest

from llmspell.agent import AgentInput
from llmspell.config import Config
from llmspell.errors import PermissionDenied, UsageError
from llmspell.kernel import RunOptions
from llmspell.permissions import PROFILES, Grants, Policy, Profile, find_profile, merge
from llmspell.permissions.kinds import KINDS, find_flag, find_kind, spelled
from llmspell.tool import Tool

from ..run.kit import ANYTHING, Spy, ask, call, events, kinds, open_run, parrot, scripted
from .kit import BASE, grants, policy, run_with

# Profiles


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


def test_a_profile_has_what_it_extends_and_its_own() -> None:
    base = Profile("base", "worker", {"tools": ("a",)}, {"net": ("*",)}, {"slice": 1.0, "memory": 5}, origin="here")
    own = Profile("own", "worker", {"tools": ("b",)}, {}, {"slice": 2.0}, base, "there")
    found = Policy(own, base=BASE)
    assert [found.decide("tools", name).origin for name in ("a", "b", "c")] == ["here", "there", ""]
    assert found.denies("net", "a.org")
    assert own.all_limits() == {"slice": 2.0, "memory": 5}
    assert own.level == "base"


# Layers


def test_a_denial_below_wins_over_an_allowance_above() -> None:
    found = policy(grants(deny={"tools": ["x"]}, origin="below"), grants({"tools": ["*"]}))
    decision = found.decide("tools", "x")
    assert (decision.allowed, decision.reason, decision.pattern, decision.origin) == (False, "denied", "x", "below")


def test_a_denial_above_wins_over_an_allowance_below() -> None:
    assert not policy(grants({"tools": ["x"]}), grants(deny={"tools": ["*"]})).decide("tools", "x").allowed


def test_a_narrow_allowance_does_not_win_over_a_wide_denial() -> None:
    found = policy(grants({"net": ["a.example.com:443"]}, {"net": ["*.example.com"]}))
    assert found.denies("net", "a.example.com:443")


def test_allow_all_allows_every_kind_but_not_what_is_denied() -> None:
    found = policy(Grants.all("--allow-all"), grants(deny={"run": ["rm"]}))
    assert found.decide("fs.write", "/etc/passwd").allowed
    assert found.decide("run", ("git", "push")).allowed
    assert found.denies("run", ("/bin/rm", "-rf", "/"))


def test_the_decision_names_the_pattern_that_allowed_and_its_origin() -> None:
    decision = policy(grants({"env": ["HOME", "LC_*"]}, origin="llmspell.toml:3")).decide("env", "LC_ALL")
    assert (decision.pattern, decision.origin, decision.flag) == ("LC_*", "llmspell.toml:3", "")


def test_many_questions_do_not_fill_the_memory() -> None:
    found = policy(grants({"tools": ["t*"]}))
    assert all(found.decide("tools", f"t{number}").allowed for number in range(10_000))
    assert len(found._decisions) <= 4096


def test_many_parts_do_not_fill_the_memory() -> None:
    found = policy(Grants.all("all"))
    for number in range(1000):
        assert not found.narrowed(grants({"tools": [f"t{number}"]})).decide("tools", "u").allowed
    assert len(found._within) <= 256


def test_a_kind_that_does_not_exist_is_an_error_with_the_nearest() -> None:
    with pytest.raises(UsageError, match=r"^no permission is called 'fs\.raed'$") as raised:
        policy().decide("fs.raed", "/x")
    assert raised.value.hint == "did you mean 'fs.read'?"
    with pytest.raises(UsageError, match="no permission is called 'nte'") as raised:
        find_flag("nte")
    assert raised.value.hint == "did you mean 'net'?"
    assert find_kind("net") is find_flag("net")


@pytest.mark.parametrize("kind", ["fs.read", "fs.write", "modules"])
@pytest.mark.parametrize("target", ["relative", "/project/../etc/passwd", "../x", ""])
def test_a_path_that_is_not_settled_is_never_allowed(kind: str, target: str) -> None:
    assert not policy(Grants.all("all")).decide(kind, target).allowed


@pytest.mark.parametrize(
    ("kind", "target"), [("run", ()), ("run", "git log"), ("run", ("git", "a\0b")), ("tools", ""), ("net", "a b")]
)
def test_what_is_no_target_is_never_allowed(kind: str, target: Any) -> None:
    assert not policy(Grants.all("all")).decide(kind, target).allowed


@pytest.mark.parametrize(
    ("kind", "target", "flag"),
    [
        ("net", "api.example.com:443", "--allow-net=api.example.com:443"),
        ("fs.read", "/a b/c", "--allow-fs-read='/a b/c'"),
        ("run", ("git", "log", "a b"), """--allow-run='git log '"'"'a b'"'"''"""),
        ("run", ("ls", "*.txt"), "--allow-run='ls **'"),
        ("tools", "x", "--allow-tool=x"),
        ("libraries", "io", "--allow-library=io"),
        ("env", "a\x1b[2J", "--allow-env=NAME"),
        ("models", None, "--allow-model=PROVIDER/MODEL"),
    ],
)
def test_the_flag_of_a_denial_is_what_a_shell_takes(kind: str, target: Any, flag: str) -> None:
    assert spelled(KINDS[kind], target) == flag
    if target is not None:
        assert policy().decide(kind, target).flag == flag


# Operations


async def test_a_tool_that_needs_a_kind_is_denied_where_there_is_nothing_of_it() -> None:
    run = run_with()
    with pytest.raises(
        PermissionDenied, match=r"^tool 'spy' uses net, run, which is not allowed in profile 'medium'$"
    ) as raised:
        await call(run, Spy(needs=("net", "run", "fs.read")))
    assert raised.value.hint == "run again with --allow-net=HOST[:PORT] --allow-run=COMMAND"
    assert raised.value.component == "tool:spy"
    assert await call(run_with(grants({"net": ["a.org"], "run": ["git"]})), Spy(needs=("net", "run"))) == "done"


async def test_a_tool_whose_agent_has_nothing_of_what_it_needs_is_told_so() -> None:
    run = run_with(grants({"net": ["a.org"]}))
    held = grants({"net": []}, origin="agent a")
    with pytest.raises(
        PermissionDenied, match=r"^tool 'spy' uses net, which is not among the permissions of agent a$"
    ) as raised:
        await run.call_tool(Spy(needs=("net",)), {}, permissions=held)
    assert raised.value.hint == "add it to those, if it may be allowed"
    [denied] = events(run, "permission.*")
    assert (denied.data["reason"], denied.data["origin"], denied.data["flag"]) == ("outside", "agent a", "")


@pytest.mark.parametrize("profile", ["low", "medium"])
async def test_low_and_medium_allow_tools_models_and_reading_the_project(profile: str) -> None:
    run = open_run(scripted("hi"), options=RunOptions(profile=profile))
    assert await call(run, Spy(needs=("fs.read",))) == "done"
    assert await ask(run) == "hi"
    assert run.files.roots == (run.project,)
    assert kinds(run, "permission.*") == []


async def test_high_allows_neither_tools_nor_models_nor_files() -> None:
    model = scripted()
    run = open_run(model, options=RunOptions(profile="high"))
    with pytest.raises(PermissionDenied, match=r"^tool 'spy' is not allowed in profile 'high'$") as raised:
        await call(run, Spy())
    assert raised.value.hint == "run again with --allow-tool=spy"
    assert raised.value.details == {"permission": "tools", "target": "spy", "flag": "--allow-tool=spy"}
    with pytest.raises(PermissionDenied, match=r"^model 'scripted/m' is not allowed in profile 'high'$") as raised:
        await ask(run)
    assert raised.value.hint == "run again with --allow-model=scripted/m"
    assert model.requests == []
    assert run.files.roots == ()


async def test_high_allows_agents_which_ask_for_themselves() -> None:
    run = open_run(options=RunOptions(profile="high"))
    assert (await run.run_agent(parrot(), AgentInput("hi"), run.root)).text == "hi"


async def test_a_denial_by_a_pattern_names_it_and_where_it_stands() -> None:
    run = run_with(grants(deny={"tools": ["s*"]}, origin="llmspell.toml:7"))
    with pytest.raises(PermissionDenied, match=r"^tool 'spy' is denied by 's\*' \(llmspell\.toml:7\)$") as raised:
        await call(run, Spy())
    assert raised.value.hint == "take that away, if it may be allowed"


async def test_an_attempt_after_the_first_is_checked_again() -> None:
    from llmspell.hookspecs import hookimpl

    class Twice:
        @hookimpl
        async def around_tool(self, call: Any, proceed: Any) -> Any:
            await proceed(call)
            call.run.policy = Policy(PROFILES["high"], base=BASE)
            return await proceed(attrs.evolve(call, attempt=2))

    run = run_with(hooks=Twice())
    with pytest.raises(PermissionDenied):
        await call(run, Spy())


# Events


async def test_a_denial_is_an_event_with_the_flag() -> None:
    run = open_run(options=RunOptions(profile="high"))
    with pytest.raises(PermissionDenied):
        await call(run, Spy())
    [denied] = events(run, "permission.*")
    assert (denied.kind, denied.path) == ("permission.denied", "run/tool:spy")
    assert denied.data == {
        "permission": "tools",
        "target": "spy",
        "pattern": "",
        "origin": "",
        "reason": "not granted",
        "flag": "--allow-tool=spy",
    }


async def test_what_is_allowed_is_told_once_per_run() -> None:
    run = open_run(
        options=RunOptions(profile="high", permissions=(grants({"tools": ["spy"]}, origin="--allow-tool=spy"),))
    )
    for _ in range(3):
        await call(run, Spy())
    [granted] = events(run, "permission.*")
    assert granted.data == {"permission": "tools", "target": "spy", "pattern": "spy", "origin": "--allow-tool=spy"}


async def test_a_lack_of_a_kind_is_an_event_too() -> None:
    run = run_with()
    with pytest.raises(PermissionDenied):
        await call(run, Spy(needs=("net",)))
    [denied] = events(run, "permission.*")
    assert (denied.kind, denied.data["permission"], denied.data["flag"]) == (
        "permission.denied",
        "net",
        "--allow-net=HOST[:PORT]",
    )


class Threaded(Tool):
    """A sync tool, in a thread, that asks for a host."""

    name = "threaded"
    description = "Asks."
    parameters = ANYTHING

    def run(self, arguments: dict[str, Any], context: Any) -> str:
        assert threading.current_thread() is not threading.main_thread()
        context.guard("net").check("a.org")
        return "asked"


@pytest.mark.parametrize("allowed", [True, False])
async def test_a_tool_in_a_thread_is_told_of_on_the_event_loop(allowed: bool) -> None:
    run = run_with(grants({"net": ["a.org" if allowed else "b.org"]}))
    heard: set[threading.Thread] = set()
    run.log.observe(lambda _: heard.add(threading.current_thread()))
    if allowed:
        assert await call(run, Threaded()) == "asked"
    else:
        with pytest.raises(PermissionDenied):
            await call(run, Threaded())
    await asyncio.sleep(0)
    assert kinds(run, "permission.*") == ["permission.granted" if allowed else "permission.denied"]
    assert heard == {threading.main_thread()}


# Configuration reaches runs


def test_merged_grants_keep_every_rule_and_its_origin() -> None:
    found = merge((grants({"net": ["a.org"]}, origin="one"), grants({"net": ["b.org"]}, {"net": ["c.org"]}, "two")))
    assert [(verb, kind.key, rule.pattern.text, rule.origin) for verb, kind, rule in found.rules()] == [
        ("allow", "net", "a.org", "one"),
        ("allow", "net", "b.org", "two"),
        ("deny", "net", "c.org", "two"),
    ]
    assert Grants().empty
    assert not found.empty


async def test_the_configurations_permissions_reach_a_run() -> None:
    run = open_run(config=Config(permissions={"env": ["HOME"], "deny": {"tools": ["spy"]}}))
    assert run.root.policy.decide("env", "HOME").allowed
    with pytest.raises(PermissionDenied, match="tool 'spy' is denied"):
        await call(run, Spy())


def test_roots_are_the_outermost_folders_that_are_granted() -> None:
    found = policy(grants({"fs.read": ["a", "a/b", "/srv/x/*.csv", "c/**"]}))
    assert found.roots("fs.read") == (Path("/project/a"), Path("/project/c"), Path("/srv/x"))
