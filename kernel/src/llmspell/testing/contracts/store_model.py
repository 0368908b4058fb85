"""A store beside the simplest thing that does the same, driven by hypothesis."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from itertools import count
from pathlib import Path
from typing import Any, TypeVar

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from llmspell.errors import LlmspellError
from llmspell.store import Change, Check, Delete, Entry, Put, Store

Make = Callable[[Path, Callable[[], float]], Store]
_Answer = TypeVar("_Answer")

_SPACES = st.sampled_from(["n", "m"])
_KEYS = st.sampled_from(["", "a", "ab", "b", "\U0010ffff"])
_DATA = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text() | st.binary(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)
_VERSIONS = st.none() | st.integers(0, 4)
_CHANGES = st.lists(
    st.builds(Put, _KEYS, _DATA, st.none() | st.sampled_from([1.0, 50.0]), _VERSIONS)
    | st.builds(Delete, _KEYS, _VERSIONS)
    | st.builds(Check, _KEYS, st.integers(0, 4)),
    max_size=4,
    unique_by=lambda change: change.key,
)


def check_against_model(make: Make, folder: Path) -> None:
    """Do many things, in many orders, to fresh stores and to the model, and compare."""
    numbers = count()

    class Machine(_Machine):
        def __init__(self) -> None:
            place = folder / f"model-{next(numbers)}"
            place.mkdir()
            super().__init__(make, place)

    run_state_machine_as_test(
        Machine,
        settings=settings(
            max_examples=25, stateful_step_count=20, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )


class _Machine(RuleBasedStateMachine):
    def __init__(self, make: Make, folder: Path) -> None:
        super().__init__()
        self.now = 1000.0
        self.runner = asyncio.Runner()
        self.store = make(folder, lambda: self.now)
        self.values: dict[tuple[str, str], Entry] = {}
        self.versions: dict[tuple[str, str], int] = {}
        self.streams: dict[str, list[Any]] = {}

    def do(self, work: Coroutine[Any, Any, _Answer]) -> _Answer:
        return self.runner.run(work)

    def entry(self, space: str, key: str) -> Entry | None:
        found = self.values.get((space, key))
        return found if found and (found.expires is None or found.expires > self.now) else None

    def version(self, space: str, key: str) -> int:
        found = self.entry(space, key)
        return found.version if found else 0

    @rule(space=_SPACES, changes=_CHANGES)
    def write(self, space: str, changes: list[Change]) -> None:
        """All changes, or none."""
        fits = all(change.version in (None, self.version(space, change.key)) for change in changes)
        if not fits:
            with pytest.raises(LlmspellError, match="somebody else has changed it"):
                self.do(self.store.write(space, changes))
        else:
            versions = self.do(self.store.write(space, changes))
            assert versions == [self.change(space, change) for change in changes]

    def change(self, space: str, change: Change) -> int:
        place = (space, change.key)
        match change:
            case Put():
                version = self.versions[place] = self.versions.get(place, 0) + 1
                expires = None if change.ttl is None else self.now + change.ttl
                self.values[place] = Entry(change.key, change.value, version, expires)
                return version
            case Check():
                return change.version
        self.values.pop(place, None)
        return 0

    @rule(stream=_SPACES, records=st.lists(_DATA, max_size=3), after=st.none() | st.integers(0, 5))
    def append(self, stream: str, records: list[Any], after: int | None) -> None:
        """At the end, unless somebody else was quicker."""
        there = self.streams.get(stream, [])
        if after not in (None, len(there)):
            with pytest.raises(LlmspellError, match="somebody else has added to it"):
                self.do(self.store.append(stream, records, after=after))
        else:
            last = self.do(self.store.append(stream, records, after=after))
            there = self.streams[stream] = [*there, *records]
            assert last == len(there)

    @rule(stream=_SPACES)
    def drop(self, stream: str) -> None:
        """With all its records."""
        assert self.do(self.store.drop(stream)) == bool(self.streams.pop(stream, None))

    @rule(seconds=st.sampled_from([0.5, 1.0, 49.0]))
    def wait(self, seconds: float) -> None:
        """Time goes on."""
        self.now += seconds

    @invariant()
    def same(self) -> None:
        """What is there is what should be."""
        for space in ("n", "m"):
            keys = sorted(key for (of, key) in self.values if of == space and self.entry(space, key))
            assert self.do(self.store.scan(space)) == [self.entry(space, key) for key in keys]
            records = self.do(self.store.read(space))
            assert [record.data for record in records] == self.streams.get(space, [])
        spaces = {space for space, key in self.values if self.entry(space, key)}
        assert self.do(self.store.namespaces()) == sorted(spaces)

    def teardown(self) -> None:
        """Close it."""
        self.do(self.store.close())
        self.runner.close()
