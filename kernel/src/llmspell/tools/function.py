"""Tools made of typed functions: the signature is the schema, and the docstring tells the model what it does.

    from llmspell.tools import tool

    @tool(category="text", quick=True)
    def shout(text: str, marks: int = 1) -> str:
        '''The text in capitals.

Args:
            text: what to say.
            marks: how many exclamation marks follow.
        '''
        return text.upper() + "!" * marks

A parameter named `context` is given the call's `Context`, and is not part of the schema. What annotations may say is
in `llmspell.tools.annotations`.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from functools import cached_property
from typing import Any, TypedDict, Unpack, get_type_hints, overload

from llmspell.context import Context
from llmspell.errors import UsageError
from llmspell.tool import Example, Tool
from llmspell.tools.annotations import described, object_of, schema_of, structure_of
from llmspell.tools.docstring import Docstring, read

_CONTEXT = "context"


class Metadata(TypedDict, total=False):
    """What `Tool` says about a tool, but for what the function says itself."""

    name: str
    description: str
    category: str
    tags: tuple[str, ...]
    version: str
    examples: tuple[Example, ...]
    needs: tuple[str, ...]
    idempotent: bool
    timeout: float
    quick: bool
    group: str
    output_bytes: int
    cost: float | None


class FunctionTool(Tool):
    """A tool that is a function; calling it calls the function.

    Its schema is made when it is first asked for.
    """

    def __init__(self, function: Callable[..., Any], metadata: Metadata) -> None:
        self.function = function
        self.__doc__ = function.__doc__
        self.name = function.__name__.rstrip("_")
        for key, value in metadata.items():
            if key not in Metadata.__annotations__:
                raise UsageError(f"@tool knows no {key!r}", hint=f"it takes {', '.join(Metadata.__annotations__)}")
            setattr(self, key, value)

    def __repr__(self) -> str:
        return f"<tool {self.name}>"

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """What the function gives; nothing is checked."""
        return self.function(*args, **kwargs)

    @cached_property
    def description(self) -> str:  # type: ignore[override]  # read only for those who only read
        """The docstring, up to its first section."""
        return self._docstring.text

    @cached_property
    def parameters(self) -> Mapping[str, Any]:  # type: ignore[override]  # as above
        """The schema that the signature stands for.

        Raises:
            UsageError: a parameter has no annotation, or one that JSON has nothing like.
        """
        return object_of({name: (self._schema(name, p), p.default is p.empty) for name, p in self._parameters.items()})

    def run(self, arguments: dict[str, Any], context: Context) -> Any:
        """What the function gives."""
        given = {self._parameters[name].name: value for name, value in arguments.items()}
        for name, structure in self._structures.items():
            if name in given:
                given[name] = structure(given[name])
        if self._wants_context:
            given[_CONTEXT] = context
        return self.function(**given)

    @cached_property
    def _docstring(self) -> Docstring:
        return read(self.function.__doc__)

    @cached_property
    def _signature(self) -> inspect.Signature:
        return inspect.signature(self.function)

    @cached_property
    def _wants_context(self) -> bool:
        return _CONTEXT in self._signature.parameters

    @cached_property
    def _parameters(self) -> dict[str, inspect.Parameter]:
        """Those of the schema, by the names that it has: without the `_` at the end of a name that Python keeps."""
        found = {}
        for name, parameter in self._signature.parameters.items():
            if parameter.kind not in (parameter.POSITIONAL_OR_KEYWORD, parameter.KEYWORD_ONLY):
                raise UsageError(f"tool {self.name!r}: the parameter {parameter} cannot be given by name")
            if name != _CONTEXT:
                found[name.rstrip("_")] = parameter
        return found

    @cached_property
    def _hints(self) -> dict[str, Any]:
        try:
            return get_type_hints(self.function, include_extras=True)
        except NameError as cause:
            raise UsageError(
                f"tool {self.name!r}: an annotation names what its module does not have: {cause}",
                hint="import it outside of `if TYPE_CHECKING`",
            ) from cause
        except TypeError as cause:
            raise UsageError(
                f"tool {self.name!r}: an annotation cannot be read: {cause}",
                hint="write Annotated[X | None, {...}], not Annotated[X, {...}] | None",
            ) from cause

    @cached_property
    def _structures(self) -> dict[str, Callable[[Any], Any]]:
        made = {name: structure_of(hint) for name, hint in self._hints.items() if name not in (_CONTEXT, "return")}
        return {name: structure for name, structure in made.items() if structure is not None}

    def _schema(self, name: str, parameter: inspect.Parameter) -> dict[str, Any]:
        hint = self._hints.get(parameter.name, inspect.Parameter.empty)
        if hint is inspect.Parameter.empty:
            raise UsageError(f"tool {self.name!r}: the parameter {name!r} has no annotation", hint=f"write {name}: str")
        try:
            schema = described(schema_of(hint), self._docstring.arguments.get(name, ""))
        except UsageError as error:
            raise UsageError(f"tool {self.name!r}, parameter {name!r}: {error.message}", hint=error.hint) from None
        plain = isinstance(parameter.default, str | bool | int | float) and "default" not in schema
        return {**schema, "default": parameter.default} if plain else schema


class AsyncFunctionTool(FunctionTool):
    """A tool that is an async function."""

    async def run(self, arguments: dict[str, Any], context: Context) -> Any:
        """What the function gives."""
        return await super().run(arguments, context)


@overload
def tool(function: Callable[..., Any], /) -> FunctionTool: ...
@overload
def tool(**metadata: Unpack[Metadata]) -> Callable[[Callable[..., Any]], FunctionTool]: ...
def tool(
    function: Callable[..., Any] | None = None, /, **metadata: Unpack[Metadata]
) -> FunctionTool | Callable[[Callable[..., Any]], FunctionTool]:
    """Make a tool of a function, as `@tool` or with metadata as `@tool(category="text", quick=True)`.

    Raises:
        UsageError: there is metadata that a tool does not have.
    """

    def make(function: Callable[..., Any]) -> FunctionTool:
        kind = AsyncFunctionTool if inspect.iscoroutinefunction(function) else FunctionTool
        return kind(function, metadata)

    return make if function is None else make(function)
