"""An append-only log of typed events, with bounded subscriptions that never lose an event in silence."""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, TextIO

import attrs

from llmspell.errors import UsageError
from llmspell.events.pattern import matcher
from llmspell.events.redacted import RedactedData, redacted
from llmspell.redaction import Redactor

DROPPED = "events.dropped"


@attrs.frozen
class Event:
    """One thing that happened.

    `seq` counts from 1 within a run without gaps; an `events.dropped` event stands for `data["count"]` lost ones
    and has the number 0. `time` is unix seconds. `path` tells where (`run/agent:research/tool:search#2`).
    """

    seq: int
    time: float
    run: str
    path: str
    kind: str
    data: Mapping[str, Any]

    def to_dict(self) -> dict[str, Any]:
        """JSON-like data, with the time in ISO 8601 (UTC), and without the exact text of any key in use."""
        from llmspell.export import plain

        return {
            "seq": self.seq,
            "time": iso(self.time),
            "run": self.run,
            "path": self.path,
            "kind": self.kind,
            "data": redacted(plain(self.data), Redactor().exact),
        }


def iso(seconds: float) -> str:
    """A unix time as ISO 8601 in UTC, to the millisecond."""
    from datetime import UTC, datetime

    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


class Subscription:
    """Events that match a pattern, in order; iterate, or await `next()`.

    At most `limit` events wait for a slow reader. What does not fit is counted, and the reader finds one
    `events.dropped` event where they would have stood. `EventLog.publish` waits instead for a subscription that
    was made with `wait`.
    """

    def __init__(self, pattern: str, *, limit: int, wait: bool, forget: Callable[[Subscription], None]) -> None:
        self.matches = matcher(pattern)
        self.pattern = pattern
        self.wait = wait
        self._limit = limit
        self._queue: deque[Event] = deque()
        self._dropped = 0
        self._changed = asyncio.Event()
        self._closed = False
        self._forget = forget

    @property
    def full(self) -> bool:
        """Whether the next event would not fit."""
        return len(self._queue) >= self._limit

    def put(self, event: Event) -> None:
        """Take in an event, or count it as dropped."""
        if self.full:
            self._dropped += 1
            return
        self._note_dropped(event)
        self._queue.append(event)
        self._changed.set()

    def _note_dropped(self, latest: Event) -> None:
        if self._dropped:
            data = {"count": self._dropped, "pattern": self.pattern}
            self._queue.append(attrs.evolve(latest, seq=0, path="run", kind=DROPPED, data=data))
            self._dropped = 0

    async def next(self) -> Event | None:
        """The next event, or None once the subscription is closed and read to its end."""
        while not self._queue:
            if self._dropped:
                return self._take_dropped()
            if self._closed:
                return None
            self._changed.clear()
            await self._changed.wait()
        event = self._queue.popleft()
        self._changed.set()
        self._last = event
        return event

    def _take_dropped(self) -> Event:
        data = {"count": self._dropped, "pattern": self.pattern}
        self._dropped = 0
        return attrs.evolve(self._last, seq=0, path="run", kind=DROPPED, data=data)

    async def room(self) -> None:
        """Return once the subscription has room, or is closed."""
        while self.full and not self._closed:
            self._changed.clear()
            await self._changed.wait()

    def close(self) -> None:
        """Stop taking events in; those that wait can still be read."""
        self._closed = True
        self._changed.set()
        self._forget(self)

    def __aiter__(self) -> Subscription:
        return self

    async def __anext__(self) -> Event:
        event = await self.next()
        if event is None:
            raise StopAsyncIteration
        return event


class EventLog:
    """The events of one run.

    Args:
        run: the run's id.
        observers: called with every event as it is appended, secrets redacted; they must be quick and must not raise.

    Attributes:
        redactor: takes the secrets out of what leaves the log.
    """

    def __init__(self, run: str, observers: Sequence[Callable[[Event], object]] = ()) -> None:
        self.run = run
        self.redactor = Redactor()
        self._events: list[Event] = []
        self._observers = list(observers)
        self._subscriptions: list[Subscription] = []

    def __len__(self) -> int:
        return len(self._events)

    def __iter__(self) -> Iterator[Event]:
        return iter(self._events)

    def append(self, kind: str, path: str, data: Mapping[str, Any]) -> Event:
        """Add an event and tell subscribers and observers; never waits. Call it on the run's event loop only."""
        events = self._events
        event = Event(len(events) + 1, time.time(), self.run, path, kind, data)
        events.append(event)
        # Subscribers first: an observer may append an event of its own, which must not overtake this one.
        for subscription in self._subscriptions:
            if subscription.matches(kind):
                subscription.put(event)
        if self._observers:
            shown = Event(event.seq, event.time, self.run, path, kind, RedactedData(data, self.redactor))
            for observer in self._observers:
                observer(shown)
        return event

    async def publish(self, kind: str, path: str, data: Mapping[str, Any]) -> Event:
        """Add an event once every waiting subscriber that wants it has room."""
        while (crowded := self._crowded(kind)) is not None:
            await crowded.room()
        return self.append(kind, path, data)

    def _crowded(self, kind: str) -> Subscription | None:
        """A waiting subscription without room; asked again after every wait, since others publish meanwhile."""
        waiting = (each for each in self._subscriptions if each.wait and each.full and each.matches(kind))
        return next(waiting, None)

    def history(self, pattern: str = "**") -> list[Event]:
        """The events so far that match."""
        matches = matcher(pattern)
        return [event for event in self._events if matches(event.kind)]

    def export(self, file: TextIO, pattern: str = "**") -> None:
        """Write the matching events so far as JSON Lines, one object a line, secrets redacted; see `Event.to_dict`."""
        import json

        file.writelines(
            json.dumps(shown, ensure_ascii=False) + "\n" for shown in map(self._shown, self.history(pattern))
        )

    def _shown(self, event: Event) -> Any:
        return self.redactor.data(event.to_dict())

    def subscribe(self, pattern: str, *, limit: int = 256, wait: bool = False) -> Subscription:
        """Events from now on that match.

        Args:
            pattern: see `matcher`.
            limit: how many events may wait to be read.
            wait: whether `publish` waits for room instead of dropping.
        """
        if limit < 1:
            raise UsageError(f"a subscription's limit must be at least 1, not {limit!r}")
        subscription = Subscription(pattern, limit=limit, wait=wait, forget=self._forget)
        self._subscriptions.append(subscription)
        return subscription

    def observe(self, observer: Callable[[Event], object]) -> None:
        """Add an observer for the events from now on."""
        self._observers.append(observer)

    def _forget(self, subscription: Subscription) -> None:
        if subscription in self._subscriptions:
            self._subscriptions.remove(subscription)

    def close(self) -> None:
        """Close every subscription."""
        for subscription in tuple(self._subscriptions):
            subscription.close()
