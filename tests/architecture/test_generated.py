"""Generated files are current, and what is public is documented."""

from __future__ import annotations

import inspect
import json
from pathlib import Path

import pytest

from llmspell.config.jsonschema import json_schema
from llmspell.hookspecs import Operations, Registration
from llmspell.script import describe
from llmspell.script.luals import lua_annotations
from llmspell.script.reference import reference
from llmspell.script.typescript import type_declarations

ROOT = Path(__file__).parents[2]
REFERENCE = ROOT / "docs" / "reference"


def test_the_reference_of_the_script_api_is_current() -> None:
    assert (REFERENCE / "script-api.md").read_text() == reference(), "run: make generated"


def test_the_annotations_for_editors_are_current() -> None:
    assert (REFERENCE / "llmspell.lua").read_text() == lua_annotations(), "run: make generated"


def test_the_declarations_for_typescript_are_current() -> None:
    assert (REFERENCE / "llmspell.d.ts").read_text() == type_declarations(), "run: make generated"


def test_the_schema_of_configuration_files_is_current() -> None:
    written = json.loads((REFERENCE / "llmspell.schema.json").read_text())
    assert written == json_schema(), "run: make generated"


def test_every_part_of_the_script_api_is_documented() -> None:
    described = [*describe.globals_(), *describe.handles(), *describe.options(), *describe.shapes()]
    assert len(described) > 20
    for declared in described:
        assert declared.doc, declared.name
        for method in declared.methods:
            assert method.doc, f"{declared.name}.{method.name}"


@pytest.mark.parametrize("specs", [Registration, Operations])
def test_every_hook_is_documented_and_typed(specs: type) -> None:
    hooks = {name: hook for name, hook in vars(specs).items() if hasattr(hook, "llmspell_spec")}
    assert len(hooks) >= 5
    for name, hook in hooks.items():
        assert inspect.getdoc(hook), name
        assert set(hook.__annotations__) >= {*inspect.signature(hook).parameters} - {"self"} | {"return"}, name


def test_every_hook_is_on_the_hook_page() -> None:
    page = (ROOT / "docs" / "plugins" / "hook.md").read_text()
    for name in vars(Operations):
        if name.startswith(("pre_", "post_", "around_", "on_")):
            assert f"`{name}`" in page, name
