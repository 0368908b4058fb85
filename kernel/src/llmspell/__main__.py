"""`llmspell` and `python -m llmspell`."""

from __future__ import annotations

import sys


def main() -> None:
    """Run the command line, and end the process."""
    code = answer()
    try:
        sys.stdout.flush()
        sys.stderr.flush()
    except (AttributeError, BrokenPipeError):
        code = code or 1  # nobody reads what is left
    _leave(code)


def answer() -> int:
    """Run the command line, and give the exit code. `--version` is answered before anything else is imported."""
    if sys.argv[1:] in (["--version"], ["version"]):
        from llmspell import __version__

        print(f"llmspell {__version__}")  # noqa: T201 the answer itself
        return 0
    from llmspell.cli.main import cli

    try:
        cli()
    except SystemExit as ended:
        return ended.code if isinstance(ended.code, int) else 0 if ended.code is None else 1
    return 0


def _leave(code: int) -> None:
    """End without taking the interpreter apart piece by piece, which takes a tenth of a short run's time."""
    import atexit
    import os

    atexit._run_exitfuncs()
    os._exit(code)


if __name__ == "__main__":
    main()
