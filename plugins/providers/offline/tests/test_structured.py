"""Structured output: copied from the text, or refused."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from llmspell.errors import ProviderError
from llmspell.message import Message, ModelRequest, ToolCall
from llmspell.schema import Validator
from llmspell_provider_offline.plugin import OfflineProvider


def ignore(kind: str, data: Mapping[str, Any]) -> None:
    """Nobody listens."""


async def filled(text: str, schema: Mapping[str, Any], *after: Message) -> Any:
    wanted = {"type": "json_schema", "json_schema": {"name": "answer", "schema": schema}}
    request = ModelRequest("x", (Message("user", text), *after), response_format=wanted)
    answer = json.loads((await OfflineProvider().complete(request, ignore)).message.content)
    Validator(schema, "answer").check(answer)
    return answer


STRINGS = {"type": "array", "items": {"type": "string"}}
OPTIONAL = {"type": "object", "properties": {"name": {"type": "string"}, "age": {"type": "integer"}}}


def an_object(**properties: Any) -> dict[str, Any]:
    rules = {key: {"type": rule} if isinstance(rule, str) else rule for key, rule in properties.items()}
    return {"type": "object", "properties": rules, "required": list(rules), "additionalProperties": False}


@pytest.mark.parametrize(
    ("text", "schema", "value"),
    [
        (
            "City: Berlin. Population: 3,700,000. Capital: yes.",
            an_object(city="string", population="integer", capital="boolean"),
            {"city": "Berlin", "population": 3_700_000, "capital": True},
        ),
        (
            "The first name is Ada, the height = 1.7",
            an_object(first_name="string", height="number"),
            {"first_name": "Ada", "height": 1.7},
        ),
        ("I am rather happy today", an_object(mood={"enum": ["happy", "sad"]}), {"mood": "happy"}),
        ("tags: red, green, blue", an_object(tags=STRINGS), {"tags": ["red", "green", "blue"]}),
        ("It costs 30 in all", an_object(price="integer"), {"price": 30}),
        ("The tide rises. What rises?", an_object(answer="string"), {"answer": "The tide rises."}),
        ("Name: Bo", an_object(person=an_object(name="string")), {"person": {"name": "Bo"}}),
        ("Name: Bo", OPTIONAL, {"name": "Bo"}),
        ("nothing", an_object(note={"anyOf": [{"type": "integer"}, {"type": "null"}]}), {"note": None}),
        ("nothing", an_object(note={"type": ["integer", "null"]}), {"note": None}),
        ("Name: Bo", {"$ref": "#/$defs/p", "$defs": {"p": an_object(name="string")}}, {"name": "Bo"}),
        ("nothing", an_object(kind={"const": "x"}), {"kind": "x"}),
    ],
)
async def test_a_schema_is_filled_with_what_the_text_says(text: str, schema: dict[str, Any], value: Any) -> None:
    assert await filled(text, schema) == value


@pytest.mark.parametrize(
    ("text", "schema", "gap"),
    [
        ("Tell me about Rome", an_object(city="string"), "'city'"),
        (
            "happy or sad",
            an_object(mood={"enum": ["happy", "sad"]}),
            r"which 'mood' of \['happy', 'sad'\] is meant",
        ),
        ("between 3 and 4", an_object(price="number"), "'price'"),
        ("it costs 3.5", an_object(price="integer"), "a whole 'price'"),
        ("hm", an_object(sure="boolean"), "whether 'sure'"),
        ("hm", an_object(rows={"type": "array", "items": {"type": "object"}}), "'rows'"),
        ("hm", {"$ref": "#"}, "'answer'"),
        ("hm", {"$ref": "#/$defs/none"}, "'answer'"),
        ("hm", {}, "'answer'"),
    ],
)
async def test_what_the_text_does_not_say_is_an_error(text: str, schema: dict[str, Any], gap: str) -> None:
    with pytest.raises(ProviderError, match=f"only copied from the text, which does not say {gap}$") as caught:
        await filled(text, schema)
    assert "--model openai/<name>" in caught.value.hint


async def test_the_last_number_of_a_tool_fills_a_number() -> None:
    called = Message("assistant", "", (ToolCall("1", "calculator", '{"expression": "6 * 7"}'),))
    assert await filled("Compute 6 * 7", an_object(value="integer"), called, Message("tool", "42", (), "1")) == {
        "value": 42
    }


@pytest.mark.parametrize("listed", [["Oslo. It is cold.", "Rome"], []])
async def test_a_list_of_strings_that_a_tool_answered_fills_one(listed: list[str]) -> None:
    called = Message("assistant", "", (ToolCall("1", "cities", "{}"),))
    answered = Message("tool", json.dumps(listed), (), "1")
    assert await filled("Which are there, says cities?", an_object(names=STRINGS), called, answered) == {
        "names": listed
    }


async def test_a_json_object_without_a_schema_has_the_answer() -> None:
    request = ModelRequest(
        "x", (Message("user", "The tide rises. What rises?"),), response_format={"type": "json_object"}
    )
    assert json.loads((await OfflineProvider().complete(request, ignore)).message.content) == {
        "answer": "The tide rises."
    }


async def test_an_unknown_response_format_is_refused() -> None:
    request = ModelRequest("x", (Message("user", "hm"),), response_format={"type": "xml"})
    with pytest.raises(ProviderError, match="response_format 'xml' is not known"):
        await OfflineProvider().complete(request, ignore)


kinds = st.sampled_from(["string", "integer", "number", "boolean", "null"])
schemas = st.dictionaries(st.sampled_from(["name", "age", "answer", "ok"]), kinds, max_size=4).map(
    lambda properties: an_object(**properties)
)
texts = st.lists(st.sampled_from(["name: Bo.", "age is 30,", "ok = yes", "1,000", "The tide rises.", "?", "-5"]))


@given(texts.map(" ".join), schemas)
async def test_a_structured_answer_fits_its_schema_or_is_an_error(text: str, schema: dict[str, Any]) -> None:
    try:
        await filled(text, schema)
    except ProviderError as error:
        assert "does not say" in error.message  # noqa: PT017  # either outcome is right
