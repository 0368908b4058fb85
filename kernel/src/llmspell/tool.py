"""The contract of a tool: one function that a model or a spell can call.

`run` may be sync or async. A sync one runs in a thread, so that it cannot stall the event loop, unless
`quick` says that it always returns within a millisecond. Arguments arrive validated against `parameters`.

A plugin module offers tools through the registration hook `llmspell_tools(settings)`.
"""

from __future__ import annotations

import json
from abc import ABC, abstractmethod
from collections.abc import Awaitable, Mapping
from typing import TYPE_CHECKING, Any

from llmspell.message import ToolSpec

if TYPE_CHECKING:
    from llmspell.context import Context


class Tool(ABC):
    """A function with a name, a description for the model, and a JSON Schema for its arguments.

    Attributes:
        name: snake_case, unique among the tools of a run.
        parameters: a JSON Schema of type object.
        needs: the permissions it uses, such as `fs.read`; the gate denies it where the profile lacks one.
        timeout: seconds for one call.
        quick: a sync `run` that may be called on the event loop.
    """

    name: str
    description: str
    parameters: Mapping[str, Any]
    needs: tuple[str, ...] = ()
    timeout: float = 60.0
    quick: bool = False

    @abstractmethod
    def run(self, arguments: dict[str, Any], context: Context) -> Any | Awaitable[Any]:
        """What the tool answers: text or JSON-like data.

        Any exception becomes `tool_failed` and goes back to the model or the spell.
        """

    def spec(self) -> ToolSpec:
        """The tool as a model sees it."""
        return ToolSpec(self.name, self.description, self.parameters)


def as_text(output: Any) -> str:
    """What a tool answered, as a model reads it: text as it is, nothing as an empty string, else JSON."""
    if isinstance(output, str):
        return output
    return "" if output is None else json.dumps(output, ensure_ascii=False, default=repr)
