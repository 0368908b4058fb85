"""What a value becomes on its way from the spell to the kernel and back."""

# ruff: noqa: E501 a short spell reads best on one line

from __future__ import annotations

from typing import Any

from llmspell.testing.conformance.case import Case, Fails


def _value(behaviour: str, lua: str, javascript: str, value: Any) -> tuple[Case, Case]:
    """The same value returned by the spell, and set, got and then returned."""
    return (
        Case(
            f"{behaviour} leaves a spell as it is", lua=f"return {lua}", javascript=f"return {javascript};", value=value
        ),
        Case(
            f"{behaviour} comes back from the kernel as it was",
            lua=f'State.set("x", {lua}) return State.get("x")',
            javascript=f'await State.set("x", {javascript}); return await State.get("x");',
            value=value,
        ),
    )


def _refused(behaviour: str, lua: str, javascript: str, message: str, *sets: str) -> Case:
    """A value that cannot leave the spell, and the spell goes on."""
    return Case(
        behaviour,
        lua=f"""
            local value = {lua}
            local ok, problem = pcall(State.set, "x", value)
            assert(not ok, "it was taken")
            print(problem.kind)
            error(problem, 0)
        """,
        javascript=f"""
            const value = {javascript};
            try {{
              await State.set("x", value);
            }} catch (problem) {{
              console.log(problem.kind);
              throw problem;
            }}
        """,
        error=Fails("invalid_arguments", message),
        output="invalid_arguments\n",
        sets=sets,
    )


CASES = (
    *_value("true", "true", "true", True),
    *_value("false", "false", "false", False),
    *_value("a whole number", "-17", "-17", -17),
    *_value("a whole number beyond 53 bits", "9007199254740993", "9007199254740993n", 2**53 + 1),
    *_value("the smallest whole number", "math.mininteger", "-9223372036854775808n", -(2**63)),
    *_value("a fraction", "0.1", "0.1", 0.1),
    *_value("a huge number", "1e300", "1e300", 1e300),
    *_value("a tiny number", "5e-324", "5e-324", 5e-324),
    *_value("an infinite number", "-1/0", "-1 / 0", float("-inf")),
    *_value("an empty text", '""', '""', ""),
    *_value("a text beyond ASCII", r'"naïve 日本語 \u{1F600}"', r'"naïve 日本語 \u{1F600}"', "naïve 日本語 😀"),
    *_value("a text of control characters", r'"\0\1\t\r\n\\\"\u{7f}"', r'"\0\x01\t\r\n\\\"\x7f"', '\0\1\t\r\n\\"\x7f'),
    *_value("a line separator", r'"\u{2028}\u{2029}"', r'"\u2028\u2029"', "\u2028\u2029"),
    *_value("a list", '{ 1, "a", { true } }', '[1, "a", [true]]', [1, "a", [True]]),
    *_value("an empty list", "Json.array()", "[]", []),
    *_value("an empty object", "{}", "{}", {}),
    *_value("an object", '{ a = { b = "c" } }', '{ a: { b: "c" } }', {"a": {"b": "c"}}),
    *_value("null in a list", "{ 1, Json.null, 3 }", "[1, null, 3]", [1, None, 3]),
    *_value("null in an object", "{ a = Json.null }", "{ a: null }", {"a": None}),
    *_value(
        "a key of dollar signs", '{ ["$bytes"] = "x", ["$$"] = 1 }', '{ $bytes: "x", $$: 1 }', {"$bytes": "x", "$$": 1}
    ),
    *_value("a key of digits", '{ ["1"] = "x", ["0"] = "y" }', '{ 1: "x", 0: "y" }', {"1": "x", "0": "y"}),
    *_value(
        "a key that names a prototype",
        '{ ["__proto__"] = 1, constructor = 2 }',
        '{ ["__proto__"]: 1, constructor: 2 }',
        {"__proto__": 1, "constructor": 2},
    ),
    Case("a spell without a result returns nothing", lua="local x = 1", javascript="const x = 1;", value=None),
    Case("nothing can be returned", lua="return nil", javascript="return undefined;", value=None),
    Case("null can be returned", lua="return Json.null", javascript="return null;", value=None),
    Case(
        "what is not a number comes back as such",
        lua='State.set("x", 0/0) local x = State.get("x") return x ~= x',
        javascript='await State.set("x", NaN); return Number.isNaN(await State.get("x"));',
        value=True,
    ),
    Case(
        "bytes that are not text come back as they were",
        lua=r'State.set("x", "\xff\0\xfe") local x = State.get("x") return { #x, x:byte(1), x:byte(3) }',
        javascript="""
            await State.set("x", new Uint8Array([255, 0, 254]));
            const x = await State.get("x");
            return [x.length, x[0], x[2]];
        """,
        value=[3, 255, 254],
    ),
    Case(
        "a key without a value is left out",
        lua="return { a = 1, b = nil }",
        javascript="return { a: 1, b: undefined };",
        value={"a": 1},
    ),
    Case(
        "one list in two places arrives twice",
        lua="local list = { 1 } return { list, list }",
        javascript="const list = [1]; return [list, list];",
        value=[[1], [1]],
    ),
    Case(
        "what a spell changes later does not change what the kernel has",
        lua="""
            local list = { 1 }
            State.set("x", list)
            list[1] = 2
            State.get("x")[1] = 3
            return State.get("x")
        """,
        javascript="""
            const list = [1];
            await State.set("x", list);
            list[0] = 2;
            (await State.get("x"))[0] = 3;
            return await State.get("x");
        """,
        value=[1],
    ),
    Case(
        "a large value goes both ways",
        lua='State.set("x", ("ä"):rep(100000)) return #State.get("x")',
        javascript='await State.set("x", "ä".repeat(100000)); return new TextEncoder().encode(await State.get("x")).length;',
        value=200_000,
    ),
    Case(
        "a function is no result of a spell",
        lua="return { f = print }",
        javascript="return { f: () => 1 };",
        error=Fails("invalid_arguments", "the spell's result.f must be plain data, not a function"),
        exit_code=1,
    ),
    Case(
        "a handle is no result of a spell",
        lua='return Event.subscribe("a")',
        javascript='return await Event.subscribe("a");',
        error=Fails("invalid_arguments", "the spell's result must be plain data, not a handle"),
    ),
    Case(
        "a value of many parts goes both ways",
        lua="""
            local list = {}
            for i = 1, 5000 do list[i] = { name = "part " .. i, text = ("ä"):rep(i % 20) } end
            State.set("x", list)
            local back = State.get("x")
            return { #back, back[4999].name, #back[4999].text }
        """,
        javascript="""
            const list = Array.from({ length: 5000 }, (_, i) => ({ name: `part ${i + 1}`, text: "ä".repeat((i + 1) % 20) }));
            await State.set("x", list);
            const back = await State.get("x");
            return [back.length, back[4998].name, new TextEncoder().encode(back[4998].text).length];
        """,
        value=[5000, "part 4999", 38],
    ),
    _refused("a function is no data", "print", "() => 1", "State.set: value must be plain data, not a function"),
    _refused(
        "a function inside data is named by its place",
        "{ f = { print } }",
        "{ f: [() => 1] }",
        "State.set: value.f[1] must be plain data, not a function",
    ),
    _refused(
        "a handle is no data",
        'Event.subscribe("a")',
        'await Event.subscribe("a")',
        "State.set: value must be plain data, not a handle",
    ),
    _refused(
        "what is neither data nor function is refused", "coroutine.create(print)", 'Symbol("x")', "cannot be passed"
    ),
    _refused("a global is no data", "Json", "Json", "the global Json cannot be passed"),
    _refused(
        "a value that holds itself is refused",
        "{} value.value = value",
        "{}; value.value = value",
        "holds itself",
    ),
    _refused(
        "a value that nests too deeply is refused",
        "1 for _ = 1, 9 do value = { value } end",
        "[[[[[[[[[1]]]]]]]]]",
        "nests deeper than 8",
        "limits.value_depth=8",
    ),
    _refused(
        "a value that is too large is refused",
        '("x"):rep(2000)',
        '"x".repeat(2000)',
        "takes more than 1024 bytes",
        "limits.value_bytes=1024",
    ),
)
