"""The tool that brings JSON into another shape."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from llmspell.errors import PermissionDenied, UsageError
from llmspell.testing.contracts.tool import ToolContract
from llmspell_tool_data import transform

Call = Callable[..., Awaitable[Any]]

USERS = [{"id": 1, "user": {"name": "Ada", "tags": ["x", "y"]}}, {"id": 2, "user": {"name": "Bo", "tags": []}}]


class TestJsonTransformContract(ToolContract):
    name = "json_transform"
    allow = {"fs.read": ["**"]}
    good = (
        {"data": USERS, "steps": [{"map": "$.user.name"}]},
        {"path": "users.json", "steps": [{"pick": ["id"]}]},
        {"text": '{"a": 1}', "steps": [{"rename": {"a": "b"}}]},
    )
    bad = (
        {},
        {"data": USERS},
        {"data": USERS, "steps": []},
        {"data": USERS, "steps": [{}]},
        {"data": USERS, "steps": [{"pick": ["id"], "drop": ["id"]}]},
        {"data": USERS, "steps": [{"sort": ["id"]}]},
        {"data": USERS, "steps": [{"at": "id"}]},
        {"data": USERS, "steps": [{"map": "$.["}]},
        {"data": USERS, "steps": [{"filter": [{"field": "id", "operator": "<", "value": "x"}]}]},
        {"data": 3, "steps": [{"pick": ["id"]}]},
    )

    def prepare(self, folder: Path) -> None:
        (folder / "users.json").write_text('[{"id": 1, "x": 2}]')


@pytest.mark.parametrize(
    ("steps", "found"),
    [
        ([{"pick": ["id"]}], [{"id": 1}, {"id": 2}]),
        ([{"pick": ["id", "none"]}], [{"id": 1}, {"id": 2}]),
        ([{"drop": ["user", "none"]}], [{"id": 1}, {"id": 2}]),
        ([{"rename": {"id": "key", "none": "x"}}, {"drop": ["user"]}], [{"key": 1}, {"key": 2}]),
        ([{"rename": {"id": "user", "user": "id"}}, {"pick": ["user"]}], [{"user": 1}, {"user": 2}]),
        ([{"set": {"id": 0, "n": "$.id"}}, {"drop": ["user"]}], [{"id": 0, "n": 1}, {"id": 0, "n": 2}]),
        ([{"map": "$.user.name"}], ["Ada", "Bo"]),
        (
            [{"map": {"n": "$.user.name", "first": "$.user.tags[0]"}}],
            [{"n": "Ada", "first": "x"}, {"n": "Bo", "first": None}],
        ),
        ([{"map": ["$.user.tags[-1]", "$.user['name']", '$["id"]']}], [["y", "Ada", 1], [None, "Bo", 2]]),
        ([{"map": {"text": "$$5", "n": 1.5, "no": None}}], [{"text": "$5", "n": 1.5, "no": None}] * 2),
        ([{"map": "$"}], USERS),
        ([{"filter": [{"field": "id", "operator": ">", "value": 1}]}, {"map": "$.id"}], [2]),
        ([{"filter": [{"field": "user.tags", "operator": "contains", "value": "x"}]}, {"map": "$.id"}], [1]),
        ([{"at": "$[0].user"}, {"pick": ["name"]}], {"name": "Ada"}),
        ([{"at": "$[*].user.tags[*]"}], ["x", "y"]),
        ([{"at": "$[0].user.*"}], ["Ada", ["x", "y"]]),
        ([{"at": "$.none.at.all"}], None),
        ([{"map": {"a": 1}}, {"map": {"b": "$.a"}}], [{"b": 1}, {"b": 1}]),
    ],
    ids=lambda value: repr(value)[:50],
)
async def test_steps_do_what_they_say(call: Call, steps: list[Any], found: Any) -> None:
    assert await call("json_transform", data=USERS, steps=steps) == found


async def test_one_object_is_transformed_as_it_is(call: Call) -> None:
    steps = [{"set": {"b": ["$.a"]}}, {"rename": {"a": "c"}}]
    assert await call("json_transform", data={"a": 1}, steps=steps) == {"c": 1, "b": [1]}


async def test_null_is_data(call: Call) -> None:
    assert await call("json_transform", data=None, steps=[{"map": {"was": "$"}}]) == {"was": None}


@pytest.mark.parametrize(
    ("data", "steps", "message"),
    [
        (USERS, [{"map": "$.a"}, {"pick": ["a"]}], r"step 2 \(pick\): it is done to objects, not to None"),
        ({}, [{"filter": []}], r"step 1 \(filter\): only arrays can be filtered, not {}"),
        ({"a": 1, "b": 2}, [{"rename": {"a": "b"}}], r"step 1 \(rename\): two keys of .* would have one name"),
        ([{"a": 1}], [{"filter": [{"field": "a", "operator": ">", "value": "x"}]}], r"step 1 \(filter\): the condition on 'a' compares 1 > 'x'"),
        ({}, [{"at": "a.b"}], r"step 1 \(at\): the path 'a.b' does not start with \$"),
        ({}, [{"map": "$a"}], r"the path '\$a' is wrong at character 2"),
        ({}, [{"map": "$.a[?x]"}], r"the path '\$.a\[\?x\]' is wrong at character 4"),
        ({}, [{"map": "$" + ".a" * 300}], "has 601 characters, and at most 500 are read"),
        ({}, [{"map": list(range(1_000))}], "the templates have more than 1000 values"),
        ({}, [{"drop": []}] * 51, "50"),
    ],
    ids=lambda value: repr(value)[:30],
)  # fmt: skip
async def test_what_cannot_be_done_is_refused(call: Call, data: Any, steps: list[Any], message: str) -> None:
    with pytest.raises(UsageError, match=message):
        await call("json_transform", data=data, steps=steps)


@pytest.mark.parametrize(
    ("data", "steps", "message"),
    [
        ({"a": 1}, [{"map": {"x": "$", "y": "$"}}] * 30, "the result has more than 500000 values"),
        ({"a": 1}, [{"map": {"x": "$"}}] * 50, "nests deeper"),
        ({"a": "x" * 100_000}, [{"map": ["$.a"] * 900}], "the result has more than 500000 values"),
    ],
    ids=["doubling", "nesting", "text"],
)
async def test_results_are_bounded(call: Call, data: Any, steps: list[Any], message: str) -> None:
    nested: Any = data
    for _ in range(20 if message == "nests deeper" else 0):
        nested = {"in": nested}
    with pytest.raises(UsageError, match=message):
        await call("json_transform", data=nested, steps=steps)


@pytest.mark.parametrize(
    ("data", "steps"),
    [
        ([[1] * 100] * 10, [{"map": ["$[*]"] * 50}]),
        ({f"k{n}": n for n in range(1_000)}, [{"drop": []}] * 50),
        ([{}] * 1_000, [{"filter": [{"field": "a", "operator": "is_null"}] * 50}]),
        ([[]] * 500, [{"map": [1] * 100}]),
    ],
    ids=["copies", "keys", "conditions", "constants"],
)
async def test_work_is_bounded(call: Call, monkeypatch: pytest.MonkeyPatch, data: Any, steps: list[Any]) -> None:
    monkeypatch.setattr(transform, "UNITS", 40_000)
    with pytest.raises(UsageError, match="the transformation would touch more than 40000 values"):
        await call("json_transform", data=data, steps=steps)


async def test_a_file_may_only_be_read_where_that_is_granted(call_without: Call, tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text("[]")
    with pytest.raises(PermissionDenied, match=r"fs.read of '.*a\.json' is not allowed in profile 'high'") as caught:
        await call_without("json_transform", {}, path="a.json", steps=[{"pick": []}])
    assert "--allow-fs-read=" in caught.value.hint
