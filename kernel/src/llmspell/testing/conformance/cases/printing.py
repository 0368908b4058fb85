"""What a spell prints."""

# ruff: noqa: E501 a short spell reads best on one line

from __future__ import annotations

from llmspell.testing.conformance.case import Case, Fails, Happens

CASES = (
    Case(
        "lines are printed in order",
        lua='print("a") print("b") print("c")',
        javascript='console.log("a"); console.log("b"); console.log("c");',
        output="a\nb\nc\n",
    ),
    Case("an empty line is a line", lua="print()", javascript="console.log();", output="\n"),
    Case(
        "a text of two lines is printed as it is",
        lua=r'print("a\nb")',
        javascript=r'console.log("a\nb");',
        output="a\nb\n",
    ),
    Case(
        "text beyond ASCII is printed as it is",
        lua=r'print("naïve 日本語 \u{1F600}")',
        javascript=r'console.log("naïve 日本語 \u{1F600}");',
        output="naïve 日本語 😀\n",
    ),
    Case(
        "numbers and truths are printed as words",
        lua="print(12) print(1.5) print(true) print(false)",
        javascript="console.log(12); console.log(1.5); console.log(true); console.log(false);",
        output="12\n1.5\ntrue\nfalse\n",
    ),
    Case(
        "what was printed before an error is not lost",
        lua='print("before") error("ouch")',
        javascript='console.log("before"); throw new Error("ouch");',
        output="before\n",
        error=Fails("script_failed", "ouch"),
    ),
    Case(
        "lines printed around calls keep their place",
        lua='print("a") Async.sleep(0) print("b") State.set("x", 1) print("c")',
        javascript='console.log("a"); await Async.sleep(0); console.log("b"); await State.set("x", 1); console.log("c");',
        output="a\nb\nc\n",
    ),
    Case(
        "a tool prints as its spell does",
        lua='Tool.define{ name = "t", run = function() print("in") end }:run() print("out")',
        javascript="""
            const t = await Tool.define({ name: "t", run: () => { console.log("in"); } });
            await t.run();
            console.log("out");
        """,
        output="in\nout\n",
    ),
    Case(
        "printed lines are events",
        lua='print("a") print("b")',
        javascript='console.log("a"); console.log("b");',
        events=(Happens("script.output", ("script.output", {"text": "a"}), ("script.output", {"text": "b"})),),
    ),
    Case(
        "a spell that prints too much is stopped",
        lua='for _ = 1, 100 do print(("x"):rep(100)) end return "never"',
        javascript='for (let i = 0; i < 100; i += 1) console.log("x".repeat(100)); return "never";',
        sets=("limits.output_bytes=1000",),
        error=Fails("budget"),
        stop_reason="budget.output",
        exit_code=6,
    ),
)
