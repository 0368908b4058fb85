"""The global `Log`."""

from __future__ import annotations

from llmspell.testing.conformance.case import Case, Fails, Happens


def _level(level: str) -> Case:
    return Case(
        f"{level} is an event of its level",
        lua=f'return Log.{level}("hello", {{ n = 1 }}) == nil',
        javascript=f'return (await Log.{level}("hello", {{ n: 1 }})) == null;',
        value=True,
        output="",
        events=(Happens("log.*", (f"log.{level}", {"message": "hello", "fields": {"n": 1}})),),
    )


CASES = (
    *map(_level, ("debug", "info", "warn", "error")),
    Case(
        "messages keep their order",
        lua='Log.warn("a") Log.info("b") Log.warn("c")',
        javascript='await Log.warn("a"); await Log.info("b"); await Log.warn("c");',
        events=(Happens("log.*", ("log.warn", {"message": "a"}), "log.info", ("log.warn", {"message": "c"})),),
    ),
    Case(
        "a message needs no fields",
        lua='Log.info("hello")',
        javascript='await Log.info("hello");',
        events=(Happens("log.*", ("log.info", {"fields": {}})),),
    ),
    Case(
        "a message of a tool stands below the tool",
        lua="""
            Tool.define{ name = "t", run = function() Log.info("in") end }
            Tool.run("t")
            return Event.history("log.*")[1].path
        """,
        javascript="""
            await Tool.define({ name: "t", run: async () => { await Log.info("in"); } });
            await Tool.run("t");
            return (await Event.history("log.*"))[0].path;
        """,
        value="run/tool:t",
    ),
    Case(
        "a message is text",
        lua="Log.info(5)",
        javascript="await Log.info(5);",
        error=Fails("invalid_arguments", "Log.info: message must be a string, not 5"),
    ),
    Case(
        "a message is needed",
        lua="Log.error()",
        javascript="await Log.error();",
        error=Fails("invalid_arguments", "Log.error: message is missing"),
    ),
    Case(
        "fields are an object",
        lua='Log.warn("x", "y")',
        javascript='await Log.warn("x", "y");',
        error=Fails("invalid_arguments", "Log.warn: fields must be an object, not 'y'"),
    ),
    Case(
        "fields are plain data",
        lua='Log.debug("x", { f = print })',
        javascript='await Log.debug("x", { f: () => 1 });',
        error=Fails("invalid_arguments", "Log.debug: fields.f must be plain data, not a function"),
    ),
    Case(
        "a level that does not exist is an error",
        lua='Log.warning("x")',
        javascript='await Log.warning("x");',
        error=Fails("invalid_arguments", "Log has no function 'warning'"),
    ),
)
