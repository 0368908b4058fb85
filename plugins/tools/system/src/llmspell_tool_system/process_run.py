"""The tool `process_run`: a program, and what it wrote."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any

from llmspell.context import Context
from llmspell.tools import Example, tool

_LONGEST = 300.0  # seconds
_MOST_OUTPUT = 1 << 20


@tool(
    category="system",
    tags=("command", "program", "execute", "shell"),
    needs=("run",),
    timeout=2 * _LONGEST,  # the program's own time ends first; a person may have been asked before
    output_bytes=8 << 20,
    examples=(Example({"argv": ["git", "log", "-1"]}, "the last commit"),),
)
async def process_run(
    argv: Annotated[Sequence[Annotated[str, {"maxLength": 100_000}]], {"minItems": 1, "maxItems": 1000}],
    context: Context,
    *,
    stdin: Annotated[str, {"maxLength": 1_000_000}] = "",
    cwd: Annotated[str, {"minLength": 1, "maxLength": 4096}] = ".",
    env: Annotated[dict[str, str] | None, {"maxProperties": 100}] = None,
    timeout: Annotated[float, {"exclusiveMinimum": 0, "maximum": _LONGEST}] = 30.0,
    max_output: Annotated[int, {"minimum": 1, "maximum": _MOST_OUTPUT}] = 100_000,
) -> dict[str, Any]:
    """Runs a program, given as a list of its words, and waits for its end. There is no shell: no pipes, no *.

    Answers ok, code, stdout, stderr, truncated, signal and duration in seconds. A program that fails is an answer with
    ok false; one that takes too long is an error. What is not UTF-8 is shown as �, and `lossy` says so.

    Args:
        argv: the program's name, then its arguments, such as ["git", "log", "-1"]; it must be granted.
        stdin: what the program can read.
        cwd: the folder it works in, which must be readable; the project's by default.
        env: variables that it gets besides PATH, HOME, TMPDIR and LANG; each name must be granted.
        timeout: seconds.
        max_output: bytes that it may write; then it is ended, and `truncated` is true.
        context: what the call may use.
    """
    quota = context.run.quota
    quota.take("processes")
    try:
        finished = await context.process.run(
            list(argv),
            stdin=stdin.encode("utf-8", "surrogatepass"),
            timeout=timeout,
            cwd=cwd,
            env=env,
            max_output=max_output,
        )
    finally:
        quota.give_back("processes")
    stdout, stderr = (written.decode("utf-8", "replace") for written in (finished.stdout, finished.stderr))
    return {
        "ok": finished.ok,
        "code": finished.code,
        "stdout": stdout,
        "stderr": stderr,
        "truncated": finished.truncated,
        "lossy": (stdout.encode(), stderr.encode()) != (finished.stdout, finished.stderr),
        "signal": finished.signal,
        "duration": round(finished.duration, 3),
    }
