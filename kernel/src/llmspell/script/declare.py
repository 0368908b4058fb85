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
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar

if TYPE_CHECKING:
    from llmspell.script.session import Session

_Method = TypeVar("_Method", bound=Callable[..., Any])


def method(function: _Method) -> _Method:
    """Make a method of a global or a handle part of the script API."""
    function.llmspell_method = True  # type: ignore[attr-defined]  # read back by `methods`
    return function


def guest(function: _Method) -> _Method:
    """Declare a method that each engine implements in its own language; the body is never run."""
    function.llmspell_method = True  # type: ignore[attr-defined]
    function.llmspell_guest = True  # type: ignore[attr-defined]
    return function


def shaped(*, gives: Any = None, passes: Mapping[str, Sequence[Any]] | None = None) -> Callable[[_Method], _Method]:
    """Declare the shapes (`llmspell.script.shapes`) of what a method gives to scripts.

    Args:
        gives: the shape of the result.
        passes: the shapes of the arguments that the function in a parameter gets, by the parameter's name.
    """

    def mark(function: _Method) -> _Method:
        function.llmspell_gives = gives  # type: ignore[attr-defined]  # read back by `_shapes`
        function.llmspell_passes = passes or {}  # type: ignore[attr-defined]
        return function

    return mark


def methods(declared: type) -> Iterator[tuple[str, Callable[..., Any]]]:
    """The API methods of a class by the name scripts use (a trailing underscore is dropped), in order."""
    for name, function in vars(declared).items():
        if getattr(function, "llmspell_method", False):
            yield name.rstrip("_"), function


class Global:
    """A global of the script API; one instance per run."""

    name: ClassVar[str] = ""

    def __init__(self, session: Session) -> None:
        self.session = session

    def __init_subclass__(cls) -> None:
        cls.name = cls.name or cls.__name__


class Handle:
    """An object that a script holds and calls; it gets its `id` when it first goes to the script."""

    type_name: ClassVar[str] = ""
    id: int = 0

    def __init_subclass__(cls) -> None:
        cls.type_name = cls.type_name or cls.__name__.removesuffix("Handle")

    async def released(self) -> None:
        """The script has no more use for the handle, or the run ended."""


def parameters(function: Callable[..., Any]) -> list[inspect.Parameter]:
    """A method's parameters with real annotations, without `self`."""
    signature = inspect.signature(function, eval_str=True)
    return list(signature.parameters.values())[1:]


def manifest(globals_: Mapping[str, type], handles: Mapping[str, type]) -> dict[str, Any]:
    """What an engine needs to build the API in its own language: names only, as JSON-like data.

    Each method may have `takes`, the keys of its options by the position of the argument, and `gives`, the keys of
    its result. Keys are an object from each to those below it, or to true; a function is a list of the keys of its
    arguments. A language that writes names in another way maps these keys and leaves all others alone.
    """
    return {
        "globals": {name: _names(declared) for name, declared in globals_.items()},
        "handles": {name: _names(declared) for name, declared in handles.items()},
    }


def _names(declared: type) -> dict[str, dict[str, Any]]:
    return {
        name: _shapes(function)
        for name, function in methods(declared)
        if not getattr(function, "llmspell_guest", False)
    }


def _shapes(function: Callable[..., Any]) -> dict[str, Any]:
    from llmspell.script.shapes import names

    passes = getattr(function, "llmspell_passes", {})
    takes = {
        str(position): [names(shape) for shape in passes[parameter.name]]
        if parameter.name in passes
        else names(parameter.annotation)
        for position, parameter in enumerate(parameters(function))
    }
    found = {
        "takes": {key: keys for key, keys in takes.items() if keys},
        "gives": names(getattr(function, "llmspell_gives", None)),
    }
    return {key: value for key, value in found.items() if value}
