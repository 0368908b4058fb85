"""The tool that checks data against a JSON Schema."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from llmspell.errors import PermissionDenied, UsageError
from llmspell.testing.contracts.tool import ToolContract

Call = Callable[..., Awaitable[Any]]

PERSON = {
    "type": "object",
    "properties": {"name": {"type": "string"}, "age": {"$ref": "#/$defs/age"}},
    "required": ["name"],
    "$defs": {"age": {"type": "integer", "minimum": 0}},
}


class TestSchemaValidateContract(ToolContract):
    name = "schema_validate"
    allow = {"fs.read": ["**"]}
    good = (
        {"data": {"name": "Ada"}, "schema": PERSON},
        {"path": "ada.json", "schema": PERSON},
        {"data": None, "schema": {}},
    )
    bad = (
        {},
        {"data": 1},
        {"schema": {}},
        {"data": 1, "schema": {"type": "person"}},
        {"data": 1, "schema": {"$ref": "http://127.0.0.1:9/x.json"}},
        {"text": "{", "schema": {}},
        {"path": "none.json", "schema": {}},
    )

    def prepare(self, folder: Path) -> None:
        (folder / "ada.json").write_text('{"name": "Ada"}')


async def test_what_fits_is_valid(call: Call) -> None:
    assert await call("schema_validate", data={"name": "Ada", "age": 36}, schema=PERSON) == {
        "valid": True,
        "problems": [],
    }


async def test_each_problem_has_its_path(call: Call) -> None:
    assert await call("schema_validate", text='{"age": -1}', schema=PERSON) == {
        "valid": False,
        "problems": [
            {"path": "$", "message": "'name' is missing"},
            {"path": "$.age", "message": "the value is less than the minimum of 0, found -1"},
        ],
    }


@pytest.mark.parametrize("key", ["$ref", "$schema"])
@pytest.mark.parametrize("uri", ["http://127.0.0.1:9/x.json", "file:///etc/passwd", "other.json"])
async def test_nothing_outside_of_the_schema_is_looked_up(call: Call, key: str, uri: str) -> None:
    with pytest.raises(UsageError, match="the schema has an invalid JSON Schema: "):
        await call("schema_validate", data=1, schema={key: uri})


@pytest.mark.parametrize(
    ("data", "schema", "valid"),
    [
        ("a" * 50_000 + "!", {"pattern": "^(a+)+$"}, False),
        ("x" * 5_000, {"pattern": "^(x+x+)+y(?=z)"}, False),
        (1, {"$ref": "#"}, True),
        ([[]] * 10, {"items": {"$ref": "#"}, "type": "array"}, True),
        ("x", {"allOf": [{"$ref": "#"}]}, True),
        (10**30, {"type": "integer"}, True),
        (1, {"not": {}}, False),
    ],
    ids=lambda value: repr(value)[:30],
)
async def test_a_strange_schema_has_an_answer(call: Call, data: Any, schema: Any, valid: bool) -> None:
    assert (await call("schema_validate", data=data, schema=schema))["valid"] is valid


@pytest.mark.parametrize(
    ("schema", "message"),
    [
        ({"type": "person"}, r"the schema has an invalid JSON Schema: \$\.type: "),
        ({"pattern": "("}, r"the schema has an invalid JSON Schema: \$\.pattern: the value is not a .regex"),
        (
            {"pattern": "(x{1000}){1000}"},
            r"the schema has an invalid JSON Schema: \$\.pattern: the value is not a .regex",
        ),
        ({"$ref": "#/nope"}, r"the schema has an invalid JSON Schema: \$: Pointer '/nope' does not exist"),
    ],
    ids=repr,
)
async def test_a_schema_that_is_none_is_refused(call: Call, schema: Any, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        await call("schema_validate", data="x", schema=schema)


@pytest.mark.parametrize(("count", "told"), [(7, 7), (100, 100), (101, 100), (5000, 100)])
async def test_the_first_hundred_problems_are_told(call: Call, count: int, told: int) -> None:
    answer = await call("schema_validate", data=["x"] * count, schema={"items": {"type": "integer"}})
    assert [problem["path"] for problem in answer["problems"]] == [f"$[{n}]" for n in range(told)]
    assert answer.get("truncated", False) is (count > told)


async def test_a_schema_that_is_too_deep_is_refused(call: Call) -> None:
    schema: dict[str, Any] = {}
    for _ in range(70):
        schema = {"not": schema}
    with pytest.raises(UsageError, match="the schema nests deeper than 64 levels"):
        await call("schema_validate", data=1, schema=schema)


async def test_a_file_may_only_be_read_where_that_is_granted(call_without: Call, tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text("[]")
    with pytest.raises(PermissionDenied, match=r"fs.read of '.*a\.json' is not allowed in profile 'high'") as caught:
        await call_without("schema_validate", {}, path="a.json", schema={})
    assert "--allow-fs-read=" in caught.value.hint
