"""The libraries `io` and `os`: what a script sees of them is what Lua 5.4 itself shows for the same script.

Each script runs twice, in a folder of its own each time: once by the kernel, with the libraries granted, and once by the
Lua that lupa brings, with all that it can do.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest
from lupa import lua54

from llmspell.config import load
from llmspell.kernel import Ended, Kernel, RunOptions
from llmspell.spell import Source

_LIBRARIES = 'permissions.libraries=["io", "os"]'
_GRANTS = (_LIBRARIES, 'permissions."fs.write"=["."]', 'permissions.env=["LLMSPELL_*"]')

# `show` notes what it is given; places in messages and addresses of files are left out.
_PRELUDE = r"""
local noted = {}
local function show(...)
  local words = table.pack(...)
  for i = 1, words.n do
    local word = tostring(words[i])
    if io.type(words[i]) == "file" then word = "file" end
    words[i] = (string.gsub(word, "^[^:%s]*%[?[^:]*:%d+: ", ""))
  end
  noted[#noted + 1] = table.concat(words, "|")
end
local function fails(f) show(select(2, pcall(f))) end
local function make(name, text) local f = assert(io.open(name, "wb")) f:write(text) f:close() end
local function whole(name) local f = assert(io.open(name, "rb")) local text = f:read("a") f:close() return text end
make("three", "one\ntwo\nthree")
make("empty", "")
make("ended", "one\n\ntwo\n")
make("bytes", "\0\1\255\r\n\128")
make("numbers", "12 -7 +3 0x1F 1e3 .5 5. 0x.8p1 -0xA 1e+2 007 nan 5")
"""


async def cast(text: str, folder: Path, *sets: str, profile: str = "low", grants: tuple[str, ...] = _GRANTS) -> Ended:
    """How a spell ended in a folder."""
    async with Kernel(load(folder, {}, (*grants, *sets)), environ={"LLMSPELL_WORD": "hello"}) as kernel:
        return await kernel.cast(Source(text, "test.lua", folder / "test.lua"), RunOptions(profile=profile))


def real(text: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """What Lua itself returns."""
    folder.mkdir()
    monkeypatch.chdir(folder)
    return lua54.LuaRuntime(encoding="latin-1").execute(text)


_LIKE_LUA = {
    "opening what is not there": "show(io.open('gone'))",
    "opening what is not there to change it": "show(io.open('gone', 'r+'))",
    "opening in a folder that is not there": "show(io.open('gone/file', 'w'))",
    "opening a file below a file": "show(io.open('three/file'))",
    "modes": """
        for _, mode in ipairs { 'r', 'w', 'a', 'r+', 'w+', 'a+', 'rb', 'wb', 'ab', 'r+b', 'w+b', 'a+b' } do
          show(mode, io.open('empty', mode))
        end
    """,
    "what is no mode": "for _, mode in ipairs { 'x', 'rw', '', 'rr', 'b', 'rb+', ' r', 'r ' } do fails(function() io.open('three', mode) end) end",
    "what is no name": "fails(function() io.open() end) fails(function() io.open({}) end) fails(function() io.open(true) end) show(io.open(5))",
    "a line by default": "local f = io.open('three') show(f:read()) show(f:read()) show(f:read()) show(f:read()) show(f:read())",
    "lines with and without their ends": "local f = io.open('ended') show(f:read('L', 'l', 'L', 'l')) show(f:read('L'))",
    "an old star before a format": "local f = io.open('three') show(f:read('*l', '*L', '*a'))",
    "all that is left": "local f = io.open('three') show(f:read('l', 'a', 'a', 'l'))",
    "all of an empty file": "local f = io.open('empty') show(f:read('a')) show(f:read('l')) show(f:read('a'))",
    "counts": "local f = io.open('three') show(f:read(2, 3, 0, 100, 0)) show(f:read(1)) show(f:read(0))",
    "a count that is a float": "local f = io.open('three') show(f:read(2.0)) fails(function() f:read(2.5) end)",
    "a count of nothing in an empty file": "local f = io.open('empty') show(f:read(0)) show(f:read(5))",
    "numbers": "local f = io.open('numbers') for _ = 1, 11 do local n = f:read('n') show(n, math.type(n)) end show(f:read('n')) show(f:read('a'))",
    "a number and the line after it": "make('n', '12 rest\\n7') local f = io.open('n') show(f:read('n', 'l', 'n', 'n', 'l'))",
    "what is no number": """
        for i, text in ipairs { 'x', '', '  ', '-', '0x', '1e', '1e+', '.', '..5', '+-1', '0xg', '1.2.3', '--1', 'inf' } do
          make('n', text) local f = io.open('n') show(text, f:read('n')) show(f:read('a'))
        end
    """,
    "long numerals": """
        for _, count in ipairs { 199, 200, 201, 300 } do
          make('n', ('1'):rep(count) .. ' 5') local f = io.open('n') show(count, f:read('n')) show(#f:read('a'))
        end
    """,
    "reading stops at the first that gives nothing": "local f = io.open('three') show(f:read('n', 'l', 'a'))",
    "bytes": "local f = io.open('bytes', 'rb') local text = f:read('a') show(#text, text:byte(1, -1))",
    "what is no format": "local f = io.open('three') for _, x in ipairs { 'x', '', {}, true } do fails(function() f:read('l', x) end) end fails(function() f:read(nil) end)",
    "reading from what was opened to write": "local f = io.open('new', 'w') show(f:read('l')) show(f:read('a'))",
    "writing to what was opened to read": "local f = io.open('three') show(f:write('x')) f:close() show(whole('three'))",
    "writing gives the file": "local f = io.open('new', 'w') show(f:write('a', 1, 2.5, -3, 'b') == f) f:close() show(whole('new'))",
    "numbers are written as they are printed": """
        local f = io.open('new', 'w')
        f:write(1, ' ', 0.1, ' ', 1e100, ' ', -7, ' ', 1/3, ' ', math.maxinteger, ' ', 2^53, ' ', 3.0) f:close() show(whole('new'))
    """,
    "what cannot be written": "local f = io.open('new', 'w') for _, x in ipairs { {}, true, print } do fails(function() f:write(1, x) end) end fails(function() f:write(nil) end)",
    "a new file replaces": "local f = io.open('three', 'w') f:close() show(#whole('three'))",
    "appending": "local f = io.open('three', 'a') f:write('!') f:close() f = io.open('three', 'a') f:write('?') f:close() show(whole('three'))",
    "appending goes to the end wherever it stands": "local f = io.open('three', 'a+') f:seek('set', 0) f:write('!') f:seek('set') show(f:read('a'))",
    "reading what is appended to": "local f = io.open('three', 'a+') show(f:read('l'))",
    "changing the middle": "local f = io.open('three', 'r+') f:seek('set', 4) f:write('TWO') f:close() show(whole('three'))",
    "reading and then writing": "local f = io.open('three', 'r+') f:read('l') f:seek('cur', 0) f:write('T') f:seek('cur', 0) show(f:read('l')) f:close() show(whole('three'))",
    "writing and then reading": "local f = io.open('new', 'w+') f:write('one\\ntwo') f:seek('set') show(f:read('a'))",
    "seeking": """
        local f = io.open('three')
        show(f:seek()) show(f:seek('end')) show(f:seek('set', 4)) show(f:read(3)) show(f:seek('cur')) show(f:seek('cur', -2))
        show(f:read('a')) show(f:seek('end', -1)) show(f:read('a'))
    """,
    "the place after a line is after that line": "local f = io.open('three') f:read('l') show(f:seek()) f:read('n') show(f:seek())",
    "seeking before the start": "local f = io.open('three') show(f:seek('set', -1)) show(f:seek())",
    "seeking past the end": "local f = io.open('three', 'r+') show(f:seek('end', 3)) f:write('x') f:close() show(#whole('three'), whole('three'):byte(14, -1))",
    "what is no place": "local f = io.open('three') fails(function() f:seek('x') end) fails(function() f:seek('set', 1.5) end) fails(function() f:seek('set', {}) end)",
    "lines": "for line in io.lines('ended') do show(line) end",
    "lines with formats": "for a, b in io.lines('three', 1, 'L') do show(a, b) end",
    "lines of numbers": "for n in io.lines('numbers', 'n') do show(n) end",
    "lines of a file that stays open": "local f = io.open('three') for line in f:lines() do show(line) end show(io.type(f)) show(f:read('a'))",
    "lines of what is not there": "show(pcall(io.lines, 'gone'))",
    "lines gives a file to close": "local step, a, b, f = io.lines('three') show(type(step), a, b, io.type(f)) f:close() show(pcall(step))",
    "lines closes at the end": "local step, _, _, f = io.lines('three') while step() do end show(io.type(f)) show(pcall(step))",
    "a loop that is left closes its file": "local step, a, b, f = io.lines('three') for line in step, a, b, f do break end show(io.type(f))",
    "types": "local f = io.open('three') show(io.type(f)) f:close() show(io.type(f)) show(io.type(5)) show(io.type({})) show(io.type(io.stdout))",
    "a closed file": "local f = io.open('three') show(f:close()) show(tostring(f)) for _, name in ipairs { 'read', 'write', 'lines', 'seek', 'flush', 'close', 'setvbuf' } do show(pcall(f[name], f, 'no')) end",
    "a to-be-closed file": "local kept do local f <close> = io.open('three') kept = f end show(io.type(kept))",
    "io.close": "local f = io.open('three') show(io.close(f)) show(io.type(f)) fails(function() io.close(5) end)",
    "flush and setvbuf": "local f = io.open('new', 'w') show(f:flush() == f) show(f:setvbuf('no')) show(f:setvbuf('full', 1024)) show(f:setvbuf('line')) fails(function() f:setvbuf('x') end)",
    "methods need a file": "local f = io.open('three') fails(function() f.read({}) end) fails(function() f.read(5) end) fails(function() f.close('x') end)",
    "the default input": "io.input('three') show(io.read()) show(io.read('n')) show(io.read('l')) for line in io.lines() do show(line) end",
    "the default output": "io.output('new') show(io.write('x', 1) == io.output()) io.close() show(whole('new')) show(pcall(io.write, 'y'))",
    "a default that cannot be opened": "show(pcall(io.input, 'gone'))",
    "a default input that is closed": "io.input('three') io.close(io.input()) show(pcall(io.read)) show(pcall(io.lines))",
    "a temporary file": "local f = io.tmpfile() f:write('one\\ntwo') f:seek('set') show(f:read('a')) show(f:close())",
    "removing": "show(os.remove('three')) show(io.open('three')) show(os.remove('three'))",
    "renaming": "show(os.rename('three', 'four')) show(whole('four')) show(io.open('three')) show(os.rename('gone', 'x'))",
    "renaming over another": "show(os.rename('three', 'empty')) show(whole('empty'))",
    "names that are no names": "for _, f in ipairs { function() os.remove() end, function() os.rename('three') end, function() os.getenv() end, function() os.remove({}) end } do fails(f) end",
    "a variable that is not set": "show(os.getenv('LLMSPELL_NOT_SET'))",
    "dates and times": "show(os.date('!%Y-%m-%d %H:%M:%S', 0)) show(os.time { year = 2000, month = 1, day = 1, hour = 12 }) show(os.difftime(5, 3)) show(os.date('!*t', 86400).day)",
    "a name with spaces and letters": "make('a b \\u{e9}', 'x') show(whole('a b \\u{e9}')) show(os.remove('a b \\u{e9}'))",
    "long lines": "make('long', ('x'):rep(200000) .. '\\ny') local f = io.open('long') show(#f:read('l'), f:read('l'), f:read('l'))",
    "many lines": "local t = {} for i = 1, 20000 do t[i] = i end make('many', table.concat(t, '\\n')) local n, sum = 0, 0 for line in io.lines('many') do n, sum = n + 1, sum + line end show(n, sum)",
}  # fmt: skip


@pytest.mark.parametrize("script", _LIKE_LUA)
async def test_a_script_sees_what_lua_itself_shows(
    script: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = f"{_PRELUDE}\n{_LIKE_LUA[script]}\nreturn table.concat(noted, '\\n')"
    expected = real(text, tmp_path / "real", monkeypatch)
    ours = tmp_path / "ours"
    ours.mkdir()
    ended = await cast(text, ours)
    assert ended.error is None, ended.error
    assert ended.value == expected


@pytest.mark.parametrize("profile", ["low", "medium", "high"])
async def test_every_profile_has_the_same_library_once_it_is_granted(profile: str, tmp_path: Path) -> None:
    text = (
        "local f = assert(io.open('new', 'w+')) f:write('x') f:seek('set') local all = f:read('a') f:close() return all"
    )
    ended = await cast(text, tmp_path, 'permissions."fs.read"=["."]', profile=profile)
    assert ended.value == "x", ended.error
    assert (tmp_path / "new").read_text() == "x"


@pytest.mark.parametrize("profile", ["medium", "high"])
async def test_without_the_grant_there_is_no_library(profile: str, tmp_path: Path) -> None:
    text = (
        "return { io == nil, os.getenv == nil, os.remove == nil, os.rename == nil, os.tmpname == nil, os.time() > 0 }"
    )
    ended = await cast(text, tmp_path, profile=profile, grants=())
    assert ended.value == [True] * 6


@pytest.mark.parametrize("text", ["io.open('x')", "local io = io\nio.write('x')", "return Files.list()"])
async def test_a_use_of_a_library_that_was_not_granted_says_how_to_grant_it(text: str, tmp_path: Path) -> None:
    error = (await cast(text, tmp_path, profile="medium", grants=())).error
    assert error is not None
    assert (error.kind, error.hint) == ("permission", "run again with --allow-library=io")
    assert error.message.endswith(": the library 'io' is not granted")


async def test_a_missing_function_of_os_says_how_to_grant_it(tmp_path: Path) -> None:
    error = (await cast("return os.getenv('HOME')", tmp_path, profile="medium", grants=())).error
    assert error is not None
    assert (error.kind, error.hint) == ("permission", "run again with --allow-library=os")


async def test_a_missing_function_of_the_scripts_own_is_its_own_mistake(tmp_path: Path) -> None:
    error = (await cast("local t = {} t.remove()", tmp_path, profile="medium", grants=())).error
    assert error is not None
    assert (error.kind, error.message) == ("script_failed", "attempt to call a nil value (field 'remove')")


@pytest.mark.parametrize("name", ["io.popen", "os.execute", "os.exit", "os.setlocale", "io.gone"])
async def test_what_would_reach_past_the_kernel_is_absent_with_every_grant(name: str, tmp_path: Path) -> None:
    assert (await cast(f"return {name} == nil", tmp_path)).value is True


async def test_one_library_does_not_bring_the_other(tmp_path: Path) -> None:
    text = "return { io ~= nil, Files ~= nil, os.remove ~= nil, Process ~= nil }"
    only = {name: (f'permissions.libraries=["{name}"]',) for name in ("io", "os")}
    assert (await cast(text, tmp_path, profile="medium", grants=only["io"])).value == [True, True, False, False]
    assert (await cast(text, tmp_path, profile="medium", grants=only["os"])).value == [False, False, True, True]


async def test_os_removes_and_renames_without_io(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("x")
    grants = ('permissions.libraries=["os"]', 'permissions."fs.write"=["."]')
    ended = await cast("return { os.rename('a', 'b'), os.remove('b') }", tmp_path, profile="medium", grants=grants)
    assert ended.value == [True, True], ended.error
    assert not os.listdir(tmp_path)


async def test_a_file_that_may_not_be_written_gives_nil_and_the_flag(tmp_path: Path) -> None:
    ended = await cast("return { select(2, io.open('x', 'w')) }", tmp_path, grants=(_LIBRARIES,))
    message, code = ended.value
    assert message == f"x: Permission denied (run again with --allow-fs-write={tmp_path}/x)"
    assert code == 13
    assert not (tmp_path / "x").exists()


async def test_a_file_outside_the_project_gives_nil_and_the_flag(tmp_path: Path) -> None:
    ended = await cast("return { select(2, io.open('/etc/passwd')) }", tmp_path)
    assert ended.value == ["/etc/passwd: Permission denied (run again with --allow-fs-read=/etc/passwd)", 13]


async def test_opening_to_change_needs_the_right_to_read(tmp_path: Path) -> None:
    ended = await cast("return select(2, io.open('x', 'w+'))", tmp_path, 'permissions.deny={"fs.read" = ["."]}')
    assert ended.value.startswith("x: Permission denied")


async def test_what_is_written_without_a_line_end_waits_for_it(tmp_path: Path) -> None:
    ended = await cast(
        "io.write('a', 1) io.write('b\\nc') print('d') io.write('e\\n\\nf') io.stderr:write('g')", tmp_path
    )
    assert ended.output == "a1b\ncd\ne\n\nfg\n"


async def test_what_a_failed_spell_wrote_is_not_lost(tmp_path: Path) -> None:
    ended = await cast("io.write('so far') error('no')", tmp_path)
    assert (ended.output, str(ended.error)) == ("so far\n", "no")


async def test_output_that_is_no_text_is_printed_as_question_marks(tmp_path: Path) -> None:
    assert (await cast("io.write('a\\255b\\n')", tmp_path)).output == "a?b\n"


@pytest.mark.parametrize("text", ["io.read()", "io.lines()()", "io.stdin:read('a')"])
async def test_there_is_no_standard_input(text: str, tmp_path: Path) -> None:
    error = (await cast(text, tmp_path)).error
    assert error is not None
    assert "a spell has no standard input" in str(error)


async def test_the_standard_files_are_not_closed(tmp_path: Path) -> None:
    assert (await cast("return { select(2, io.stdout:close()) }", tmp_path)).value == ["cannot close standard file", -1]


async def test_a_variable_that_is_granted_is_told(tmp_path: Path) -> None:
    assert (await cast("return os.getenv('LLMSPELL_WORD')", tmp_path)).value == "hello"


async def test_a_variable_that_is_not_granted_is_an_error_and_not_nothing(tmp_path: Path) -> None:
    error = (await cast("return os.getenv('HOME')", tmp_path)).error
    assert error is not None
    assert (error.kind, error.hint) == ("permission", "run again with --allow-env=HOME")


async def test_a_temporary_name_is_that_of_a_new_file_in_the_project(tmp_path: Path) -> None:
    name = (await cast("return os.tmpname()", tmp_path)).value
    assert (tmp_path / name).read_bytes() == b""


async def test_too_many_open_files_is_an_error_of_the_budget(tmp_path: Path) -> None:
    text = "local kept = {} for i = 1, 5 do kept[i] = io.open('f' .. i, 'w') end"
    error = (await cast(text, tmp_path, "limits.open_files=4")).error
    assert error is not None
    assert (error.kind, error.details) == ("budget", {"budget": "open_files", "limit": 4})


async def test_files_that_nobody_holds_any_more_make_room(tmp_path: Path) -> None:
    text = "for i = 1, 50 do io.open('f', 'w'):write(i) end return io.open('f'):read('a')"
    assert (await cast(text, tmp_path, "limits.open_files=4")).value == "50"


async def test_writing_too_much_is_an_error_of_the_budget(tmp_path: Path) -> None:
    text = "local f = io.open('f', 'w') for i = 1, 100 do f:write(('x'):rep(100)) end"
    error = (await cast(text, tmp_path, "limits.write_bytes=1000")).error
    assert error is not None
    assert error.details == {"budget": "write_bytes", "limit": 1000}
    assert (tmp_path / "f").stat().st_size == 1000


async def test_a_cancelled_task_closes_its_to_be_closed_file(tmp_path: Path) -> None:
    text = """
        for i = 1, 10 do
          local open = false
          local task = Async.spawn(function() local f <close> = io.open('f', 'w') open = true Async.sleep(60) end)
          while not open do Async.sleep(0.001) end
          task:cancel()
        end
        return 'done'
    """
    assert (await cast(text, tmp_path, "limits.open_files=1")).value == "done"


async def test_two_tasks_read_files_of_their_own_at_once(tmp_path: Path) -> None:
    text = """
        local function sum(name)
          local n = 0
          for line in io.lines(name) do n = n + line end
          return n
        end
        for i = 1, 2 do
          local f = io.open('f' .. i, 'w')
          for j = 1, 1000 do f:write(i * j, '\\n') end
          f:close()
        end
        return Async.map({ 'f1', 'f2' }, sum)
    """
    ended = await cast(text, tmp_path)
    assert ended.value == [500500, 1001000], ended.error


async def test_scripts_cannot_reach_the_metatable_of_files(tmp_path: Path) -> None:
    text = "local f = io.tmpfile() return { getmetatable(f) == nil, pcall(setmetatable, f, {}) }"
    ended = await cast(text, tmp_path)
    assert ended.value[:2] == [True, False]


async def test_a_file_is_no_value_for_the_host(tmp_path: Path) -> None:
    error = (await cast("State.set('f', { io.tmpfile() })", tmp_path)).error
    assert "a file cannot be passed" in str(error)
