"""Artifacts: what spells make and keep, through the global `Artifact`."""

# ruff: noqa: E501 a short spell reads best on one line

from __future__ import annotations

from llmspell.testing.conformance.case import Case, Fails, Happens

_MEMORY = ("run.store=memory",)
_FILES = (*_MEMORY, 'permissions.libraries=["io"]', 'permissions."fs.write"=["out"]', 'permissions."fs.read"=["out"]')


CASES = (
    Case(
        "text is put and got as it was",
        lua="""
            local info = Artifact.put("report", "caf\\u{e9}", { type = "text/markdown", metadata = { page_count = 3 } })
            local got = Artifact.get("report")
            return { info.version, info.size, got.content, got.type, got.text, got.metadata, got.digest == info.digest, got.user }
        """,
        javascript="""
            const info = await Artifact.put("report", "caf\\u{e9}", { type: "text/markdown", metadata: { page_count: 3 } });
            const got = await Artifact.get("report");
            return [info.version, info.size, got.content, got.type, got.text, got.metadata, got.digest === info.digest, got.user];
        """,
        value=[1, 5, "caf\u00e9", "text/markdown", True, {"page_count": 3}, True, "local"],
        sets=_MEMORY,
        events=(
            Happens(
                "artifact.put", ("artifact.put", {"name": "report", "version": 1, "type": "text/markdown", "size": 5})
            ),
        ),
    ),
    Case(
        "bytes are put and got as they were",
        lua="""
            local info = Artifact.put("image", "\\0\\255\\1")
            local content = Artifact.get("image").content
            return { info.type, info.text, #content, content:byte(1, -1) }
        """,
        javascript="""
            const info = await Artifact.put("image", new Uint8Array([0, 255, 1]));
            const { content } = await Artifact.get("image");
            return [info.type, info.text, content.length, ...content];
        """,
        value=["application/octet-stream", False, 3, 0, 255, 1],
        sets=_MEMORY,
    ),
    Case(
        "each put is a new version, and the old ones stay",
        lua="""
            for _, text in ipairs{ "one", "two", "three" } do Artifact.put("a", text) end
            local versions = {}
            for i, info in ipairs(Artifact.versions("a")) do versions[i] = info.version end
            return { versions, Artifact.get("a").content, Artifact.get("a", { version = 2 }).content }
        """,
        javascript="""
            for (const text of ["one", "two", "three"]) await Artifact.put("a", text);
            const versions = (await Artifact.versions("a")).map((info) => info.version);
            return [versions, (await Artifact.get("a")).content, (await Artifact.get("a", { version: 2 })).content];
        """,
        value=[[1, 2, 3], "three", "two"],
        sets=_MEMORY,
    ),
    Case(
        "the list has the last version of each name",
        lua="""
            Artifact.put("b/2", "x") Artifact.put("b/1", "x") Artifact.put("b/1", "y") Artifact.put("a", "z")
            local function shown(prefix)
              local found = {}
              for i, info in ipairs(Artifact.list(prefix)) do found[i] = info.name .. " " .. info.version end
              return found
            end
            return { shown(), shown("b/"), #Artifact.list("c") }
        """,
        javascript="""
            for (const [name, text] of [["b/2", "x"], ["b/1", "x"], ["b/1", "y"], ["a", "z"]]) await Artifact.put(name, text);
            const shown = async (prefix) => (await Artifact.list(prefix)).map((info) => `${info.name} ${info.version}`);
            return [await shown(), await shown("b/"), (await Artifact.list("c")).length];
        """,
        value=[["a 1", "b/1 2", "b/2 1"], ["b/1 2", "b/2 1"], 0],
        sets=_MEMORY,
    ),
    Case(
        "a version that was deleted does not come again",
        lua="""
            Artifact.put("a", "one") Artifact.put("a", "two")
            local first = Artifact.delete("a", { version = 2 })
            local last = Artifact.get("a").content
            local third = Artifact.put("a", "three").version
            local all = Artifact.delete("a")
            local _, problem = pcall(Artifact.get, "a")
            return { first, last, third, all, problem.kind, Artifact.put("a", "four").version }
        """,
        javascript="""
            await Artifact.put("a", "one"); await Artifact.put("a", "two");
            const first = await Artifact.delete("a", { version: 2 });
            const last = (await Artifact.get("a")).content;
            const third = (await Artifact.put("a", "three")).version;
            const all = await Artifact.delete("a");
            const [, problem] = await Artifact.tryGet("a");
            return [first, last, third, all, problem.kind, (await Artifact.put("a", "four")).version];
        """,
        value=[1, "one", 3, 2, "not_found", 4],
        sets=_MEMORY,
    ),
    Case(
        "puts at once are all kept",
        lua="""
            local puts = {}
            for i = 1, 8 do puts[i] = function() return Artifact.put("a", i % 2 == 0 and "same" or "text " .. i).version end end
            local given = Async.all(puts)
            table.sort(given)
            return { given, #Artifact.versions("a") }
        """,
        javascript="""
            const puts = [1, 2, 3, 4, 5, 6, 7, 8].map((i) => async () =>
              (await Artifact.put("a", i % 2 === 0 ? "same" : `text ${i}`)).version);
            const given = (await Async.all(puts)).sort((a, b) => a - b);
            return [given, (await Artifact.versions("a")).length];
        """,
        value=[[1, 2, 3, 4, 5, 6, 7, 8], 8],
        sets=_MEMORY,
    ),
    Case(
        "what a session's turn puts belongs to the session",
        lua="""
            local agent = Agent.create{ name = "desk", run = function(input) Artifact.put("note", input) return "kept" end }
            local session = Session.create{ id = "s" }
            session:run(agent, "hello")
            session:run(agent, "again")
            local refs = {}
            for i, ref in ipairs(session:artifacts()) do refs[i] = ref.name .. " " .. ref.version .. " after " .. ref.turn end
            return { refs, Artifact.get("note").session, #session:history() }
        """,
        javascript="""
            const agent = await Agent.create({ name: "desk", run: async (input) => { await Artifact.put("note", input); return "kept"; } });
            const session = await Session.create({ id: "s" });
            await session.run(agent, "hello");
            await session.run(agent, "again");
            const refs = (await session.artifacts()).map((ref) => `${ref.name} ${ref.version} after ${ref.turn}`);
            return [refs, (await Artifact.get("note")).session, (await session.history()).length];
        """,
        value=[["note 1 after 0", "note 2 after 1"], "s", 4],
        sets=_MEMORY,
    ),
    Case(
        "an artifact is exported to a file that may be written",
        lua="""
            Artifact.put("a", "caf\\u{e9}")
            local info = Artifact.export("a", "out/a.txt")
            local _, problem = pcall(Artifact.export, "a", "out/a.txt", { new = true })
            return { info.version, Files.read("out/a.txt"), problem.kind }
        """,
        javascript="""
            await Artifact.put("a", "caf\\u{e9}");
            const info = await Artifact.export("a", "out/a.txt");
            const [, problem] = await Artifact.tryExport("a", "out/a.txt", { new: true });
            return [info.version, await Files.read("out/a.txt"), problem.kind];
        """,
        value=[1, "caf\u00e9", "conflict"],
        sets=_FILES,
        files={"out/keep": ""},
    ),
    Case(
        "an artifact is not exported to a file that may not be written",
        lua='Artifact.put("a", "x") Artifact.export("a", "elsewhere.txt")',
        javascript='await Artifact.put("a", "x"); await Artifact.export("a", "elsewhere.txt");',
        error=Fails("permission", "elsewhere.txt"),
        sets=_MEMORY,
    ),
    Case(
        "an artifact that is too large is refused",
        lua='Artifact.put("a", "12345")',
        javascript='await Artifact.put("a", "12345");',
        error=Fails("budget", "the budget artifact_bytes of 4 bytes is used up", "artifacts.largest"),
        stop_reason="budget.artifact_bytes",
        sets=(*_MEMORY, "artifacts.largest=4"),
    ),
    Case(
        "all artifacts together have a limit, and the same content counts once",
        lua="""
            Artifact.put("a", "12345") Artifact.put("b", "12345")
            local _, problem = pcall(Artifact.put, "c", "678")
            Artifact.delete("a") Artifact.delete("b")
            return { problem.kind, Artifact.put("c", "678").version }
        """,
        javascript="""
            await Artifact.put("a", "12345"); await Artifact.put("b", "12345");
            const [, problem] = await Artifact.tryPut("c", "678");
            await Artifact.delete("a"); await Artifact.delete("b");
            return [problem.kind, (await Artifact.put("c", "678")).version];
        """,
        value=["budget", 1],
        sets=(*_MEMORY, "artifacts.total=7"),
    ),
    Case(
        "an artifact that is not there names what may be meant",
        lua='Artifact.put("reports/july", "x") Artifact.get("report/july")',
        javascript='await Artifact.put("reports/july", "x"); await Artifact.get("report/july");',
        error=Fails(
            "not_found", "there is no artifact 'report/july'", "did you mean 'reports/july'?", "artifact:report/july"
        ),
        sets=_MEMORY,
    ),
    Case(
        "a version that is not there names those that are",
        lua='Artifact.put("a", "x") Artifact.put("a", "y") Artifact.get("a", { version = 3 })',
        javascript='await Artifact.put("a", "x"); await Artifact.put("a", "y"); await Artifact.get("a", { version: 3 });',
        error=Fails("not_found", "the artifact 'a' has no version 3", "versions: 1, 2"),
        sets=_MEMORY,
    ),
    Case(
        "a table is no content",
        lua='Artifact.put("a", { x = 1 })',
        javascript='await Artifact.put("a", { x: 1 });',
        error=Fails("invalid_arguments", "Artifact.put: content must be text or bytes", "Json.encode(value)"),
    ),
    Case(
        "what is no media type is refused",
        lua='Artifact.put("a", "x", { type = "markdown" })',
        javascript='await Artifact.put("a", "x", { type: "markdown" });',
        error=Fails("invalid_arguments", "'markdown' is not a media type", "text/markdown"),
        sets=_MEMORY,
    ),
    Case(
        "an unknown option is refused",
        lua='Artifact.put("a", "x", { typ = "text/plain" })',
        javascript='await Artifact.put("a", "x", { typ: "text/plain" });',
        error=Fails("unknown_option", "Artifact.put: unknown option 'typ'", "did you mean 'type'?"),
    ),
)
