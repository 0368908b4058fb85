"""The global `Process`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypedDict

import attrs

from llmspell.context import Context
from llmspell.errors import UsageError
from llmspell.script.declare import Global, method, shaped


class FinishedShape(TypedDict):
    """How a program ended: `code` is its exit status, or the negative number of the `signal` that ended it.

    `ok` means that it ended by itself with 0. What it wrote is text in UTF-8, or bytes where it is none. `truncated`
    means that it wrote more than it may. `duration` is seconds.
    """

    ok: bool
    code: int
    signal: str
    stdout: Any
    stderr: Any
    truncated: bool
    duration: float


@attrs.frozen
class ProcessOptions:
    """How a program runs: `stdin` is text or bytes, `timeout` seconds, `max_output` bytes, `env` more variables."""

    stdin: Any = b""
    timeout: float = 30.0
    cwd: str | None = None
    env: Mapping[str, str] = attrs.field(factory=dict)
    max_output: int = 1 << 20


class Process(Global):
    """Programs that the spell may start, and its surroundings; present with `--allow-library=os`."""

    library = "os"

    @method
    @shaped(gives=FinishedShape)
    async def run(self, argv: list[str], options: ProcessOptions | None = None) -> Any:
        """How a program ended. `argv` is its words, the program's name first; no shell reads them."""
        options = options or ProcessOptions()
        run = self.session.run
        context = Context(run, self.session.parent)
        run.quota.take("processes")
        try:
            finished = await context.process.run(
                argv,
                stdin=_input(options.stdin),
                timeout=options.timeout,
                cwd=options.cwd,
                env=options.env,
                max_output=options.max_output,
            )
        finally:
            run.quota.give_back("processes")
        streams = {"stdout": _output(finished.stdout), "stderr": _output(finished.stderr)}
        return {"ok": finished.ok, **attrs.asdict(finished), **streams}

    @method
    async def getenv(self, name: str) -> str | None:
        """The value of an environment variable that the spell may read; nothing when it is not set."""
        return await Context(self.session.run, self.session.parent).variable(name)

    @method
    def cwd(self) -> str:
        """The folder where relative paths begin: the project's."""
        return str(self.session.run.project)


def _input(given: Any) -> bytes:
    if isinstance(given, str):
        return given.encode(errors="surrogatepass")
    if isinstance(given, bytes):
        return given
    raise UsageError(f"Process.run: stdin must be text or bytes, not {given!r:.60}")


def _output(written: bytes) -> str | bytes:
    try:
        return written.decode()
    except UnicodeDecodeError:
        return written
