"""Programs that a spell starts through the global `Process`, and that each must be granted."""

# ruff: noqa: E501 a short spell reads best on one line

from __future__ import annotations

from llmspell.testing.conformance.case import Case, Fails, Happens

_OS = 'permissions.libraries=["os"]'


def _run(*commands: str) -> tuple[str, ...]:
    return _OS, f"permissions.run={list(commands)!r}"


CASES = (
    Case(
        "a program's output and code are given",
        lua='local done = Process.run({ "echo", "a b", "c" }) return { done.ok, done.code, done.stdout, done.stderr, done.truncated, done.signal }',
        javascript='const done = await Process.run(["echo", "a b", "c"]); return [done.ok, done.code, done.stdout, done.stderr, done.truncated, done.signal];',
        sets=_run("echo **"),
        value=[True, 0, "a b c\n", "", False, ""],
        events=(Happens("process.*", "process.started", ("process.finished", {"code": 0})),),
    ),
    Case(
        "a program that fails is no error",
        lua='local done = Process.run({ "false" }) return { done.ok, done.code }',
        javascript='const done = await Process.run(["false"]); return [done.ok, done.code];',
        sets=_run("false"),
        value=[False, 1],
    ),
    Case(
        "no shell reads the words",
        lua='return Process.run({ "echo", "$HOME; ls *" }).stdout',
        javascript='return (await Process.run(["echo", "$HOME; ls *"])).stdout;',
        sets=_run("echo **"),
        value="$HOME; ls *\n",
    ),
    Case(
        "a program reads what it is given",
        lua='return Process.run({ "cat" }, { stdin = "caf\\u{e9}" }).stdout',
        javascript='return (await Process.run(["cat"], { stdin: "caf\\u{e9}" })).stdout;',
        sets=_run("cat"),
        value="caf\u00e9",
    ),
    Case(
        "a program works in the project's folder",
        lua='return Process.run({ "cat", "a" }).stdout',
        javascript='return (await Process.run(["cat", "a"])).stdout;',
        sets=_run("cat **"),
        files={"a": "here"},
        value="here",
    ),
    Case(
        "a program may work in another folder that may be read",
        lua='return Process.run({ "cat", "a" }, { cwd = "d" }).stdout',
        javascript='return (await Process.run(["cat", "a"], { cwd: "d" })).stdout;',
        sets=_run("cat **"),
        files={"d/a": "there"},
        value="there",
    ),
    Case(
        "a program that writes too much is ended",
        lua='local done = Process.run({ "cat", "a" }, { max_output = 10 }) return { done.ok, done.truncated, #done.stdout <= 10 }',
        javascript='const done = await Process.run(["cat", "a"], { maxOutput: 10 }); return [done.ok, done.truncated, done.stdout.length <= 10];',
        sets=_run("cat **"),
        files={"a": "x" * 100_000},
        value=[False, True, True],
    ),
    Case(
        "a program that takes too long is an error",
        lua='Process.run({ "sleep", "60" }, { timeout = 0.2 })',
        javascript='await Process.run(["sleep", "60"], { timeout: 0.2 });',
        sets=_run("sleep **"),
        error=Fails("timeout"),
    ),
    Case(
        "a program that was not granted is not started",
        lua='Process.run({ "echo", "x" })',
        javascript='await Process.run(["echo", "x"]);',
        sets=(_OS,),
        error=Fails("permission", "run of 'echo x' is not allowed", hint="--allow-run='echo x'"),
        events=(Happens("process.*"),),
        exit_code=4,
    ),
    Case(
        "without the library there is no global",
        lua='return rawget(_G, "Process") == nil and Process == nil',
        javascript='return typeof Process === "undefined";',
        sets=('permissions.deny={libraries = ["os"]}',),
        value=True,
    ),
    Case(
        "using the library without the grant names the flag",
        lua='Process.run({ "echo" })',
        javascript='await Process.run(["echo"]);',
        sets=('permissions.deny={libraries = ["os"]}', 'permissions.run=["**"]'),
        error=Fails("permission", "the library 'os' is not granted", hint="--allow-library=os"),
        exit_code=4,
    ),
    Case(
        "only so many programs run at once",
        lua="""
            local task = Async.spawn(function() return Process.run({ "sleep", "30" }) end)
            Async.sleep(0.3)
            local _, problem = Process.try_run({ "sleep", "30" })
            task:cancel()
            return problem.details.budget
        """,
        javascript="""
            const task = Async.spawn(() => Process.run(["sleep", "30"]));
            await Async.sleep(0.3);
            const [, problem] = await Process.tryRun(["sleep", "30"]);
            task.cancel();
            return problem.details.budget;
        """,
        sets=(*_run("sleep **"), "limits.processes=1"),
        value="processes",
    ),
    Case(
        "a variable must be granted",
        lua='Process.getenv("HOME")',
        javascript='await Process.getenv("HOME");',
        sets=(_OS,),
        error=Fails("permission", "env of 'HOME' is not allowed", hint="--allow-env=HOME"),
    ),
    Case(
        "a variable that is not set is nothing",
        lua='return Process.getenv("LLMSPELL_NOT_SET") == nil',
        javascript='return await Process.getenv("LLMSPELL_NOT_SET") == null;',
        sets=(_OS, 'permissions.env=["LLMSPELL_*"]'),
        value=True,
    ),
    Case(
        "relative paths begin in the project's folder",
        lua='return Process.cwd():sub(1, 1) == "/"',
        javascript='return (await Process.cwd())[0] === "/";',
        sets=(_OS,),
        value=True,
    ),
    Case(
        "words are texts",
        lua='Process.run({ "echo", 5 })',
        javascript='await Process.run(["echo", 5]);',
        sets=_run("echo **"),
        error=Fails("invalid_arguments", "Process.run: argv[2] must be a string, not 5"),
    ),
)
