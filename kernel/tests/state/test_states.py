"""The scopes of a run: who shares what, and what lasts."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import get_args

import pytest
import pytest_asyncio

from llmspell.config import load
from llmspell.errors import UnknownPlugin, UsageError
from llmspell.kernel import Kernel, RunOptions
from llmspell.run import Run
from llmspell.script.state import ReducerName, ScopeName
from llmspell.state import SCOPES
from llmspell.state.reducers import REDUCERS


def open_kernel(folder: Path, *sets: str) -> Kernel:
    return Kernel(load(folder, {}, ("store.sqlite.path=store.db", *sets)), environ={})


@pytest_asyncio.fixture
async def run(tmp_path: Path) -> AsyncIterator[Run]:
    async with open_kernel(tmp_path) as kernel:
        yield kernel.open_run()


def test_scripts_have_the_names_of_the_kernel() -> None:
    assert get_args(ScopeName) == SCOPES
    assert set(get_args(ReducerName)) == set(REDUCERS)


async def test_kept_scopes_outlive_the_process_and_the_others_do_not(tmp_path: Path) -> None:
    async with open_kernel(tmp_path) as kernel:
        run = kernel.open_run()
        run.session = "s1"
        for name in SCOPES:
            await run.states.scope(name, run.root).set("x", name)
    async with open_kernel(tmp_path) as kernel:
        run = kernel.open_run()
        run.session = "s1"
        found = {name: await run.states.scope(name, run.root).get("x") for name in SCOPES}
    assert found == {"app": "app", "user": "user", "session": "session", "run": None, "temp": None}


async def test_users_and_sessions_are_apart(tmp_path: Path) -> None:
    async with open_kernel(tmp_path) as kernel:
        for user, session in (("ann", "1"), ("bob", "2")):
            run = kernel.open_run()
            run.user, run.session = user, session
            await run.states.scope("user", run.root).set("x", user)
            await run.states.scope("session", run.root).set("x", session)
        run.user = "ann"
        assert await run.states.scope("user", run.root).get("x") == "ann"
        assert await run.states.scope("session", run.root).get("x") == "2"
        run.session = "1"
        assert await run.states.scope("session", run.root).get("x") == "1"
        assert await kernel.store.namespaces() == [
            "state/session/1",
            "state/session/2",
            "state/user/ann",
            "state/user/bob",
        ]


async def test_the_configuration_says_whom_runs_are_for(tmp_path: Path) -> None:
    async with open_kernel(tmp_path, "run.user=ann") as kernel:
        assert kernel.open_run().user == "ann"
        assert kernel.open_run(RunOptions(user="bob")).user == "bob"


async def test_without_a_session_there_is_no_state_of_one(run: Run) -> None:
    with pytest.raises(UsageError, match="this run belongs to none") as caught:
        run.states.scope("session", run.root)
    assert caught.value.kind == "not_found"


async def test_an_unknown_scope_is_refused(run: Run) -> None:
    with pytest.raises(UsageError, match="there is no scope 'usr'") as caught:
        run.states.scope("usr", run.root)  # type: ignore[arg-type]
    assert caught.value.hint == "did you mean 'user'?"


async def test_temp_is_of_the_innermost_agent_workflow_or_spell(run: Run) -> None:
    agent = run.operation("agent", "a", None, run.root)
    tool = run.operation("tool", "t", None, agent)
    other = run.operation("agent", "a", None, tool)
    await run.states.scope("temp", tool).set("x", 1)
    assert await run.states.scope("temp", agent).get("x") == 1
    assert await run.states.scope("temp", other).get("x") is None
    assert await run.states.scope("temp", run.root).get("x") is None


async def test_operations_below_a_branch_work_in_it(run: Run) -> None:
    branch = run.state.branch("left")
    step = run.operation("step", "left", None, run.root, state=branch)
    tool = run.operation("tool", "t", None, step)
    await run.states.scope("run", tool).set("x", 1)
    assert (run.state.get_now("x"), branch.get_now("x")) == (None, 1)
    await run.state.merge([branch])
    assert run.state.get_now("x") == 1


async def test_what_a_run_keeps_counts_as_written(tmp_path: Path) -> None:
    async with open_kernel(tmp_path, "limits.write_bytes=10") as kernel:
        run = kernel.open_run()
        with pytest.raises(Exception, match="the budget write_bytes of 10 bytes is used up"):
            await run.states.scope("app", run.root).set("x", "a" * 20)


async def test_no_store_is_opened_before_it_is_used(tmp_path: Path) -> None:
    async with open_kernel(tmp_path) as kernel:
        run = kernel.open_run()
        run.state.set_now("x", 1)
        assert kernel.plugins.loaded("store") == []
        assert run.store is kernel.store
        assert not (tmp_path / "store.db").exists()
        await run.store.append("s", [1])
    assert (tmp_path / "store.db").is_file()


async def test_plugins_that_are_used_again_have_a_store_again(tmp_path: Path) -> None:
    first = open_kernel(tmp_path)
    await first.store.append("s", [1])
    await first.close()
    async with Kernel(first.loaded, environ={}, plugins=first.plugins) as second:
        assert await second.store.append("s", [2]) == 2


async def test_a_store_that_is_not_installed_is_told(tmp_path: Path) -> None:
    async with open_kernel(tmp_path, "run.store=sqlit") as kernel:
        with pytest.raises(UnknownPlugin, match="no store named 'sqlit' is installed") as caught:
            _ = kernel.store
    assert caught.value.hint == "did you mean 'sqlite'?"
