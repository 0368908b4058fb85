"""The tool that compares JSON values."""

from __future__ import annotations

import copy
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from llmspell.errors import PermissionDenied, UsageError
from llmspell.testing.contracts.tool import ToolContract
from llmspell_tool_data import differences as module
from llmspell_tool_data.differences import differences

Call = Callable[..., Awaitable[Any]]


class TestDataDiffContract(ToolContract):
    name = "data_diff"
    allow = {"fs.read": ["**"]}
    good = ({"before": 1, "after": None}, {"before": {"a": 1}, "after_path": "new.json"})
    bad = (
        {},
        {"before": 1},
        {"before": 1, "before_path": "new.json", "after": 1},
        {"before": 1, "after_path": "none.json"},
        {"before": 1, "after": 2, "limit": 0},
        {"before": 1, "after_path": "broken.json"},
    )

    def prepare(self, folder: Path) -> None:
        (folder / "new.json").write_text('{"a": 2}')
        (folder / "broken.json").write_text("{")


async def test_changes_have_their_paths(call: Call) -> None:
    before = {"name": "x", "old": 1, "list": [1, 2, 3], "deep": {"two words": [{"a": 1}]}}
    after = {"name": "y", "list": [1, 3, 4], "deep": {"two words": [{"a": 2}]}, "new": None}
    assert await call("data_diff", before=before, after=after) == {
        "equal": False,
        "changes": [
            {"kind": "changed", "path": "$.name", "before": "x", "after": "y"},
            {"kind": "removed", "path": "$.old", "before": 1},
            {"kind": "removed", "path": "$.list[1]", "before": 2},
            {"kind": "added", "path": "$.list[2]", "after": 4},
            {"kind": "changed", "path": "$.deep['two words'][0].a", "before": 1, "after": 2},
            {"kind": "added", "path": "$.new", "after": None},
        ],
        "patch": [
            {"op": "replace", "path": "/name", "value": "y"},
            {"op": "remove", "path": "/old"},
            {"op": "remove", "path": "/list/1"},
            {"op": "add", "path": "/list/2", "value": 4},
            {"op": "replace", "path": "/deep/two words/0/a", "value": 2},
            {"op": "add", "path": "/new", "value": None},
        ],
        "truncated": False,
    }


@pytest.mark.parametrize(
    ("before", "after"),
    [({"a": 1, "b": 2}, {"b": 2, "a": 1}), (1, 1.0), ([], []), (None, None), ([{"a": 0}], [{"a": -0.0}])],
)
async def test_equal_values_have_no_changes(call: Call, before: Any, after: Any) -> None:
    found = await call("data_diff", before=before, after=after)
    assert found == {"equal": True, "changes": [], "patch": [], "truncated": False}


@pytest.mark.parametrize(("before", "after"), [(1, True), (0, False), ("1", 1), ([], {}), (None, False), ("", None)])
async def test_values_of_other_kinds_differ(call: Call, before: Any, after: Any) -> None:
    found = await call("data_diff", before=before, after=after)
    assert found["changes"] == [{"kind": "changed", "path": "$", "before": before, "after": after}]
    assert found["patch"] == [{"op": "replace", "path": "", "value": after}]


async def test_a_pointer_escapes_what_it_must(call: Call) -> None:
    found = await call("data_diff", before={"a/b~c": 1}, after={"a/b~c": 2})
    assert found["patch"][0]["path"] == "/a~1b~0c"


async def test_an_item_in_front_does_not_change_all_that_follow(call: Call) -> None:
    found = await call("data_diff", before=[{"id": n} for n in range(50)], after=[{"id": n} for n in range(-1, 50)])
    assert found["changes"] == [{"kind": "added", "path": "$[0]", "after": {"id": -1}}]


async def test_long_arrays_are_compared_item_by_item(call: Call) -> None:
    before, after = list(range(1_200)), list(range(1_200))[::-1]
    found = await call("data_diff", before=before, after=after, limit=10_000)
    assert len(found["changes"]) == 1_200


async def test_where_not_all_changes_are_told_there_is_no_patch(call: Call) -> None:
    found = await call("data_diff", before=[1, 2], after=[3, 4], limit=1)
    assert (len(found["changes"]), found["patch"], found["truncated"]) == (1, None, True)


async def test_files_are_compared_as_values_are(call: Call, tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text('{"a": 1}')
    found = await call("data_diff", before_path="a.json", after={"a": 2})
    assert found["patch"] == [{"op": "replace", "path": "/a", "value": 2}]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"before": 1}, "data_diff needs either after or after_path"),
        ({"after": 1}, "data_diff needs either before or before_path"),
        ({"before": [0] * 500_001, "after": 1}, "before has more than 500000 values"),
        ({"before": 1, "after": [0] * 500_001}, "after has more than 500000 values"),
    ],
    ids=lambda value: repr(value)[:30],
)  # fmt: skip
async def test_what_is_too_much_is_refused(call: Call, arguments: dict[str, Any], message: str) -> None:
    with pytest.raises(UsageError, match=message):
        await call("data_diff", **arguments)


async def test_a_comparison_of_much_work_is_stopped(call: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "UNITS", 50_000)
    with pytest.raises(UsageError, match="the comparison would touch more than 50000 values"):
        await call("data_diff", before=[list(range(90))] * 20, after=[list(range(90, 180))] * 20)


async def test_a_file_may_only_be_read_where_that_is_granted(call_without: Call, tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text("[]")
    with pytest.raises(PermissionDenied, match=r"fs.read of '.*a\.json' is not allowed in profile 'high'") as caught:
        await call_without("data_diff", {}, before_path="a.json", after=1)
    assert "--allow-fs-read=" in caught.value.hint


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(0, 3) | st.text("ab/~", max_size=2),
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(st.text("ab/~", max_size=2), inner, max_size=3),
    max_leaves=12,
)


def patched(value: Any, patch: list[dict[str, Any]]) -> Any:
    """The value after a JSON Patch, as RFC 6902 says."""
    for operation in patch:
        steps = [step.replace("~1", "/").replace("~0", "~") for step in operation["path"].split("/")[1:]]
        if not steps:
            value = operation["value"]
            continue
        place = value
        for step in steps[:-1]:
            place = place[int(step)] if isinstance(place, list) else place[step]
        key = int(steps[-1]) if isinstance(place, list) else steps[-1]
        match operation["op"]:
            case "remove":
                del place[key]
            case "add" if isinstance(place, list):
                assert 0 <= key <= len(place)
                place.insert(key, operation["value"])
            case "add":
                place[key] = operation["value"]
            case "replace":
                assert place[key] is not ...
                place[key] = operation["value"]
    return value


@given(JSON, JSON)
def test_the_patch_makes_the_new_value_of_the_old(before: Any, after: Any) -> None:
    patch = [each.operation() for each in differences(before, after)]
    assert repr_sorted(patched(copy.deepcopy(before), copy.deepcopy(patch))) == repr_sorted(after)


def repr_sorted(value: Any) -> str:
    """As text, so that true is not 1."""
    import json

    return json.dumps(value, sort_keys=True)
