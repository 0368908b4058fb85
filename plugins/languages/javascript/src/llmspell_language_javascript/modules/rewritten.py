"""What `rewrite` gives, and the JavaScript that runs it."""

from __future__ import annotations

from functools import cache
from typing import Any, Literal, NamedTuple

from .edits import Shift

Format = Literal["script", "module"]


class Request(NamedTuple):
    """One file that a module asks for; the same specifier and type are asked for once.

    Args:
        specifier: as written between the quotes.
        type: `json` with an import attribute, else empty.
        line: of the first statement that asks for it; one-based.
        column: one-based, in UTF-16 units.
    """

    specifier: str
    type: str
    line: int
    column: int


class Binding(NamedTuple):
    """One name that a module imports; the linker checks that it exists.

    Args:
        request: index into `Rewritten.requests`.
        name: as the other module exports it.
        line: one-based.
        column: one-based.
    """

    request: int
    name: str
    line: int
    column: int


class Indirect(NamedTuple):
    """One name that a module exports and another module defines.

    Args:
        name: as this module exports it.
        request: index into `Rewritten.requests`.
        imported: as the other module exports it; None means the other module's namespace.
        line: one-based.
        column: one-based.
    """

    name: str
    request: int
    imported: str | None
    line: int
    column: int


class Rewritten(NamedTuple):
    """A text as an engine without modules can run it.

    Args:
        code: one function expression; `runtime.js` says how it is called.
        name: the file's name.
        format: `module` when the text has `import`, `export`, `import.meta` or a top-level `await`, or is called
            `.mjs` or `.mts`; else `script`.
        waits: whether the module has a top-level `await`; scripts always may.
        requests: the files it asks for, in order.
        bindings: the names it imports.
        exports: the names that it defines and exports; the functions in `cells` have the same order.
        indirect: the names that it exports and others define.
        stars: requests whose names it exports all (`export * from`), as indices.
        shifts: by line, what moved columns; see `original_column`.
    """

    code: str
    name: str
    format: Format
    waits: bool
    requests: tuple[Request, ...]
    bindings: tuple[Binding, ...]
    exports: tuple[str, ...]
    indirect: tuple[Indirect, ...]
    stars: tuple[int, ...]
    shifts: dict[int, list[Shift]]

    @property
    def is_module(self) -> bool:
        """Whether the text is a module."""
        return self.format == "module"

    @property
    def specifiers(self) -> tuple[str, ...]:
        """What it imports statically, in order, each once."""
        return tuple(dict.fromkeys(request.specifier for request in self.requests))

    @property
    def exported(self) -> tuple[str, ...]:
        """The names it exports, without those that come through `export *`."""
        return (*self.exports, *(item.name for item in self.indirect))

    def record(self, key: str, **more: Any) -> dict[str, Any]:
        """What the registry's `load` answers with: JSON-like data.

        Args:
            key: says which file this is; two names of one file have one key.
            more: such as `url`, which becomes `import.meta.url`.
        """
        return {
            "key": key,
            "name": self.name,
            "format": self.format,
            "waits": self.waits,
            "code": self.code,
            "requests": [request._asdict() for request in self.requests],
            "bindings": [binding._asdict() for binding in self.bindings],
            "exports": list(self.exports),
            "indirect": [item._asdict() for item in self.indirect],
            "stars": list(self.stars),
            **more,
        }


def original_column(shifts: dict[int, list[Shift]], line: int, column: int) -> int:
    """The column of the author's text that a column of `Rewritten.code` stands for.

    Lines are the same in both. A column inside of text that was put in gives the column where it was put.

    Args:
        shifts: `Rewritten.shifts`.
        line: one-based.
        column: one-based, in UTF-16 units, as engines report it.
    """
    added = 0
    for start, new, old in shifts.get(line, ()):
        if column - 1 < start:
            break
        if column - 1 < start + new:
            return start - added + 1
        added += new - old
    return column - added


@cache
def runtime() -> str:
    """The text of `runtime.js`: an expression, the function that makes a registry of modules."""
    from importlib.resources import files

    return files(__package__).joinpath("runtime.js").read_text(encoding="utf-8")
