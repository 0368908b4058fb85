"""The process that loads one plugin module, so that the doctor survives what the plugin does.

python -m llmspell.doctor.probe MODULE

It prints one line of JSON: {"seconds": processor time of the import, "problem": sentence or ""}.
"""

from __future__ import annotations

import json
import sys
import time
from importlib import import_module

from llmspell.doctor.system import System
from llmspell.errors import LlmspellError
from llmspell.plugins import Plugins


def main() -> None:
    """Load the module that the first argument names, and all that it offers."""
    import llmspell.hookspecs
    import llmspell.kernel  # noqa: F401 whatever these need is not the plugin's to answer for

    module = sys.argv[1]
    begin = time.process_time()
    try:
        import_module(module)
    except BaseException as error:  # SystemExit, too: it is the plugin that wants to end
        _tell(begin, f"{type(error).__name__}: {error}")
    else:
        _tell(begin, "")
        _tell(begin, _problem(System.here().plugins, module))


def _problem(plugins: Plugins, module: str) -> str:
    """What is wrong with what the module offers; empty when nothing is."""
    for entry in plugins.catalogue:
        if entry.module == module and entry.kind != "extension" and not plugins.blocked(entry):
            try:
                plugins.get(entry.kind, entry.name)
            except LlmspellError as error:
                return str(error)
    return ""


def _tell(begin: float, problem: str) -> None:
    print(json.dumps({"seconds": time.process_time() - begin, "problem": problem}), flush=True)  # noqa: T201 its answer


if __name__ == "__main__":
    main()
