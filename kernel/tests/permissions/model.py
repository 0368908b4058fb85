"""A model of the permission engine, to compare it with; it shares no code with it.

Words stand for every kind: a pattern is one word, `*`, or a word and a star at its end. That is enough to compare what
layers, denials and bounds do; what patterns fit is told by tables in `test_patterns`.
"""

from __future__ import annotations

from collections.abc import Mapping

Table = Mapping[str, list[str]]
ALWAYS: Mapping[str, Table] = {
    "medium": {"tools": ["*"], "models": ["*"]},
    "high": {},
}


def fits(pattern: str, word: str) -> bool:
    return word.startswith(pattern[:-1]) if pattern.endswith("*") else word == pattern


def named(table: Table, kind: str, word: str) -> bool:
    return any(fits(pattern, word) for pattern in table.get(kind, []))


class Model:
    """What was granted and denied, as it was said, and each question answered from the beginning."""

    def __init__(self, profile: str) -> None:
        self.allowed: list[Table] = [ALWAYS[profile]]
        self.denied: list[Table] = []
        self.parts: list[list[tuple[Table, Table]]] = [[]]

    def grant(self, allow: Table, deny: Table) -> None:
        self.allowed.append(allow)
        self.denied.append(deny)

    def narrow(self, part: int, allow: Table, deny: Table) -> None:
        self.parts.append([*self.parts[part], (allow, deny)])

    def may(self, part: int, kind: str, word: str) -> bool:
        if any(named(table, kind, word) for table in self.denied):
            return False
        if not any(named(table, kind, word) for table in self.allowed):
            return False
        for allow, deny in self.parts[part]:
            if named(deny, kind, word):
                return False
            if kind in allow and not named(allow, kind, word):
                return False
        return True
