"""The global `Json`."""

# ruff: noqa: E501 a short spell reads best on one line

from __future__ import annotations

from llmspell.testing.conformance.case import Case, Fails

CASES = (
    Case(
        "values become JSON text",
        lua='return Json.encode({ 1, 2.5, "ä\\n", true, Json.null, Json.array(), {} })',
        javascript='return await Json.encode([1, 2.5, "ä\\n", true, null, [], {}]);',
        value='[1, 2.5, "ä\\n", true, null, [], {}]',
    ),
    Case(
        "nothing is null",
        lua="return Json.encode(Json.null)",
        javascript="return await Json.encode(null);",
        value="null",
    ),
    Case(
        "an object becomes JSON text",
        lua="return Json.encode({ a = { b = 1 } })",
        javascript="return await Json.encode({ a: { b: 1 } });",
        value='{"a": {"b": 1}}',
    ),
    Case(
        "indent makes text of several lines",
        lua="return Json.encode({ a = { 1 } }, { indent = 2 })",
        javascript="return await Json.encode({ a: [1] }, { indent: 2 });",
        value='{\n  "a": [\n    1\n  ]\n}',
    ),
    Case(
        "JSON text becomes values",
        lua="""return Json.decode('{"a": [1, -2.5e3, "\\\\u00e4", true, false, [], {}]}')""",
        javascript="""return await Json.decode('{"a": [1, -2.5e3, "\\\\u00e4", true, false, [], {}]}');""",
        value={"a": [1, -2500, "ä", True, False, [], {}]},
    ),
    Case(
        "null in JSON text is Json.null",
        lua="""
            local data = Json.decode('{"a": null, "b": [null]}')
            return { Json.is_null(data.a), data.b[1] == Json.null, #data.b }
        """,
        javascript="""
            const data = await Json.decode('{"a": null, "b": [null]}');
            return [await Json.isNull(data.a), data.b[0] === Json.null, data.b.length];
        """,
        value=[True, True, 1],
    ),
    Case(
        "only null is null",
        lua='return { Json.is_null(Json.null), Json.is_null(0), Json.is_null(""), Json.is_null(false), Json.is_null({}) }',
        javascript="""
            const values = [Json.null, 0, "", false, {}];
            return await Promise.all(values.map((value) => Json.isNull(value)));
        """,
        value=[True, False, False, False, False],
    ),
    Case(
        "an empty list from JSON text stays a list",
        lua='return Json.encode(Json.decode("[[], {}]"))',
        javascript='return await Json.encode(await Json.decode("[[], {}]"));',
        value="[[], {}]",
    ),
    Case(
        "an array marks a list and is the same list",
        lua="local list = {} return { Json.array(list) == list, Json.array({ 1, 2 }) }",
        javascript="const list = []; return [(await Json.array(list)) === list, await Json.array([1, 2])];",
        value=[True, [1, 2]],
    ),
    Case(
        "what was encoded decodes to the same",
        lua=r'return Json.decode(Json.encode({ a = { "\0\u{1F600}\"\\", 1, 0.1, Json.null } }))',
        javascript=r'return await Json.decode(await Json.encode({ a: ["\0\u{1F600}\"\\", 1, 0.1, null] }));',
        value={"a": ['\0😀"\\', 1, 0.1, None]},
    ),
    *(
        Case(
            f"text that {what} is refused",
            lua="Json.decode(Args[1])",
            javascript="await Json.decode(Args[0]);",
            args=(text,),
            error=Fails("invalid_arguments", "Json.decode: "),
        )
        for what, text in (
            ("ends too early", "[1, {"),
            ("has a comma too many", "[1,]"),
            ("is empty", ""),
            ("is no JSON number", "NaN"),
            ("has words after its end", "1 2"),
            ("is quoted wrongly", "{'a': 1}"),
            ("nests without end", "[" * 100_000),
        )
    ),
    Case(
        "what is not a number cannot be encoded",
        lua="Json.encode({ 0/0 })",
        javascript="await Json.encode([NaN]);",
        error=Fails("invalid_arguments", "Json.encode: "),
    ),
    Case(
        "a function cannot be encoded",
        lua="Json.encode({ f = print })",
        javascript="await Json.encode({ f: () => 1 });",
        error=Fails("invalid_arguments", "Json.encode: value.f must be plain data, not a function"),
    ),
    Case(
        "decode takes text only",
        lua="Json.decode({})",
        javascript="await Json.decode({});",
        error=Fails("invalid_arguments", "Json.decode: text must be a string, not an object"),
    ),
    Case(
        "decode needs its text",
        lua="Json.decode()",
        javascript="await Json.decode();",
        error=Fails("invalid_arguments", "Json.decode: text is missing"),
    ),
    Case(
        "an unknown option of encode names the nearest",
        lua="Json.encode(1, { indnt = 2 })",
        javascript="await Json.encode(1, { indnt: 2 });",
        error=Fails("unknown_option", "Json.encode: unknown option 'indnt'", hint="did you mean 'indent'?"),
    ),
    Case(
        "indent is a whole number",
        lua="Json.encode(1, { indent = 1.5 })",
        javascript="await Json.encode(1, { indent: 1.5 });",
        error=Fails("invalid_arguments", "Json.encode: indent must be a whole number, not 1.5"),
    ),
    Case(
        "array takes a list only",
        lua="Json.array(5)",
        javascript="await Json.array(5);",
        error=Fails("invalid_arguments", "Json.array needs "),
    ),
)
