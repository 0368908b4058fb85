"""A setting changed in a text: everything else stays as it was."""

from pathlib import PurePath
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from llmspell.config.edit import with_name, with_value
from llmspell.config.formats import format_of
from llmspell.config.keypath import KeyPath, split
from llmspell.config.migrate import RENAMED, migrated, renamed
from llmspell.config.schema import VERSION
from llmspell.errors import ConfigError

TOML = PurePath("f.toml")
YAML = PurePath("f.yaml")
JSON = PurePath("f.json")

CHANGES = {
    "toml-a_value": (TOML, "# top\n[run]\nmodel = 'a' # why\nx = 1\n", "run.model", "b", '# top\n[run]\nmodel = "b" # why\nx = 1\n'),
    "toml-a_list_of_lines": (TOML, "a = [ # one\n 1,\n 2 ]\nb = 1\n", "a", [3], "a = [3]\nb = 1\n"),
    "toml-a_new_key_in_its_table": (TOML, "[run]\nx = 1 # c\n\n# next\n[b]\n", "run.y", 2, "[run]\nx = 1 # c\ny = 2\n\n# next\n[b]\n"),
    "toml-a_new_table": (TOML, "[run]\nx = 1\n", "tool.web.y", True, "[run]\nx = 1\n\n[tool.web]\ny = true\n"),
    "toml-a_new_key_at_the_top": (TOML, "# c\n[run]\n", "top", 1, "top = 1\n# c\n[run]\n"),
    "toml-without_a_last_line_end": (TOML, "[run]\nx = 1", "run.y", 2, "[run]\nx = 1\ny = 2\n"),
    "toml-inside_braces": (TOML, "run = {x = 1} # c\n", "run.y", 2, "run = {x = 1, y = 2} # c\n"),
    "toml-among_dotted_keys": (TOML, "run.x = 1\n", "run.y", 2, "run.x = 1\nrun.y = 2\n"),
    "toml-a_quoted_key": (TOML, '[tool."a.b"]\nx = 1\n', 'tool."a.b".x', 2, '[tool."a.b"]\nx = 2\n'),
    "toml-a_table_over_a_value": (TOML, "[tool]\nx = 1 # c\n", "tool.x.y", 2, "[tool]\nx = {y = 2} # c\n"),
    "toml-an_empty_file": (TOML, "", "run.x", 1, "[run]\nx = 1\n"),
    "yaml-a_value": (YAML, "# top\nrun:\n  model: a # why\n  x: 1\n", "run.model", "b", '# top\nrun:\n  model: "b" # why\n  x: 1\n'),
    "yaml-a_block_of_text": (YAML, "a: |\n  x\n  y\n# c\nb: 1\n", "a", "z", 'a: "z"\n# c\nb: 1\n'),
    "yaml-a_block_list": (YAML, "a:\n  - 1\n  - 2 # two\n# c\nb: 1\n", "a", [3], "a:\n  [3] # two\n# c\nb: 1\n"),
    "yaml-nothing_yet": (YAML, "a:\nb: 1\n", "a", 5, "a: 5\nb: 1\n"),
    "yaml-a_new_key_in_its_table": (YAML, "run:\n    x: 1 # c\n\n# next\nb: 1\n", "run.y", 2, "run:\n    x: 1 # c\n    y: 2\n\n# next\nb: 1\n"),
    "yaml-a_new_table": (YAML, "run:\n  x: 1\n", "tool.web.y", True, "run:\n  x: 1\ntool:\n  web:\n    y: true\n"),
    "yaml-inside_braces": (YAML, "run: {x: 1} # c\n", "run.y", 2, 'run: {"x": 1, "y": 2} # c\n'),
    "yaml-after_letters_of_two_bytes": (YAML, "ä: ö\nrun:\n  x: ü\n", "run.x", 1, "ä: ö\nrun:\n  x: 1\n"),
    "yaml-a_word_that_needs_quotes": (YAML, "a: 1\n", 'b."true"', 1, 'a: 1\nb:\n  "true": 1\n'),
    "yaml-an_empty_file": (YAML, "", "run.x", 1, "run:\n  x: 1\n"),
    "json-a_value": (JSON, '{ "run": {"x" :1 , "y": 2} }', "run.x", "b", '{ "run": {"x" :"b" , "y": 2} }'),
    "json-a_new_key": (JSON, '{\n    "run": {\n        "x": 1\n    }\n}\n', "run.y", 2, '{\n    "run": {\n        "x": 1,\n        "y": 2\n    }\n}\n'),
    "json-an_empty_object": (JSON, "{}", "run.x", None, '{\n  "run": {\n    "x": null\n  }\n}\n'),
}  # fmt: skip


@pytest.mark.parametrize(("file", "text", "key", "value", "changed"), CHANGES.values(), ids=CHANGES)
def test_a_setting_changes_and_nothing_else(file: PurePath, text: str, key: str, value: Any, changed: str) -> None:
    assert with_value(text, file, split(key), value) == changed


@pytest.mark.parametrize("file", [TOML, YAML, JSON], ids=str)
def test_a_text_that_is_wrong_already_is_not_touched(file: PurePath) -> None:
    with pytest.raises(ConfigError, match=r"^f\.(toml|yaml|json):1: is not "):
        with_value("}", file, ("a",), 1)


def test_what_cannot_be_set_alone_is_refused_with_a_way_out() -> None:
    with pytest.raises(ConfigError, match=r"^f\.toml: `a\.b` cannot be set without touching other settings$") as raised:
        with_value("[[a]]\nx = 1\n", TOML, ("a", "b"), None)
    assert raised.value.hint == "type: llmspell config edit"


KEYS = st.sampled_from(["a", "b", "c d", "é", "true"])
PATHS = st.lists(KEYS, min_size=1, max_size=3).map(tuple)
LEAVES = st.integers() | st.booleans() | st.text(max_size=5) | st.lists(st.integers(), max_size=2)
TREES = st.recursive(LEAVES, lambda inner: st.dictionaries(KEYS, inner, max_size=3), max_leaves=6)
TABLES = st.dictionaries(KEYS, TREES, max_size=3)
TEXTS = st.lists(st.sampled_from(["[a]", "[b]", "[a.b]", "a = 1", "b = {a = 1}", "c.a = [1,\n2]", "# c", "", "é = 'x' # d"]), max_size=6)  # fmt: skip


@given(TABLES, PATHS, LEAVES, st.sampled_from([YAML, JSON]))
def test_a_set_value_is_read_back_and_all_others_stay(
    data: dict[str, Any], path: KeyPath, value: Any, file: PurePath
) -> None:
    form = format_of(file)
    text = form.literal(data)
    after = form.parse(with_value(text, file, path, value), "f").data
    found: Any = after
    for key in path:
        found = found[key]
    assert found == value
    assert {key: after.get(key) for key in data if key != path[0]} == {key: data[key] for key in data if key != path[0]}


@given(TEXTS, PATHS, LEAVES)
def test_a_toml_text_keeps_its_comments(lines: list[str], path: KeyPath, value: Any) -> None:
    text = "\n".join(lines)
    try:
        before = format_of(TOML).parse(text, "f").data
        after = with_value(text, TOML, path, value)
    except ConfigError:
        return
    assert after.count("# c") == text.count("# c")
    assert set(format_of(TOML).parse(after, "f").data) == {*before, path[0]}


RENAMES = {
    "toml": (TOML, "[run]\n\"timeout\" = 5 # c\nx = 'timeout'\n", "[run]\n\"model_timeout\" = 5 # c\nx = 'timeout'\n"),
    "toml-dotted": (TOML, "run.timeout = 5\n", "run.model_timeout = 5\n"),
    "yaml": (YAML, "run: # timeout\n  timeout: 5 # c\n", "run: # timeout\n  model_timeout: 5 # c\n"),
    "json": (JSON, '{"run": {"timeout" : 5}}', '{"run": {"model_timeout" : 5}}'),
}


@pytest.mark.parametrize(("file", "text", "changed"), RENAMES.values(), ids=RENAMES)
def test_a_key_gets_another_name_and_keeps_its_place(file: PurePath, text: str, changed: str) -> None:
    assert with_name(text, file, ("run", "timeout"), "model_timeout") == changed


def test_a_key_inside_braces_is_not_renamed_alone() -> None:
    with pytest.raises(ConfigError, match=r"`run\.timeout` cannot be renamed to `run\.model_timeout` by itself"):
        with_name("run = {timeout = 5}\n", TOML, ("run", "timeout"), "model_timeout")


def test_a_name_that_is_taken_is_an_error() -> None:
    with pytest.raises(ConfigError, match=r"has both `run\.timeout` and its new name `run\.model_timeout`"):
        with_name("[run]\ntimeout = 5\nmodel_timeout = 6\n", TOML, ("run", "timeout"), "model_timeout")


@pytest.mark.parametrize(
    ("file", "text", "changed"),
    [
        (TOML, "# mine\n[run]\ntimeout = 5\n", "config_version = 2\n# mine\n[run]\nmodel_timeout = 5\n"),
        (TOML, "config_version = 1 # old\n[run]\ntimeout = 5\n", "config_version = 2 # old\n[run]\nmodel_timeout = 5\n"),
        (TOML, "config_version = 1\n", "config_version = 2\n"),
        (YAML, "run:\n  timeout: 5\n", "run:\n  model_timeout: 5\nconfig_version: 2\n"),
        (JSON, '{"config_version": 1, "run": {"timeout": 5}}', '{"config_version": 2, "run": {"model_timeout": 5}}'),
    ],
)  # fmt: skip
def test_an_old_file_is_brought_up_to_date_once(file: PurePath, text: str, changed: str) -> None:
    after, changes = migrated(text, file)
    assert after == changed
    assert changes[-1] == "`config_version` is now 2"
    assert migrated(after, file) == (after, [])


@pytest.mark.parametrize(
    "text", ["", "[run]\nmodel_timeout = 5\n", "[tool.timeout]\n", "config_version = 2\n[run]\ntimeout = 5\n"]
)
def test_a_file_of_today_stays_as_it_is(text: str) -> None:
    assert migrated(text, TOML) == (text, [])


@pytest.mark.parametrize(("version", "words"), [(3, "is of version 3"), (0, "must be a whole number")])
def test_a_file_of_an_unknown_version_is_not_migrated(version: int, words: str) -> None:
    with pytest.raises(ConfigError, match=words):
        migrated(f"config_version = {version}\n", TOML)


def test_every_version_before_todays_has_its_new_names() -> None:
    assert sorted(RENAMED) == list(range(1, VERSION))
    assert renamed(("run", "timeout")) == ("run", "model_timeout")
    assert renamed(("run", "model")) is None
