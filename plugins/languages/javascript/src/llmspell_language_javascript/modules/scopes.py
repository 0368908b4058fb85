"""Which names mean what: the scopes of a tree, and the places that name an import."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from .parsing import decoded

if TYPE_CHECKING:
    from tree_sitter import Node


class Scope:
    """The names that one stretch of code declares.

    Attributes:
        names: what is declared here.
        outer: the enclosing scope; None for the file's.
        holder: the scope that takes `var` declarations made here.
        depth: how many scopes are around this one.
        is_top: whether `await` here is the file's, not a function's.
        is_bare: whether `arguments` and `new.target` here would be the file's: so too in arrow functions.
    """

    __slots__ = ("depth", "holder", "is_bare", "is_top", "names", "outer")

    def __init__(self, outer: Scope | None, *, is_top: bool, is_bare: bool, takes_vars: bool = False) -> None:
        self.names: set[str] = set()
        self.outer = outer
        self.depth: int = 0 if outer is None else outer.depth + 1
        self.is_top = is_top
        self.is_bare = is_bare
        self.holder: Scope = self if outer is None or takes_vars else outer.holder

    def block(self) -> Scope:
        """A scope inside this one, for `let`, `const`, classes and functions."""
        return Scope(self, is_top=self.is_top, is_bare=self.is_bare)

    def function(self, *, arrow: bool = False) -> Scope:
        """A scope inside this one that takes `var` and has its own `await`."""
        return Scope(self, is_top=False, is_bare=arrow and self.is_bare, takes_vars=True)

    def declares(self, name: str) -> bool:
        """Whether this scope or one around it, the file's own excepted, declares the name."""
        scope = self
        while scope.outer is not None:
            if name in scope.names:
                return True
            scope = scope.outer
        return False


class Reference(NamedTuple):
    """A place that names something by an identifier.

    Args:
        node: the identifier.
        name: its text, escapes read.
        scope: where it stands.
        role: `read`, `call` (calls it, or tags a template), `shorthand` (`{name}`), `write` or `delete`.
    """

    node: Node
    name: str
    scope: Scope
    role: str


def bound(pattern: Node) -> tuple[list[Node], list[Node]]:
    """The identifiers that a pattern names, and the expressions inside it: defaults, computed keys, members."""
    names: list[Node] = []
    expressions: list[Node] = []
    waiting = [pattern]
    while waiting:
        node = waiting.pop()
        match node.type:
            case "identifier" | "shorthand_property_identifier_pattern":
                names.append(node)
            case "assignment_pattern" | "object_assignment_pattern":
                waiting.append(_field(node, "left"))
                expressions.append(_field(node, "right"))
            case "pair_pattern":
                waiting.append(_field(node, "value"))
                expressions.append(_field(node, "key"))
            case "object_pattern" | "array_pattern" | "rest_pattern" | "parenthesized_expression":
                waiting.extend(node.named_children)
            case _:
                expressions.append(node)
    return names, expressions


def declared(pattern: Node, scope: Scope) -> list[Node]:
    """Declare what a pattern binds; gives the expressions inside it."""
    names, expressions = bound(pattern)
    scope.names.update(decoded(name) for name in names)
    return expressions


def _field(node: Node, name: str) -> Node:
    child = node.child_by_field_name(name)
    assert child is not None, f"{node.type} without {name}: the tree has no errors"
    return child
