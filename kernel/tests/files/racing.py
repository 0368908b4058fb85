"""What comes of something while a file or folder and a link take each other's places."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

from llmspell.errors import LlmspellError


def race(victim: Path, trap: Path, rounds: int, act: Callable[[int], str]) -> set[str]:
    """What `act` gives, or the kinds of its errors, of so many rounds; they must not all be the same.

    Args:
        victim: the file or folder.
        trap: the link that is in its place half of the time.
        rounds: how often `act` is called.
        act: is given the number of the round.
    """
    spare, done = trap.parent / "spare", threading.Event()

    def swap() -> None:
        while not done.is_set():
            victim.rename(spare)
            trap.rename(victim)
            victim.rename(trap)
            spare.rename(victim)

    swapper = threading.Thread(target=swap)
    swapper.start()
    found: set[str] = set()
    try:
        for number in range(rounds):
            try:
                found.add(act(number))
            except LlmspellError as error:
                found.add(error.kind)
    finally:
        done.set()
        swapper.join()
    assert len(found) > 1, "the race never happened"
    return found
