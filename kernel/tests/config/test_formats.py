"""One content in three formats, its lines, and what only one format can say."""

import json
import sys
import tomllib
from pathlib import Path, PurePath
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from llmspell.config.formats import format_of
from llmspell.config.loading import attempt, load
from llmspell.errors import ConfigError

SAME = {
    "llmspell.toml": '[run]\nmodel = "a/b"\n[budget]\ncost = 1.5\n[tool.calculator]\nlist = [1, "x", true, {a = 1}]\n',
    "llmspell.yaml": "run:\n  model: a/b\nbudget:\n  cost: 1.5\ntool:\n  calculator:\n    list:\n    - 1\n    - x\n    - true\n    - a: 1\n",
    "llmspell.yml": "{run: {model: a/b}, budget: {cost: 1.5}, tool: {calculator: {list: [1, 'x', true, {a: 1}]}}}",
    "llmspell.json": '{"run": {"model": "a/b"}, "budget": {"cost": 1.5}, "tool": {"calculator": {"list": [1, "x", true, {"a": 1}]}}}',
}  # fmt: skip


@pytest.mark.parametrize("name", SAME)
def test_the_same_settings_can_be_said_in_every_format(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text(SAME[name])
    loaded = load(tmp_path, {"HOME": str(tmp_path)}, trusted=True)
    assert (loaded.config.run.model, loaded.config.budget.cost) == ("a/b", 1.5)
    assert loaded.config.tool == {"calculator": {"list": [1, "x", True, {"a": 1}]}}
    assert loaded.origin(("run", "model")).where.startswith(f"{name}:")


def test_each_key_and_item_of_yaml_has_its_line() -> None:
    text = "# c\nrun:\n  model: ä\n\ntool:\n  a: {x: 1,\n    y: 2}\n  b:\n  - 1\n  - z: 3\n"
    lines = format_of(PurePath("f.yaml")).parse(text, "f").lines
    assert lines == {
        ("run",): 2,
        ("run", "model"): 3,
        ("tool",): 5,
        ("tool", "a"): 6,
        ("tool", "a", "x"): 6,
        ("tool", "a", "y"): 7,
        ("tool", "b"): 8,
        ("tool", "b", 0): 9,
        ("tool", "b", 1): 10,
        ("tool", "b", 1, "z"): 10,
    }


def test_each_key_and_item_of_json_has_its_line() -> None:
    lines = format_of(PurePath("f.json")).parse('{\n"a": 1,\n"b": [\n{"c":\n2}]}', "f").lines
    assert lines == {("a",): 2, ("b",): 3, ("b", 0): 4, ("b", 0, "c"): 4}


@pytest.mark.parametrize(
    ("word", "value"),
    [("no", "no"), ("on", "on"), ("010", 10), ("0o10", 8), ("0x1F", 31), ("1e3", 1000.0), (".5", 0.5), ("-1", -1),
     ("1_000", "1_000"), ("2026-11-22", "2026-11-22"), ("~", None), ("", None), ("'5'", "5"), ("12:30", "12:30"),
     (".inf", float("inf")), ("TRUE", True), ("=", "=")],
)  # fmt: skip
def test_a_plain_word_in_yaml_means_what_version_1_2_says(word: str, value: object) -> None:
    data = format_of(PurePath("f.yml")).parse(f"a: {word}\n", "f").data
    assert (data["a"], type(data["a"])) == (value, type(value))


@pytest.mark.parametrize("text", ["", "# only a comment\n", "---\n", "null\n"])
def test_an_empty_yaml_file_sets_nothing(text: str) -> None:
    assert format_of(PurePath("f.yaml")).parse(text, "f").data == {}


def test_a_json_file_may_name_its_schema(tmp_path: Path) -> None:
    (tmp_path / "llmspell.json").write_text('{"$schema": "llmspell.schema.json", "run": {"model": "a/b"}}')
    assert load(tmp_path, {"HOME": str(tmp_path)}).config.run.model == "a/b"


def test_yaml_without_its_library_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "yaml", None)
    (tmp_path / "llmspell.yaml").write_text("run: {}")
    assert attempt(tmp_path, {"HOME": str(tmp_path)}).problems == (
        "llmspell.yaml: YAML needs the package PyYAML, which is not installed",
        'pip install "llmspell[yaml]", or write the file as TOML',
    )


DATA = st.recursive(
    st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=8,
)
TABLE = st.dictionaries(st.text(), DATA, max_size=4)


@given(TABLE)
def test_json_is_read_as_the_library_reads_it(data: dict[str, Any]) -> None:
    data.pop("$schema", None)
    for text in (json.dumps(data), json.dumps(data, indent=1, ensure_ascii=False)):
        assert format_of(PurePath("f.json")).parse(text, "f").data == json.loads(text)


@given(TABLE)
def test_what_a_format_writes_it_reads_again(data: dict[str, Any]) -> None:
    for name, begin in (("f.toml", "a = "), ("f.yaml", "a: "), ("f.json", '{"a": ')):
        form = format_of(PurePath(name))
        text = begin + form.literal(data) + ("}" if name == "f.json" else "\n")
        assert form.parse(text, "f").data == {"a": data}, text


def problems_of(name: str, text: str) -> tuple[str, ...]:
    try:
        document = format_of(PurePath(name)).parse(text, name)
    except ConfigError as error:
        return error.problems
    assert {(key,) for key in document.data} <= set(document.lines)
    return ()


@given(st.text(st.sampled_from("ab:{}[]\",'#&*!-? \n1")))
def test_any_text_is_a_document_or_a_config_error_in_every_format(text: str) -> None:
    for name in ("f.toml", "f.yaml", "f.json"):
        assert all(problem.startswith(f"{name}:") for problem in problems_of(name, text))


@given(st.text(st.sampled_from("ab=.[]{}\"'#\n 1")))
def test_the_place_of_every_toml_value_holds_that_value(text: str) -> None:
    form = format_of(PurePath("f.toml"))
    try:
        data = form.parse(text, "f").data
    except ConfigError:
        return
    for path, entry in form.entries(text).items():
        if entry.value and not any(isinstance(key, int) for key in path):
            found: Any = data
            for key in path:
                found = found[key]
            assert tomllib.loads(f"v = {text[slice(*entry.value)]}")["v"] == found
