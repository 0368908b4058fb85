"""One walk over a JavaScript tree: what it declares, names, awaits and imports dynamically."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from .parsing import Source, decoded
from .scopes import Reference, Scope, bound, declared

if TYPE_CHECKING:
    from tree_sitter import Node


_DEEPEST = 1000


class Walk:
    """What a file says, found without recursion, so that deep nesting costs no stack.

    Attributes:
        top: the file's scope.
        references: the places that name something; only names in `wanted`.
        imports: the `import` keywords of `import()` and `import.meta`.
        waits: whether there is an `await` outside of functions.
        has_meta: whether there is an `import.meta`.
        strict_faults: offset and message of what only strict code, and so a module, forbids.
        starts: offsets where an expression starts a statement after which another could have ended.
    """

    def __init__(self, source: Source, wanted: frozenset[str]) -> None:
        self.top = Scope(None, is_top=True, is_bare=True)
        self.references: list[Reference] = []
        self.imports: list[Node] = []
        self.waits = False
        self.has_meta = False
        self.strict_faults: list[tuple[int, str]] = []
        self.starts: set[int] = set()
        self._source = source
        self._wanted = wanted
        self._waiting: list[tuple[Node, Scope]] = [(source.root, self.top)]
        while self._waiting:
            node, scope = self._waiting.pop()
            visit = _VISITS.get(node.type)
            if scope.depth > _DEEPEST:
                self.refuse(node, f"functions and blocks nest more than {_DEEPEST} deep")
            if visit is None:
                self.enter(node.named_children, scope)
            else:
                visit(self, node, scope)

    def enter(self, nodes: list[Node], scope: Scope) -> None:
        """Walk these later."""
        self._waiting += [(node, scope) for node in nodes]

    def refer(self, node: Node, scope: Scope, role: str = "read") -> None:
        """Note a place that names something."""
        name = decoded(node)
        if name in self._wanted:
            self.references.append(Reference(node, name, scope, role))
        elif name == "arguments" and scope.is_bare:
            self.strict_faults.append((node.start_byte, "a module has no 'arguments'; Args holds the spell's"))

    def assign(self, target: Node, scope: Scope) -> None:
        """Walk what an assignment writes to."""
        names, expressions = bound(target)
        for name in names:
            self.refer(name, scope, "write")
        self.enter(expressions, scope)

    def refuse(self, node: Node, message: str, hint: str = "") -> None:
        """Raise the error of a construct that no engine or no module has."""
        self._source.fail(message, node.start_byte, hint=hint)


Visit = Callable[[Walk, "Node", Scope], None]


def _identifier(walk: Walk, node: Node, scope: Scope) -> None:
    walk.refer(node, scope)


def _shorthand(walk: Walk, node: Node, scope: Scope) -> None:
    walk.refer(node, scope, "shorthand")


def _statements(walk: Walk, node: Node, scope: Scope) -> None:
    children = node.named_children
    walk.starts.update(child.start_byte for child in children if child.type == "expression_statement")
    walk.enter(children, scope)


def _block(walk: Walk, node: Node, scope: Scope) -> None:
    _statements(walk, node, scope.block())


def _call(walk: Walk, node: Node, scope: Scope) -> None:
    callee, *rest = node.named_children
    walk.enter(rest, scope)
    inner = _unwrapped(callee)
    if inner.type == "import":
        walk.imports.append(inner)
    elif inner.type == "identifier":
        walk.refer(inner, scope, "call")
    else:
        walk.enter([callee], scope)


def _meta(walk: Walk, node: Node, scope: Scope) -> None:
    keyword = node.children[0]
    if keyword.type == "import":
        walk.imports.append(keyword)
        walk.has_meta = True
    elif scope.is_bare:
        walk.refuse(node, "new.target outside of a function")


def _function(walk: Walk, node: Node, scope: Scope) -> None:
    """A function of any form: parameters are a scope of their own around the body's."""
    name = node.child_by_field_name("name")
    if name is not None and name.type == "identifier":
        if node.type.endswith("declaration"):
            scope.names.add(decoded(name))
        else:
            scope = scope.block()
            scope.names.add(decoded(name))
    elif name is not None:
        walk.enter([name], scope)
    _callable(walk, node, scope)


def _callable(walk: Walk, node: Node, scope: Scope) -> None:
    arrow = node.type == "arrow_function"
    inner = scope.function(arrow=arrow)
    single = node.child_by_field_name("parameter")
    several = node.child_by_field_name("parameters")
    for parameter in [single] if single else several.named_children if several else []:
        walk.enter(declared(parameter, inner), inner)
    body = node.child_by_field_name("body")
    if body is not None and body.type == "statement_block":
        _statements(walk, body, inner.function(arrow=arrow))
    elif body is not None:
        walk.enter([body], inner)


def _class(walk: Walk, node: Node, scope: Scope) -> None:
    name = node.child_by_field_name("name")
    inner = scope.block()
    if name is not None:
        inner.names.add(decoded(name))
        if node.type == "class_declaration":
            scope.names.add(decoded(name))
    walk.enter([child for child in node.named_children if child != name], inner)


def _unwrapped(node: Node) -> Node:
    """The expression inside of parentheses."""
    while node.type == "parenthesized_expression":
        inner = [child for child in node.named_children if child.type != "comment"]
        if len(inner) != 1:
            return node
        node = inner[0]
    return node


def _field(walk: Walk, node: Node, scope: Scope) -> None:
    value = node.child_by_field_name("value")
    walk.enter([child for child in node.named_children if child != value], scope)
    if value is not None:
        walk.enter([value], scope.function())


def _static_block(walk: Walk, node: Node, scope: Scope) -> None:
    for child in node.named_children:
        if child.type == "statement_block":
            _statements(walk, child, scope.function())


def _lexical(walk: Walk, node: Node, scope: Scope) -> None:
    walk.waits |= scope.is_top and node.children[0].type == "await"
    _declarators(walk, node, scope, scope)


def _variables(walk: Walk, node: Node, scope: Scope) -> None:
    _declarators(walk, node, scope, scope.holder)


def _declarators(walk: Walk, node: Node, scope: Scope, holder: Scope) -> None:
    for declarator in node.named_children:
        if declarator.type != "variable_declarator":
            continue
        pattern, *value = declarator.named_children
        walk.enter([*declared(pattern, holder), *value], scope)


def _for(walk: Walk, node: Node, scope: Scope) -> None:
    walk.enter(node.named_children, scope.block())


def _for_in(walk: Walk, node: Node, scope: Scope) -> None:
    walk.waits |= scope.is_top and any(child.type == "await" for child in node.children)
    kind, left = node.child_by_field_name("kind"), node.child_by_field_name("left")
    inner = scope.block()
    rest = [child for child in node.named_children if child != left]
    if left is not None and kind is None:
        walk.assign(left, scope)
    elif left is not None:
        walk.enter(declared(left, scope.holder if kind is not None and kind.type == "var" else inner), inner)
    walk.enter(rest, inner)


def _catch(walk: Walk, node: Node, scope: Scope) -> None:
    inner = scope.block()
    parameter = node.child_by_field_name("parameter")
    if parameter is not None:
        walk.enter(declared(parameter, inner), inner)
    walk.enter([child for child in node.named_children if child != parameter], inner)


def _assignment(walk: Walk, node: Node, scope: Scope) -> None:
    left, *rest = (child for child in node.named_children if child.type != "comment")
    walk.assign(left, scope)
    walk.enter(rest, scope)


def _unary(walk: Walk, node: Node, scope: Scope) -> None:
    operand = _unwrapped(node.named_children[-1])
    if node.children[0].type == "delete" and operand.type == "identifier":
        walk.refer(operand, scope, "delete")
    else:
        walk.enter(node.named_children, scope)


def _await(walk: Walk, node: Node, scope: Scope) -> None:
    walk.waits |= scope.is_top
    walk.enter(node.named_children, scope)


def _yield(walk: Walk, node: Node, scope: Scope) -> None:
    if scope.is_top:
        walk.strict_faults.append((node.start_byte, "'yield' outside of a generator"))
    walk.enter(node.named_children, scope)


def _with(walk: Walk, node: Node, scope: Scope) -> None:
    walk.strict_faults.append((node.start_byte, "a module has no 'with' statement"))
    walk.enter(node.named_children, scope)


def _html_comment(walk: Walk, node: Node, _scope: Scope) -> None:
    walk.strict_faults.append((node.start_byte, "a module has no HTML comments"))


def _import(walk: Walk, node: Node, _scope: Scope) -> None:
    if node.parent is not None and node.parent.type != "program":
        walk.refuse(node, "'import' may only stand at the top level of a module")


def _export(walk: Walk, node: Node, scope: Scope) -> None:
    if node.parent is not None and node.parent.type != "program":
        walk.refuse(node, "'export' may only stand at the top level of a module")
    parts = (node.child_by_field_name("declaration"), node.child_by_field_name("value"))
    walk.enter([part for part in parts if part is not None], scope)


def _jsx(walk: Walk, node: Node, _scope: Scope) -> None:
    walk.refuse(node, "JSX is not JavaScript", "call a function that makes the element")


def _decorator(walk: Walk, node: Node, _scope: Scope) -> None:
    walk.refuse(node, "decorators are not supported", "call the function on the class, after it")


def _nothing(_walk: Walk, _node: Node, _scope: Scope) -> None:
    pass


_VISITS: dict[str, Visit] = {
    "arrow_function": _function,
    "assignment_expression": _assignment,
    "augmented_assignment_expression": _assignment,
    "await_expression": _await,
    "call_expression": _call,
    "catch_clause": _catch,
    "class": _class,
    "class_declaration": _class,
    "class_static_block": _static_block,
    "comment": _nothing,
    "decorator": _decorator,
    "export_statement": _export,
    "field_definition": _field,
    "for_in_statement": _for_in,
    "for_statement": _for,
    "function_declaration": _function,
    "function_expression": _function,
    "generator_function": _function,
    "generator_function_declaration": _function,
    "html_comment": _html_comment,
    "identifier": _identifier,
    "import_statement": _import,
    "jsx_element": _jsx,
    "jsx_self_closing_element": _jsx,
    "lexical_declaration": _lexical,
    "meta_property": _meta,
    "method_definition": _function,
    "property_identifier": _nothing,
    "number": _nothing,
    "statement_identifier": _nothing,
    "regex": _nothing,
    "program": _statements,
    "shorthand_property_identifier": _shorthand,
    "statement_block": _block,
    "string": _nothing,
    "switch_body": _block,
    "switch_case": _statements,
    "switch_default": _statements,
    "unary_expression": _unary,
    "update_expression": _assignment,
    "using_declaration": _lexical,
    "variable_declaration": _variables,
    "with_statement": _with,
    "yield_expression": _yield,
}
