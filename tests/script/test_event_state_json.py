"""The globals `Event`, `State`, `Json`, `Log`, `Provider`, `Spell` and `Args`, from Lua."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any

import pytest

from llmspell.testing.steps import Text

if TYPE_CHECKING:
    from tests.conftest import Cast

Value = Callable[..., Awaitable[Any]]


async def test_a_subscription_gets_what_matches_in_order(value: Value) -> None:
    assert await value(
        """
        local events = Event.subscribe("shop.*")
        Event.publish("shop.open")
        Event.publish("other.thing")
        Event.publish("shop.sale", { price = 3 })
        local first, second = events:next(), events:next()
        events:close()
        return { first.kind, second.data.price, events:next() == nil, second.seq > first.seq }
        """
    ) == ["shop.open", 3, True, True]


async def test_a_function_is_called_with_each_event(value: Value) -> None:
    assert await value(
        """
        local heard = {}
        Event.subscribe("a.b", function(event) heard[#heard + 1] = event.data.n end)
        for n = 1, 3 do Event.publish("a.b", { n = n }) end
        Async.sleep(0.05)
        return heard
        """
    ) == [1, 2, 3]


async def test_what_a_slow_reader_misses_is_counted(value: Value) -> None:
    assert await value(
        """
        local events = Event.subscribe("a.*", nil, { limit = 2 })
        for n = 1, 5 do Event.publish("a.b", { n = n }) end
        local first, second, third = events:next(), events:next(), events:next()
        return { first.data.n, second.data.n, third.kind, third.data.count }
        """
    ) == [1, 2, "events.dropped", 3]


async def test_a_publisher_waits_for_a_reader_that_wants_everything(value: Value) -> None:
    assert await value(
        """
        local events = Event.subscribe("a.*", nil, { limit = 1, overflow = "wait" })
        local seen = {}
        Async.all{
          function() for n = 1, 4 do Event.publish("a.b", { n = n }) end events:close() end,
          function() for event in events do Async.sleep(0.005) seen[#seen + 1] = event.data.n end end,
        }
        return seen
        """
    ) == [1, 2, 3, 4]


@pytest.mark.parametrize(
    ("call", "message"),
    [
        ('Event.publish("tool.started")', "event kinds that start with 'tool' are llmspell's own"),
        ('Event.publish("a b")', "'a b' is not an event kind"),
        ('Event.subscribe("a..b")', "'a..b' is not an event pattern"),
        ('Event.subscribe("a", nil, { limit = 0 })', "a subscription's limit must be at least 1, not 0"),
        (
            'Event.subscribe("a", nil, { overflow = "block" })',
            "overflow must be one of 'drop', 'wait', not 'block'",
        ),
    ],
)
async def test_wrong_events_are_refused(cast: Cast, call: str, message: str) -> None:
    ended = await cast(call)
    assert message in str(ended.error)


async def test_history_has_what_happened_so_far(value: Value) -> None:
    assert await value('Event.publish("a.b") Log.info("x") return #Event.history("a.*") + #Event.history("log.*")') == 2


async def test_state_keeps_values_by_key(value: Value) -> None:
    assert await value(
        """
        State.set("a.x", { 1, 2 })
        State.set("a.y", Json.array())
        local before = { State.get("a.x"), State.get("a.y"), State.get("none", "default"), State.get("none") == nil }
        return { before, State.list("a."), State.delete("a.x"), State.delete("a.x"), State.list() }
        """
    ) == [[[1, 2], [], "default", True], ["a.x", "a.y"], True, False, ["a.y"]]


async def test_updates_of_one_key_do_not_come_between_each_other(value: Value) -> None:
    assert (
        await value(
            """
        State.set("n", 0)
        local add = function() State.update("n", function(n) Async.sleep(0.002) return n + 1 end) end
        Async.all{ add, add, add, add, add }
        return State.get("n")
        """
        )
        == 5
    )


async def test_functions_and_handles_cannot_be_kept(cast: Cast) -> None:
    ended = await cast('State.set("x", { f = print })')
    assert str(ended.error) == "State.set: value.f must be plain data, not a function"


async def test_json_goes_both_ways(value: Value) -> None:
    assert await value(
        """
        local data = Json.decode('[1, 2.5, null, [], {}, {"a": "ä"}]')
        return { Json.encode(data), Json.is_null(data[3]), Json.encode({ x = 1 }, { indent = 2 }) }
        """
    ) == ['[1, 2.5, null, [], {}, {"a": "ä"}]', True, '{\n  "x": 1\n}']


@pytest.mark.parametrize("text", ["{", "[1,]", "NaN", "", "[" * 100_000])
async def test_text_that_is_not_json_is_an_error(cast: Cast, text: str) -> None:
    ended = await cast("Json.decode(Args[1])", args=(text,))
    assert ended.error is not None
    assert str(ended.error).startswith("Json.decode: ")


async def test_log_messages_are_events_with_fields(cast: Cast) -> None:
    ended = await cast('Log.debug("d") Log.warn("careful", { n = 1 }) Log.error("e")')
    assert [(event.kind, event.data["message"]) for event in ended.log.history("log.*")] == [
        ("log.debug", "d"),
        ("log.warn", "careful"),
        ("log.error", "e"),
    ]


async def test_a_model_can_be_asked_directly(value: Value) -> None:
    answer = await value('return Provider.complete{ prompt = "hi", system = "S" }', Text("hello"))
    assert (answer["text"], answer["finish_reason"], answer["model"]) == ("hello", "stop", "model")


async def test_a_models_stream_adds_up(value: Value) -> None:
    assert await value(
        """
        local stream = Provider.stream{ messages = { { role = "user", content = "hi" } } }
        local parts = {}
        for event in stream do parts[#parts + 1] = event.text end
        return { parts, stream:result().text }
        """,
        Text("abcd", chunks=2),
    ) == [["ab", "cd"], "abcd"]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ("{}", "Provider: give either prompt or messages"),
        ('{ prompt = "x", messages = { { role = "user" } } }', "Provider: give either prompt or messages"),
        ('{ messages = { { role = "usr" } } }', "Provider.complete: messages[1].role must be one of"),
        ('{ prompt = "x", model = "gpt" }', "model 'gpt' does not name its provider"),
        ('{ prompt = "x", model = "opnai/gpt" }', "no provider named 'opnai' is installed"),
    ],
)
async def test_wrong_requests_are_refused(cast: Cast, options: str, message: str) -> None:
    ended = await cast(f"Provider.complete{options}")
    assert message in str(ended.error)


async def test_a_spell_knows_itself_and_its_arguments(value: Value) -> None:
    assert await value(
        "return { Spell.name, Spell.profile, Spell.model, Args[1], Args.depth, #Args }",
        args=("one", "--depth", "3"),
    ) == ["spell", "low", "scripted/model", "one", "3", 3]


async def test_printed_lines_are_the_output(cast: Cast) -> None:
    ended = await cast('print("a", 1, nil) print() print(true)')
    assert ended.output == "a\t1\tnil\n\ntrue\n"
