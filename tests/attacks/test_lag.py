"""The event loop stays free: however a hostile spell floods it, the host computes no more than 50 ms at once."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

AT_ONCE = 0.05  # seconds of processor time
PROBE = Path(__file__).with_name("lag_probe.py")

FLOODS = {
    "a spin": "for (;;);",
    "calls": "for (let i = 0; i < 9000; i++) State.get('x')",
    "calls that wait": "for (let i = 0; i < 9000; i++) Async.sleep(9).catch(() => {}); await Async.trySleep(0.1)",
    "waits that end at one moment": "const t = Date.now() + 500; for (let i = 0; i < 1000; i++) Async.sleep((t - Date.now()) / 1000); await Async.trySleep(1)",
    "tools": "await Tool.define({ name: 't', run: () => 1 }); for (let i = 0; i < 5000; i++) Tool.tryRun('t'); await Async.trySleep(0.5)",
    "agents": "for (let i = 0; i < 3000; i++) Agent.tryCreate({ run() {} }); await State.get('x')",
    "log": "for (let i = 0; i < 6000; i++) Log.info('x')",
    "readers of one event": "const all = []; for (let i = 0; i < 900; i++) all.push(Event.subscribe('my.*')); for (const s of await Promise.all(all)) s.next(); await Event.tryPublish('my.event')",
    "readers of every event": "const all = []; for (let i = 0; i < 900; i++) all.push(Event.subscribe('**')); await Promise.all(all); for (let i = 0; i < 100; i++) Log.info('x')",
    "lines of output": "for (let i = 0; i < 1e5; i++) console.log('')",
    "long lines of output": "for (;;) console.log('x'.repeat(9999))",
    "a value of small numbers": "const a = new Array(25000).fill(0); for (let i = 0; i < 5; i++) await State.set('x', a); await State.get('x')",
    "a value of long text": "const s = 'x'.repeat(260000); for (let i = 0; i < 9; i++) await State.set('x', s); await State.get('x')",
    "errors": "for (let i = 0; i < 5000; i++) Tool.tryRun('no_such_tool')",
    "refused calls": "for (let i = 0; i < 5000; i++) Async.trySleep(-1)",
}


@pytest.fixture(scope="module")
def most(tmp_path_factory: pytest.TempPathFactory) -> dict[str, float]:
    """The most that the host computed at once during each flood; the least of three, where one was too much.

    A machine that is busy makes processor time longer as well, now and then; a host that computes too much does so
    each time.
    """
    folder = tmp_path_factory.mktemp("lag")
    found = _measured(FLOODS, folder)
    for _ in range(2):
        again = {name: FLOODS[name] for name, seconds in found.items() if seconds > AT_ONCE}
        if again:
            found |= {name: min(found[name], seconds) for name, seconds in _measured(again, folder).items()}
    return found


def _measured(floods: dict[str, str], folder: Path) -> dict[str, float]:
    """Measured in a process of its own.

    Here, what measures the coverage would make every line take several times as long, and Python's collector would go
    through all objects of the test run.
    """
    ended = subprocess.run(
        [sys.executable, PROBE],
        input=json.dumps(floods),
        capture_output=True,
        text=True,
        timeout=55,
        check=False,
        cwd=folder,
        env={"PATH": os.environ["PATH"]},
    )
    assert ended.returncode == 0, ended.stderr
    found: dict[str, float] = json.loads(ended.stdout)
    return found


@pytest.mark.parametrize("flood", FLOODS)
def test_the_host_computes_little_at_once(flood: str, most: dict[str, float]) -> None:
    assert 0 < most[flood] <= AT_ONCE
