"""Another spell as a tool: configured, or made by a spell."""

from __future__ import annotations

import asyncio
from pathlib import Path
from threading import Timer
from typing import Any

import pytest

from llmspell.errors import AmbiguousPlugin, ConfigError, LlmspellError, ToolFailed, UsageError
from llmspell.kernel import RunOptions
from llmspell.nested import NestedRun
from llmspell.spell import Source
from llmspell.testing import Calls, Text
from llmspell.tools.spell_header import SpellHeader
from llmspell.tools.spell_tool import SpellTool

from .project import Project, value

TOML = """
[tool.sum_up]
spell = "sum.lua"
description = "Sums up."
parameters = { text = "string", n = { type = "integer", optional = true } }
"""
SUM = "return { text = Spell.arguments.text, n = Spell.arguments.n, word = Args.n }"


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return Project(tmp_path.resolve())


async def test_a_configured_spell_is_a_tool(project: Project) -> None:
    project.write("llmspell.toml", TOML)
    project.write("sum.lua", SUM)
    assert project.offered() == {"sum_up": "sum.lua"}
    assert await project.call("sum_up", text="a b", n=3) == {"text": "a b", "n": 3, "word": "3"}
    with pytest.raises(UsageError, match=r"^tool:sum_up got wrong arguments: \$: 'text' is missing"):
        await project.call("sum_up")


@pytest.mark.parametrize("profile", ["low", "medium"])
async def test_a_spell_makes_a_tool_of_another(project: Project, profile: str) -> None:
    project.write("sum.lua", SUM)
    project.write(
        "main.lua",
        'local sum = Tool.from_spell{ path = "sum.lua", name = "sums", description = "Sums.", parameters = { n = "integer" } }\n'
        'return { by_handle = sum:run{ n = 1 }.output, by_name = Tool.run("sums", { n = 2 }).output }',
    )
    found = value(await project.cast("main.lua", RunOptions(profile=profile)))
    assert found == {"by_handle": {"n": 1, "word": "1"}, "by_name": {"n": 2, "word": "2"}}


async def test_javascript_and_lua_call_each_other(project: Project) -> None:
    project.write("inner.js", "// description: Doubles.\nexport default { twice: Spell.arguments.n * 2, list: [] };")
    project.write(
        "main.lua", 'return Tool.from_spell{ path = "inner.js", parameters = { n = "number" } }:run{ n = 4 }.output'
    )
    project.write(
        "outer.js",
        'const t = await Tool.fromSpell({ path: "inner.js", parameters: { n: "number" } });\nexport default (await t.run({ n: 5 })).output;',
    )
    assert value(await project.cast("main.lua")) == {"twice": 8, "list": []}
    assert value(await project.cast("outer.js")) == {"twice": 10, "list": []}


async def test_a_spell_says_itself_what_it_does(project: Project) -> None:
    project.write(
        "sum.lua",
        '#!/usr/bin/env lua\n-- name: sums\n-- Some words.\n-- description: Sums up.\n-- parameters: {"n": "integer"}\nreturn 1',
    )
    project.write("main.lua", 'Tool.from_spell{ path = "sum.lua" } return Tool.describe("sums")')
    found = value(await project.cast("main.lua"))
    assert (found["description"], found["parameters"]["required"]) == ("Sums up.", ["n"])
    project.write("llmspell.toml", '[tool.other]\nspell = "sum.lua"\n')
    assert project.find("other").description == "Sums up."


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("// description: A.\nx", SpellHeader(description="A.")),
        ("/* description: A. */", SpellHeader(description="A.")),
        ("/*\n * name: a\n * description: B.\n */", SpellHeader("a", "B.")),
        ("print(1)\n-- description: too late", SpellHeader()),
        ("\n\n-- description: first\n-- description: second", SpellHeader(description="first")),
        ("", SpellHeader()),
    ],
)
def test_a_header_is_the_comment_that_a_spell_begins_with(text: str, expected: SpellHeader) -> None:
    assert SpellHeader.of(Source(text, "x.lua")) == expected


@pytest.mark.parametrize("said", ["{", "[]", '"x"', "[" * 100_000])
def test_parameters_of_a_header_are_a_json_object(said: str) -> None:
    with pytest.raises(UsageError, match=r"^x\.lua:1: the parameters are no"):
        SpellHeader.of(Source(f"-- parameters: {said}", "x.lua"))


async def test_what_a_spell_raises_is_an_error_of_the_tool_with_its_place(project: Project) -> None:
    project.write("llmspell.toml", TOML)
    project.write("sum.lua", "local x = 1\nerror('no way')")
    with pytest.raises(ToolFailed, match=r"^sum\.lua:2: no way$") as caught:
        await project.call("sum_up", text="")
    error = caught.value
    assert (error.kind, error.component) == ("tool_failed", "tool:sum_up")
    assert (error.details["file"], error.details["line"]) == ("sum.lua", 2)


async def test_an_error_of_the_kernel_keeps_its_kind(project: Project) -> None:
    project.write("sum.lua", "-- description: x\nreturn Tool.run('no_such_tool', {})")
    project.write("main.lua", 'Tool.from_spell{ path = "sum.lua" }:run{}')
    ended = await project.cast("main.lua")
    assert isinstance(ended.error, LlmspellError)
    assert ended.error.kind == "unknown_tool"


async def test_what_it_makes_is_its_own_and_state_is_shared(project: Project) -> None:
    project.write(
        "inner.lua",
        "-- description: x\nlocal before = Tool.try_get and 0\n"
        'Tool.define{ name = "own", run = function() return 1 end }\nAgent.create{ name = "me", run = function() return "" end }\n'
        'Hook.on("pre_tool", function() return { veto = "mine" } end)\n'
        "local names = {} for _, n in ipairs(Tool.list()) do names[n] = true end\n"
        'State.set("count", State.get("count", 0) + 1)\nreturn names.outer == true',
    )
    project.write(
        "main.lua",
        'Tool.define{ name = "outer", run = function() return "fine" end }\n'
        'local t = Tool.from_spell{ path = "inner.lua" }\nlocal seen = t:run{}.output t:run{}\n'
        'return { seen = seen, outer = Tool.run("outer", {}).output, agents = Agent.list(), count = State.get("count"),'
        ' own = Tool.list()[1] ~= nil and pcall(Tool.get, "own") }',
    )
    found = value(await project.cast("main.lua"))
    assert found == {"seen": False, "outer": "fine", "agents": [], "count": 2, "own": False}


async def test_its_hooks_are_its_own(project: Project) -> None:
    project.write(
        "inner.lua",
        '-- description: x\nHook.on("pre_tool", function() return { veto = "mine" } end)\nAsync.sleep(0.5)\n'
        'local ok, e = pcall(Tool.run, "calculator", { expression = "1" })\nreturn e.kind',
    )
    project.write(
        "main.lua",
        'local t = Tool.from_spell{ path = "inner.lua" }\nTool.define{ name = "outer", run = function() return "fine" end }\n'
        "local function outside() Async.sleep(0.25) return Tool.run('outer', {}).output end\n"
        "return Async.all{ function() return t:run{}.output end, outside }",
    )
    assert value(await project.cast("main.lua")) == ["vetoed", "fine"]


async def test_what_it_started_ends_with_it(project: Project) -> None:
    async with project.kernel() as kernel:
        run = kernel.open_run()
        nested = NestedRun(run, Source("return 1", "x.lua"), run.root)
        inner, outer = nested.spawn(asyncio.sleep(60)), run.spawn(asyncio.sleep(60))
        await nested.close()
        assert (inner.cancelled(), outer.done()) == (True, False)
        nested.interrupt("enough")
        assert run.cancelled == nested.cancelled == "enough"
        await run.close()


async def test_its_prints_are_events_and_no_output(project: Project) -> None:
    project.write("inner.lua", "-- description: x\nprint('inside')")
    project.write("main.lua", 'print("outside") Tool.from_spell{ path = "inner.lua" }:run{}')
    ended = await project.cast("main.lua")
    assert ended.output == "outside\n"
    said = {event.path: event.data["text"] for event in ended.log.history("script.output")}
    assert said == {"run": "outside", "run/tool:inner/script:inner.lua": "inside"}


async def test_it_is_held_to_what_its_caller_is_held_to(project: Project) -> None:
    project.write("secret.txt", "s")
    project.write("inner.lua", "-- description: x\nreturn Tool.run('file_read', { path = 'secret.txt' }).output")
    project.write(
        "main.lua",
        'Tool.from_spell{ path = "inner.lua" }\n'
        'local a = Agent.create{ name = "a", permissions = { ["fs.read"] = {} }, run = function() return Tool.run("inner", {}).text end }\n'
        'local ok, e = pcall(function() return a:run("x") end)\n'
        'return { free = Tool.run("inner", {}).output, held = e.kind }',
    )
    found = value(await project.cast("main.lua"))
    assert found["held"] == "permission"
    assert "s" in str(found["free"])


async def test_what_the_configuration_denies_it_is_denied_inside_another_too(project: Project) -> None:
    project.write("secret.txt", "s")
    project.write("inner.lua", "-- description: x\nreturn Tool.run('file_read', { path = 'secret.txt' }).output")
    project.write(
        "main.lua",
        'local t = Tool.from_spell{ path = "inner.lua" }\nlocal free = Tool.run("file_read", { path = "secret.txt" }).output\nlocal ok, e = pcall(function() return t:run{} end)\nreturn { free, e.kind, e.message }',
    )
    project.write("llmspell.toml", '[spell."inner.lua".permissions]\ndeny."fs.read" = ["secret.txt"]\n')
    free, kind, message = value(await project.cast("main.lua"))
    assert "s" in str(free)
    assert kind == "permission"
    assert "is denied by 'secret.txt' (llmspell.toml:2)" in message


async def test_what_the_configuration_grants_it_does_not_count_inside_another(project: Project, tmp_path: Path) -> None:
    outside = tmp_path / "outside.txt"
    outside.write_text("s")
    project.write("inner.lua", f"-- description: x\nreturn Tool.run('file_read', {{ path = '{outside}' }}).output")
    project.write("main.lua", 'return Tool.from_spell{ path = "inner.lua" }:run{}.output')
    project.write("llmspell.toml", f'[spell."inner.lua".permissions]\n"fs.read" = ["{outside}"]\n')
    project.trust()
    assert "s" in str(value(await project.cast("inner.lua")))
    ended = await project.cast("main.lua")
    assert isinstance(ended.error, LlmspellError)
    assert ended.error.kind == "permission"


async def test_a_spell_finds_it_in_its_own_folder_and_nowhere_else(project: Project) -> None:
    project.write("deep/inner.lua", "-- description: x\nreturn require('part')")
    project.write("deep/part.lua", "return 7")
    project.write("deep/main.lua", 'return Tool.from_spell{ path = "./inner.lua" }:run{}.output')
    assert value(await project.cast("deep/main.lua")) == 7
    project.write("main.lua", 'Tool.from_spell{ path = "inner.lua" }')
    ended = await project.cast("main.lua")
    assert isinstance(ended.error, LlmspellError)
    assert (ended.error.kind, ended.error.message.partition(";")[0]) == ("not_found", "there is no module 'inner.lua'")


async def test_without_modules_there_are_no_other_spells(project: Project) -> None:
    project.write("inner.lua", "-- description: x\nreturn 1")
    project.write("main.lua", 'Tool.from_spell{ path = "inner.lua" }')
    ended = await project.cast("main.lua", RunOptions(profile="high"))
    assert isinstance(ended.error, LlmspellError)
    assert ended.error.kind == "permission"


async def test_a_file_that_may_not_be_read_is_no_tool(project: Project) -> None:
    (project.folder.parent / "other.lua").write_text("return 1")
    project.write("main.lua", 'Tool.from_spell{ path = "../other.lua", description = "x" }')
    ended = await project.cast("main.lua")
    assert isinstance(ended.error, LlmspellError)
    assert ended.error.kind == "permission"


async def test_its_calls_count_on_the_budget_of_the_run(project: Project) -> None:
    project.write("inner.lua", "-- description: x\nfor i = 1, 10 do Tool.run('calculator', { expression = '1' }) end")
    project.write("main.lua", 'Tool.from_spell{ path = "inner.lua" }:run{}')
    project.write("llmspell.toml", "[budget]\ntool_calls = 5\n")
    ended = await project.cast("main.lua")
    assert ended.stop_reason == "budget.tool_calls"
    assert ended.log.history("tool.started")[-1].path == "run/tool:inner/script:inner.lua/tool:calculator#4"


async def test_recursion_ends_at_the_budget_of_depth(project: Project) -> None:
    project.write("llmspell.toml", '[tool.again]\nspell = "again.lua"\ndescription = "Again."\n[budget]\ndepth = 6\n')
    project.write("again.lua", "return Tool.run('again', {}).output")
    ended = await project.cast("again.lua")
    assert ended.stop_reason == "budget.depth"


async def test_only_so_many_run_at_once(project: Project) -> None:
    project.write("llmspell.toml", "[limits]\nprocesses = 2\n")
    project.write("inner.lua", "-- description: x\nAsync.sleep(0.3) return 1")
    project.write(
        "main.lua",
        'local t = Tool.from_spell{ path = "inner.lua" }\n'
        "local function call() local ok, e = pcall(function() return t:run{} end) return ok or e.details.budget end\n"
        "local first = Async.all{ call, call, call }\nreturn { first, call() }",
    )
    first, after = value(await project.cast("main.lua"))
    assert sorted(map(str, first)) == ["True", "True", "processes"]
    assert after is True


@pytest.mark.parametrize("profile", ["low", "medium"])
async def test_an_interrupt_stops_it_wherever_it_is(project: Project, profile: str) -> None:
    project.write("inner.lua", "-- description: x\nState.set('began', true) while true do end")
    project.write("main.lua", 'Tool.from_spell{ path = "inner.lua" }:run{}')
    loop = asyncio.get_running_loop()
    async with project.kernel() as kernel:

        def stop(event: Any) -> None:
            if event.kind == "script.started" and event.path != "run":
                Timer(0.3, kernel.interrupt, ("enough",)).start()

        started = loop.time()
        options = RunOptions(profile=profile, observers=(stop,))
        ended = await kernel.cast(Source.read(project.folder / "main.lua"), options)
    assert ended.stop_reason == "cancelled"
    assert loop.time() - started < 10


async def test_its_timeout_is_that_of_the_tool(project: Project) -> None:
    project.write("inner.lua", "-- description: x\nAsync.sleep(30)")
    project.write("main.lua", 'Tool.from_spell{ path = "inner.lua", timeout = 0.3 }:run{}')
    ended = await project.cast("main.lua")
    assert isinstance(ended.error, LlmspellError)
    assert (ended.error.kind, ended.error.message) == ("timeout", "tool 'inner' took longer than 0.3 seconds")


async def test_an_agent_uses_it(project: Project) -> None:
    project.write("llmspell.toml", TOML)
    project.write("sum.lua", SUM)
    project.write(
        "main.lua",
        'local a = Agent.create{ model = "scripted/m", tools = { "sum_up" } }\nlocal r = a:run("hi")\n'
        "return { r.text, r.calls[1].name, Json.decode(r.messages[3].content).word }",
    )
    project.model = (Calls(("sum_up", {"text": "a", "n": 4})), Text("done"))
    assert value(await project.cast("main.lua")) == ["done", "sum_up", "4"]


@pytest.mark.parametrize(
    ("table", "message"),
    [
        (
            'spell = "lost.lua"\ndescription = "x"',
            r"llmspell\.toml:2: `tool\.t`: cannot read '.*lost\.lua': No such file",
        ),
        ('spell = "sum.lua"', r"`tool\.t`: nothing says what the spell 'sum\.lua' does as a tool$"),
        (
            'spell = "../x.lua"\ndescription = "x"',
            r"'\.\./x\.lua' lies outside '.*', where a project's files must stay$",
        ),
        ('spell = "sum.lua"\ndescription = "x"\nparameters = { a = "strnig" }', r"has the unknown type 'strnig'"),
        ('spell = "sum.lua"\ndescription = "x"\ntimeout = 0.0', r"timeout must be above 0, not 0\.0"),
        ('spell = "sum.lua"\ndescripton = "x"', r"`tool\.t\.descripton` is not known; did you mean 'description'\?"),
        ("spell = 3", r"`tool\.t\.spell` must be a string, found 3"),
    ],
)
def test_a_wrong_table_is_told_with_its_place(project: Project, table: str, message: str) -> None:
    project.write("sum.lua", SUM)
    project.write("llmspell.toml", f"[tool.t]\n{table}\n")
    with pytest.raises(ConfigError, match=message):
        project.find("t")


def test_a_name_that_is_taken_is_a_conflict(project: Project) -> None:
    project.write("llmspell.toml", TOML.replace("sum_up", "calculator"))
    with pytest.raises(AmbiguousPlugin, match=r"'calculator' is offered by .* and sum\.lua$"):
        project.find("calculator")


async def test_without_a_kernel_it_is_refused_in_words(project: Project) -> None:
    async with project.kernel() as kernel:
        run = kernel.open_run()
        run.kernel = None
        with pytest.raises(LlmspellError, match="only in a run that a kernel opened"):
            await run.call_tool(SpellTool("x", Source("return 1", "x.lua"), description="x"), {})
        await run.close()
