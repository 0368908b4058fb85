"""Sparing a model: pace, circuit breaker."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from llmspell.config.routing import CircuitBreaker, Pacing, Router
from llmspell.errors import ProviderError
from llmspell.message import Usage
from llmspell.router.breaker import Breaker
from llmspell.router.failures import Refused
from llmspell.router.pace import MINUTE, Pace
from llmspell.testing import Delay, Fail, ScriptedModel, Text

from ..run.kit import kinds
from .kit import BUSY, FOREVER, asked, model, names, router_run, said, told

DOWN = ProviderError("down", retryable=True)


@given(st.integers(1, 5), st.lists(st.floats(0, 30), max_size=40))
def test_no_minute_has_more_requests_than_it_may(limit: int, gaps: list[float]) -> None:
    pace, now, begins = Pace(Pacing(requests_per_minute=limit)), 1000.0, []
    for gap in gaps:
        now += gap
        begins.append(now + pace.wait(now))
        pace.reserve(begins[-1])
    assert begins == sorted(begins)
    for early, late in zip(begins, begins[limit:], strict=False):
        assert late - early >= MINUTE - 1e-6


def test_a_turn_that_is_given_back_is_the_next_ones() -> None:
    pace = Pace(Pacing(requests_per_minute=1))
    pace.reserve(0.0)
    assert pace.wait(20.0) == 40.0
    pace.reserve(60.0)
    pace.give_back(60.0)
    assert pace.wait(20.0) == 40.0


def test_a_request_waits_until_tokens_are_a_minute_old() -> None:
    pace = Pace(Pacing(tokens_per_minute=100))
    pace.spend(0.0, 60)
    assert pace.wait(5.0) == 0.0
    pace.spend(10.0, 60)
    assert pace.wait(20.0) == 40.0
    pace.spend(20.0, 500)
    assert pace.wait(20.0) == 60.0
    assert pace.wait(81.0) == 0.0


async def test_what_would_wait_too_long_is_refused_and_failed_over() -> None:
    a, b = model("a", Text("a")), model("b", Text("b"))
    run = router_run(a, b, r=Router(names(a, b), pacing=Pacing(requests_per_minute=1, longest_wait=0)))
    assert [await said(run), await said(run)] == ["a", "b"]
    with pytest.raises(ProviderError, match=r"a/m: the pace of a/m allows another request in \d+.* seconds; b/m:") as e:
        await said(run)
    assert (e.value.kind, e.value.retryable) == ("rate_limited", True)
    assert "change [router.r.pacing] in llmspell.toml" in e.value.hint
    assert len(a.requests) == 1


async def test_the_tokens_of_an_answer_count_against_the_pace() -> None:
    a = model("a", Text("a", usage=Usage(90, 10)))
    run = router_run(a, r=Router(names(a), pacing=Pacing(tokens_per_minute=100, longest_wait=0)))
    await said(run)
    with pytest.raises(ProviderError, match=r"^the pace of a/m allows"):
        await said(run)


async def test_a_request_waits_for_its_turn_and_tells_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("llmspell.router.pace.MINUTE", 0.1)
    a = model("a", Text("one"), Text("two"))
    run = router_run(a, r=Router(names(a), pacing=Pacing(requests_per_minute=1)))
    assert [await said(run), await said(run)] == ["one", "two"]
    [(name, wait)] = told(run, "router.paced", "model", "wait")
    assert name == "a/m"
    assert 0 < wait <= 0.1


async def test_a_wait_longer_than_the_request_may_take_is_refused_at_once() -> None:
    a = model("a", Text("one"))
    run = router_run(a, r=Router(names(a), pacing=Pacing(requests_per_minute=1, longest_wait=FOREVER)))
    await said(run)
    with pytest.raises(ProviderError, match=r"^the pace of a/m allows"):
        await asked(run, timeout=1.0)


async def test_a_cancelled_wait_gives_its_turn_back() -> None:
    a = model("a", Text("one"))
    run = router_run(a, r=Router(names(a), pacing=Pacing(requests_per_minute=1, longest_wait=90)))
    await said(run)
    for _ in range(3):  # each would wait a minute more than the one before, if turns were kept
        waiting = asyncio.create_task(said(run))
        await asyncio.sleep(0.01)
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting
    assert all(wait <= MINUTE for wait in told(run, "router.paced", "wait"))


class Watched:
    """A breaker on a clock that the test moves."""

    def __init__(self, **limits: Any) -> None:
        self.told: list[str] = []
        self.breaker = Breaker(CircuitBreaker(**limits), "a/m")

    def tell(self, kind: str, data: Mapping[str, Any]) -> None:
        self.told.append(kind.removeprefix("router."))

    def fail(self, now: float, error: ProviderError = DOWN) -> None:
        probe = self.breaker.enter(now, self.tell)
        self.breaker.failed(error, probe, now, self.tell)

    def succeed(self, now: float) -> None:
        self.breaker.succeeded(self.breaker.enter(now, self.tell), self.tell)


def test_a_breaker_opens_after_failures_within_its_window() -> None:
    watched = Watched(failures=2, window=10, cooldown=5)
    watched.fail(0)
    watched.fail(11)
    assert watched.told == []
    watched.fail(12)
    assert watched.told == ["opened"]
    with pytest.raises(Refused, match=r"^a/m failed 2 times or more, and is tried again in 4 seconds; the last: down$"):
        watched.fail(13)


def test_one_probe_closes_it_and_no_second_is_let_through_meanwhile() -> None:
    watched = Watched(failures=1, cooldown=5)
    watched.fail(0)
    probe = watched.breaker.enter(6, watched.tell)
    with pytest.raises(Refused, match=r"and is being tried with one request"):
        watched.breaker.enter(6, watched.tell)
    watched.breaker.succeeded(probe, watched.tell)
    watched.succeed(7)
    assert watched.told == ["opened", "probed", "closed"]


def test_a_probe_that_fails_opens_it_again() -> None:
    watched = Watched(failures=3, cooldown=5)
    for _ in range(3):
        watched.fail(0)
    watched.fail(6)
    assert watched.told == ["opened", "probed", "opened"]
    with pytest.raises(Refused):
        watched.breaker.enter(10, watched.tell)


def test_a_probe_that_came_to_nothing_leaves_room_for_another() -> None:
    watched = Watched(failures=1, cooldown=5)
    watched.fail(0)
    watched.breaker.left(watched.breaker.enter(6, watched.tell))
    assert watched.breaker.enter(6, watched.tell)


def test_a_request_that_is_itself_wrong_does_not_open_it() -> None:
    watched = Watched(failures=1)
    watched.fail(0, ProviderError("messages: too long"))
    watched.succeed(0)
    assert watched.told == []


async def test_an_open_breaker_spares_the_model_and_the_next_one_answers() -> None:
    a, b = model("a", BUSY, BUSY), ScriptedModel(Text("b"), name="b", repeat=True)
    run = router_run(a, b, r=Router(names(a, b), breaker=CircuitBreaker(failures=2)))
    assert [await said(run) for _ in range(4)] == ["b"] * 4
    assert len(a.requests) == 2
    assert told(run, "router.opened", "model", "failures") == [("a/m", 2)]
    assert "breaker" in told(run, "router.failed_over", "error")[-1]["details"]


async def test_a_breaker_closes_when_the_model_is_well_again() -> None:
    a, b = model("a", BUSY, Text("well")), model("b", Text("b"))
    run = router_run(a, b, r=Router(names(a, b), breaker=CircuitBreaker(failures=1, cooldown=0)))
    assert [await said(run), await said(run)] == ["b", "well"]
    assert [kind for kind in kinds(run, "router.*") if kind in {"router.opened", "router.probed", "router.closed"}] == [
        "router.opened",
        "router.probed",
        "router.closed",
    ]


async def test_a_router_that_was_only_refused_is_no_failure_of_another() -> None:
    a, b = model("a", Text("a")), model("b", Text("b"))
    inner = Router(names(a, b), pacing=Pacing(requests_per_minute=1, longest_wait=0))
    run = router_run(a, b, r=Router(("router/inner",), breaker=CircuitBreaker(failures=1)), inner=inner)
    assert [await said(run), await said(run)] == ["a", "b"]
    for _ in range(2):
        with pytest.raises(Refused, match=r"^no model of router/inner answered: a/m: the pace of a/m"):
            await said(run)
    assert "router.opened" not in kinds(run)


async def test_a_cancelled_loser_is_no_failure() -> None:
    slow, quick = (
        ScriptedModel(Delay(FOREVER, Text("")), name="slow", repeat=True),
        model("quick", Text("q"), Fail(503)),
    )
    table = Router(names(slow, quick), "fastest", breaker=CircuitBreaker(failures=1))
    run = router_run(slow, quick, r=table)
    assert await said(run) == "q"
    assert "router.opened" not in kinds(run)
