"""A module to one function expression that an engine without modules can run.

What the function's text holds, in this order and on the first line: the namespaces of what the module imports, a
function for each of its exports, and a `yield` at which the registry leaves it until its turn has come; by then its
function declarations are hoisted, so that modules that import each other can call them. Then the author's text:
imports are blanked, `export` before a declaration is blanked, imported names read a namespace's property, `import()`
and `import.meta` ask the registry's object.

Every line stays where it was. A column moves only on a line where text was put in that is longer than what it
replaces (the first line always; uses of imported names, `export default` of an expression, `import()`), and
`original_column` gives it back.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

from .edits import Edits
from .parsing import Source, Text, parse, unescaped
from .rewritten import Rewritten
from .scopes import Reference
from .statements import Statements
from .walking import Walk

if TYPE_CHECKING:
    from tree_sitter import Node

_MAY_BE_MODULE = re.compile("import|export|await")
_IDENTIFIER = re.compile(r"[A-Za-z_$][\w$]*", re.ASCII)
_INJECTED = re.compile("__llmspell_*")
_UNNAMED = frozenset({"arrow_function", "class", "function_expression", "generator_function"})
_FUNCTIONS = frozenset({"function_expression", "generator_function"})


def rewrite(source: str, name: str, *, module: bool = False) -> Rewritten:
    """The text as an engine without modules can run it.

    A text without `import`, `export`, `import.meta` and top-level `await` is a script: nothing in it changes, and
    like a module it may `return` at its top level. A module is strict code, as everywhere. Two things that engines
    see and this does not: a direct `eval` does not know imported names, and code that puts `__llmspell_module`
    together from parts at run time finds the registry's object of its own module.

    Args:
        source: JavaScript; a first line that starts with `#!` is a comment.
        name: the file's name as errors show it; `.mjs` and `.mts` are modules whatever they hold.
        module: the text is a module whatever it holds, as every text is that something imports.

    Raises:
        ScriptFailed: a syntax error, an assignment to an import, two exports of one name, an export of a name that
            is not declared; with file, line, column and the line's text.
    """
    always = module or name.endswith((".mjs", ".mts"))
    if not always and not _MAY_BE_MODULE.search(source):
        return _script(Edits(Text(source, name)), source, name, _prefix(source))
    return _Rewriting(parse(source, name), _prefix(source)).result(always=always)


def _prefix(source: str) -> str:
    """The start of every name that is put in: one that the text does not hold, not even in escapes."""
    text = unescaped(source) if "\\u" in source else source
    taken = _INJECTED.findall(text)
    return max(taken, key=len) + "_" if taken else "__llmspell"


def _script(edits: Edits, source: str, name: str, prefix: str) -> Rewritten:
    if source.startswith("#!"):
        edits.replace(0, 2, "//")
    edits.replace(0, 0, f"(async({prefix}_module)=>{{")
    code, shifts = edits.apply()
    return Rewritten(code + "\n})", name, "script", True, (), (), (), (), (), shifts)


class _Rewriting:
    """The steps of one rewriting, which all add edits."""

    def __init__(self, source: Source, prefix: str) -> None:
        self.source = source
        self.prefix = prefix
        self.edits = Edits(source)
        self.statements = Statements(source)
        self.walk = Walk(source, frozenset(self.statements.imported))
        self.default_is_function = False

    def result(self, *, always: bool) -> Rewritten:
        for keyword in self.walk.imports:
            self._keyword(keyword)
        if not (always or self.statements.statements or self.walk.waits or self.walk.has_meta):
            return _script(self.edits, self.source.data.decode(), self.source.name, self.prefix)
        self._check_strict()
        self.statements.read_exports(f"{self.prefix}_default")
        self._check_names()
        for node in self.statements.statements:
            self._statement(node)
        for reference in self.walk.references:
            if not reference.scope.declares(reference.name):
                self._reference(reference)
        return self._module()

    def _module(self) -> Rewritten:
        if self.source.data.startswith(b"#!"):
            self.edits.replace(0, 2, "//")
        self.edits.replace(0, 0, self._prologue())
        code, shifts = self.edits.apply()
        said = self.statements
        return Rewritten(
            code + "\n})",
            self.source.name,
            "module",
            self.walk.waits,
            tuple(said.requests),
            tuple(said.bindings),
            tuple(said.exports),
            tuple(said.indirect),
            tuple(said.stars),
            shifts,
        )

    def _prologue(self) -> str:
        module = f"{self.prefix}_module"
        keyword = "async function*" if self.walk.waits else "function*"
        used = sorted({imported.request for imported in self.statements.imported.values()})
        spaces = [f"const {self.prefix}_{index}={module}.namespaces[{index}];" for index in used]
        whole = [
            f"const {local}={self.prefix}_{imported.request};"
            for local, imported in self.statements.imported.items()
            if imported.name is None
        ]
        named = f"{module}.nameDefault({self.prefix}_default);" if self.default_is_function else ""
        cells = ",".join(f"()=>{local}" for _, local in self.statements.exports.values())
        head = f'({keyword}({module}){{"use strict";'
        return f"{head}{''.join(spaces)}{''.join(whole)}{named}{module}.cells=[{cells}];yield;"

    def _check_strict(self) -> None:
        for offset, message in sorted(self.walk.strict_faults)[:1]:
            self.source.fail(message, offset)

    def _check_names(self) -> None:
        for name, imported in self.statements.imported.items():
            if name in self.walk.top.names:
                self.source.fail(f"{name!r} is imported and declared", imported.node.start_byte, hint="rename one")
        known = {*self.walk.top.names, f"{self.prefix}_default"}
        for node, local in self.statements.exports.values():
            if local not in known:
                self.source.fail(f"the export {local!r} is not declared in this module", node.start_byte)

    def _statement(self, node: Node) -> None:
        declaration, value = node.child_by_field_name("declaration"), node.child_by_field_name("value")
        if declaration is not None:
            self.edits.blank(node.start_byte, declaration.start_byte, first=";")
        elif value is not None:
            self._default(node, value)
        else:
            self.edits.blank(node.start_byte, node.end_byte, first=";")

    def _default(self, node: Node, value: Node) -> None:
        value = _declaration_at_start(value)
        name = f"{self.prefix}_default"
        inner = value
        while inner.type == "parenthesized_expression" and inner.named_child_count == 1:
            inner = inner.named_children[0]
        if value.type in _FUNCTIONS:
            self.default_is_function = True
            self.edits.blank(node.start_byte, value.start_byte, first=";")
            before = next(child for child in value.children if child.type == "formal_parameters")
            self.edits.replace(before.start_byte, before.start_byte, f" {name}")
            return
        keyword = next(child for child in node.children if child.type == "default")
        self.edits.blank(node.start_byte, keyword.start_byte)
        if inner.type in _UNNAMED and inner.child_by_field_name("name") is None:
            # A property's value is the only place that names a function "default".
            self.edits.replace(keyword.start_byte, keyword.end_byte, f"const {name}={{default:")
            self.edits.replace(value.end_byte, value.end_byte, "}.default;")
        else:
            self.edits.replace(keyword.start_byte, keyword.end_byte, f"const {name}=")

    def _keyword(self, keyword: Node) -> None:
        called = keyword.parent is not None and keyword.parent.type == "call_expression"
        asks = f"{self.prefix}_module.import" if called else f"{self.prefix}_module"
        self.edits.replace(keyword.start_byte, keyword.end_byte, asks)

    def _reference(self, reference: Reference) -> None:
        node, name = reference.node, reference.name
        imported = self.statements.imported[name]
        if reference.role == "write":
            self.source.fail(
                f"{name!r} is an import and cannot be assigned to",
                node.start_byte,
                hint="let the module that exports it change it, in a function that it exports",
            )
        if reference.role == "delete":
            self.source.fail(f"the import {name!r} cannot be deleted", node.start_byte)
        if imported.name is None:
            return
        read = f"{self.prefix}_{imported.request}{_property(imported.name)}"
        if reference.role == "shorthand":
            if name == "__proto__":
                self.edits.replace(node.start_byte, node.end_byte, f'["__proto__"]:{read}')
            else:
                self.edits.replace(node.end_byte, node.end_byte, f":{read}")
        elif reference.role == "call":
            # Called through a property, the function would get the namespace as `this`.
            ends_previous = ";" if node.start_byte in self.walk.starts else ""
            self.edits.replace(node.start_byte, node.end_byte, f"{ends_previous}(0,{read})")
        else:
            self.edits.replace(node.start_byte, node.end_byte, read)


def _property(name: str) -> str:
    return f".{name}" if _IDENTIFIER.fullmatch(name) else f"[{json.dumps(name)}]"


def _declaration_at_start(value: Node) -> Node:
    """The function or class that `export default` starts with, also where the parser reads on over a line's end.

    After `export default function () {}` a next line that starts with `(` is a statement, not a call.
    """
    node = value
    while node.children and node.start_byte == value.start_byte:
        body = node.child_by_field_name("body")
        if node.type in _FUNCTIONS or node.type == "class":
            return node
        if node.type == "arrow_function" and body is not None and body.type == "statement_block":
            return node
        node = node.children[0]
    return value
