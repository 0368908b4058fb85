"""The global `Template`, and templates as an agent's instructions."""

# ruff: noqa: E501 a short spell reads best on one line

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from llmspell.testing.conformance.case import Case, Fails
from llmspell.testing.steps import Text

_PROMPTS = (
    'prompts.reviewer="You review {{language}}. {{> tone}}"',
    'prompts.tone={ text = "Be {{mood}}.", values = { mood = "kind" } }',
    'prompts.a="{{> b}}"',
    'prompts.b="{{> a}}"',
)


def _render(behaviour: str, template: str, values: Mapping[str, Any], outcome: str | Fails) -> Case:
    """A case whose template and values, as JSON, are the spell's arguments."""
    return Case(
        behaviour,
        lua="return Template.render(Args[1], Json.decode(Args[2]))",
        javascript="return await Template.render(Args[0], await Json.decode(Args[1]));",
        args=(template, json.dumps(values)),
        sets=_PROMPTS,
        value=outcome if isinstance(outcome, str) else None,
        error=outcome if isinstance(outcome, Fails) else None,
    )


CASES = (
    Case(
        "a text is rendered with values",
        lua='return Template.render("Hello {{name}}, {{ n }}!", { name = "Ada", n = 3 })',
        javascript='return await Template.render("Hello {{name}}, {{ n }}!", { name: "Ada", n: 3 });',
        value="Hello Ada, 3!",
    ),
    Case(
        "a text without places needs no values",
        lua='return Template.render("plain text")',
        javascript='return await Template.render("plain text");',
        value="plain text",
    ),
    Case(
        "a configured template is rendered by its name",
        lua='return Template.render("reviewer", { language = "Lua" })',
        javascript='return await Template.render("reviewer", { language: "Lua" });',
        sets=_PROMPTS,
        value="You review Lua. Be kind.",
    ),
    Case(
        "the configured templates are listed",
        lua="return Template.list()",
        javascript="return await Template.list();",
        sets=_PROMPTS,
        value=["a", "b", "reviewer", "tone"],
    ),
    Case(
        "the names of values are the spell's own",
        lua='return Template.render("{{one_two}} {{threeFour}}", { one_two = 1, threeFour = 2 })',
        javascript='return await Template.render("{{one_two}} {{threeFour}}", { one_two: 1, threeFour: 2 });',
        value="1 2",
    ),
    Case(
        "a template gives an agent its instructions",
        lua="""
            local agent = Agent.create{ system = { template = "reviewer", values = { language = "Lua" } } }
            return agent:run("hi").messages[1].content
        """,
        javascript="""
            const agent = await Agent.create({ system: { template: "reviewer", values: { language: "Lua" } } });
            return (await agent.run("hi")).messages[0].content;
        """,
        sets=_PROMPTS,
        steps=(Text("ok"),),
        value="You review Lua. Be kind.",
    ),
    Case(
        "an agent whose template lacks a value is not made",
        lua='Agent.create{ system = { template = "reviewer" } }',
        javascript='await Agent.create({ system: { template: "reviewer" } });',
        sets=_PROMPTS,
        error=Fails("invalid_arguments", "the template 'reviewer': the variable 'language' has no value"),
    ),
    Case(
        "a template is all that instructions take besides text",
        lua='Agent.create{ system = { templat = "reviewer" } }',
        javascript='await Agent.create({ system: { templat: "reviewer" } });',
        error=Fails("unknown_option", "unknown option 'templat'", hint="did you mean 'template'?"),
    ),
    Case(
        "a template must be text",
        lua="Template.render(5)",
        javascript="await Template.render(5);",
        error=Fails("invalid_arguments", "Template.render: template must be a string, not 5"),
    ),
    Case(
        "values must be a table",
        lua='Template.render("{{a}}", "x")',
        javascript='await Template.render("{{a}}", "x");',
        error=Fails("invalid_arguments", "Template.render: values must be an object, not 'x'"),
    ),
    _render("a value inside a table is reached by dots", "<{{a.b}}>", {"a": {"b": "x"}}, "<x>"),
    _render("a default stands in for what is missing", '<{{a | default("x \\"y\\"")}}>', {}, '<x "y">'),
    _render("a value wins over the default", '<{{ a|default("x") }}>', {"a": "y"}, "<y>"),
    _render("null is no value", '<{{a | default("x")}}>', {"a": None}, "<x>"),
    _render("what is no text goes in as JSON", "{{a}} {{b}} {{c}}", {"a": [1, "x"], "b": True, "c": {"d": 0.5}}, '[1, "x"] true {"d": 0.5}'),
    _render("what a value says is never looked at again", "<{{a}}>", {"a": "{{b}} {{> tone}}", "b": "secret"}, "<{{b}} {{> tone}}>"),
    _render("a caller's value wins over the template's own", "{{> tone}}!", {"mood": "short"}, "Be short.!"),
    _render("other braces stay as they are", "{a} {{}} {{ 1+1 }} {{{a}}} {{#if a}} {% b %}", {"a": "x"}, "{a} {{}} {{ 1+1 }} {x} {{#if a}} {% b %}"),
    _render("a variable without a value is an error", "<{{ab}}>", {"abc": 1}, Fails("invalid_arguments", "the variable 'ab' has no value", hint="did you mean 'abc'?")),
    _render("a missing template names the nearest", "reviewr", {}, Fails("not_found", "there is no template named 'reviewr'", hint="did you mean 'reviewer'?")),
    _render("a missing part is an error", "x {{> ton}}", {}, Fails("not_found", "there is no template named 'ton'")),
    _render("a template that holds itself is an error", "a", {}, Fails("invalid_arguments", "the template 'a' holds itself: a holds b holds a")),
)  # fmt: skip
