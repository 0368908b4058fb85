"""The one strict boundary between plain data (TOML, JSON, a script's options) and attrs classes.

Nothing is coerced: `"5"` is not an integer and `true` is not a number. The two exceptions lose nothing: an
integer is taken where a number is declared, and a list where a tuple is. Every problem is found in one go,
and unknown keys are problems.

    fit         gives the value, or a `Misfit` that holds the problems; the caller chooses the error
    structure   gives the value, or raises `ConfigError` with file and line

Types it understands: str, int, float, bool, bytes, None, Any, Literal, attrs classes, tuple, list, frozenset,
Mapping, Callable, unions of these, and any other class, whose instances pass as they are.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import islice
from typing import Any, TypeVar

import attrs

from llmspell.config.keypath import KeyPath, dotted
from llmspell.config.strict import Wrong, structure_hook
from llmspell.errors import ConfigError, did_you_mean

_T = TypeVar("_T")

_MOST_SHOWN = 20


@attrs.frozen
class Problem:
    """One thing wrong with the data: `message` goes on after the path (`must be an integer, found '5'`).

    `known` holds the keys that exist where an unknown key was found, and is None for every other problem.
    """

    path: KeyPath
    message: str
    known: tuple[str, ...] | None = None

    @property
    def hint(self) -> str:
        """What the unknown key may have meant; empty for other problems."""
        return did_you_mean(str(self.path[-1]), self.known) if self.known else ""

    def sentence(self, *, under: KeyPath = (), where: str = "") -> str:
        """The problem in one sentence: `under` goes before the path, `where` (`file:line`) before it all."""
        name = dotted((*under, *self.path))
        text = f"`{name}` {self.message}" if name else f"the value {self.message}"
        return "".join((f"{where}: " if where else "", text, f"; {self.hint}" if self.hint else ""))


@attrs.frozen
class Misfit:
    """Why data does not fit a class: at least one problem, in the order of the class's fields."""

    problems: tuple[Problem, ...]


def fit(data: object, cls: type[_T]) -> _T | Misfit:
    """`data` as an instance of the attrs class `cls`, or everything that is wrong with it."""
    try:
        value: _T = structure_hook(cls)(data, cls)
    except Exception as error:
        return Misfit(tuple(_problems(error, ())))
    return value


def structure(
    data: object,
    cls: type[_T],
    *,
    path: KeyPath = (),
    origin: Callable[[KeyPath], str] = lambda _: "",
) -> _T:
    """`data` as an instance of the attrs class `cls`.

    Args:
        data: plain data.
        cls: the class that says what is allowed.
        path: where `data` stands in the whole configuration.
        origin: where a path was set, such as `llmspell.toml:3`; empty when unknown.

    Raises:
        ConfigError: with one sentence for each problem.
    """
    found = fit(data, cls)
    if isinstance(found, Misfit):
        raise ConfigError(sentences(found, path=path, origin=origin))
    return found


def sentences(misfit: Misfit, *, path: KeyPath = (), origin: Callable[[KeyPath], str] = lambda _: "") -> list[str]:
    """One sentence for each problem, the first twenty; a last one counts the rest."""
    lines = [
        problem.sentence(under=path, where=origin((*path, *problem.path)))
        for problem in islice(misfit.problems, _MOST_SHOWN)
    ]
    rest = len(misfit.problems) - len(lines)
    return [*lines, f"and {rest} more problems"] if rest else lines


def shown(value: object, path: KeyPath = ()) -> str:
    """`value` for an error message: short, and with its secrets redacted."""
    from reprlib import Repr

    from llmspell.redaction import Redactor

    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    safe = Redactor().data(value, _name(path))
    short = Repr()
    short.maxstring, short.maxother, short.maxlong = 60, 60, 30
    try:
        return short.repr(safe)
    except ValueError:  # Python refuses to write an integer of more than 4300 digits
        return "a very large integer"


def _safe(reason: str, path: KeyPath) -> str:
    """A validator's words, unless they may quote a secret."""
    from llmspell.redaction import redact, secret_name

    return "is not valid" if secret_name(_name(path)) else redact(reason)


def _name(path: KeyPath) -> str:
    return next((part for part in reversed(path) if isinstance(part, str)), "")


def _problems(error: Exception, path: KeyPath) -> Iterator[Problem]:
    """Flatten what cattrs raised; anything that is not about the data is a bug, and goes on as it is."""
    from cattrs.errors import ClassValidationError, ForbiddenExtraKeysError, IterableValidationError

    if isinstance(error, ClassValidationError):
        fields, others = error.group_exceptions()
        for inner, note in fields:
            yield from _problems(inner, (*path, note.name))
        for inner in others:
            yield from _problems(inner, path)
    elif isinstance(error, IterableValidationError):
        for inner, item in error.group_exceptions()[0]:
            yield from _problems(inner, (*path, item.index))
    elif isinstance(error, ForbiddenExtraKeysError):
        known = tuple(_keys(error.cl))
        for key in sorted(map(str, error.extra_fields)):
            yield Problem((*path, key), "is not known", known)
    elif isinstance(error, Wrong):
        found = f"must be {error.expected}, found {shown(error.value, path)}"
        yield Problem(path, _safe(error.reason, path) if error.reason else found)
    elif isinstance(error, KeyError) and path and error.args == (path[-1],):
        yield Problem(path, "is missing")
    elif isinstance(error, ValueError):
        yield Problem(path, _safe(f"is not valid: {error}", path))
    else:
        raise error


def _keys(cls: Any) -> Iterator[str]:
    return (field.name for field in attrs.fields(cls) if field.init)
