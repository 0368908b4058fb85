"""The tools in a Python file, read from its text: nothing of it is run.

Seen are, at the top level:

@tool, @tool(name="x")          on a function
x = tool(...)(function)         and tool(function)
x = Shout(...)                  where the class Shout stands in the file, and says `name = "shout"`
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

import attrs

from llmspell.tools.docstring import read

_HOMES = ("llmspell.tools", "llmspell.tools.function")


@attrs.frozen
class Sighted:
    """A tool by its name, and what the docstring of its function says; empty where it is none."""

    name: str
    description: str = ""


def sighted(tree: ast.Module) -> list[Sighted]:
    """The tools, in the order of the file; one that comes twice comes twice."""
    decorators = set(_decorators(tree))
    classes = {found.name: name for found in tree.body if isinstance(found, ast.ClassDef) and (name := _said(found))}
    return [
        Sighted(name, _description(statement))
        for statement in tree.body
        if (name := _name(statement, decorators, classes))
    ]


def _description(statement: ast.stmt) -> str:
    if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef):
        return read(ast.get_docstring(statement)).text
    return ""


def _name(statement: ast.stmt, decorators: set[str], classes: dict[str, str]) -> str:
    """The name of the tool that a statement makes; empty when it makes none."""
    if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef):
        for decorator in statement.decorator_list:
            call = decorator if isinstance(decorator, ast.Call) else None
            if ast.unparse(call.func if call else decorator) in decorators:
                return _keyword(call) or statement.name.rstrip("_")
    if isinstance(statement, ast.Assign | ast.AnnAssign) and isinstance(statement.value, ast.Call):
        call = statement.value
        if isinstance(call.func, ast.Name) and call.func.id in classes:
            return _keyword(call) or classes[call.func.id]
        inner = call.func if isinstance(call.func, ast.Call) else call
        if ast.unparse(inner.func) in decorators and call.args and isinstance(call.args[0], ast.Name):
            return _keyword(inner) or call.args[0].id.rstrip("_")
    return ""


def _decorators(tree: ast.Module) -> Iterator[str]:
    """What `llmspell.tools.tool` is called in the file."""
    for statement in tree.body:
        if isinstance(statement, ast.ImportFrom) and not statement.level:
            for alias in statement.names:
                called = alias.asname or alias.name
                if statement.module in _HOMES and alias.name == "tool":
                    yield called
                elif f"{statement.module}.{alias.name}" in _HOMES:
                    yield f"{called}.tool"
        elif isinstance(statement, ast.Import):
            yield from (f"{alias.asname or alias.name}.tool" for alias in statement.names if alias.name in _HOMES)


def _said(found: ast.ClassDef) -> str:
    """What a class's body says that its `name` is."""
    for statement in found.body:
        targets = statement.targets if isinstance(statement, ast.Assign) else [getattr(statement, "target", None)]
        if any(isinstance(target, ast.Name) and target.id == "name" for target in targets):
            return _text(getattr(statement, "value", None))
    return ""


def _keyword(call: ast.Call | None) -> str:
    """What a call's `name="..."` says."""
    return next((_text(keyword.value) for keyword in (call.keywords if call else ()) if keyword.arg == "name"), "")


def _text(value: ast.expr | None) -> str:
    return value.value if isinstance(value, ast.Constant) and isinstance(value.value, str) else ""
