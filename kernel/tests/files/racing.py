"""What comes of something while a file or folder and a link take each other's places."""

from __future__ import annotations

import itertools
import random
import threading
import time
from collections.abc import Callable
from pathlib import Path

from llmspell.errors import LlmspellError

_PATIENCE = 20.0  # seconds
_PAUSE = 0.0002  # seconds


def race(victim: Path, trap: Path, rounds: int, act: Callable[[int], str]) -> set[str]:
    """What `act` gives, and the kinds of its errors; there must be both, for which it may take more rounds.

    Args:
        victim: the file or folder.
        trap: the link that is in its place half of the time.
        rounds: how often `act` is called at least.
        act: is given the number of the round.
    """
    spare, done = trap.parent / "spare", threading.Event()

    def swap() -> None:
        while not done.wait(random.random() * _PAUSE):  # a pause of any length, or the two threads run in step
            victim.rename(spare)
            trap.rename(victim)
            victim.rename(trap)
            spare.rename(victim)

    swapper = threading.Thread(target=swap)
    swapper.start()
    given: set[str] = set()
    kinds: set[str] = set()
    until = time.monotonic() + _PATIENCE
    try:
        for number in itertools.count():
            try:
                given.add(act(number))
            except LlmspellError as error:
                kinds.add(error.kind)
            if number >= rounds and ((given and kinds) or time.monotonic() > until):
                break
    finally:
        done.set()
        swapper.join()
    assert given, "it never succeeded"
    assert kinds, "the race never happened"
    return given | kinds
