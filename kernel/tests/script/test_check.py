"""What scripts pass is checked against the annotations of the API, with errors that say where."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal, cast

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from llmspell.bridge.host import Bridge
from llmspell.errors import UsageError
from llmspell.script.check import Arguments, Function, checker
from llmspell.script.declare import Handle
from llmspell.values import FunctionRef, HandleRef


class BoxHandle(Handle):
    """A handle of the tests."""


class CupHandle(Handle):
    """Another."""


class Handles:
    """The part of a bridge that checks use."""

    def __init__(self) -> None:
        self.box = BoxHandle()

    def handle(self, handle_id: int) -> Handle:
        return self.box if handle_id == 1 else CupHandle()


BRIDGE = cast("Bridge", Handles())


@attrs.frozen
class Inner:
    """Options inside options."""

    size: int = 1


@attrs.frozen
class Options:
    """Options of the tests."""

    name: str
    inner: Inner = Inner()
    items: tuple[Inner, ...] = ()
    mode: Literal["a", "b"] = "a"


@pytest.mark.parametrize(
    ("annotation", "given_", "wanted"),
    [
        (str, "x", "x"),
        (bool, False, False),
        (int, 3, 3),
        (int, 3.0, 3),
        (float, 3, 3.0),
        (float | None, None, None),
        (Any, {"a": [1, b"x"]}, {"a": [1, b"x"]}),
        (list[int], [1, 2], [1, 2]),
        (list[int], {}, []),
        (tuple[str, ...], ["a"], ("a",)),
        (Mapping[str, int], {"a": 1}, {"a": 1}),
        (Mapping[str, int], [], {}),
        (Literal["a", "b"], "b", "b"),
        (Options, {"name": "n"}, Options("n")),
        (Options, {"name": "n", "inner": {"size": 2}, "items": [{}]}, Options("n", Inner(2), (Inner(),))),
        (Options, {"name": "n", "mode": None}, Options("n")),
        (str | Options, {"name": "n"}, Options("n")),
        (str | Options, "n", "n"),
        (str | BoxHandle, HandleRef(1, "Box"), Handles),
        (Inner, [], Inner()),
    ],
    ids=repr,
)
def test_a_right_value_arrives_as_its_annotation_says(annotation: Any, given_: Any, wanted: Any) -> None:
    found = checker(annotation)(given_, "f: x", BRIDGE)
    if wanted is Handles:
        assert isinstance(found, BoxHandle)
    else:
        assert found == wanted
        assert type(found) is type(wanted)


@pytest.mark.parametrize(
    ("annotation", "given_", "sentence"),
    [
        (str, 3, "f: x must be a string, not 3"),
        (str, b"\xff", "f: x must be text, but it is not UTF-8"),
        (str, None, "f: x must be a string, not nothing"),
        (bool, 1, "f: x must be true or false, not 1"),
        (int, True, "f: x must be a whole number, not true"),
        (int, 1.5, "f: x must be a whole number, not 1.5"),
        (float, "1", "f: x must be a number, not '1'"),
        (Any, FunctionRef(1), "f: x must be plain data, not a function"),
        (Any, {"a": [HandleRef(1, "Box")]}, "f: x.a[1] must be plain data, not a handle of type Box"),
        (list[int], "x", "f: x must be a list, not 'x'"),
        (list[int], [1, "x"], "f: x[2] must be a whole number, not 'x'"),
        (Mapping[str, int], [1], "f: x must be an object, not a list of 1"),
        (Mapping[str, int], {"a": "b"}, "f: x.a must be a whole number, not 'b'"),
        (Literal["a", "b"], "c", "f: x must be one of 'a', 'b', not 'c'"),
        (Function, 1, "f: x must be a function, not 1"),
        (BoxHandle, 1, "f: x must be a handle of type Box, not 1"),
        (BoxHandle, HandleRef(2, "Cup"), "f: x must be a handle of type Box, not of Cup"),
        (Options, 3, "f: x must be an object, not 3"),
        (Options, {}, "f: x.name is missing"),
        (Options, {"name": "n", "inner": {"size": "x"}}, "f: x.inner.size must be a whole number, not 'x'"),
        (Options, {"name": "n", "items": [{}, {"siz": 1}]}, "f: x.items[2] unknown option 'siz'"),
        (str | int, [], "f: x must be a string or a whole number, not a list of 0"),
        (None, 1, "f: x must be nothing, not 1"),
        (str, {"b": 1, "a": 2}, "f: x must be a string, not an object with a, b"),
        (int, "x" * 100, f"f: x must be a whole number, not '{'x' * 56}..."),
    ],
    ids=repr,
)
def test_a_wrong_value_is_refused_with_its_place(annotation: Any, given_: Any, sentence: str) -> None:
    with pytest.raises(UsageError) as caught:
        checker(annotation)(given_, "f: x", BRIDGE)
    assert str(caught.value) == sentence


def test_the_api_cannot_be_declared_with_what_scripts_do_not_have() -> None:
    with pytest.raises(TypeError, match="the script API cannot take <class 'complex'>"):
        checker(complex)


def test_arguments_are_bound_by_place_with_defaults_for_nothing() -> None:
    class Api:
        def act(self, first: str, second: int = 7, options: Inner | None = None) -> None: ...

    arguments = Arguments("Api.act", Api.act)
    assert arguments.bind(["a"], BRIDGE) == ["a", 7, None]
    assert arguments.bind(["a", None, {"size": 3}], BRIDGE) == ["a", 7, Inner(3)]
    with pytest.raises(UsageError, match=r"Api\.act: first is missing"):
        arguments.bind([], BRIDGE)
    with pytest.raises(UsageError, match=r"Api\.act takes at most 3 arguments, not 4"):
        arguments.bind(["a", 1, {}, 2], BRIDGE)
    with pytest.raises(UsageError, match=r"Api\.act: unknown option 'sise'"):
        arguments.bind(["a", 1, {"sise": 2}], BRIDGE)


_DATA = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text() | st.binary(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


@given(_DATA)
def test_data_passes_as_it_is(data: Any) -> None:
    assert checker(Any)(data, "f: x", BRIDGE) == data
