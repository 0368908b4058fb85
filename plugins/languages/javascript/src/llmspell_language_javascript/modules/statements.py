"""The import and export statements of a module, read into what they ask for and give."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .parsing import Source, unescaped
from .rewritten import Binding, Indirect, Request
from .scopes import bound

if TYPE_CHECKING:
    from tree_sitter import Node

_RESERVED = """
    arguments await break case catch class const continue debugger default delete do else enum eval export extends
    false finally for function if implements import in instanceof interface let new null package private protected
    public return static super switch this throw true try typeof var void while with yield
"""
_NOT_NAMES = frozenset(_RESERVED.split())
_SIMPLE_ESCAPES = {"b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v", "0": "\0"}


class Imported:
    """One local name of an import.

    Args:
        node: where it is declared.
        request: index of the request.
        name: as the other module exports it; None means its namespace.
    """

    __slots__ = ("name", "node", "request")

    def __init__(self, node: Node, request: int, name: str | None) -> None:
        self.node = node
        self.request = request
        self.name = name


class Statements:
    """What the import and export statements of a file say.

    Attributes:
        requests: the files asked for.
        imported: local names that imports declare.
        bindings: the imported names that must exist in the other file.
        exports: local exports, by exported name: the node that names it and the local name.
        stars: indices of requests.
        indirect: exports of names of other files.
        statements: the statements themselves, in order.
    """

    def __init__(self, source: Source) -> None:
        self.requests: list[Request] = []
        self.imported: dict[str, Imported] = {}
        self.bindings: list[Binding] = []
        self.exports: dict[str, tuple[Node, str]] = {}
        self.stars: list[int] = []
        self.indirect: list[Indirect] = []
        self._source = source
        kinds = ("import_statement", "export_statement")
        self.statements = [node for node in source.root.named_children if node.type in kinds]
        for node in self.statements:
            if node.type == "import_statement":
                self._read_import(node)

    def read_exports(self, default: str) -> None:
        """Read the export statements, after the walk has refused those that stand wrong.

        Args:
            default: the local name that `export default` of an expression gets.
        """
        for node in self.statements:
            if node.type == "export_statement":
                self._read_export(node, default)

    def _read_import(self, node: Node) -> None:
        request = self._request(node)
        clause = next((child for child in node.named_children if child.type == "import_clause"), None)
        for part in clause.named_children if clause else []:
            match part.type:
                case "identifier":
                    self._declare(part, part, request, "default")
                case "namespace_import":
                    self._declare(part, _last(part), request, None)
                case "named_imports":
                    for specifier in _specifiers(part):
                        name, alias = self._names(specifier)
                        if alias.type != "identifier":
                            self._source.fail(
                                "an import needs a name here", alias.start_byte, hint="write: import { x as name }"
                            )
                        self._declare(name, alias, request, self._text(name))

    def _declare(self, node: Node, local: Node, request: int, name: str | None) -> None:
        text = self._source.word(local)
        if text in _NOT_NAMES:
            self._source.fail(f"{text!r} cannot be the name of an import", local.start_byte)
        if text in self.imported:
            self._source.fail(f"{text!r} has already been declared", local.start_byte)
        self.imported[text] = Imported(local, request, name)
        if name is not None:
            self.bindings.append(Binding(request, name, *self._source.place(node.start_byte)))

    def _read_export(self, node: Node, default: str) -> None:
        declaration, value = node.child_by_field_name("declaration"), node.child_by_field_name("value")
        is_default = any(child.type == "default" for child in node.children)
        if declaration is not None:
            for name in _declared_names(declaration):
                self._export("default" if is_default else self._source.word(name), name, self._source.word(name))
        elif value is not None:
            self._export("default", value, default)
        elif node.child_by_field_name("source") is not None:
            self._read_from(node)
        else:
            for specifier in _specifiers(_child(node, "export_clause")):
                name, alias = self._names(specifier)
                if name.type == "string":
                    self._source.fail("a string can name an export of another file only", name.start_byte)
                self._export(self._text(alias), alias, self._source.word(name))

    def _read_from(self, node: Node) -> None:
        request = self._request(node)
        for part in node.named_children:
            if part.type == "namespace_export":
                self._indirect(_last(part), request, None)
            elif part.type == "export_clause":
                for specifier in _specifiers(part):
                    name, alias = self._names(specifier)
                    self._indirect(alias, request, self._text(name))
        if any(child.type == "*" for child in node.children):
            self.stars.append(request)

    def _indirect(self, alias: Node, request: int, imported: str | None) -> None:
        name = self._text(alias)
        self._claim(name, alias)
        self.indirect.append(Indirect(name, request, imported, *self._source.place(alias.start_byte)))

    def _export(self, name: str, node: Node, local: str) -> None:
        """Note a local export; one of an imported name is the other module's."""
        imported = self.imported.get(local)
        if imported is None:
            self._claim(name, node)
            self.exports[name] = (node, local)
        else:
            self._claim(name, node)
            place = self._source.place(node.start_byte)
            self.indirect.append(Indirect(name, imported.request, imported.name, *place))

    def _claim(self, name: str, node: Node) -> None:
        if name in self.exports or any(item.name == name for item in self.indirect):
            self._source.fail(f"this module exports {name!r} twice", node.start_byte, hint="remove one of the two")

    def _request(self, node: Node) -> int:
        specifier = node.child_by_field_name("source")
        assert specifier is not None, "an import without source is a syntax error"
        text, kind = self._text(specifier), self._attribute(node)
        for index, request in enumerate(self.requests):
            if (request.specifier, request.type) == (text, kind):
                return index
        self.requests.append(Request(text, kind, *self._source.place(specifier.start_byte)))
        return len(self.requests) - 1

    def _attribute(self, node: Node) -> str:
        """The `type` of an import attribute: `json` or nothing."""
        attribute = next((child for child in node.named_children if child.type == "import_attribute"), None)
        kind = ""
        for pair in _child(attribute, "object").named_children if attribute else []:
            key, value = pair.child_by_field_name("key"), pair.child_by_field_name("value")
            if key is None or value is None or value.type != "string":
                self._source.fail("an import attribute is a name and a string", pair.start_byte)
            if self._text(key) != "type" or self._text(value) != "json":
                self._source.fail(
                    f"the import attribute {self._source.raw(pair)} is not known",
                    pair.start_byte,
                    hint='write: with { type: "json" }',
                )
            kind = "json"
        return kind

    def _names(self, specifier: Node) -> tuple[Node, Node]:
        """The name in the other place and the name here, which are often one."""
        name = specifier.child_by_field_name("name")
        assert name is not None, "a specifier without a name is a syntax error"
        return name, specifier.child_by_field_name("alias") or name

    def _text(self, name: Node) -> str:
        """What an identifier or a string says."""
        if name.type != "string":
            return self._source.word(name)
        text = "".join(_piece(part.type, self._source.raw(part)) for part in name.named_children)
        joined = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
        if "\ufffd" in joined and "\ufffd" not in text:
            self._source.fail("the name holds half of a surrogate pair", name.start_byte)
        return joined


def _piece(kind: str, text: str) -> str:
    """A part of a string: characters as they are, or one escape."""
    if kind != "escape_sequence":
        return text
    if text[1] == "u":
        return unescaped(text)
    if text[1] == "x":
        return chr(int("0" + text[1:], 0))
    if text[1] in "\n\r\u2028\u2029":
        return ""
    return _SIMPLE_ESCAPES.get(text[1:], text[1:])


def _declared_names(declaration: Node) -> list[Node]:
    name = declaration.child_by_field_name("name")
    if name is not None:
        return [name]
    declarators = [child for child in declaration.named_children if child.type == "variable_declarator"]
    patterns = [declarator.child_by_field_name("name") for declarator in declarators]
    found = [name for pattern in patterns if pattern is not None for name in bound(pattern)[0]]
    return sorted(found, key=lambda node: node.start_byte)


def _specifiers(clause: Node) -> list[Node]:
    return [child for child in clause.named_children if child.type in {"import_specifier", "export_specifier"}]


def _child(node: Node, kind: str) -> Node:
    return next(child for child in node.named_children if child.type == kind)


def _last(node: Node) -> Node:
    return [child for child in node.named_children if child.type != "comment"][-1]
