"""The schema for editors says the same as the check that counts."""

import json
import tomllib
from typing import Any

import attrs
import jsonschema_rs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from llmspell.config import Config, Misfit, fit
from llmspell.config.jsonschema import json_schema
from llmspell.config.show import default_file

SCHEMA = json_schema()
VALIDATOR = jsonschema_rs.validator_for(SCHEMA)


def test_it_is_a_schema_of_2020_12_and_json() -> None:
    jsonschema_rs.meta.validate(SCHEMA)
    assert json.loads(json.dumps(SCHEMA)) == SCHEMA
    assert SCHEMA["$schema"].endswith("2020-12/schema")


def test_every_setting_has_its_meaning_unit_bound_and_default() -> None:
    budget = SCHEMA["properties"]["budget"]["properties"]
    assert budget["wall_time"] == {
        "type": "number",
        "description": "time since the run began (seconds)",
        "minimum": 0,
        "default": 600.0,
    }
    assert budget["cost"]["type"] == ["number", "null"]
    assert budget["unpriced"]["enum"] == ["refuse", "allow"]
    for section in attrs.fields(Config):
        described = SCHEMA["properties"][section.name]
        assert described["description"]
        if attrs.has(type(getattr(Config(), section.name))):
            assert all(setting["description"] for setting in described["properties"].values())


def test_the_default_file_with_every_setting_fits() -> None:
    lines = [line.removeprefix("# ") for line in default_file().splitlines() if " = " in line or "# [" in line]
    VALIDATOR.validate(tomllib.loads("\n".join(lines)))


@pytest.mark.parametrize(
    "data",
    [
        {"bugdet": {}},
        {"budget": {"tokens": -1}},
        {"budget": {"tokens": "5"}},
        {"budget": {"unpriced": "no"}},
        {"include": "a.toml"},
        {"config_version": 3},
        {"prompts": {"a": 5}},
        {"prompts": {"a": {"txt": "x"}}},
        {"sandbox": {"require": ["moat"]}},
        {"schedule": {}},
    ],
    ids=str,
)
def test_what_is_wrong_is_wrong_for_editors_too(data: dict[str, Any]) -> None:
    assert not VALIDATOR.is_valid(data)


SECTIONS = st.sampled_from([field.name for field in attrs.fields(Config)] + ["x"])
SETTINGS = st.sampled_from(
    sorted({key for table in SCHEMA["properties"].values() for key in table.get("properties", {})})
)
LEAVES = st.none() | st.booleans() | st.integers(-5, 10**7) | st.just(0.5) | st.sampled_from(["", "refuse", "low"])
VALUES = LEAVES | st.lists(LEAVES, max_size=2) | st.dictionaries(SETTINGS, LEAVES, max_size=2)


@given(st.dictionaries(SECTIONS, st.dictionaries(SETTINGS, VALUES, max_size=2) | LEAVES, max_size=2))
def test_the_schema_and_the_check_agree(data: dict[str, Any]) -> None:
    found = fit(data, Config)
    misfits = found.problems if isinstance(found, Misfit) else ()
    if any("either text or file" in problem.message for problem in misfits):
        return  # a rule between two keys, which the schema leaves to the check
    assert VALIDATOR.is_valid(data) == (not misfits), misfits
