"""Every installed engine shows every behaviour of the conformance suite, over both transports."""

from __future__ import annotations

import re
from collections import Counter

import pytest

from llmspell.plugins.catalogue import installed
from llmspell.script import describe
from llmspell.script.api import GLOBALS
from llmspell.testing.conformance import ConformanceSuite
from llmspell.testing.conformance.cases import CASES, SUBJECTS

ENGINES = tuple(entry.name for entry in installed() if entry.kind == "engine")


class TestInstalledEngines(ConformanceSuite):
    """All of them, whoever wrote them."""

    engines = ENGINES


def test_there_are_engines_and_cases_to_run() -> None:
    assert "lua" in ENGINES
    assert len(CASES) >= 400
    assert {case.subject for case in CASES} == set(SUBJECTS)


def test_no_two_cases_have_one_id() -> None:
    assert [name for name, count in Counter(case.id for case in CASES).items() if count > 1] == []


@pytest.mark.parametrize(
    ("declared", "mark"),
    [(each, rf"\b{each.name}\.") for each in describe.globals_() if each.name in GLOBALS]
    + [(each, r"[:.]") for each in describe.handles()],
    ids=lambda given: getattr(given, "name", ""),
)
def test_every_method_of_the_script_api_is_in_some_case_in_every_language(
    declared: describe.Described, mark: str
) -> None:
    spells = {language: "\n".join(case.spell(language) for case in CASES) for language in ("lua", "javascript")}
    for method in declared.methods:
        camel = re.sub(r"_(\w)", lambda found: found[1].upper(), method.name)
        assert re.search(rf"{mark}{method.name}\b", spells["lua"]), method.name
        assert re.search(rf"{mark}{camel}\b", spells["javascript"]), camel
