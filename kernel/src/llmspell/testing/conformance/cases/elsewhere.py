"""Tools from elsewhere: other spells, and the operations of a web API."""

from __future__ import annotations

from llmspell.testing.conformance.case import Case, Fails, Happens

_DOUBLE = {
    "double.lua": "-- description: Doubles.\nreturn { twice = Spell.arguments.n * 2, word = Args.n, list = { 1 } }",
    "double.js": "// description: Doubles.\nreturn { twice: Spell.arguments.n * 2, word: Args.n, list: [1] };",
}
_BROKEN = {
    "broken.lua": "-- description: Fails.\n\nerror('no such luck')",
    "broken.js": "// description: Fails.\n\nthrow new Error('no such luck');",
}
_KEEPING = {
    "keeping.lua": "-- description: Counts.\nState.set('n', State.get('n', 0) + 1)\n"
    "Tool.define{ name = 'mine', run = function() return 'inner' end }\nprint('inside')\n"
    "return Tool.run('mine', {}).output",
    "keeping.js": "// description: Counts.\nawait State.set('n', (await State.get('n', 0)) + 1);\n"
    "await Tool.define({ name: 'mine', run: () => 'inner' });\nconsole.log('inside');\n"
    "return (await Tool.run('mine', {})).output;",
}

CASES = (
    Case(
        "another spell is a tool that gives what it returns",
        lua="""
            local double = Tool.from_spell{ path = "double.lua", parameters = { n = "integer" } }
            return double:run{ n = 21 }.output
        """,
        javascript="""
            const double = await Tool.fromSpell({ path: "double.js", parameters: { n: "integer" } });
            return (await double.run({ n: 21 })).output;
        """,
        files=_DOUBLE,
        value={"twice": 42, "word": "21", "list": [1]},
    ),
    Case(
        "another spell is found by the name that it is given",
        lua="""
            local parameters = { n = "integer" }
            Tool.from_spell{ path = "double.lua", name = "twice", description = "Both.", parameters = parameters }
            return { Tool.describe("twice").description, Tool.run("twice", { n = 1 }).output.twice }
        """,
        javascript="""
            const parameters = { n: "integer" };
            await Tool.fromSpell({ path: "double.js", name: "twice", description: "Both.", parameters });
            return [(await Tool.describe("twice")).description, (await Tool.run("twice", { n: 1 })).output.twice];
        """,
        files=_DOUBLE,
        value=["Both.", 2],
    ),
    Case(
        "arguments of another spell are checked",
        lua='Tool.from_spell{ path = "double.lua", parameters = { n = "integer" } }:run{}',
        javascript="""
            const double = await Tool.fromSpell({ path: "double.js", parameters: { n: "integer" } });
            await double.run({});
        """,
        files=_DOUBLE,
        error=Fails("invalid_arguments", "tool:double got wrong arguments: $: 'n' is missing"),
    ),
    Case(
        "what another spell raises is the tool's error, with its line",
        lua='Tool.from_spell{ path = "broken.lua" }:run{}',
        javascript='const t = await Tool.fromSpell({ path: "broken.js" }); await t.run({});',
        files=_BROKEN,
        error=Fails("tool_failed", ":3: no such luck", component="tool:broken"),
    ),
    Case(
        "state is shared with another spell, its tools and its prints are not",
        lua="""
            Tool.define{ name = "mine", run = function() return "outer" end }
            local keeping = Tool.from_spell{ path = "keeping.lua" }
            local inner = { keeping:run{}.output, keeping:run{}.output }
            print("outside")
            return { inner, Tool.run("mine", {}).output, State.get("n") }
        """,
        javascript="""
            await Tool.define({ name: "mine", run: () => "outer" });
            const keeping = await Tool.fromSpell({ path: "keeping.js" });
            const inner = [(await keeping.run({})).output, (await keeping.run({})).output];
            console.log("outside");
            return [inner, (await Tool.run("mine", {})).output, await State.get("n")];
        """,
        files=_KEEPING,
        value=[["inner", "inner"], "outer", 2],
        output="outside\n",
        events=(
            Happens(
                "script.output",
                *(("script.output", {"text": text}) for text in ("inside", "inside", "outside")),
            ),
        ),
    ),
    Case(
        "another spell takes from the budget of the run",
        lua='Tool.from_spell{ path = "keeping.lua" }:run{}',
        javascript='const t = await Tool.fromSpell({ path: "keeping.js" }); await t.run({});',
        files=_KEEPING,
        sets=("budget.tool_calls=1",),
        error=Fails("budget", "the budget tool_calls of 1 is used up"),
        stop_reason="budget.tool_calls",
    ),
    Case(
        "a spell that is not there is no tool",
        lua='Tool.from_spell{ path = "lost.lua" }',
        javascript='await Tool.fromSpell({ path: "lost.js" });',
        error=Fails("not_found", "there is no module 'lost."),
    ),
    Case(
        "a web API gives a tool for each operation",
        lua="""
            local api = Tool.from_openapi{
              prefix = "pets_", base_url = "https://pets.example", include = { "show*" },
              document = { openapi = "3.1.0", paths = {
                ["/pets/{petId}"] = {
                  get = { operationId = "showPet", summary = "Shows one.", parameters = {
                    { name = "petId", ["in"] = "path", schema = { type = "integer" } } } },
                  delete = { operationId = "removePet" } } } },
            }
            local names = {}
            for name in pairs(api) do names[#names + 1] = name end
            return { names, Tool.describe("pets_show_pet") }
        """,
        javascript="""
            const parameters = [{ name: "petId", in: "path", schema: { type: "integer" } }];
            const api = await Tool.fromOpenapi({
              prefix: "pets_", baseUrl: "https://pets.example", include: ["show*"],
              document: { openapi: "3.1.0", paths: { "/pets/{petId}": {
                get: { operationId: "showPet", summary: "Shows one.", parameters },
                delete: { operationId: "removePet" } } } },
            });
            return [Object.keys(api), await Tool.describe("pets_show_pet")];
        """,
        value=[
            ["pets_show_pet"],
            {
                "name": "pets_show_pet",
                "description": "Shows one.",
                "parameters": {
                    "type": "object",
                    "properties": {"petId": {"type": "integer"}},
                    "required": ["petId"],
                    "additionalProperties": False,
                },
            },
        ],
    ),
    Case(
        "an operation of a web API needs permission for its server",
        lua="""
            local document = { openapi = "3.1.0", paths = { ["/x"] = { get = { operationId = "ping" } } } }
            Tool.from_openapi{ document = document, base_url = "https://pets.example" }.ping:run{}
        """,
        javascript="""
            const document = { openapi: "3.1.0", paths: { "/x": { get: { operationId: "ping" } } } };
            const api = await Tool.fromOpenapi({ document, baseUrl: "https://pets.example" });
            await api.ping.run({});
        """,
        error=Fails("permission", "tool 'ping' uses net, which is not allowed", hint="--allow-net"),
    ),
    Case(
        "a document that is none is an error",
        lua='Tool.from_openapi{ document = { swagger = "2.0" } }',
        javascript='await Tool.fromOpenapi({ document: { swagger: "2.0" } });',
        error=Fails("invalid_arguments", "the document: swagger is '2.0'", hint="convert it to OpenAPI 3"),
    ),
)
