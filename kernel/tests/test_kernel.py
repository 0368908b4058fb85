"""Kernels: what a spell comes to, and what configuration and options change."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import attrs
import pytest

from llmspell.bridge.pool import WorkerPool
from llmspell.config import Config, LoadedConfig, schema
from llmspell.errors import ConfigError, ScriptFailed, UnknownPlugin, UsageError
from llmspell.events import Event
from llmspell.kernel import Kernel, RunOptions
from llmspell.spell import Source
from llmspell.testing import ScriptedModel, Text, Trickle

from .run.kit import make_kernel

LOW = RunOptions(profile="low")


@pytest.fixture
async def kernel(tmp_path: Path) -> AsyncIterator[Kernel]:
    model = ScriptedModel(Text("hello"), name="scripted")
    async with make_kernel(model, entries=None, project=tmp_path) as made:
        yield made


def lua(code: str) -> Source:
    return Source(code, "test.lua")


@pytest.mark.parametrize("profile", ["low", "medium", "high"])
async def test_a_spell_that_ends_says_what_it_returned_and_printed(kernel: Kernel, profile: str) -> None:
    ended = await kernel.cast(lua("print('a', 1) print('b') return { n = 42 }"), RunOptions(profile=profile))
    assert ended.value == {"n": 42}
    assert ended.stop_reason == "completed"
    assert ended.error is None
    assert ended.output == "a\t1\nb\n"
    assert ended.partial_text == ""
    assert ended.duration > 0
    assert ended.cost == 0.0
    assert ended.usage.total_tokens == 0


@pytest.mark.parametrize("profile", ["low", "medium"])
async def test_a_spell_that_fails_says_where(kernel: Kernel, profile: str) -> None:
    ended = await kernel.cast(lua("print('before')\nerror('no')"), RunOptions(profile=profile))
    assert ended.stop_reason == "error"
    assert ended.value is None
    assert isinstance(ended.error, ScriptFailed)
    assert (ended.error.message, ended.error.file, ended.error.line) == ("no", "test.lua", 2)
    assert ended.output == "before\n"


async def test_a_spell_uses_models_and_its_usage_is_counted(kernel: Kernel) -> None:
    code = "return Agent.create{ name = 'a', model = 'scripted/m' }:run('hi').text"
    ended = await kernel.cast(lua(code), LOW)
    assert ended.value == "hello"
    assert ended.usage.total_tokens == 15
    assert ended.cost is None


async def test_options_give_the_model_arguments_output_and_observers(kernel: Kernel) -> None:
    printed: list[str] = []
    seen: list[Event] = []
    options = RunOptions(
        profile="low",
        model="scripted/m",
        args=("x", "y"),
        output=printed.append,
        observers=(seen.append,),
    )
    code = "print(Args[1], Args[2]) return Agent.create{ name = 'a' }:run('hi').text"
    ended = await kernel.cast(lua(code), options)
    assert ended.value == "hello"
    assert printed == ["x\ty"]
    assert ended.output == "x\ty\n"
    assert seen == list(ended.log)
    assert (seen[0].kind, seen[-1].kind) == ("script.started", "script.finished")


async def test_a_limit_that_is_reached_is_no_success(kernel: Kernel) -> None:
    budget = schema.Budget(tool_calls=1)
    config = attrs.evolve(kernel.config, budget=budget)
    limited = make_kernel(entries=None, config=config)
    code = "for i = 1, 2 do Tool.run('calculator', { expression = '1' }) end"
    ended = await limited.cast(lua(code), LOW)
    assert ended.stop_reason == "budget.tool_calls"
    assert ended.value is None
    await limited.close()


async def test_computing_until_the_wall_time_is_the_wall_time(kernel: Kernel) -> None:
    ended = await kernel.cast(lua("while true do end"), RunOptions(profile="low", timeout=0.2))
    assert ended.stop_reason == "budget.wall_time"
    assert "wall_time of 0.2 seconds" in str(ended.error)


async def test_computing_too_long_at_once_is_not_the_wall_time(tmp_path: Path) -> None:
    config = Config(limits=schema.Limits(slice=0.1))
    async with make_kernel(entries=None, config=config, project=tmp_path) as kernel:
        ended = await kernel.cast(lua("while true do end"), LOW)
    assert ended.stop_reason == "budget.cpu"


async def test_what_cannot_begin_is_raised(kernel: Kernel) -> None:
    with pytest.raises(UsageError, match="no profile named 'lowest'"):
        await kernel.cast(lua(""), RunOptions(profile="lowest"))
    with pytest.raises(UnknownPlugin, match="no engine named 'lua6'"):
        await kernel.cast(lua(""), RunOptions(engine="lua6"))
    with pytest.raises(UnknownPlugin, match="no hook named 'nothing'"):
        await kernel.cast(lua(""), RunOptions(hooks=("nothing",)))
    with pytest.raises(UsageError, match="nothing says which engine"):
        await kernel.cast(Source("", "test.txt"))
    assert not kernel._runs


async def test_an_engine_can_be_chosen_where_the_name_says_nothing(kernel: Kernel) -> None:
    ended = await kernel.cast(Source("return 1", "spell"), RunOptions(engine="lua", profile="low"))
    assert ended.value == 1


async def test_many_spells_run_at_once(kernel: Kernel) -> None:
    code = "Async.sleep(0.05) return tonumber(Args[1])"
    casts = [kernel.cast(lua(code), RunOptions(profile="low", args=(str(n),))) for n in range(50)]
    ended = await asyncio.gather(*casts)
    assert [each.value for each in ended] == list(range(50))
    assert not kernel._runs


async def test_closing_the_kernel_ends_open_runs(kernel: Kernel) -> None:
    run = kernel.open_run()
    task = run.spawn(asyncio.sleep(60))
    await kernel.close()
    assert task.cancelled()
    assert not kernel._runs


async def test_a_run_takes_its_defaults_from_configuration(tmp_path: Path) -> None:
    config = Config(
        run=schema.Run(model="scripted/default", profile="high", model_timeout=7),
        budget=schema.Budget(tokens=11),
        hooks=schema.Hooks(failures=3),
    )
    run = make_kernel(config=config, project=tmp_path).open_run()
    assert (run.model, run.policy.profile.name, run.model_timeout) == ("scripted/default", "high", 7)
    assert (run.budget.limits.tokens, run.hook_failures, run.project) == (11, 3, tmp_path)
    run = make_kernel(config=config).open_run(RunOptions(model="scripted/x", profile="low", timeout=5))
    assert (run.model, run.policy.profile.name, run.budget.limits.wall_time) == ("scripted/x", "low", 5)
    assert run.budget.limits.tokens == 11


async def test_a_kernel_without_arguments_reads_the_current_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "llmspell.toml").write_text("[budget]\ntokens = 5\n")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LLMSPELL_BLOCK", "tool:calculator")
    monkeypatch.setenv("LLMSPELL_CONFIG_HOME", str(tmp_path))
    kernel = Kernel()
    assert kernel.config.budget.tokens == 5
    assert "calculator" not in kernel.plugins.names("tool")
    assert "datetime" in kernel.plugins.names("tool")


async def test_the_limits_of_a_script_come_from_configuration() -> None:
    config = Config(limits=schema.Limits(memory=2 << 20, slice=3), budget=schema.Budget(wall_time=2))
    kernel = make_kernel(config=config)
    limits = kernel.limits(kernel.open_run())
    assert (limits.memory, limits.slice) == (2 << 20, 2)


async def test_a_worker_can_be_started_before_its_spell(kernel: Kernel) -> None:
    machine = kernel.plugins.get("engine", "lua").machine
    pool = WorkerPool(machine, idle=0)
    pool.prestart()
    async with Kernel(kernel.loaded, plugins=kernel.plugins, pools={machine: pool}) as prepared:
        assert (await prepared.cast(lua("return 1"))).value == 1
    with pytest.raises(RuntimeError, match="is closed"):
        pool.acquire()


async def test_modules_come_from_the_spells_folder_and_configured_ones(tmp_path: Path) -> None:
    (tmp_path / "lib").mkdir()
    (tmp_path / "lib" / "shared.lua").write_text("return 'shared'")
    (tmp_path / "own").mkdir()
    (tmp_path / "own" / "mine.lua").write_text("return 'mine'")
    spell = tmp_path / "own" / "spell.lua"
    spell.write_text("return require('mine') .. ' ' .. require('shared')")
    config = Config(modules=schema.Modules(paths=("lib",)))
    async with make_kernel(config=config, entries=None, project=tmp_path) as kernel:
        assert (await kernel.cast(Source.read(spell), LOW)).value == "mine shared"
        ended = await kernel.cast(Source.read(spell), RunOptions(profile="high"))
        assert ended.stop_reason == "error"


async def test_the_partial_text_of_a_spell_that_ended_well_is_empty(tmp_path: Path) -> None:
    model = ScriptedModel(Trickle(0.01, Text("words " * 50, chunks=50)), name="scripted")
    code = """
        pcall(Async.timeout, 0.1, function()
          for piece in Agent.create{ name = 'a', model = 'scripted/m' }:stream('go') do end
        end)
        return 'well'
    """
    async with make_kernel(model, entries=None, project=tmp_path) as kernel:
        ended = await kernel.cast(lua(code), LOW)
    assert (ended.value, ended.partial_text) == ("well", "")


async def test_a_script_operation_can_be_changed_by_a_hook(kernel: Kernel) -> None:
    from llmspell import hookimpl
    from llmspell.hookspecs import Modify

    class Rewrite:
        @hookimpl
        def pre_script(self, call: Any) -> Modify:
            return Modify({"text": "return 'rewritten'"})

    kernel.plugins.manager.register(Rewrite())
    assert (await kernel.cast(lua("return 'original'"), LOW)).value == "rewritten"


def test_configuration_of_what_is_not_installed_is_refused(tmp_path: Path) -> None:
    config = Config(tool={"calculater": {"x": 1}}, provider={"lab": {"plugin": "openai"}})
    with pytest.raises(ConfigError, match="no tool named 'calculater' is installed; did you mean 'calculator'"):
        Kernel(LoadedConfig(config, project=tmp_path), environ={})
    lab = Config(provider={"lab": {"plugin": "openai"}, "openai": {}}, hook={"logging": {}})
    assert "lab" in Kernel(LoadedConfig(lab, project=tmp_path), environ={}).models.names()


def test_a_kernel_can_be_made_of_a_loaded_configuration(tmp_path: Path) -> None:
    loaded = LoadedConfig(project=tmp_path)
    kernel = Kernel(loaded, environ={"LLMSPELL_BLOCK": "llmspell-tool-core"})
    assert kernel.loaded is loaded
    assert "calculator" not in kernel.plugins.names("tool")
