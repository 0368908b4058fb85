"""What V8 says of an error that a spell catches."""

from __future__ import annotations

from llmspell.engine import Limits
from llmspell.values import loads
from llmspell_engine_javascript.machine import V8Machine

SPELL = """function f() {
  null.x;
}
try { f(); } catch (problem) { return problem.stack; }"""


def test_the_stack_of_a_caught_error_has_the_files_and_lines_of_the_spell() -> None:
    machine = V8Machine(Limits(), print)
    try:
        [[_, stack]] = loads(machine.start(SPELL, "spells/a.js", {}, ()))
    finally:
        machine.close()
    assert stack.split("\n") == [
        "TypeError: Cannot read properties of null (reading 'x')",
        "    at f (spells/a.js:2:8)",
        "    at spells/a.js:4:7",
    ]
