"""The tool that converts between formats."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from llmspell.errors import PermissionDenied, UsageError
from llmspell.testing.contracts.tool import ToolContract

Call = Callable[..., Awaitable[Any]]


class TestDataConvertContract(ToolContract):
    name = "data_convert"
    allow = {"fs.read": ["**"]}
    good = (
        {"text": "a: 1", "from": "yaml", "to": "json"},
        {"data": {"a": 1}, "to": "toml"},
        {"path": "a.toml", "to": "data"},
    )
    bad = (
        {"text": "a: 1", "to": "json"},
        {"text": "a: [", "from": "yaml", "to": "json"},
        {"text": "a: 1", "from": "xml", "to": "json"},
        {"data": 1, "to": "toml"},
        {"data": 1, "text": "1", "to": "json"},
        {"to": "json"},
        {"to": "json", "from": "json"},
        {"path": "none.json", "to": "data"},
    )

    def prepare(self, folder: Path) -> None:
        (folder / "a.toml").write_text("a = 1")


VALUE = [{"name": "Ada", "age": 36}, {"name": "Bo", "age": None}]


@pytest.mark.parametrize(
    ("to", "text"),
    [
        ("yaml", "- name: Ada\n  age: 36\n- name: Bo\n  age: null\n"),
        ("csv", "name,age\r\nAda,36\r\nBo,\r\n"),
        ("json", '[\n  {\n    "name": "Ada",\n    "age": 36\n  },\n  {\n    "name": "Bo",\n    "age": null\n  }\n]'),
    ],
)
async def test_a_value_goes_there_and_back(call: Call, to: str, text: str) -> None:
    assert await call("data_convert", data=VALUE, to=to) == text
    assert await call("data_convert", text=text, from_=to, to="data") == VALUE


async def test_toml_goes_to_yaml(call: Call) -> None:
    text = '[server]\nport = 80\nnames = ["a", "no"]\n'
    assert await call("data_convert", text=text, from_="toml", to="yaml") == (
        "server:\n  port: 80\n  names:\n  - a\n  - 'no'\n"
    )


async def test_one_value_alone_is_yaml_without_its_end_mark(call: Call) -> None:
    assert await call("data_convert", data="hello", to="yaml") == "hello\n"


@pytest.mark.parametrize("name", ["a.yml", "a.YAML", "b.c.yaml"])
async def test_the_suffix_of_a_file_says_its_format(call: Call, tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text("a: no")
    assert await call("data_convert", path=name, to="data") == {"a": "no"}


async def test_a_format_that_is_given_goes_before_the_suffix(call: Call, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("a = 1")
    assert await call("data_convert", path="a.txt", from_="toml", to="data") == {"a": 1}


async def test_a_suffix_that_says_nothing_is_not_guessed_at(call: Call, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("a = 1")
    with pytest.raises(UsageError, match="data_convert needs from, the format of what it reads") as caught:
        await call("data_convert", path="a.txt", to="data")
    assert caught.value.hint == "one of json, yaml, toml, csv"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"data": {"a": None}, "to": "toml"}, r"TOML has no null, and there is one at \$\.a"),
        ({"data": {"a": 1}, "to": "csv"}, "what becomes CSV must be an array of objects"),
        ({"text": "", "path": "x.json", "to": "data"}, "data_convert needs either text or path"),
        ({"data": 1, "from_": "json", "to": "data"}, "data_convert takes data, or text or path"),
        ({"data": [0] * 500_001, "to": "json"}, "the data has more than 500000 values"),
        ({"text": "1" * 4_000_001, "from_": "json", "to": "data"}, "at most 4000000 are read"),
        (
            {"text": '"\\ud800"', "from_": "json", "to": "json"},
            r"the data has '\\ud800', which is no character of a text",
        ),
        (
            {"text": '"\\ud800"', "from_": "json", "to": "yaml"},
            r"the data has '\\ud800', which is no character of a text",
        ),
    ],
    ids=lambda value: repr(value)[:40],
)
async def test_what_cannot_be_converted_is_refused(call: Call, arguments: dict[str, Any], message: str) -> None:
    with pytest.raises(UsageError, match=message):
        await call("data_convert", **arguments)


async def test_a_file_that_is_not_utf_8_is_refused(call: Call, tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_bytes(b"a: caf\xe9")
    with pytest.raises(UsageError, match=r"'a.yaml' is not UTF-8 text: it has byte 0xe9 at offset 6"):
        await call("data_convert", path="a.yaml", to="data")


async def test_a_file_may_only_be_read_where_that_is_granted(call_without: Call, tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text("a: 1")
    with pytest.raises(PermissionDenied, match=r"fs.read of '.*a\.yaml' is not allowed in profile 'high'") as caught:
        await call_without("data_convert", {}, path="a.yaml", to="data")
    assert "--allow-fs-read=" in caught.value.hint
