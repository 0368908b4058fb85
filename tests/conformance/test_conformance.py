"""Every installed engine shows every behaviour of the conformance suite, over both transports."""

from __future__ import annotations

import re
from collections import Counter

import pytest

from llmspell.plugins.catalogue import installed
from llmspell.script import describe
from llmspell.testing.conformance import ConformanceSuite
from llmspell.testing.conformance.cases import CASES, SUBJECTS

MODULES = "JavaScript modules are rewritten but not yet loaded: `import` is refused with a clear error"
REJECTED = (
    "a cancelled task of JavaScript sees its call rejected, so that `finally` runs, and goes on if it catches that"
)

UNLOADED = {case.id for case in CASES if case.subject == "modules" and "outside" not in case.id}
ENGINES = tuple(entry.name for entry in installed() if entry.kind == "engine")


JAVASCRIPT = ("javascript", "quickjs")


class TestInstalledEngines(ConformanceSuite):
    """All of them, whoever wrote them."""

    engines = ENGINES
    excused = {f"{engine}/{case.id}": MODULES for engine in JAVASCRIPT for case in CASES if case.id in UNLOADED} | {
        f"{engine}/cancellation-what_is_cancelled_does_not_go_on_after_its_call": REJECTED for engine in JAVASCRIPT
    }


def test_there_are_engines_and_cases_to_run() -> None:
    assert "lua" in ENGINES
    assert len(CASES) >= 400
    assert {case.subject for case in CASES} == set(SUBJECTS)


def test_no_two_cases_have_one_id() -> None:
    assert [name for name, count in Counter(case.id for case in CASES).items() if count > 1] == []


@pytest.mark.parametrize(
    ("declared", "mark"),
    [(each, rf"\b{each.name}\.") for each in describe.globals_()] + [(each, r"[:.]") for each in describe.handles()],
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
