"""Random programs full of shadowed imports print what they print in Node."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from random import Random

import pytest

from llmspell.errors import ScriptFailed

Files = Mapping[str, str]
Run = Callable[[Files], list[str]]

# Engines word their messages differently, and a function shows its rewritten text.
_LIB = """
Error.prototype.toString = function () { return this.name; };
Function.prototype.toString = () => "fn";
export let a = 1, b = 2; export function c() { return ++a + (this === undefined ? 0 : 1000); }
export const tag = function (parts, ...rest) { return parts.join("") + rest.join() + typeof this; };
export default function () { return b++; }
"""
_HEAD = 'import d, { a, b, c, tag } from "./lib.js"\nconst log = (...x) => console.log(...x.map((y) => typeof y === "function" ? "fn" : typeof y === "object" ? JSON.stringify(y) : y))\n'
_NAMES = "abcd"


class _Writer:
    """Writes programs; each name may be declared anew in every scope but the outermost."""

    def __init__(self, seed: int) -> None:
        self.random = Random(seed)

    def name(self) -> str:
        return self.random.choice(_NAMES)

    def expression(self, depth: int = 0) -> str:
        name, other = self.name(), self.name()
        if depth > 2:
            return name
        inner = self.expression(depth + 1)
        forms = [
            name,
            f"typeof {name}",
            f"{{ {name}, {other}: {inner} }}".join("()"),
            f"[{name}, ...[{inner}]]",
            f"`{name}${{{inner}}}{other}`",
            f"({name}, {inner})",
            f"(({name}) => [{name}, {other}])({inner})",
            f"(({{ {name} = {inner} }}) => {name})({{ {other}: 4 }})",
            f"(function {name}({other} = {inner}) {{ return typeof {name} + {other}; }})()",
            f"{name} / 2 / {other}",
            f'/{name}/.test("{name}")',
            f"({inner} ? {name} : {other})",
            "c()",
            "(c)()",
            "c?.()",
            f"tag`{name}${{{inner}}}`",
            f"new (class {name} {{ {other} = {inner}; static {{ log(typeof {name}); }} }})().{other}",
            f"({{ {name}() {{ return {other}; }} }}).{name}()",
            f"({{ get {name}() {{ return {inner}; }} }}).{name}",
            f"({{ [{inner}]: {name} }})",
        ]
        return self.random.choice(forms)

    def block(self, depth: int) -> str:
        names = [name for name in _NAMES if self.random.random() < 0.25]
        lines = [self.statement(depth + 1) for _ in range(self.random.randint(1, 3))]
        for name in names:
            kind = self.random.choice(["let", "const", "class", "function", "let []"])
            text = {
                "let": f"let {name} = {self.random.randint(10, 99)};",
                "const": f"const {{ {name} = {self.random.randint(10, 99)} }} = {{}};",
                "class": f"class {name} {{}}",
                "function": f"function {name}() {{ return {self.random.randint(10, 99)}; }}",
                "let []": f"let [{name}] = [{self.random.randint(10, 99)}];",
            }[kind]
            lines.insert(self.random.randint(0, len(lines)), text)
        return "\n".join(lines)

    def statement(self, depth: int) -> str:
        shown = f"log({self.expression()})"
        if depth > 3:
            return shown
        name, body, inner = self.name(), self.block(depth), self.expression()
        forms = [
            shown,
            shown,
            "c()",
            f"if ({inner}) c()\nelse c()",
            f"try {{\n{body}\n}} catch (e) {{ log(e.name) }}",
            f"try {{\nthrow {inner}\n}} catch ({name}) {{ {{\n{body}\n}} }}",
            f"for (let {name} = 0; {name} < 1; {name}++) {{\n{body}\n}}",
            f"for (const {name} of [{self.random.randint(1, 9)}]) {{\n{body}\n}}",
            f"for (const {{ {name} }} of [{{ {name}: {inner} }}]) {{\n{body}\n}}",
            f"{name}: for (;;) {{\n{body}\nbreak {name}\n}}",
            f"switch ({name}) {{ case {self.name()}: c()\ndefault:\n{body}\n}}",
            f"(() => {{\n{body}\n}})();",
            f"void function ({name}, [{self.name()}2]) {{ {{\n{body}\n}}\nvar {self.name()}3 = 1\n}}({inner}, [1])",
            f"(function () {{\n{body}\nif (0) {{ var z{depth} }}\n}})();",
            f"{{\n{body}\n}}",
            f"void (async ({name} = {inner}) => {{ {{\n{body}\n}} }})().catch((e) => log(e.name))",
        ]
        text = self.random.choice(forms)
        return f";{text}" if text[0] in "([`" else text

    def program(self) -> dict[str, str]:
        lines = [f"try {{\n{self.block(0)}\n}} catch (e) {{ log(e.name) }}" for _ in range(4)]
        return {"main.js": _HEAD + "\n".join(lines), "lib.js": _LIB}


def _outcome(run: Run, files: Files) -> list[str]:
    try:
        return run(files)
    except ScriptFailed:
        return ["throws SyntaxError"]


@pytest.mark.timeout(120)
def test_random_programs_print_the_same_as_in_node(
    quickjs_run: Run, node_runs: Callable[[list[Files]], list[list[str]]]
) -> None:
    programs: list[Files] = [_Writer(seed).program() for seed in range(200)]
    expected = node_runs(programs)
    refused = sum(lines == ["throws SyntaxError"] for lines in expected)
    assert refused < 40, "most programs must run, or nothing is compared"
    for files, lines in zip(programs, expected, strict=True):
        assert _outcome(quickjs_run, files) == lines, files["main.js"]
