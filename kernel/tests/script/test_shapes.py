"""The manifest tells which keys of a value are the script API's own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, TypedDict

import attrs

from llmspell.export import result_dict
from llmspell.message import Completion, Message, ModelRequest, ToolCall, Usage
from llmspell.result import CallRecord, Result, StepRecord
from llmspell.script.api import GLOBALS, HANDLES
from llmspell.script.check import Function
from llmspell.script.convert import completion_dict, request_dict
from llmspell.script.declare import Global, manifest, method, shaped
from llmspell.script.shapes import Called, CompletionShape, HookCallShape, ReplyShape, RequestShape, names


class Inner(TypedDict, total=False):
    deep_key: str
    data: dict[str, Any]


class Plain(TypedDict):
    word: str


@attrs.frozen
class Options:
    one_item: Inner | None = None
    some_items: Sequence[Inner] = ()
    free: Mapping[str, Any] = attrs.field(factory=dict)


class Shop(Global):
    """A global of a test."""

    @method
    @shaped(gives=Inner)
    def buy(
        self, name: str, options: Options, function: Annotated[Function, Called(inner=Inner, plain=Plain, price=int)]
    ) -> Any:
        """Takes options and a function."""

    @method
    @shaped(gives=Plain)
    def weigh(self, function: Annotated[Function, Called(plain=Plain)]) -> Any:
        """Takes a function."""

    @method
    def look(self, name: str) -> Any:
        """Takes text."""


INNER = {"deep_key": True, "data": True}


def test_keys_of_options_results_and_function_arguments_are_listed() -> None:
    found = manifest({"Shop": Shop}, {})["globals"]["Shop"]
    assert found == {
        "buy": {
            "takes": {"1": {"one_item": INNER, "some_items": INNER, "free": True}, "2": [INNER, None, None]},
            "gives": INNER,
        },
        "weigh": {},
        "look": {},
    }


def test_what_is_the_users_has_no_keys() -> None:
    assert [names(each) for each in (Any, str, dict[str, Any], Mapping[str, Any], list[str], None)] == [None] * 6


MESSAGE = Message("assistant", "text", (ToolCall("1", "t", "{}"),), "2")


def undeclared(value: Any, shape: Any, place: str = "") -> list[str]:
    """The keys of a value that its shape lacks."""
    if isinstance(value, list):
        return [key for item in value for key in undeclared(item, shape, place)]
    if not isinstance(value, dict) or not isinstance(shape, dict):
        return []
    missing = [f"{place}.{key}" for key in value if key not in shape]
    return missing + [key for name in value for key in undeclared(value[name], shape.get(name), f"{place}.{name}")]


def test_the_shapes_have_all_that_scripts_get() -> None:
    record = CallRecord("1", "t", {}, 5)
    step = StepRecord("s", "tool", "failed", 5, "5", {}, steps=(StepRecord("inner", "tool", "completed"),))
    result = Result(
        "text", 1, usage=Usage(1, 2), cost=1.0, messages=(MESSAGE,), calls=(record,), error={}, agent="a", steps=(step,)
    )
    request = ModelRequest("m", (MESSAGE,), (), "auto", {"type": "text"}, 1.0, 5, ("x",), 1, 2.0, {"x": 1})
    assert undeclared(result_dict(result), names(ReplyShape)) == []
    assert undeclared(completion_dict(Completion(MESSAGE, cost=1.0)), names(CompletionShape)) == []
    assert undeclared(request_dict(request), names(RequestShape)) == []
    assert result_dict(result).keys() == names(ReplyShape).keys()


def test_methods_that_answer_with_a_shape_say_so() -> None:
    found = manifest(GLOBALS, HANDLES)
    reply = names(ReplyShape)
    gives = [found["globals"]["Tool"]["run"], found["handles"]["Tool"]["run"], found["handles"]["Agent"]["run"]]
    assert [method["gives"] for method in gives] == [reply] * 3
    assert found["globals"]["Hook"]["on"]["takes"]["1"] == [names(HookCallShape), None]
    assert "gives" not in found["globals"]["State"]["get"]
    assert found["handles"]["Stream"]["result"]["gives"].keys() >= {"finish_reason", "stop_reason"}


def test_a_language_that_keeps_the_names_gets_no_keys() -> None:
    found = manifest(GLOBALS, HANDLES, keys=False)
    assert found["globals"].keys() == GLOBALS.keys()
    assert all(method == {} for table in found.values() for methods in table.values() for method in methods.values())
