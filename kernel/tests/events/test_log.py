"""The log: append-only, numbered without gaps, told to observers and subscribers in order."""

from __future__ import annotations

import asyncio
import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from llmspell.errors import UsageError
from llmspell.events import DROPPED, Event, EventLog


def filled(count: int, kind: str = "a.b") -> EventLog:
    log = EventLog("run1")
    for number in range(count):
        log.append(kind, "run", {"n": number})
    return log


@given(st.lists(st.sampled_from(["a", "a.b", "c.b", "c"]), max_size=30), st.sampled_from(["a", "a.*", "*.b", "**"]))
def test_numbers_have_no_gaps_and_history_keeps_the_order(appended: list[str], pattern: str) -> None:
    log = EventLog("run1")
    for kind in appended:
        log.append(kind, "run", {})
    assert [event.seq for event in log] == list(range(1, len(appended) + 1))
    assert [event.kind for event in log] == appended
    assert len(log) == len(appended)
    seqs = [event.seq for event in log.history(pattern)]
    assert seqs == sorted(seqs)
    if pattern == "**":
        assert len(seqs) == len(appended)


def test_an_event_tells_when_where_and_what() -> None:
    log = EventLog("run1")
    before = time.time()
    event = log.append("tool.started", "run/tool:x", {"name": "x"})
    assert before <= event.time <= time.time()
    assert (event.seq, event.run, event.path, event.kind, event.data) == (
        1,
        "run1",
        "run/tool:x",
        "tool.started",
        {"name": "x"},
    )


def test_an_event_as_data_has_its_time_in_utc() -> None:
    event = Event(3, 1_700_000_000.1239, "run1", "run", "a", {"when": (1, 2)})
    assert event.to_dict() == {
        "seq": 3,
        "time": "2023-11-14T22:13:20.123Z",
        "run": "run1",
        "path": "run",
        "kind": "a",
        "data": {"when": [1, 2]},
    }


def test_the_time_of_a_new_event_is_iso_8601() -> None:
    [event] = filled(1)
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", event.to_dict()["time"])


def test_observers_hear_every_event_from_when_they_were_added() -> None:
    first: list[int] = []
    second: list[int] = []
    log = EventLog("run1", [lambda event: first.append(event.seq)])
    log.append("a", "run", {})
    log.observe(lambda event: second.append(event.seq))
    log.append("b", "run", {})
    assert (first, second) == ([1, 2], [2])


async def test_an_event_of_an_observer_does_not_overtake_the_one_it_answers() -> None:
    log = EventLog("run1")
    log.observe(lambda event: log.append("answer", "run", {}) if event.kind == "question" else None)
    subscription = log.subscribe("**")
    log.append("question", "run", {})
    log.close()
    assert [(event.seq, event.kind) async for event in subscription] == [(1, "question"), (2, "answer")]


async def test_a_subscription_gets_what_matches_from_then_on() -> None:
    log = filled(2)
    subscription = log.subscribe("a.*")
    log.append("a.b", "run", {"n": 2})
    log.append("other", "run", {})
    log.append("a.c", "run", {"n": 3})
    subscription.close()
    log.append("a.b", "run", {"n": 4})
    assert [event.data["n"] async for event in subscription] == [2, 3]


async def test_a_reader_waits_for_the_next_event() -> None:
    log = EventLog("run1")
    subscription = log.subscribe("**")
    reading = asyncio.create_task(subscription.next())
    await asyncio.sleep(0.01)
    assert not reading.done()
    log.append("a", "run", {})
    event = await reading
    assert event is not None
    assert event.kind == "a"


async def test_two_readers_share_a_subscription() -> None:
    log = EventLog("run1")
    subscription = log.subscribe("**")
    readers = [asyncio.create_task(subscription.next()) for _ in range(2)]
    await asyncio.sleep(0)
    log.append("a", "run", {})
    log.append("b", "run", {})
    found = await asyncio.gather(*readers)
    assert [event and event.kind for event in found] == ["a", "b"]


async def test_closing_the_log_ends_its_readers() -> None:
    log = EventLog("run1")
    subscription = log.subscribe("**")
    reading = asyncio.create_task(subscription.next())
    await asyncio.sleep(0)
    log.close()
    assert await reading is None
    subscription.close()  # once more is fine
    assert log.append("a", "run", {}).seq == 1


async def test_what_does_not_fit_is_counted_in_its_place() -> None:
    log = EventLog("run1")
    subscription = log.subscribe("a.*", limit=2)
    for number in range(5):
        log.append("a.b", "run/x", {"n": number})
    assert [await _shown(subscription), await _shown(subscription)] == [0, 1]
    log.append("a.b", "run/x", {"n": 5})
    dropped = await subscription.next()
    assert dropped is not None
    assert (dropped.seq, dropped.kind, dropped.path) == (0, DROPPED, "run")
    assert dropped.data == {"count": 3, "pattern": "a.*"}
    assert await _shown(subscription) == 5
    assert len(log) == 6


async def test_the_last_dropped_events_are_told_too() -> None:
    log = EventLog("run1")
    subscription = log.subscribe("**", limit=1)
    for number in range(3):
        log.append("a", "run", {"n": number})
    log.close()
    events = [event async for event in subscription]
    assert [(event.kind, event.data.get("count")) for event in events] == [("a", None), (DROPPED, 2)]


async def _shown(subscription: object) -> int:
    event = await subscription.next()  # type: ignore[attr-defined]  # a Subscription
    number: int = event.data["n"]
    return number


@given(
    st.lists(st.sampled_from(["append", "other", "read"]), max_size=60),
    st.integers(1, 4),
)
def test_no_event_is_lost_in_silence(actions: list[str], limit: int) -> None:
    async def play() -> None:
        log = EventLog("run1")
        subscription = log.subscribe("a", limit=limit)
        appended: list[int] = []
        read: list[Event] = []
        for action in actions:
            if action == "append":
                appended.append(log.append("a", "run", {}).seq)
            elif action == "other":
                log.append("b", "run", {})
            elif sum(_weight(event) for event in read) < len(appended):
                event = await asyncio.wait_for(subscription.next(), 5)
                assert event is not None
                read.append(event)
        log.close()
        read += [event async for event in subscription]
        assert sum(map(_weight, read)) == len(appended)
        # What was read stands where it stood, and each gap is as long as it says.
        left = iter(appended)
        for event in read:
            if event.kind == DROPPED:
                for _ in range(event.data["count"]):
                    next(left)
            else:
                assert next(left) == event.seq

    asyncio.run(play())


def _weight(event: Event) -> int:
    return int(event.data["count"]) if event.kind == DROPPED else 1


async def test_publish_waits_for_a_slow_subscriber_that_asks_for_it() -> None:
    log = EventLog("run1")
    subscription = log.subscribe("**", limit=1, wait=True)
    await log.publish("a", "run", {"n": 0})
    waiting = asyncio.create_task(log.publish("a", "run", {"n": 1}))
    await asyncio.sleep(0.01)
    assert not waiting.done()
    assert len(log) == 1
    assert await _shown(subscription) == 0
    assert (await waiting).seq == 2
    assert await _shown(subscription) == 1


async def test_publish_does_not_wait_for_others() -> None:
    log = EventLog("run1")
    log.subscribe("**", limit=1)
    log.subscribe("other", limit=1, wait=True)
    for _ in range(3):
        await asyncio.wait_for(log.publish("a", "run", {}), 5)


async def test_publish_goes_on_when_the_slow_subscriber_leaves() -> None:
    log = EventLog("run1")
    subscription = log.subscribe("**", limit=1, wait=True)
    await log.publish("a", "run", {})
    waiting = asyncio.create_task(log.publish("a", "run", {}))
    await asyncio.sleep(0)
    subscription.close()
    assert (await asyncio.wait_for(waiting, 5)).seq == 2


async def test_several_publishers_lose_nothing_with_several_slow_subscribers() -> None:
    log = EventLog("run1")
    subscriptions = [log.subscribe("**", limit=1, wait=True) for _ in range(2)]

    async def read(pause: float, index: int) -> list[str]:
        found = []
        async for event in subscriptions[index]:
            found.append(event.kind)
            await asyncio.sleep(pause)
        return found

    readers = [asyncio.create_task(read(pause, index)) for index, pause in enumerate((0.0, 0.001))]
    await asyncio.gather(*(log.publish(f"k{number}", "run", {}) for number in range(30)))
    log.close()
    found = await asyncio.gather(*readers)
    assert found[0] == found[1] == [event.kind for event in log]
    assert len(log) == 30


def test_a_limit_of_nothing_is_refused() -> None:
    with pytest.raises(UsageError, match=r"^a subscription's limit must be at least 1, not 0$"):
        EventLog("run1").subscribe("**", limit=0)


def test_a_wrong_pattern_is_refused_when_subscribing() -> None:
    with pytest.raises(UsageError, match="is not an event pattern"):
        EventLog("run1").subscribe("a..b")
