"""The part of XPath that most queries are made of.

/catalog/book        from the root, as catalog/book is
//book               at any depth
.. . *               the parent, itself, any element
book[2] book[last()] the second, the last
book[@id]            those with an attribute; book[title], those with a child
book[@id='b1']       those whose attribute is this; so [title='Emma'] and [.='Emma'], and each with !=
title/text()         texts
book/@id             values of an attribute
a:book               a name with a prefix, which is looked up; *:book is of any namespace
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import NoReturn

import attrs

from llmspell.errors import UsageError
from llmspell_tool_data.bounds import shown

MAX_LENGTH = 1_000
_NAME = r"(?:[^\W\d][\w.\-]*|\*)(?::(?:[^\W\d][\w.\-]*))?"
_TOKEN = re.compile(rf"//|/|\.\.|\.|@|\[|\]|!=|=|text\(\)|last\(\)|{_NAME}|\d+|'[^']*'|\"[^\"]*\"")


@attrs.frozen
class Predicate:
    """What must hold of an element; `kind` is `position`, `last`, `attribute`, `child` or `self`.

    Attributes:
        kind: what is looked at.
        name: of the attribute or child.
        sign: `=`, `!=`, or empty where it must only be there.
        value: what it is compared with, or the position.
    """

    kind: str
    name: str = ""
    sign: str = ""
    value: str = ""


@attrs.frozen
class Step:
    """One step of a path; `kind` is `child`, `deep`, `self`, `parent`, `attribute` or `text`.

    `attribute` and `text` may follow `//`, and `deep` says so there.
    """

    kind: str
    name: str = ""
    deep: bool = False
    predicates: tuple[Predicate, ...] = ()


def parse(expression: str, namespaces: Mapping[str, str]) -> tuple[Step, ...]:
    """The steps of an expression, with names written as `{uri}name`.

    Raises:
        UsageError: it is too long, not XPath, or more of XPath than is known here.
    """
    if len(expression) > MAX_LENGTH:
        raise UsageError(f"the XPath has {len(expression)} characters, and at most {MAX_LENGTH} are read")
    return _Parser(expression, namespaces).path()


class _Parser:
    def __init__(self, expression: str, namespaces: Mapping[str, str]) -> None:
        self._expression = expression
        self._namespaces = {"xml": "http://www.w3.org/XML/1998/namespace", **namespaces}
        self._tokens = self._divided()
        self._next = 0

    def path(self) -> tuple[Step, ...]:
        """All steps; a path that does not start with a slash starts at the root, as one that does."""
        steps = []
        deep = self._take("//")
        if not deep:
            self._take("/")
        while True:
            steps.append(self._step(deep))
            if self._peek() is None:
                return tuple(steps)
            if steps[-1].kind in ("attribute", "text"):
                self._wrong("nothing can follow an attribute or text()")
            deep = self._take("//")
            if not deep and not self._take("/"):
                self._wrong(f"{shown(self._peek())} is not expected here")

    def _step(self, deep: bool) -> Step:
        if self._take("@"):
            return Step("attribute", self._name(attribute=True), deep)
        if self._take("text()"):
            return Step("text", deep=deep)
        for token, kind in ((".", "self"), ("..", "parent")):
            if self._take(token):
                return Step(kind, deep=deep, predicates=self._predicates())
        return Step("child", self._name(), deep, self._predicates())

    def _predicates(self) -> tuple[Predicate, ...]:
        found = []
        while self._take("["):
            found.append(self._predicate())
            if not self._take("]"):
                self._wrong("a ] is missing, or this predicate is not known here")
        return tuple(found)

    def _predicate(self) -> Predicate:
        token = self._peek() or ""
        if token.isdecimal():
            self._next += 1
            if int(token) == 0:
                self._wrong("positions start at 1")
            return Predicate("position", value=token)
        if self._take("last()"):
            return Predicate("last")
        if self._take("@"):
            return self._compared("attribute", self._name(attribute=True))
        if self._take("."):
            compared = self._compared("self", "")
            return compared if compared.sign else self._wrong("[.] needs a comparison")
        if self._take("text()"):
            return self._compared("self", "text()")
        return self._compared("child", self._name())

    def _compared(self, kind: str, name: str) -> Predicate:
        sign = next((sign for sign in ("=", "!=") if self._take(sign)), "")
        if not sign:
            return Predicate(kind, name)
        literal = self._peek() or ""
        if literal[:1] not in ("'", '"'):
            self._wrong(f"{sign} must be followed by text in quotes")
        self._next += 1
        return Predicate(kind, name, sign, literal[1:-1])

    def _name(self, *, attribute: bool = False) -> str:
        token = self._peek()
        if token is None or not re.fullmatch(_NAME, token):
            return self._wrong("a name is missing at its end" if token is None else f"{shown(token)} is no name")
        self._next += 1
        prefix, colon, local = token.rpartition(":")
        if token.startswith("*") or (not colon and (attribute or "" not in self._namespaces)):
            return token
        if prefix not in self._namespaces:
            raise UsageError(
                f"the XPath {shown(self._expression)} has the prefix {shown(prefix)}, and namespaces does not",
                hint=f"pass namespaces with {prefix!r}, or write *:{local}",
            )
        return f"{{{self._namespaces[prefix]}}}{local}"

    def _divided(self) -> Sequence[str]:
        tokens, place = [], 0
        while place < len(self._expression):
            if self._expression[place].isspace():
                place += 1
                continue
            found = _TOKEN.match(self._expression, place)
            if not found:
                self._wrong(f"{shown(self._expression[place])} at character {place + 1} is not known here")
            tokens.append(found[0])
            place = found.end()
        return tokens

    def _peek(self) -> str | None:
        return self._tokens[self._next] if self._next < len(self._tokens) else None

    def _take(self, token: str) -> bool:
        taken = self._peek() == token
        self._next += taken
        return taken

    def _wrong(self, reason: str) -> NoReturn:
        raise UsageError(
            f"the XPath {shown(self._expression)} is wrong: {reason}",
            hint="such as //book[@id='b1']/title/text() or /catalog/book[1]/@id",
        )
