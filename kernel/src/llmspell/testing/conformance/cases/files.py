"""Files: what a spell reads and writes through the global `Files`, and that it must be granted."""

# ruff: noqa: E501 a short spell reads best on one line

from __future__ import annotations

from llmspell.testing.conformance.case import Case, Fails, Happens

_IO = 'permissions.libraries=["io"]'
_WRITE = 'permissions."fs.write"=["."]'
_BOTH = (_IO, _WRITE)


def _refused(behaviour: str, lua: str, javascript: str, kind: str, message: str, *sets: str, hint: str = "") -> Case:
    return Case(
        behaviour, lua=lua, javascript=f"await {javascript};", sets=sets or _BOTH, error=Fails(kind, message, hint=hint)
    )


CASES = (
    Case(
        "what was written can be read",
        lua='Files.write("notes.txt", "one\\ntwo\\n") return Files.read("notes.txt")',
        javascript='await Files.write("notes.txt", "one\\ntwo\\n"); return await Files.read("notes.txt");',
        sets=_BOTH,
        value="one\ntwo\n",
    ),
    Case(
        "a file of the project can be read with the library alone",
        lua='return Files.read("data/a.txt")',
        javascript='return await Files.read("data/a.txt");',
        sets=(_IO,),
        files={"data/a.txt": "hello"},
        value="hello",
        events=(
            Happens(
                "permission.granted",
                ("permission.granted", {"permission": "libraries", "target": "io"}),
                ("permission.granted", {"permission": "fs.read"}),
            ),
        ),
    ),
    Case(
        "writing replaces what was there",
        lua='Files.write("a", "long text") Files.write("a", "b") return Files.read("a")',
        javascript='await Files.write("a", "long text"); await Files.write("a", "b"); return await Files.read("a");',
        sets=_BOTH,
        value="b",
    ),
    Case(
        "appending adds to the end and makes the file",
        lua='Files.append("a", "1") Files.append("a", "2") return Files.read("a")',
        javascript='await Files.append("a", "1"); await Files.append("a", "2"); return await Files.read("a");',
        sets=_BOTH,
        value="12",
    ),
    Case(
        "text in any alphabet is written as UTF-8",
        lua='Files.write("a", "caf\\u{e9} \\u{1F600}") return { Files.read("a"), Files.stat("a").size }',
        javascript='await Files.write("a", "caf\\u{e9} \\u{1F600}"); return [await Files.read("a"), (await Files.stat("a")).size];',
        sets=_BOTH,
        value=["caf\u00e9 \U0001f600", 10],
    ),
    Case(
        "bytes are written and read as they are",
        lua='Files.write("a", "\\0\\255") local all = Files.read("a", { binary = true }) return { #all, all:byte(1, -1) }',
        javascript='await Files.write("a", new Uint8Array([0, 255])); const all = await Files.read("a", { binary: true }); return [all.length, ...all];',
        sets=_BOTH,
        value=[2, 0, 255],
    ),
    Case(
        "a file that is asked to be new must be",
        lua='Files.write("a", "1", { new = true }) local _, problem = Files.try_write("a", "2", { new = true }) return { problem.kind, Files.read("a") }',
        javascript='await Files.write("a", "1", { new: true }); const [, problem] = await Files.tryWrite("a", "2", { new: true }); return [problem.kind, await Files.read("a")];',
        sets=_BOTH,
        value=["conflict", "1"],
    ),
    Case(
        "a folder lists its names in order",
        lua='return Files.list("d")',
        javascript='return await Files.list("d");',
        sets=(_IO,),
        files={"d/b": "", "d/a": "", "d/c/x": ""},
        value=["a", "b", "c"],
    ),
    Case(
        "what stands at a path can be looked at",
        lua='return { Files.stat("a").kind, Files.stat("a").size, Files.stat("d").kind, Files.stat("a").modified > 0 }',
        javascript='return [(await Files.stat("a")).kind, (await Files.stat("a")).size, (await Files.stat("d")).kind, (await Files.stat("a")).modified > 0];',
        sets=(_IO,),
        files={"a": "12345", "d/x": ""},
        value=["file", 5, "folder", True],
    ),
    Case(
        "nothing stands where nothing is",
        lua='return { Files.exists("a"), Files.exists("gone"), Files.exists("gone/x"), Files.stat("gone") == nil }',
        javascript='return [await Files.exists("a"), await Files.exists("gone"), await Files.exists("gone/x"), await Files.stat("gone") == null];',
        sets=(_IO,),
        files={"a": ""},
        value=[True, False, False, True],
    ),
    Case(
        "a file is removed",
        lua='Files.remove("a") return Files.exists("a")',
        javascript='await Files.remove("a"); return await Files.exists("a");',
        sets=_BOTH,
        files={"a": ""},
        value=False,
    ),
    Case(
        "a file gets another name",
        lua='Files.rename("a", "d/b") return { Files.exists("a"), Files.read("d/b") }',
        javascript='await Files.rename("a", "d/b"); return [await Files.exists("a"), await Files.read("d/b")];',
        sets=_BOTH,
        files={"a": "x", "d/y": ""},
        value=[False, "x"],
    ),
    Case(
        "a folder is made, and is there when it is made again",
        lua='Files.make_folder("d") Files.make_folder("d") Files.write("d/a", "x") return Files.list("d")',
        javascript='await Files.makeFolder("d"); await Files.makeFolder("d"); await Files.write("d/a", "x"); return await Files.list("d");',
        sets=_BOTH,
        value=["a"],
    ),
    Case(
        "an open file gives its lines",
        lua='local lines = {} for line in Files.open("a") do lines[#lines + 1] = line end return lines',
        javascript='const lines = []; for await (const line of await Files.open("a")) lines.push(line); return lines;',
        sets=(_IO,),
        files={"a": "one\n\nthree"},
        value=["one", "", "three"],
    ),
    Case(
        "an open file is read in pieces",
        lua='local f = Files.open("a") return { f:read(2), f:read("line"), f:read("all"), f:read("all"), f:read(1) == nil, f:read("line") == nil }',
        javascript='const f = await Files.open("a"); return [await f.read(2), await f.read("line"), await f.read("all"), await f.read("all"), await f.read(1) == null, await f.read("line") == null];',
        sets=(_IO,),
        files={"a": "onetwo\nthree"},
        value=["on", "etwo", "three", "", True, True],
    ),
    Case(
        "text is not cut inside a character",
        lua='local f = Files.open("a") return { f:read(2), f:read(1), f:read("all") }',
        javascript='const f = await Files.open("a"); return [await f.read(2), await f.read(1), await f.read("all")];',
        sets=(_IO,),
        files={"a": "x\u00e9\u20acy"},
        value=["x\u00e9", "\u20ac", "y"],
    ),
    Case(
        "what is written to an open file is there at once",
        lua='local f = Files.open("a", "w") f:write("one") local early = Files.read("a") f:write("two") f:close() return { early, Files.read("a") }',
        javascript='const f = await Files.open("a", "w"); await f.write("one"); const early = await Files.read("a"); await f.write("two"); await f.close(); return [early, await Files.read("a")];',
        sets=_BOTH,
        value=["one", "onetwo"],
    ),
    Case(
        "an open file can be changed in the middle",
        lua='local f = Files.open("a", "r+") local place = f:seek("set", 4) f:write("TWO") f:close() return { place, Files.read("a") }',
        javascript='const f = await Files.open("a", "r+"); const place = await f.seek("set", 4); await f.write("TWO"); await f.close(); return [place, await Files.read("a")];',
        sets=_BOTH,
        files={"a": "one two three"},
        value=[4, "one TWO three"],
    ),
    Case(
        "a temporary file needs no permission to write",
        lua='local f = Files.temporary() f:write("x") f:seek("set", 0) return #f:read("all")',
        javascript='const f = await Files.temporary(); await f.write("x"); await f.seek("set", 0); return (await f.read("all")).length;',
        sets=(_IO,),
        value=1,
    ),
    Case(
        "a temporary name is that of a new and empty file",
        lua="local name = Files.temporary_name() return { Files.read(name), name ~= Files.temporary_name() }",
        javascript="const name = await Files.temporaryName(); return [await Files.read(name), name !== await Files.temporaryName()];",
        sets=_BOTH,
        value=["", True],
    ),
    Case(
        "a closed file is used no more",
        lua='local f = Files.open("a") f:close() local _, problem = f:try_read() return problem.kind',
        javascript='const f = await Files.open("a"); await f.close(); const [, problem] = await f.tryRead(); return problem.kind;',
        sets=(_IO,),
        files={"a": ""},
        value="not_found",
    ),
    Case(
        "without the library there is no global",
        lua='return rawget(_G, "Files") == nil and Files == nil',
        javascript='return typeof Files === "undefined";',
        sets=('permissions.deny={libraries = ["io"]}',),
        value=True,
    ),
    Case(
        "using the library without the grant names the flag",
        lua='return Files.read("a")',
        javascript='return await Files.read("a");',
        sets=('permissions.deny={libraries = ["io"]}',),
        error=Fails("permission", "the library 'io' is not granted", hint="--allow-library=io"),
        exit_code=4,
    ),
    Case(
        "an agent without the library has no files in its tools",
        lua="""
            Tool.define{ name = "peek", run = function() return Files.read("a") end }
            local agent = Agent.create{ name = "a", run = function() return Tool.run("peek") end, permissions = { libraries = {} } }
            local _, problem = agent:try_run("go")
            return problem.message
        """,
        javascript="""
            await Tool.define({ name: "peek", run: async () => await Files.read("a") });
            const agent = await Agent.create({ name: "a", run: async () => await Tool.run("peek"), permissions: { libraries: [] } });
            const [, problem] = await agent.tryRun("go");
            return problem.message;
        """,
        sets=(_IO,),
        files={"a": ""},
        value="libraries of 'io' is not among the permissions of agent a",
    ),
    _refused(
        "writing needs its own permission",
        'Files.write("a", "x")',
        'Files.write("a", "x")',
        "permission",
        "fs.write of '",
        _IO,
        hint="--allow-fs-write=",
    ),
    _refused(
        "removing needs the permission to write",
        'Files.remove("a")',
        'Files.remove("a")',
        "permission",
        "fs.write of '",
        _IO,
        hint="--allow-fs-write=",
    ),
    _refused(
        "what is denied stays denied",
        'Files.write("keep/a", "x")',
        'Files.write("keep/a", "x")',
        "permission",
        "is denied by 'keep'",
        *_BOTH,
        'permissions.deny={"fs.write" = ["keep"]}',
    ),
    _refused(
        "nothing outside the project is read",
        'Files.read("/etc/hostname")',
        'Files.read("/etc/hostname")',
        "permission",
        "fs.read of '/etc/hostname' is not allowed",
        hint="--allow-fs-read=/etc/hostname",
    ),
    _refused(
        "nothing outside the project is written",
        'Files.write("../llmspell-out", "x")',
        'Files.write("../llmspell-out", "x")',
        "permission",
        "fs.write of '",
        hint="--allow-fs-write=",
    ),
    _refused(
        "a file that is missing is an error with its name",
        'Files.read("gone")',
        'Files.read("gone")',
        "not_found",
        "'gone' does not exist",
    ),
    _refused(
        "a mode that is none is refused",
        'Files.open("a", "x")',
        'Files.open("a", "x")',
        "invalid_arguments",
        "Files.open: mode must be one of",
    ),
    _refused(
        "only text and bytes can be written",
        'Files.write("a", { x = 1 })',
        'Files.write("a", { x: 1 })',
        "invalid_arguments",
        "Files.write: content must be text or bytes",
    ),
    Case(
        "writing more than the run may is an error of the budget",
        lua='Files.write("a", "123456")',
        javascript='await Files.write("a", "123456");',
        sets=(*_BOTH, "limits.write_bytes=5"),
        error=Fails("budget", "the budget write_bytes of 5 bytes is used up", hint="limits.write_bytes"),
        stop_reason="budget.write_bytes",
    ),
    Case(
        "only so many files are open at once",
        lua='local one = Files.open("a") local _, problem = Files.try_open("a") one:close() return { problem.details.budget, Files.open("a"):read() }',
        javascript='const one = await Files.open("a"); const [, problem] = await Files.tryOpen("a"); await one.close(); return [problem.details.budget, await (await Files.open("a")).read()];',
        sets=(*_BOTH, "limits.open_files=1"),
        files={"a": "x"},
        value=["open_files", "x"],
    ),
)
