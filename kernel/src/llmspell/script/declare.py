"""How a global or a handle type of the script API is declared: a class whose `@method`s are what scripts call.

    class Log(Global):
        '''Messages for people.'''

        @method
        def info(self, message: str, fields: dict[str, Any] | None = None) -> None:
            '''A message that a person may want to see.'''

The class's name is the global's name, its docstring and annotations are the documentation, the argument checks
and the typings. Names are written in snake_case; a language with another custom maps them mechanically. A method
that is `async` may wait, and so may one that gives a future (cheaper, where a timer is all there is to wait for).
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar

if TYPE_CHECKING:
    from llmspell.script.session import Session

_Method = TypeVar("_Method", bound=Callable[..., Any])


def method(function: _Method) -> _Method:
    """Make a method of a global or a handle part of the script API."""
    function.llmspell_method = True  # type: ignore[attr-defined]  # read back by `methods`
    return function


def guest(function: _Method) -> _Method:
    """Declare a method that each engine implements in its own language; the body is never run.

    It is `async` if scripts wait for it.
    """
    function.llmspell_method = True  # type: ignore[attr-defined]
    function.llmspell_guest = True  # type: ignore[attr-defined]
    return function


def granted_by(*names: str) -> Callable[[_Method], _Method]:
    """Declare the libraries of which any lets scripts call a method, where that is not its global's own alone."""

    def mark(function: _Method) -> _Method:
        function.llmspell_libraries = names  # type: ignore[attr-defined]  # read back by `libraries`
        return function

    return mark


def libraries(declared: type, function: Callable[..., Any]) -> tuple[str, ...]:
    """The libraries of which any lets scripts call a method; none when every script may."""
    own = getattr(declared, "library", "")
    found: tuple[str, ...] = getattr(function, "llmspell_libraries", (own,) if own else ())
    return found


def shaped(*, gives: Any) -> Callable[[_Method], _Method]:
    """Declare the shape (`llmspell.script.shapes`) of a method's result."""

    def mark(function: _Method) -> _Method:
        function.llmspell_gives = gives  # type: ignore[attr-defined]  # read back by `given`
        return function

    return mark


def given(function: Callable[..., Any]) -> Any:
    """The type of a method's result: its shape where one is declared, else its annotation."""
    shape = getattr(function, "llmspell_gives", None)
    return _signature(function).return_annotation if shape is None else shape


def methods(declared: type) -> Iterator[tuple[str, Callable[..., Any]]]:
    """The API methods of a class by the name scripts use (a trailing underscore is dropped), in order."""
    for name, function in vars(declared).items():
        if getattr(function, "llmspell_method", False):
            yield name.rstrip("_"), function


class Global:
    """A global of the script API; one instance per run.

    Attributes:
        name: as scripts write it; the class's own when empty.
        library: which library must be granted; scripts without it do not see the global. Empty: every script has it.
    """

    name: ClassVar[str] = ""
    library: ClassVar[str] = ""

    def __init__(self, session: Session) -> None:
        self.session = session

    def __init_subclass__(cls) -> None:
        cls.name = cls.name or cls.__name__


class Handle:
    """An object that a script holds and calls; it gets its `id` when it first goes to the script."""

    type_name: ClassVar[str] = ""
    id: int = 0

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        cls.type_name = cls.type_name or cls.__name__.removesuffix("Handle")

    async def released(self) -> None:
        """The script has no more use for the handle, or the run ended."""


def parameters(function: Callable[..., Any]) -> list[inspect.Parameter]:
    """A method's parameters with real annotations, without `self`."""
    return list(_signature(function).parameters.values())[1:]


@cache
def _signature(function: Callable[..., Any]) -> inspect.Signature:
    return inspect.signature(function, eval_str=True)


def manifest(globals_: Mapping[str, type], handles: Mapping[str, type], *, keys: bool = True) -> dict[str, Any]:
    """What an engine needs to build the API in its own language: names only, as JSON-like data.

    With `keys`, each method may have `takes`, the keys of its options by the position of the argument, and `gives`,
    the keys of its result. Keys are an object from each to those below it, or to true; a function is a list of the
    keys of its arguments. A language that writes names in another way maps these keys and leaves all others alone.
    Results and arguments whose keys are all single words are left out: every language writes those alike.
    """
    return {
        "globals": {name: _names(declared, keys) for name, declared in globals_.items()},
        "handles": {name: _names(declared, keys) for name, declared in handles.items()},
    }


def _names(declared: type, keys: bool) -> dict[str, dict[str, Any]]:
    return {
        name: _shapes(function) if keys else {}
        for name, function in methods(declared)
        if not getattr(function, "llmspell_guest", False)
    }


def _shapes(function: Callable[..., Any]) -> dict[str, Any]:
    from llmspell.script.shapes import names

    found = {"takes": {}, "gives": _mapped(names(given(function)))}
    for position, parameter in enumerate(parameters(function)):
        keys = names(parameter.annotation)
        if isinstance(keys, list):
            keys = [_mapped(each) for each in keys]
        if keys and keys != [None] * len(keys):
            found["takes"][str(position)] = keys
    return {key: value for key, value in found.items() if value}


def _mapped(keys: Any) -> Any:
    """The keys, unless a language that joins words in another way would write them all the same."""
    return keys if _has_joined_words(keys) else None


def _has_joined_words(keys: Any) -> bool:
    if isinstance(keys, list):
        return any(map(_has_joined_words, keys))
    return isinstance(keys, dict) and any("_" in key or _has_joined_words(below) for key, below in keys.items())
