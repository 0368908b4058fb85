"""How a language writes the types of the script API."""

from __future__ import annotations

import types
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Literal, TypeVar, Union, get_args, get_origin, is_typeddict

import attrs

from llmspell.script.check import Function
from llmspell.script.declare import Handle
from llmspell.script.shapes import Called, called


@attrs.frozen
class Notation:
    """A language's way to write types.

    Args:
        words: what types are called, where that is a word of the language. `dict` stands for everything with named
            keys, `Function` for a function of which no more is known, None for nothing.
        list_of: how a list is written, with `{}` for its items.
        union: what stands between alternatives.
        nothing: how None is written beside other alternatives; "" leaves it out.
        prefix: what stands before the name of a type of the API.
        function: writes a function by how it is called; without it, all functions are `words[Function]`.
        generic: whether type variables are written; otherwise they are whatever they may stand for.
        applied: whether a handle type is written with the types that its own variables stand for.
    """

    words: Mapping[Any, str]
    list_of: str
    union: str = " | "
    nothing: str = ""
    prefix: str = ""
    function: Callable[[Called], str] | None = None
    generic: bool = False
    applied: bool = False

    def write(self, annotation: Any) -> str:
        """An annotation of a parameter, a field or a result."""
        origin = get_origin(annotation) or annotation
        if annotation in self.words:
            return self.words[annotation]
        if isinstance(annotation, TypeVar):
            return self._variable(annotation)
        if described := called(annotation):
            return self.function(described) if self.function else self.words[Function]
        if origin in (Union, types.UnionType):
            return self._alternatives(get_args(annotation))
        if origin is Literal:
            return self.union.join(f'"{choice}"' for choice in get_args(annotation))
        if origin in (list, tuple, Sequence):
            return self._list(*get_args(annotation)[:1])
        if origin in (dict, Mapping):
            return self.words[dict]
        if isinstance(origin, type) and (issubclass(origin, Handle) or attrs.has(origin) or is_typeddict(origin)):
            return self.prefix + name_of(origin) + self._arguments(annotation)
        return self.words[None if origin is type(None) else origin]

    def _alternatives(self, branches: Sequence[Any]) -> str:
        written = [branch for branch in branches if branch is not type(None) or self.nothing]
        if len(written) == 1:
            return self.write(written[0])
        parts = [
            self.nothing if branch is type(None) else self._grouped(branch, bool(called(branch))) for branch in written
        ]
        return self.union.join(dict.fromkeys(parts))

    def _list(self, item: Any = Any) -> str:
        return self.list_of.format(self._grouped(item, bool(called(item)) or self.union in self.write(item)))

    def _grouped(self, annotation: Any, group: bool) -> str:
        return f"({self.write(annotation)})" if group else self.write(annotation)

    def _variable(self, variable: TypeVar) -> str:
        if self.generic:
            return variable.__name__
        return self.choices(variable) or self.words[Any]

    def choices(self, variable: TypeVar) -> str:
        """What a type variable may stand for; "" when that is anything."""
        if not variable.__constraints__:
            return ""
        return self.write(Union[variable.__constraints__])  # noqa: UP007  known at run time only

    def _arguments(self, annotation: Any) -> str:
        arguments = get_args(annotation) if self.applied else ()
        return f"<{', '.join(map(self.write, arguments))}>" if arguments else ""


def name_of(declared: type) -> str:
    """What a handle type, an options table or a shape is called."""
    return declared.type_name if issubclass(declared, Handle) else declared.__name__.removesuffix("Shape")


def variables(annotations: Sequence[Any]) -> tuple[TypeVar, ...]:
    """The type variables in some annotations, each once, in order."""
    found: dict[TypeVar, None] = {}
    for annotation in annotations:
        if isinstance(annotation, TypeVar):
            found[annotation] = None
        function = called(annotation)
        inner = [*(taken for _, taken in function.takes), function.gives] if function else get_args(annotation)
        found |= dict.fromkeys(variables(inner))
    return tuple(found)
