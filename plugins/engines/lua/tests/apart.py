"""The process in which `conftest.Apart` runs scripts: one JSON object a line in, one out."""

from __future__ import annotations

import json
import runpy
import sys
import time
from pathlib import Path

Driver = runpy.run_path(str(Path(__file__).with_name("conftest.py")))["Driver"]

_PROBE = """
local names = {}
for name in pairs(_G) do names[#names + 1] = name end
table.sort(names)
return { table.concat(names, ' '), ('ab'):rep(2), tostring(getmetatable('')), #string.format('%d', 7) }
"""


def main() -> None:
    """Answer until the input ends."""
    for line in sys.stdin:
        request = json.loads(line)
        driver = Driver(**request["limits"])
        started = time.monotonic()
        driver.start(request["source"])
        answer = {
            "done": driver.done,
            "failed": driver.failed,
            "printed": driver.printed,
            "seconds": time.monotonic() - started,
            "clean": Driver().start(_PROBE).done,
        }
        sys.stdout.write(json.dumps(answer, default=repr) + "\n")
        sys.stdout.flush()


main()
