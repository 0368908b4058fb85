"""Argument validation and the short form of a tool's parameters."""

from __future__ import annotations

import sys
import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from llmspell.errors import LlmspellError, UsageError
from llmspell.schema import TYPES, Validator, expand

STOCK = {
    "type": "object",
    "properties": {
        "sku": {"type": "string"},
        "amount": {"type": "integer", "minimum": 1},
        "unit": {"enum": ["box", "piece"]},
        "note": {"anyOf": [{"type": "string"}, {"type": "null"}]},
        "lines": {"type": "array", "items": {"type": "object", "properties": {"id": {"type": "number"}}}},
    },
    "required": ["sku"],
    "additionalProperties": False,
}


def refusal(arguments: Any, schema: dict[str, Any] = STOCK) -> UsageError:
    with pytest.raises(UsageError) as caught:
        Validator(schema, "tool:stock").check(arguments)
    assert caught.value.kind == "invalid_arguments"
    assert caught.value.component == "tool:stock"
    return caught.value


def test_arguments_that_fit_pass() -> None:
    Validator(STOCK, "tool:stock").check({"sku": "a", "amount": 2, "unit": "box", "note": None, "lines": []})


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ({}, r"^tool:stock got wrong arguments: \$: 'sku' is missing$"),
        ({"sku": 3}, r"\$\.sku: expected string, found 3$"),
        ({"sku": "a", "amount": 0}, r"\$\.amount: the value is less than the minimum of 1, found 0$"),
        (
            {"sku": "a", "unit": "bag"},
            r"""\$\.unit: expected one of 'box', 'piece', found 'bag'$""",
        ),
        ({"sku": "a", "note": 5}, r"\$\.note: expected string or null, found 5$"),
        ({"sku": "a", "lines": [{}, {"id": "x"}]}, r"\$\.lines\[1\]\.id: expected number, found 'x'$"),
        ({"sku": "a", "ammount": 1}, r"\$: 'ammount' is not known, did you mean 'amount'\?$"),
        ({"sku": "a", "colour": 1}, r"\$: 'colour' is not known$"),
        ([1], r"\$: expected object, found \[1\]$"),
        ("text", r"\$: expected object, found 'text'$"),
    ],
)
def test_a_refusal_says_where_what_was_expected_and_what_was_found(arguments: Any, sentence: str) -> None:
    with pytest.raises(UsageError, match=sentence):
        Validator(STOCK, "tool:stock").check(arguments)


def test_a_key_that_is_no_plain_word_is_quoted_in_the_path() -> None:
    schema = {"properties": {"a b": {"type": "string"}}}
    assert "$['a b']: expected string" in refusal({"a b": 1}, schema).message


def test_all_problems_are_told_at_once() -> None:
    error = refusal({"amount": "x", "unit": 1})
    assert error.details["problems"] == [
        {"path": "$.amount", "message": "expected integer, found 'x'"},
        {"path": "$.unit", "message": "expected one of 'box', 'piece', found 1"},
        {"path": "$", "message": "'sku' is missing"},
    ]


def test_no_more_than_five_problems_are_told() -> None:
    error = refusal({"sku": "a", **{f"extra{number}": 1 for number in range(9)}})
    assert len(error.details["problems"]) == 5
    assert error.message.endswith("; and more")


def test_the_hint_names_the_arguments_there_are() -> None:
    hint = refusal({}).hint
    assert hint.startswith("it takes sku (string), amount (integer, optional), unit (any value, optional)")


def test_a_long_value_is_shortened_in_the_message() -> None:
    message = refusal({"sku": ["x" * 10_000] * 10_000}).message
    assert "..." in message
    assert len(message) < 400


def test_a_million_wrong_values_are_refused_without_a_million_sentences() -> None:
    schema = {"type": "object", "properties": {"list": {"type": "array", "items": {"type": "string"}}}}
    started = time.monotonic()
    error = refusal({"list": list(range(1_000_000))}, schema)
    assert time.monotonic() - started < 5  # 18 s with every sentence
    assert error.message.endswith("$.list[0]: expected string, found 0")


def test_values_that_are_not_json_are_refused() -> None:
    assert "arguments that are not JSON: Unsupported type: 'bytes'" in refusal({"sku": b"a"}).message


def test_a_format_is_checked() -> None:
    schema = {"properties": {"day": {"type": "string", "format": "date"}}}
    Validator(schema, "tool:stock").check({"day": "2026-11-22"})
    assert "$.day: the value is not a \"date\", found 'soon'" in refusal({"day": "soon"}, schema).message


def test_a_pattern_that_hangs_other_validators_does_not_hang() -> None:
    schema = {"properties": {"text": {"type": "string", "pattern": "^(a+)+$"}}}
    assert "does not match" in refusal({"text": "a" * 50 + "b"}, schema).message


def test_a_schema_that_refers_to_itself_works() -> None:
    tree = {
        "type": "object",
        "properties": {
            "children": {"type": "array", "items": {"$ref": "#"}},
            "leaf": {"$ref": "#/$defs/leaf"},
        },
        "$defs": {"leaf": {"type": "integer"}},
        "additionalProperties": False,
    }
    Validator(tree, "tool:tree").check({"children": [{"leaf": 1}, {"children": []}]})
    message = refusal({"children": [{"leef": 1, "leaf": "x"}]}, tree).message
    assert "$.children[0]: 'leef' is not known, did you mean 'leaf'?" in message
    assert "$.children[0].leaf: expected integer, found 'x'" in message


@pytest.mark.parametrize(
    "reference",
    ["http://127.0.0.1:9/a", "https://a.example/b", "file:///etc/passwd", "other.json", "urn:x:y"],
)
def test_a_reference_outside_the_schema_is_refused(reference: str) -> None:
    with pytest.raises(UsageError, match=f"^tool:half has an invalid JSON Schema: remote \\$ref '{reference}' is"):
        Validator({"properties": {"a": {"$ref": reference}}}, "tool:half")


def test_a_refused_file_reference_is_not_opened(tmp_path: Any) -> None:
    target = tmp_path / "any.json"
    target.write_text("{}")
    with pytest.raises(UsageError, match="is refused"):
        Validator({"$ref": target.as_uri()}, "tool:half")


@pytest.mark.parametrize(
    ("schema", "reason"),
    [
        ({"type": "objct"}, r"\$\.type: "),
        (
            {"properties": {"a": {"minimum": "3"}}},
            r"\$\.properties\.a\.minimum: .* is not of type \"number\"",
        ),
        ({"$ref": "#/$defs/none"}, "Pointer '/\\$defs/none' does not exist"),
        ({"$schema": "http://a.example/draft"}, "remote \\$schema 'http://a.example/draft' is refused"),
        ({"const": {1, 2}}, "Unsupported type: 'set'"),
    ],
)
def test_a_wrong_schema_is_refused_when_the_tool_is_defined(schema: dict[str, Any], reason: str) -> None:
    with pytest.raises(UsageError, match=f"^tool:half has an invalid JSON Schema: .*{reason}"):
        Validator(schema, "tool:half")


def test_without_jsonschema_rs_the_error_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "jsonschema_rs", None)
    with pytest.raises(LlmspellError, match="jsonschema-rs is not installed") as caught:
        Validator({}, "tool:half")
    assert caught.value.kind == "plugin"
    assert caught.value.hint == 'pip install "llmspell[schema]"'


def test_the_module_is_imported_without_the_validator() -> None:
    import subprocess

    code = "import sys, llmspell.schema; sys.exit('jsonschema_rs' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], timeout=60, check=False).returncode == 0


def test_the_short_form_becomes_a_strict_schema() -> None:
    short = {"sku": "string", "count": {"type": "integer", "minimum": 1, "optional": True}, "note": {}}
    assert expand(short) == {
        "type": "object",
        "properties": {"sku": {"type": "string"}, "count": {"type": "integer", "minimum": 1}, "note": {}},
        "required": ["sku", "note"],
        "additionalProperties": False,
    }


@pytest.mark.parametrize("nothing", [{}, []])
def test_no_parameters_means_that_no_arguments_are_allowed(nothing: Any) -> None:
    schema = expand(nothing)
    Validator(schema, "tool:stock").check({})
    assert "'a' is not known" in refusal({"a": 1}, schema).message


def test_an_empty_list_stands_for_any_value() -> None:
    assert expand({"any": []})["properties"] == {"any": {}}


@pytest.mark.parametrize(
    "schema",
    [
        STOCK,
        {"type": "object"},
        {"type": "object", "properties": {}},
        {"type": "object", "additionalProperties": {"type": "string"}},
        {"$ref": "#/$defs/a", "$defs": {"a": {"type": "object"}}},
        {"anyOf": [{"type": "object"}]},
        {"properties": {"a": {}}, "required": ["a"]},
    ],
)
def test_a_json_schema_stays_as_it_is(schema: dict[str, Any]) -> None:
    assert expand(schema) == schema


@pytest.mark.parametrize(
    ("short", "names"),
    [
        ({"type": "string"}, ["type"]),
        ({"type": "object", "sku": "string"}, ["sku", "type"]),
        ({"type": {"type": "object"}}, ["type"]),
        ({"type": "object", "properties": "array"}, ["properties", "type"]),
        ({"type": "object", "properties": {"type": "array"}}, ["properties", "type"]),
        ({"type": "object", "required": "boolean"}, ["required", "type"]),
        ({"properties": "string"}, ["properties"]),
        ({"title": "string", "description": "string"}, ["description", "title"]),
    ],
)
def test_a_parameter_may_be_called_like_a_keyword(short: dict[str, Any], names: list[str]) -> None:
    schema = expand(short)
    assert sorted(schema["properties"]) == names
    Validator(schema, "tool:half")


@pytest.mark.parametrize(
    ("short", "message", "hint"),
    [
        ({"a": "strnig"}, "parameter 'a' has the unknown type 'strnig'", "did you mean 'string'?"),
        ({"a": "int"}, "unknown type 'int'", "did you mean 'integer'?"),
        ({"a": "list"}, "unknown type 'list'", "did you mean 'array'?"),
        ({"a": "any"}, "unknown type 'any'", "did you mean '{}'?"),
        ({"a": "zzz"}, "unknown type 'zzz'", f"the types are {', '.join(TYPES)}"),
        ({"a": {"type": "bolean"}}, "unknown type 'bolean'", "did you mean 'boolean'?"),
        ({"a": {"type": "string", "optinal": True}}, "unknown keyword 'optinal'", "did you mean 'optional'?"),
        (
            {"a": {"type": "string", "minLenght": 1}},
            "unknown keyword 'minLenght'",
            "did you mean 'minLength'?",
        ),
        ({"a": 3}, "must be a type name or a schema, not 3", 'write a = "string"'),
        ({"a": {"type": "string", "optional": "yes"}}, "must be true or false, not 'yes'", ""),
        ("sku", "parameters must map names to types, not 'sku'", ""),
        (["sku"], r"parameters must map names to types, not \['sku'\]", ""),
    ],
)
def test_a_wrong_short_form_says_what_was_meant(short: Any, message: str, hint: str) -> None:
    with pytest.raises(UsageError, match=message) as caught:
        expand(short, "tool:half")
    assert caught.value.message.startswith("tool:half: ")
    assert caught.value.hint.startswith(hint)


def test_a_keyword_of_ones_own_starts_with_x() -> None:
    assert expand({"a": {"type": "string", "x-unit": "m"}})["properties"]["a"] == {
        "type": "string",
        "x-unit": "m",
    }


names = st.text(st.characters(categories=["L", "N"]), min_size=1, max_size=8)


@given(st.dictionaries(names, st.sampled_from(TYPES), max_size=6))
def test_every_short_form_of_type_names_is_a_valid_schema(short: dict[str, str]) -> None:
    schema = expand(short)
    Validator(schema, "tool:half")
    if short != {"type": "object"}:
        assert set(schema["properties"]) == set(short)


@given(st.recursive(st.none() | st.booleans() | st.integers() | st.floats() | st.text(), st.lists, max_leaves=8))
def test_any_value_either_passes_or_is_refused_in_words(value: Any) -> None:
    if isinstance(value, str) and value.isprintable():
        Validator(STOCK, "tool:stock").check({"sku": value})
    elif not isinstance(value, str):
        assert "$.sku: expected string, found" in refusal({"sku": value}).message
