"""The declarations for TypeScript say what is right, and nothing else, as its compiler understands them."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from tests.typescript.compiler import ROOT, Problem, compile_spells
from tests.typescript.mistakes import MISTAKES

from llmspell.testing.conformance.cases import CASES

SPELLS = Path(__file__).parent / "spells"
EXAMPLES = sorted(path for ending in ("js", "mjs", "ts") for path in (ROOT / "examples").rglob(f"*.{ending}"))
DECLARATIONS = ROOT / "docs" / "reference" / "llmspell.d.ts"

RIGHT = {case.id: case for case in CASES if case.error is None}
ON_PURPOSE = "does something wrong, and shows what comes of it"
UNKNOWN_KIND = "reads a part of an event without asking for its type"
MODULE_NOT_FOUND = 2307  # where modules lie is configuration, of which the compiler knows nothing
EXCLUDED = {
    "agents-on_event_hears_everything_before_run_returns": UNKNOWN_KIND,
    "streams-an_agent_s_stream_tells_text_and_tools_and_adds_up_to_the_result": UNKNOWN_KIND,
    "arguments-a_spell_cannot_change_a_global_of_the_script_api": ON_PURPOSE,
    "arguments-a_spell_cannot_change_what_it_is": ON_PURPOSE,
    "errors-an_error_of_the_host_reads_well_as_text": ON_PURPOSE,
    "hooks-a_change_that_is_no_object_is_the_hook_s_failure": ON_PURPOSE,
    "hooks-a_verdict_that_is_no_object_is_the_hook_s_failure": ON_PURPOSE,
    "hooks-a_veto_without_a_reason_is_the_hook_s_failure": ON_PURPOSE,
    "hooks-an_unknown_verdict_is_the_hook_s_failure": ON_PURPOSE,
}
# Of the language itself, but younger than ES2023 or in one engine only: spells had better not rely on them.
YOUNGER = {"AsyncDisposableStack", "DisposableStack", "Float16Array", "Iterator", "SuppressedError", "Temporal"}
YOUNGER |= {"InternalError", "undefined"}  # the error is QuickJS's own, and `undefined` no name to the compiler
SHOWN = {"examples/errors.js": {2561}}  # an option that is misspelled, to show the error


@pytest.fixture(scope="session")
def loose(compiler: Path, tmp_path_factory: pytest.TempPathFactory) -> list[Problem]:
    """What the compiler says about all spells in JavaScript, with the documented configuration."""
    spells = {f"examples/{path.name}": path.read_text() for path in EXAMPLES if path.suffix != ".ts"}
    for case in RIGHT.values():
        spells[f"{case.id}/spell.js"] = case.javascript
        spells |= {f"{case.id}/{name}": text for name, text in case.files.items() if name.endswith((".js", ".ts"))}
    spells |= {f"mistakes/{_file(name)}.js": text for name, text in MISTAKES.items()}
    return compile_spells(compiler, tmp_path_factory.mktemp("javascript"), spells)


@pytest.fixture(scope="session")
def strict(compiler: Path, tmp_path_factory: pytest.TempPathFactory) -> list[Problem]:
    """What the compiler says about the spells in TypeScript, as strictly as it can."""
    spells = {f"examples/{path.name}": path.read_text() for path in EXAMPLES if path.suffix == ".ts"}
    spells["right.ts"] = (SPELLS / "right.ts").read_text()
    folder = tmp_path_factory.mktemp("typescript")
    return compile_spells(compiler, folder, spells, strict=True, erasableSyntaxOnly=True)


def _file(mistake: str) -> str:
    return re.sub(r"\W+", "_", mistake)


def _in(folder: str, problems: list[Problem]) -> list[Problem]:
    return [problem for problem in problems if problem.file.startswith(folder)]


def test_the_declarations_compile_alone_and_under_strict(compiler: Path, tmp_path: Path) -> None:
    spells = {"nothing.js": "export default 1;"}
    assert compile_spells(compiler, tmp_path, spells, strict=True, skipLibCheck=False) == []


def test_a_right_spell_in_typescript_compiles_under_strict(strict: list[Problem]) -> None:
    assert _in("right.ts", strict) == []


def test_the_examples_compile(loose: list[Problem], strict: list[Problem]) -> None:
    assert len(EXAMPLES) >= 5
    found = [problem for problem in _in("examples/", loose + strict) if problem.code not in SHOWN.get(problem.file, ())]
    assert found == []


def test_the_right_spells_of_the_conformance_suite_compile(loose: list[Problem]) -> None:
    assert len(RIGHT) > 200
    found = [problem for problem in loose if problem.code != MODULE_NOT_FOUND]
    failed = {problem.file.split("/")[0] for problem in found} - {"examples", "mistakes"}
    assert failed == EXCLUDED.keys(), [problem for name in failed - EXCLUDED.keys() for problem in _in(name, found)]


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_is_an_error_in_its_line(mistake: str, loose: list[Problem]) -> None:
    lines = MISTAKES[mistake].splitlines()
    [wrong] = [number for number, line in enumerate(lines, 1) if line.endswith("// !")]
    found = _in(f"mistakes/{_file(mistake)}.js", loose)
    assert {problem.line for problem in found} == {wrong}, found


def _names(engine: str) -> dict[str, list[str]]:
    environ = {"PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}", "HOME": os.devnull}
    libraries = "--allow-library=io,os"  # without them, the globals that belong to them are not there
    command = ["llmspell", "run", "--json", libraries, "--engine", engine, str(SPELLS / "names.js")]
    ended = subprocess.run(command, env=environ, capture_output=True, text=True, timeout=50, check=False)
    shown = json.loads(ended.stdout)
    assert shown["error"] is None, shown["error"]
    names: dict[str, list[str]] = shown["result"]
    return names


@pytest.mark.parametrize("engine", ["javascript", "quickjs"])
def test_a_spell_finds_just_the_names_that_are_declared(engine: str, compiler: Path, tmp_path: Path) -> None:
    found = _names(engine)
    error = set(found.pop("SpellError"))
    everything = set(found.pop("globals"))
    declared = set(re.findall(r"^declare (?:const|class|function) (\w+)", DECLARATIONS.read_text(), re.MULTILINE))
    assert len(declared) > 25
    assert declared - everything == {"Test"}  # which only test files have
    assert error >= {"kind", "message", "component", "retryable", "hint", "details"}

    lines = ["type Same<A, B> = [A] extends [B] ? ([B] extends [A] ? true : false) : false;"]
    for name, members in found.items():
        listed = " | ".join(f'"{member}"' for member in members)
        lines.append(f"export const _{len(lines)}: Same<Extract<keyof ({name}), string>, {listed}> = true;")
    lines += [f"void {name};" for name in sorted(everything - YOUNGER)]
    problems = compile_spells(compiler, tmp_path, {"names.ts": "\n".join(lines)}, strict=True)
    assert {problem.line: lines[problem.line - 1] for problem in problems} == {}
