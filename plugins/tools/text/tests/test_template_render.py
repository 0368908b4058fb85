"""The tool that puts values into the places of a text."""

from __future__ import annotations

import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from llmspell.errors import UsageError
from llmspell.testing.contracts.tool import ToolContract
from llmspell_tool_text.template_render import MOST_INPUT, template_render


class TestTemplateRenderContract(ToolContract):
    name = "template_render"
    good = ({"template": "Dear {{name}},", "values": {"name": "Ada"}}, {"template": "one"}, {"template": ""})
    bad = (
        {},
        {"template": 3},
        {"template": "{{name}}"},
        {"template": "x", "values": []},
        {"template": "{{> part}}"},
        {"template": "x", "parts": {"template": "y"}},
        {"template": "x" * (MOST_INPUT + 1)},
        {"template": "x", "parts": {"a": 3}},
    )


@pytest.mark.parametrize(
    ("template", "values", "text"),
    [
        ("Dear {{name}},", {"name": "Ada"}, "Dear Ada,"),
        ("{{ user.name }} is {{user.age}}", {"user": {"name": "Ada", "age": 36.0}}, "Ada is 36"),
        ('{{tone | default("kind")}}', {}, "kind"),
        ("{{list}}", {"list": [1, "a"]}, '[1, "a"]'),
        ("name", {"name": "x"}, "name"),
        ("{name} {% if x %} ${x} {{}} {{1}}", {}, "{name} {% if x %} ${x} {{}} {{1}}"),
    ],
)
def test_values_stand_in_their_places(template: str, values: dict[str, Any], text: str) -> None:
    assert template_render(template, values) == text


@pytest.mark.parametrize("value", ["{{secret}}", "{{> part}}", "}} {{secret", '{{x | default("y")}}', "{{{{secret}}}}"])
def test_a_value_is_never_looked_at_again(value: str) -> None:
    given = {"value": value, "secret": "s3cret"}
    assert template_render("{{value}}|{{> part}}", given, {"part": "[{{value}}]"}) == f"{value}|[{value}]"


@given(st.text(max_size=50))
def test_any_text_goes_in_as_it_is(value: str) -> None:
    assert template_render("<{{value}}>", {"value": value}) == f"<{value}>"


def test_parts_use_the_same_values() -> None:
    assert template_render("{{> head}}!", {"name": "Ada"}, {"head": "Dear {{name}}"}) == "Dear Ada!"


@pytest.mark.parametrize(
    ("arguments", "message", "hint"),
    [
        ({"template": "{{nmae}}", "values": {"name": "x"}}, "the variable 'nmae' has no value", "did you mean 'name'?"),
        ({"template": "{{a.b}}", "values": {"a": "text"}}, "the variable 'a.b' has no value", "give it one"),
        ({"template": "{{> tone}}"}, "there is no template named 'tone'", ""),
        ({"template": "{{> template}}"}, "the template 'template' holds itself", ""),
        ({"template": "{{> a}}", "parts": {"a": "{{> b}}", "b": "{{> a}}"}}, "'a' holds itself: a holds b holds a", ""),
        ({"template": "x", "parts": {"template": "y"}}, "a part cannot be called 'template'", "give it another name"),
        ({"template": '{{x | default("\\q")}}'}, "is not text", ""),
        ({"template": "{{x}}", "values": {"x": float("nan")}}, "'x' cannot be put into text", ""),
    ],
)
def test_wrong_templates_are_refused_in_words(arguments: dict[str, Any], message: str, hint: str) -> None:
    with pytest.raises(UsageError, match=message) as caught:
        template_render(**arguments)
    assert hint in caught.value.hint


_DEEP = {f"p{index}": f"{{{{> p{index + 1}}}}}" for index in range(40)}


@pytest.mark.parametrize(
    ("template", "values", "parts"),
    [
        ("{{" * 50_000, {}, {}),
        ("{{a" * 50_000, {}, {}),
        ("{{a." * 40_000, {}, {}),
        ("{{a" + ".a" * 90_000 + "}}", {"a": "x"}, {}),
        ('{{a | default("' * 10_000, {}, {}),
        ('{{a | default("' + "\\" * 150_000, {}, {}),
        ("{{ " + " " * 150_000, {}, {}),
        ("{{big}}" * 1000, {"big": "x" * 10_000}, {}),
        ("{{> a}}" * 100, {"big": "x" * 100_000}, {"a": "{{big}}" * 100}),
        ("{{> a}}", {}, {"a": "{{> b}}" * 1000, "b": "{{> c}}" * 1000, "c": "x"}),
        ("{{> p0}}", {}, _DEEP),
        ("{{x}}", {"x": {"a": [[[[]]]] * 1000}}, {}),
        ("{{x}}", {"x": "\ud800"}, {}),
        ("\0{{x}}\0", {"x": "\0"}, {}),
    ],
)
def test_hostile_templates_end_soon(template: str, values: dict[str, Any], parts: dict[str, str]) -> None:
    started = time.process_time()
    try:
        assert isinstance(template_render(template, values, parts), str)
    except UsageError as error:
        assert error.message  # noqa: PT017  # either outcome is right
    assert time.process_time() - started < 10


def test_the_longest_result_is_named() -> None:
    with pytest.raises(UsageError, match=r"the template gives more than 1048576 characters"):
        template_render("{{big}}" * 200, {"big": "x" * 10_000})


def test_parts_together_have_a_limit() -> None:
    with pytest.raises(UsageError, match=r"the parts have 200002 characters, and at most 200000 are taken"):
        template_render("x", {}, {"a": "x" * 100_001, "b": "x" * 100_001})
