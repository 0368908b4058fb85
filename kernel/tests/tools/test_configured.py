"""`[toolset.NAME]`: what a table makes of the tools of a run, and what is wrong with one."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from llmspell.agent import AgentSpec
from llmspell.config import load
from llmspell.errors import BudgetExceeded, ConfigError, LlmspellError, PermissionDenied, UsageError
from llmspell.kernel import Kernel, RunOptions
from llmspell.plugins import Plugins, Settings
from llmspell.run import Run

from ..approvals.kit import Person
from ..run.kit import events, kinds
from .kit import ask, spies

NAMES = ("file_delete", "file_read", "json_query")


def run_with(folder: Path, text: str, *, user: str = "", person: Person | None = None, idempotent: bool = True) -> Run:
    """A run of a project with this file, and a user's with another, with spies for tools."""
    (folder / ".config" / "llmspell").mkdir(parents=True)
    (folder / ".config" / "llmspell" / "config.toml").write_text(user)
    (folder / "llmspell.toml").write_text(text)
    environ = {"HOME": str(folder)}
    loaded = load(folder, environ)
    kernel = Kernel(loaded, environ=environ, plugins=Plugins(Settings(loaded, environ), entries=()))
    run = kernel.open_run(RunOptions(answerers=(person,) if person else ()))
    spies(run, *NAMES, idempotent=idempotent)
    return run


async def test_patterns_new_names_and_a_prefix(tmp_path: Path) -> None:
    run = run_with(
        tmp_path,
        """
        [toolset.reading]
        tools = ["file_*", "json_query"]
        exclude = ["*_delete"]
        rename = { file_read = "read" }
        prefix = "my_"
        """,
    )
    toolset = run.tools.toolsets.find("reading")
    assert toolset.names() == ["my_json_query", "my_read"]
    assert run.tools.toolsets.find("reading") is toolset
    assert await ask(run, toolset, "my_read") == "done"


async def test_a_person_is_asked_before_the_cache_and_a_cached_answer_costs_no_call(tmp_path: Path) -> None:
    person = Person("once")
    run = run_with(
        tmp_path,
        '[toolset.t]\nprefix = "p_"\napproval = ["file_*"]\nbudget.calls = 1\ncache = {}\nretry.attempts = 2\n',
        person=person,
    )
    toolset = run.tools.toolsets.find("t")
    for _ in range(2):
        await ask(run, toolset, "p_file_read", n=1)
    assert [each.tool for each in person.asked] == ["tool:p_file_read"] * 2
    assert person.asked[0].rule == "file_* ([toolset.t])"
    assert len(events(run, "tool.cached")) == 1
    with pytest.raises(BudgetExceeded) as raised:
        await ask(run, toolset, "p_file_read", n=2)
    assert raised.value.hint == "raise toolset.t.budget.calls"


async def test_each_further_attempt_counts_as_a_call(tmp_path: Path) -> None:
    run = run_with(tmp_path, '[toolset.t]\ntools = ["file_read"]\nbudget.calls = 1\nretry = {}\n')
    spy: Any = run.find_tool("file_read")
    spy._answer = LlmspellError("busy", kind="network", retryable=True, details={"retry_after": 0.0})
    with pytest.raises(BudgetExceeded):
        await ask(run, run.tools.toolsets.find("t"), "file_read")
    assert len(spy.calls) == 1
    assert "tool.retry" in kinds(run)


async def test_all_calls_of_the_tools_of_a_set_are_counted_whoever_makes_them(tmp_path: Path) -> None:
    run = run_with(tmp_path, '[toolset.t]\ntools = ["file_*"]\nbudget.calls = 1\n')
    [first] = run.tools.toolsets.expanded(["toolset:t"])[:1]
    [_, second] = run.tools.toolsets.expanded(["toolset:t"])
    await run.call_tool(first, {}, run.root)  # type: ignore[arg-type]  # not a name
    with pytest.raises(BudgetExceeded):
        await run.call_tool(second, {}, run.root)  # type: ignore[arg-type]  # as above


@pytest.mark.parametrize(
    ("table", "message"),
    [
        (
            'tools = ["file_*", "jsn_query"]',
            r"^llmspell\.toml:2: `toolset\.t\.tools`: no tool fits 'jsn_query'; did you mean 'json_query'\?$",
        ),
        ('exclude = ["x"]', r"^llmspell\.toml:1: `toolset\.t\.tools`: no tool fits 'x'; known: file_delete, "),
        ('exclude = ["*"]', r"^llmspell\.toml:1: `toolset\.t\.tools`: all tools of it are excluded$"),
        ('rename = { a = "b" }', r"^llmspell\.toml:2: `toolset\.t\.rename`: no tool fits 'a'; known"),
        (
            'rename = { file_read = "json_query" }',
            r"^llmspell\.toml:2: `toolset\.t\.rename`: two tools of the toolset would be called 'json_query'$",
        ),
        ('prefix = "a b"', r"^llmspell\.toml:2: `toolset\.t\.prefix`: 'a bfile_delete' is not a tool name; use"),
        ('approval = ["send"]', r"^llmspell\.toml:2: `toolset\.t\.approval`: no tool fits 'send'; known"),
        (
            "cache.ttl = 5",
            r"^llmspell\.toml:2: `toolset\.t\.cache`: none of its tools is idempotent, so there is nothing to keep",
        ),
        ("retry.attempts = 3", r"^llmspell\.toml:2: `toolset\.t\.retry`: none of its tools is idempotent"),
    ],
)
async def test_a_table_that_is_about_nothing_is_refused(tmp_path: Path, table: str, message: str) -> None:
    run = run_with(tmp_path, f"[toolset.t]\n{table}\n", idempotent=False)
    with pytest.raises(ConfigError, match=message):
        run.tools.toolsets.find("t")


@pytest.mark.parametrize(
    ("table", "message"),
    [
        ("tool = []", r"`toolset\.t\.tool` is not known; did you mean 'tools'\?$"),
        ('tools = "file_*"', r"`toolset\.t\.tools` must be a list, found 'file_\*'$"),
        ("budget = {}", r"`toolset\.t\.budget` is not valid: give calls, interval or both$"),
        ("retry.attempts = 1", r"`toolset\.t\.retry\.attempts` must be at least 2 and finite, found 1$"),
        ("cache.ttl = 0", r"`toolset\.t\.cache\.ttl` must be at least 0\.001 and finite, found 0\.0$"),
    ],
)
def test_a_wrong_key_or_value_is_refused_when_it_is_read(tmp_path: Path, table: str, message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        run_with(tmp_path, f"[toolset.t]\n{table}\n")


async def test_a_toolset_that_is_not_configured_is_unknown(tmp_path: Path) -> None:
    run = run_with(tmp_path, "[toolset.reading]\n")
    with pytest.raises(UsageError, match=r"^no toolset named 'raeding' is configured$") as raised:
        run.tools.toolsets.find("raeding")
    assert (raised.value.kind, raised.value.hint) == ("unknown_tool", "did you mean 'reading'?")


async def test_without_any_the_hint_is_the_table_to_write(tmp_path: Path) -> None:
    with pytest.raises(UsageError) as raised:
        run_with(tmp_path, "").tools.toolsets.find("mine")
    assert raised.value.hint == "write a table [toolset.mine] in llmspell.toml"


async def test_an_agents_toolset_becomes_its_tools(tmp_path: Path) -> None:
    run = run_with(tmp_path, '[toolset.t]\ntools = ["file_*"]\nprefix = "p_"\n')
    spec = run.tools.equipped(AgentSpec("a", tools=("json_query", "toolset:t")))
    names = [tool if isinstance(tool, str) else tool.name for tool in spec.tools]
    assert names == ["json_query", "p_file_delete", "p_file_read"]
    plain = AgentSpec("a", tools=("json_query",))
    assert run.tools.equipped(plain) is plain


async def test_two_tools_of_one_name_are_refused(tmp_path: Path) -> None:
    run = run_with(tmp_path, '[toolset.t]\ntools = ["file_*"]\napproval = ["file_delete"]\n')
    with pytest.raises(
        LlmspellError, match=r"^two of the tools are called 'file_delete'; one comes with 'toolset:t'$"
    ) as raised:
        run.tools.equipped(AgentSpec("a", tools=("file_delete", "toolset:t")))
    assert (raised.value.kind, raised.value.hint) == ("conflict", "give the toolset a prefix")
    assert len(run.tools.equipped(AgentSpec("a", tools=("toolset:t", "toolset:t"))).tools) == 2


async def test_a_denied_tool_is_denied_in_a_toolset_too(tmp_path: Path) -> None:
    run = run_with(
        tmp_path, '[permissions]\ndeny.tools = ["file_delete"]\n[toolset.t]\nrename = {file_delete = "rm"}\n'
    )
    with pytest.raises(PermissionDenied, match=r"^tools of 'file_delete' is denied by 'file_delete'"):
        await ask(run, run.tools.toolsets.find("t"), "rm")


async def test_a_rule_about_the_first_name_is_asked_for_each_call_of_a_cached_one(tmp_path: Path) -> None:
    person = Person("once")
    run = run_with(
        tmp_path,
        '[toolset.t]\nprefix = "p_"\ncache = {}\n',
        person=person,
        user='[permissions]\nask.tools = ["file_read"]\n',
    )
    for _ in range(2):
        await ask(run, run.tools.toolsets.find("t"), "p_file_read", n=1)
    assert [each.target for each in person.asked] == ["file_read"] * 2
    assert len(events(run, "tool.cached")) == 1


@pytest.mark.parametrize(("table", "asks"), [('approval = ["*"]', True), ("", False)])
def test_a_kernel_knows_that_a_toolset_may_ask(tmp_path: Path, table: str, asks: bool) -> None:
    (tmp_path / "llmspell.toml").write_text(f"[toolset.t]\n{table}\n")
    assert Kernel(load(tmp_path, {"HOME": str(tmp_path)}), environ={}).asks() is asks
