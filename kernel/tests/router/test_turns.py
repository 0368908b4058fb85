"""One model after another: fallback, round_robin, weighted."""

from __future__ import annotations

from collections import Counter

import pytest

from llmspell.config.routing import CircuitBreaker, Router
from llmspell.config.schema import Budget
from llmspell.errors import BudgetExceeded, LlmspellError, ProviderError, UsageError
from llmspell.testing import Cut, Delay, Fail, ScriptedModel, Text

from ..run.kit import events, kinds
from .kit import BUSY, FOREVER, REFUSED, asked, model, names, router_run, said, streamed, told


async def test_the_first_model_answers_and_no_other_is_asked() -> None:
    a, b = model("a", Text("from a")), model("b")
    run = router_run(a, b, r=Router(names(a, b)))
    assert await said(run) == "from a"
    assert told(run, "router.chosen", "router", "strategy", "model") == [("router/r", "fallback", "a/m")]
    assert b.requests == []


async def test_the_next_model_answers_when_the_first_is_busy() -> None:
    a, b = model("a", BUSY), model("b", Text("from b"))
    run = router_run(a, b, r=Router(names(a, b)))
    assert await said(run) == "from b"
    [(source, target, error)] = told(run, "router.failed_over", "from", "to", "error")
    assert (source, target, error["message"]) == ("a/m", "b/m", "the scripted model fails with status 503")


async def test_an_error_that_cannot_pass_is_not_failed_over() -> None:
    a, b = model("a", REFUSED), model("b")
    run = router_run(a, b, r=Router(names(a, b)))
    with pytest.raises(ProviderError, match=r"^the scripted model fails with status 401$") as raised:
        await said(run)
    assert raised.value.kind == "authentication"
    assert b.requests == []


async def test_a_kind_that_the_table_names_is_failed_over() -> None:
    a, b = model("a", REFUSED), model("b", Text("from b"))
    run = router_run(a, b, r=Router(names(a, b), fail_over_on=("authentication",)))
    assert await said(run) == "from b"


async def test_what_is_no_failure_of_the_model_ends_the_request() -> None:
    a, b = model("a", Fail(UsageError("no such thing"))), model("b")
    run = router_run(a, b, r=Router(names(a, b)))
    with pytest.raises(UsageError, match=r"^no such thing$"):
        await said(run)
    assert b.requests == []


async def test_when_all_fail_one_error_lists_each_with_its_reason() -> None:
    a, b = model("a", BUSY), model("b", Fail(429))
    run = router_run(a, b, r=Router(names(a, b)))
    with pytest.raises(ProviderError) as raised:
        await said(run)
    error = raised.value
    assert error.message == (
        "no model of router/r answered: a/m: the scripted model fails with status 503; "
        "b/m: the scripted model fails with status 429"
    )
    assert (error.kind, error.retryable, error.component) == ("rate_limited", True, "llm:router/r")
    assert error.hint == "the events router.* tell what was tried"
    assert [failure["model"] for failure in error.details["failures"]] == ["a/m", "b/m"]
    assert told(run, "router.failed", "error") == [error.to_dict()]


async def test_the_error_of_all_keeps_the_hints_of_each() -> None:
    a = model("a", Fail(ProviderError("down", retryable=True, hint="start it")))
    b = model("b", Fail(ProviderError("no key", kind="authentication", hint="set one")))
    run = router_run(a, b, r=Router(names(a, b)))
    with pytest.raises(ProviderError) as raised:
        await said(run)
    assert raised.value.hint == "a/m: start it; b/m: set one"


async def test_a_stream_fails_over_before_its_first_piece() -> None:
    a, b = model("a", Cut(Text("xy", chunks=2), after=0, fail=BUSY)), model("b", Text("from b", chunks=2))
    run = router_run(a, b, r=Router(names(a, b)))
    assert await streamed(run) == ("from b", ["fro", "m b"])


async def test_a_stream_does_not_fail_over_after_its_first_piece() -> None:
    a, b = model("a", Cut(Text("xy", chunks=2), after=1, fail=BUSY)), model("b")
    run = router_run(a, b, r=Router(names(a, b)))
    with pytest.raises(ProviderError, match=r"^the scripted model fails with status 503$") as raised:
        await streamed(run)
    assert raised.value.hint.startswith("it had begun to answer; buffer = true")
    assert b.requests == []


async def test_a_buffered_stream_fails_over_at_any_time_and_mixes_nothing() -> None:
    a, b = model("a", Cut(Text("xy", chunks=2), after=1, fail=BUSY)), model("b", Text("from b", chunks=2))
    run = router_run(a, b, r=Router(names(a, b), buffer=True))
    assert await streamed(run) == ("from b", ["fro", "m b"])


async def test_one_model_may_take_less_than_the_whole_request() -> None:
    a, b = model("a", Delay(FOREVER, Text("too late"))), model("b", Text("from b"))
    run = router_run(a, b, r=Router(names(a, b), timeout=0.05))
    assert await said(run) == "from b"
    assert [request.timeout for request in a.requests] == [0.05]


async def test_all_models_together_take_no_longer_than_the_request() -> None:
    a, b = model("a", Delay(FOREVER, Text("too late"))), model("b")
    run = router_run(a, b, r=Router(names(a, b)))
    with pytest.raises(ProviderError, match=r"the 0.05 seconds of the request were over before b/m was asked$"):
        await asked(run, timeout=0.05)
    assert b.requests == []


async def test_a_model_that_there_was_no_time_to_ask_has_not_failed() -> None:
    a, b = model("a", Delay(FOREVER, Text("too late"))), model("b", Text("b"))
    run = router_run(a, b, r=Router(names(a, b), breaker=CircuitBreaker(failures=1)))
    with pytest.raises(ProviderError, match="were over before b/m was asked"):
        await asked(run, timeout=0.05)
    assert told(run, "router.opened", "model") == ["a/m"]
    assert await said(run) == "b"


async def test_round_robin_begins_with_the_next_each_time_and_goes_on_from_there() -> None:
    a, b = model("a", Text("a"), Text("a")), model("b", Text("b"), BUSY)
    run = router_run(a, b, r=Router(names(a, b), "round_robin"))
    assert [await said(run) for _ in range(3)] == ["a", "b", "a"]
    a_again = model("a", Text("a again"))
    run.models.add(a_again)
    assert await said(run) == "a again"


async def draws(count: int, seed: int) -> list[str]:
    a, b = (ScriptedModel(Text(name), name=name, repeat=True) for name in "ab")
    run = router_run(a, b, r=Router(names(a, b), "weighted", weights={"a/m": 3, "b/m": 1}, seed=seed))
    run.budget.limits = Budget(model_calls=count)
    return [await said(run) for _ in range(count)]


async def test_weights_say_how_often_and_a_seed_makes_it_the_same_each_time() -> None:
    drawn = await draws(400, seed=1)
    assert drawn == await draws(400, seed=1)
    assert drawn != await draws(400, seed=2)
    assert 250 < Counter(drawn)["a"] < 350


async def test_a_weighted_router_fails_over_to_one_that_is_left() -> None:
    models = [model("a", BUSY), model("b", Text("b"))]
    weights = {"a/m": 1e9, "b/m": 1e-9}
    run = router_run(*models, r=Router(names(*models), "weighted", weights=weights, seed=0))
    assert await said(run) == "b"


async def test_each_model_is_an_operation_below_the_router_and_is_counted_once() -> None:
    a, b = model("a", BUSY), model("b", Text("b"), Text("b"))
    run = router_run(a, b, r=Router(names(a, b)))
    completion = await asked(run)
    assert kinds(run) == [
        "llm.started",
        "llm.failed",
        "router.failed_over",
        "llm.started",
        "llm.finished",
        "router.chosen",
    ]
    assert [event.path for event in events(run, "llm.started")] == ["run/router:r/llm", "run/router:r/llm#2"]
    assert {event.path for event in events(run, "router.*")} == {"run/router:r"}
    assert run.budget.counts["model_calls"] == 2
    assert run.budget.usage == completion.usage
    with pytest.raises(LlmspellError, match="UnexpectedRequest"):  # a has no more steps, and hides nothing
        await said(run)
    assert events(run, "llm.started")[-1].path == "run/router:r#2/llm"


async def test_a_used_up_budget_is_not_failed_over() -> None:
    a, b = model("a", BUSY), model("b")
    run = router_run(a, b, r=Router(names(a, b)), budget=Budget(model_calls=1))
    with pytest.raises(BudgetExceeded, match=r"^the budget model_calls of 1 is used up$"):
        await said(run)
    assert b.requests == []
