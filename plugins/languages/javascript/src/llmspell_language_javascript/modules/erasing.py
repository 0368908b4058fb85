"""TypeScript to JavaScript by blanking types in place: every character of code keeps its line and column.

What cannot be erased because it makes code (`enum`, value namespaces, parameter properties, `import x = require()`,
`export =`) is refused, and so is what reads differently without its types (`<T>x`, decorators, JSX). Where blanking
would join two statements, one of the blanked characters becomes a semicolon; where a line end inside of an arrow
function's types would end the function, its parenthesis moves.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from .edits import Edits
from .parsing import Source, Text, parse

if TYPE_CHECKING:
    from tree_sitter import Node

_JOINS = frozenset("([`+-*/")
_MODIFIERS = frozenset({"accessibility_modifier", "override_modifier", "readonly", "abstract", "declare"})
_NAMES_THAT_MODIFY = frozenset({"get", "set", "static", "async", "accessor"})


def erase_types(source: str, name: str) -> str:
    """The text without its types: JavaScript of the same lines, and the same length in UTF-16 units.

    Imports of types must say so (`import type`): without it they are imports of values, which do not exist.

    Args:
        source: TypeScript; not TSX.
        name: the file's name as errors show it.

    Raises:
        ScriptFailed: a syntax error, or a construct that does not erase; the hint says what to write instead.
    """
    if name.endswith((".tsx", ".jsx")):
        Text(source, name).fail("JSX is not supported", 0, hint="call functions that make the elements, in a .ts file")
    return _Erasing(parse(source, name, "typescript")).result()


class _Erasing:
    """One walk over a TypeScript tree, which adds an edit for each type."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.edits = Edits(source)
        self._waiting = [source.root]

    def result(self) -> str:
        while self._waiting:
            node = self._waiting.pop()
            visit = _VISITS.get(node.type)
            if visit is None:
                self.enter(node)
            else:
                visit(self, node)
        text, _ = self.edits.apply()
        return text

    def keep(self, *nodes: Node) -> None:
        """Leave these in place, and look for types inside."""
        self._waiting.extend(nodes)

    def enter(self, node: Node) -> None:
        """Leave a node in place, and look for types inside."""
        self.keep(*node.children)

    def blank(self, node: Node, end: int | None = None, *, first: str = "") -> None:
        """Blank a part of the tree, up to `end` when given."""
        self.check_brackets(node)
        self.edits.blank(node.start_byte, node.end_byte if end is None else end, first=first)

    def check_brackets(self, node: Node) -> None:
        """Refuse a type that goes on with `[` on the next line: to TypeScript that is the next statement."""
        waiting = [node]
        while waiting:
            part = waiting.pop()
            if part.type in {"lookup_type", "array_type"}:
                bracket = next(child for child in part.children if child.type == "[")
                if self.breaks(part.children[0].end_byte, bracket.start_byte):
                    self.source.fail(
                        "a type ends before this '['", bracket.start_byte, hint="end the line above with ';'"
                    )
            waiting.extend(part.named_children)

    def refuse(self, node: Node, what: str, hint: str) -> None:
        self.source.fail(f"{what} cannot be erased: it is more than a type", node.start_byte, hint=hint)

    def joins(self, offset: int) -> bool:
        """Whether the code after an offset would go on with a statement that a line end alone ended."""
        return self.after(offset)[:1].decode(errors="replace") in _JOINS and bool(self.after(offset))

    def after(self, offset: int) -> bytes:
        """The code that follows an offset, without white space and comments before it; at most what a look needs."""
        data = self.source.data
        while True:
            rest = data[offset : offset + 4096].lstrip()
            offset += len(data[offset : offset + 4096]) - len(rest)
            if rest.startswith(b"//"):
                ends = [at for at in (data.find(b"\n", offset), data.find(b"\r", offset)) if at >= 0]
                offset = min(ends, default=len(data))
            elif rest.startswith(b"/*"):
                offset = data.index(b"*/", offset + 2) + 2
            else:
                return rest if rest or offset >= len(data) else self.after(offset)

    def breaks(self, start: int, end: int) -> bool:
        """Whether a line ends between two offsets."""
        return self.source.place(start)[0] != self.source.place(end)[0]


Visit = Callable[[_Erasing, "Node"], None]


def _type(erasing: _Erasing, node: Node) -> None:
    erasing.blank(node)


def _statement(erasing: _Erasing, node: Node) -> None:
    end = node.end_byte
    erasing.blank(node, first=";" if erasing.joins(end) else "")


def _annotation(erasing: _Erasing, node: Node) -> None:
    parent = node.parent
    if parent is not None and parent.type == "arrow_function":
        _arrow_result(erasing, node, parent)
    else:
        erasing.blank(node)


def _arrow_result(erasing: _Erasing, node: Node, arrow: Node) -> None:
    """No line may end between the parameters and the arrow, so the parenthesis moves past the types."""
    parameters = arrow.child_by_field_name("parameters")
    close = parameters.end_byte - 1 if parameters is not None else node.start_byte
    sign = next(child for child in arrow.children if child.type == "=>")
    if parameters is not None and erasing.breaks(close, sign.start_byte):
        erasing.edits.blank(close, close + 1)
        erasing.edits.blank(node.start_byte, node.end_byte, last=")")
    else:
        erasing.blank(node)


def _type_parameters(erasing: _Erasing, node: Node) -> None:
    """No line may end after `async` or `return`, so the parenthesis of an arrow function moves before the types."""
    parent = node.parent
    parameters = parent.child_by_field_name("parameters") if parent is not None else None
    if (
        parent is not None
        and parent.type == "arrow_function"
        and parameters is not None
        and erasing.breaks(node.start_byte, parameters.start_byte)
    ):
        erasing.blank(node, first="(")
        erasing.edits.blank(parameters.start_byte, parameters.start_byte + 1)
    else:
        erasing.blank(node)


def _cast(erasing: _Erasing, node: Node) -> None:
    """`x as T` and `x satisfies T`; after them a line end also ends a statement that goes on without them."""
    value = node.children[0]
    keyword = next(child for child in node.children[1:] if child.type in {"as", "satisfies"})
    erasing.keep(value)
    goes_on = node.parent is not None and node.parent.type in {"call_expression", "subscript_expression"}
    first = ";" if goes_on and erasing.after(node.end_byte)[:1] in {b"(", b"[", b"`"} else ""
    erasing.check_brackets(node.children[-1])
    erasing.blank(keyword, node.end_byte, first=first)


def _non_null(erasing: _Erasing, node: Node) -> None:
    erasing.blank(node.children[-1])
    erasing.keep(*node.children[:-1])


def _declarator(erasing: _Erasing, node: Node) -> None:
    for child in node.children:
        if child.type == "!":
            erasing.blank(child)
        else:
            erasing.keep(child)


def _parameter(erasing: _Erasing, node: Node) -> None:
    first = node.children[0]
    for child in node.children:
        if child.type in {"accessibility_modifier", "override_modifier", "readonly"}:
            erasing.refuse(
                first,
                "a parameter property",
                "declare the field in the class and set it in the constructor: this.x = x",
            )
    pattern = node.child_by_field_name("pattern")
    if pattern is not None and pattern.type == "this":
        following = node.next_sibling
        while following is not None and following.type == "comment":
            following = following.next_sibling
        erasing.blank(node, following.end_byte if following is not None and following.type == "," else None)
        return
    for child in node.children:
        if child.type == "?":
            erasing.blank(child)
        else:
            erasing.keep(child)


def _member(erasing: _Erasing, node: Node) -> None:
    """A field or a method with a body: modifiers and marks go, the rest stays."""
    kinds = {child.type for child in node.children}
    if node.type == "public_field_definition" and kinds & {"declare", "abstract"}:
        _statement(erasing, node)
        return
    name = node.child_by_field_name("name")
    for child in node.children:
        if child.type in _MODIFIERS and child != name:
            at_start = child.start_byte == node.start_byte
            joins = at_start and _first_kept(node).type in {"computed_property_name", "*"}
            erasing.blank(child, first=";" if joins else "")
        elif child.type in {"?", "!"}:
            erasing.blank(child)
        elif child.type == "type_annotation" and _reads_as_modifier(node, name):
            erasing.blank(child, first=";")
        else:
            erasing.keep(child)


def _first_kept(node: Node) -> Node:
    return next(child for child in node.children if child.type not in _MODIFIERS and child.type != "comment")


def _reads_as_modifier(node: Node, name: Node | None) -> bool:
    """Whether a field called `get` without a value would make the next member a getter."""
    no_value = node.type == "public_field_definition" and node.child_by_field_name("value") is None
    return no_value and name is not None and (name.text or b"").decode() in _NAMES_THAT_MODIFY


def _abstract_class(erasing: _Erasing, node: Node) -> None:
    for child in node.children:
        if child.type == "abstract":
            erasing.blank(child)
        else:
            erasing.keep(child)


def _import(erasing: _Erasing, node: Node) -> None:
    kinds = {child.type for child in node.children}
    if "import_require_clause" in kinds:
        erasing.refuse(node, "'import x = require()'", 'write: import x from "..."')
    if "type" in kinds:
        _statement(erasing, node)
    else:
        erasing.enter(node)


def _specifier(erasing: _Erasing, node: Node) -> None:
    if node.children[0].type != "type":
        return
    following = node.next_sibling
    while following is not None and following.type == "comment":
        following = following.next_sibling
    erasing.blank(node, following.end_byte if following is not None and following.type == "," else None)


def _export(erasing: _Erasing, node: Node) -> None:
    kinds = [child.type for child in node.children]
    if "=" in kinds:
        erasing.refuse(node, "'export ='", "write: export default ...")
    declaration = node.child_by_field_name("declaration")
    types = {"interface_declaration", "type_alias_declaration", "ambient_declaration", "function_signature"}
    typed = any(child.text == b"type" for child in node.children[1:2])
    if typed or "namespace" in kinds or (declaration is not None and declaration.type in types):
        _statement(erasing, node)
    elif declaration is not None and declaration.type in {"internal_module", "module"}:
        _namespace(erasing, declaration, node)
    else:
        erasing.enter(node)


def _expression(erasing: _Erasing, node: Node) -> None:
    """A namespace is an expression to the grammar."""
    first = node.children[0]
    if first.type == "internal_module":
        _namespace(erasing, first, node)
    else:
        erasing.enter(node)


def _module(erasing: _Erasing, node: Node) -> None:
    _namespace(erasing, node, node)


def _namespace(erasing: _Erasing, node: Node, whole: Node) -> None:
    if not _only_types(node):
        erasing.refuse(node, "a namespace with values", "make it a module of its own, or an object")
    _statement(erasing, whole)


def _only_types(namespace: Node) -> bool:
    body = namespace.child_by_field_name("body")
    for child in body.named_children if body is not None else []:
        kept = child
        if child.type == "export_statement":
            kept = child.child_by_field_name("declaration") or child
        if kept.type == "expression_statement" and kept.children:
            kept = kept.children[0]
        if kept.type in {"internal_module", "module"}:
            if not _only_types(kept):
                return False
        elif kept.type not in _TYPE_STATEMENTS and kept.type != "comment":
            return False
    return True


def _enum(erasing: _Erasing, node: Node) -> None:
    erasing.refuse(
        node, "an enum", 'write: const Name = { A: "a" } as const; type Name = (typeof Name)[keyof typeof Name]'
    )


def _alias(erasing: _Erasing, node: Node) -> None:
    erasing.refuse(node, "'import x = y'", "write: const x = y, or for a type: type x = y")


def _assertion(erasing: _Erasing, node: Node) -> None:
    erasing.source.fail("'<T>x' is not supported", node.start_byte, hint="write: x as T")


def _decorator(erasing: _Erasing, node: Node) -> None:
    erasing.source.fail(
        "decorators are not supported", node.start_byte, hint="call the function on the class, after it"
    )


def _binary(erasing: _Erasing, node: Node) -> None:
    """`f<T>` at the end of a line reads as two comparisons to the grammar."""
    left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
    compares = left is not None and left.type == "binary_expression" and _sign(left) == "<" and _sign(node) == ">"
    if compares and left is not None and right is not None:
        if erasing.breaks(left.end_byte, right.start_byte):
            erasing.source.fail(
                "is this a type argument or two comparisons?", left.start_byte, hint="end the line with ';'"
            )
        if right.type == "template_string":
            erasing.source.fail("a tag with type arguments is not supported", left.start_byte, hint="leave them out")
    erasing.enter(node)


def _sign(binary: Node) -> str:
    return next(child.type for child in binary.children[1:] if child.type != "comment")


def _leaf(_erasing: _Erasing, _node: Node) -> None:
    pass


_TYPE_STATEMENTS = frozenset(
    {"interface_declaration", "type_alias_declaration", "ambient_declaration", "function_signature"}
)

_VISITS: dict[str, Visit] = {
    "abstract_class_declaration": _abstract_class,
    "abstract_method_signature": _statement,
    "ambient_declaration": _statement,
    "as_expression": _cast,
    "asserts_annotation": _annotation,
    "binary_expression": _binary,
    "comment": _leaf,
    "decorator": _decorator,
    "enum_declaration": _enum,
    "export_specifier": _specifier,
    "export_statement": _export,
    "expression_statement": _expression,
    "function_signature": _statement,
    "implements_clause": _type,
    "import_alias": _alias,
    "import_specifier": _specifier,
    "import_statement": _import,
    "index_signature": _statement,
    "interface_declaration": _statement,
    "internal_module": _module,
    "method_definition": _member,
    "method_signature": _statement,
    "module": _module,
    "non_null_expression": _non_null,
    "optional_parameter": _parameter,
    "public_field_definition": _member,
    "required_parameter": _parameter,
    "satisfies_expression": _cast,
    "string": _leaf,
    "type_alias_declaration": _statement,
    "type_annotation": _annotation,
    "type_arguments": _type,
    "type_assertion": _assertion,
    "type_parameters": _type_parameters,
    "type_predicate_annotation": _annotation,
    "variable_declarator": _declarator,
}
