"""What importing modules costs: `imports.py MODULE...` in a fresh process.

Gives milliseconds, the process's memory after it (MiB, resident), and `foreign`: how many top-level modules
came along that are neither the standard library's nor among those that `--own=NAME,NAME` declares.
"""

from __future__ import annotations

import os
import sys
import time
from importlib import import_module


def main() -> None:
    """Import the modules and report."""
    own = {name for word in sys.argv[1:] if word.startswith("--own=") for name in word[6:].split(",")}
    names = [word for word in sys.argv[1:] if not word.startswith("--")]
    before = {*_top_level(), "benchmarks"}
    begin = time.perf_counter()
    for name in names:
        import_module(name)
    seconds = time.perf_counter() - begin
    foreign = _top_level() - before - own - sys.stdlib_module_names
    memory = _resident()
    from benchmarks import timing

    if foreign:
        print(f"also imported: {', '.join(sorted(foreign))}", file=sys.stderr)
    timing.report({"ms": seconds * 1e3, "mib": memory, "foreign": len(foreign)})


def _top_level() -> set[str]:
    return {name.partition(".")[0] for name in sys.modules}


def _resident() -> float:
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 2**20


if __name__ == "__main__":
    main()
