"""A typed function as a tool: its schema, its description, and what it is called with."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Annotated, Any, Literal, NotRequired, TypedDict

import attrs
import pytest

from llmspell.context import Context
from llmspell.errors import UsageError
from llmspell.schema import Validator
from llmspell.tools import tool
from llmspell.tools.annotations import schema_of


class Colour(Enum):
    RED = "red"
    BLUE = "blue"


@attrs.frozen
class Point:
    """A place.

    Attributes:
        x: to the right.
        y: upwards.
    """

    x: float
    y: float = 0.0


@dataclass
class Line:
    start: Point
    end: Point


class Options(TypedDict):
    deep: bool
    limit: NotRequired[int]


@tool
def shout(text: str, marks: int = 1) -> str:
    """The text in capitals,
    and louder.

    With as many marks as wanted.

    Args:
        text: what to say; it may
            be long.
        marks: how many exclamation marks follow.

    Returns:
        text: not an argument.
    """
    return text.upper() + "!" * marks


def test_the_signature_and_the_docstring_are_the_tool() -> None:
    assert shout.name == "shout"
    assert shout.description == "The text in capitals, and louder.\n\nWith as many marks as wanted."
    assert shout.parameters == {
        "type": "object",
        "properties": {
            "text": {"type": "string", "description": "what to say; it may be long."},
            "marks": {"type": "integer", "description": "how many exclamation marks follow.", "default": 1},
        },
        "required": ["text"],
        "additionalProperties": False,
    }


def test_calling_it_calls_the_function() -> None:
    assert shout("hi", marks=2) == "HI!!"
    assert repr(shout) == "<tool shout>"


def test_metadata_is_what_the_decorator_was_given() -> None:
    @tool(name="louder", category="text", tags=("loud",), idempotent=True, timeout=2.5, quick=True)
    def other(text: str) -> str:
        """Says it louder."""
        return text

    assert (other.name, other.category, other.tags, other.idempotent, other.timeout, other.quick) == (
        "louder", "text", ("loud",), True, 2.5, True,
    )  # fmt: skip


def test_metadata_that_no_tool_has_is_refused() -> None:
    with pytest.raises(UsageError, match=r"^@tool knows no 'need'$") as raised:
        tool(need=("net",))(lambda: None)  # type: ignore[call-overload]  # what a user may write
    assert "needs" in raised.value.hint


SCHEMAS: list[tuple[Any, Mapping[str, Any]]] = [
    (str, {"type": "string"}),
    (float, {"type": "number"}),
    (bool, {"type": "boolean"}),
    (None, {"type": "null"}),
    (Any, {}),
    (list, {"type": "array"}),
    (dict, {"type": "object"}),
    (list[int], {"type": "array", "items": {"type": "integer"}}),
    (tuple[str, ...], {"type": "array", "items": {"type": "string"}}),
    (dict[str, Any], {"type": "object"}),
    (Mapping[str, int], {"type": "object", "additionalProperties": {"type": "integer"}}),
    (Literal["a", "b"], {"type": "string", "enum": ["a", "b"]}),
    (Literal["a", 1], {"enum": ["a", 1]}),
    (Colour, {"type": "string", "enum": ["red", "blue"]}),
    (str | None, {"type": ["string", "null"]}),
    (int | str, {"type": ["integer", "string"]}),
    (list[int] | None, {"type": ["array", "null"], "items": {"type": "integer"}}),
    (Literal["a"] | None, {"anyOf": [{"type": "string", "enum": ["a"]}, {"type": "null"}]}),
    (list[int] | str, {"anyOf": [{"type": "array", "items": {"type": "integer"}}, {"type": "string"}]}),
    (Annotated[int, {"minimum": 1}, "how many"], {"type": "integer", "minimum": 1, "description": "how many"}),
    (
        Options,
        {
            "type": "object",
            "properties": {"deep": {"type": "boolean"}, "limit": {"type": "integer"}},
            "required": ["deep"],
            "additionalProperties": False,
        },
    ),
    (
        Point,
        {
            "type": "object",
            "properties": {
                "x": {"type": "number", "description": "to the right."},
                "y": {"type": "number", "description": "upwards."},
            },
            "required": ["x"],
            "additionalProperties": False,
        },
    ),
]


@pytest.mark.parametrize(("annotation", "schema"), SCHEMAS, ids=str)
def test_an_annotation_is_a_schema(annotation: Any, schema: Mapping[str, Any]) -> None:
    assert schema_of(annotation) == schema
    Validator({"type": "object", "properties": {"it": schema}}, "tool:it")


@attrs.frozen
class Tree:
    left: Tree | None = None


@pytest.mark.parametrize(
    ("annotation", "message"),
    [
        (complex, "complex is nothing that JSON has"),
        (dict[int, str], r"dict\[int, str\] is nothing"),
        (tuple[int, str], r"tuple\[int, str\] is nothing"),
        (Literal[b"x"], r"the values \[b'x'\] are not all of JSON"),
        (Annotated[int, 3], "the annotation's 3 is neither"),
        (Tree, "Tree stands in itself"),
    ],
    ids=str,
)
def test_what_json_does_not_have_is_refused(annotation: Any, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        schema_of(annotation)


def answer(function: Callable[..., Any], arguments: dict[str, Any]) -> Any:
    return tool(function).run(arguments, None)  # type: ignore[arg-type]  # none of these looks at its context


def test_values_of_classes_are_made() -> None:
    def draw(line: Line, colour: Colour = Colour.RED) -> list[Any]:
        return [line.end.x, line.start.y, colour.name]

    assert answer(draw, {"line": {"start": {"x": 1}, "end": {"x": 2, "y": 3}}, "colour": "blue"}) == [2, 0.0, "BLUE"]
    assert answer(draw, {"line": {"start": {"x": 1}, "end": {"x": 2}}})[2] == "RED"


def test_a_tuple_arrives_as_one() -> None:
    def first(values: tuple[int, ...]) -> bool:
        return isinstance(values, tuple)

    assert answer(first, {"values": [1, 2]}) is True


def test_a_name_that_python_keeps_is_written_with_an_underscore() -> None:
    @tool
    def from_(class_: str, context: Context) -> Any:
        """Of a class.

        Args:
            class: which one.
        """
        return [class_, context]

    assert from_.name == "from"
    assert from_.parameters["properties"] == {"class": {"type": "string", "description": "which one."}}
    assert from_.run({"class": "x"}, "the context") == ["x", "the context"]  # type: ignore[arg-type]  # any will do


def test_an_async_function_is_an_async_tool() -> None:
    @tool
    async def later(text: str) -> str:
        """The text, later."""
        await asyncio.sleep(0)
        return text

    assert asyncio.iscoroutinefunction(later.run)
    assert asyncio.run(later.run({"text": "hi"}, None)) == "hi"  # type: ignore[arg-type]  # it does not look


def no_annotation(text) -> None: ...  # type: ignore[no-untyped-def]  # what a user may write


def positional(text: str, /) -> None: ...


def many(*texts: str) -> None: ...


def unknown_name(text: "Nowhere") -> None: ...  # type: ignore[name-defined]  # noqa: F821, UP037  # as above


def strange(text: complex) -> None: ...


@pytest.mark.parametrize(
    ("function", "message"),
    [
        (no_annotation, "^tool 'no_annotation': the parameter 'text' has no annotation$"),
        (positional, "^tool 'positional': the parameter text: 'str' cannot be given by name$"),
        (many, r"^tool 'many': the parameter \*texts: 'str' cannot be given by name$"),
        (unknown_name, "^tool 'unknown_name': an annotation names what its module does not have"),
        (strange, "^tool 'strange', parameter 'text': the annotation complex is nothing that JSON has$"),
    ],
)
def test_a_function_that_is_no_tool_is_refused_in_words(function: Callable[..., Any], message: str) -> None:
    with pytest.raises(UsageError, match=message):
        tool(function).parameters  # noqa: B018  # reading it is what fails
