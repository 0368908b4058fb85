"""`llmspell` and `python -m llmspell`."""

from __future__ import annotations

import sys


def main() -> None:
    """Run the command line. `--version` is answered here, before anything else is imported."""
    if sys.argv[1:] in (["--version"], ["version"]):
        from llmspell import __version__

        print(f"llmspell {__version__}")  # noqa: T201 the answer itself
        return
    from llmspell.cli.main import cli

    cli()


if __name__ == "__main__":
    main()
