"""Ids that nobody else has."""

from __future__ import annotations

import hashlib
import os
from collections import Counter
from collections.abc import Callable

NewId = Callable[[str], str]
"""Gives an id of 12 hexadecimal digits for a purpose; another one each time."""


def random_id(purpose: str) -> str:
    """One by chance."""
    return os.urandom(6).hex()


class Ids:
    """The ids that one run gives: where it is resumed, the n-th for a purpose is what it was before.

    Args:
        run: the run's id.
    """

    def __init__(self, run: str) -> None:
        self._run = run
        self._given: Counter[str] = Counter()

    def new(self, purpose: str) -> str:
        """The next one for a purpose."""
        self._given[purpose] += 1
        return hashlib.sha256(f"{self._run}/{purpose}/{self._given[purpose]}".encode()).hexdigest()[:12]
