"""The contract of a tool: one function that a model or a spell can call.

`llmspell.tools.tool` makes one of a typed function; a class is for tools with state or configuration. `run` may be
sync or async. A sync one runs in a thread, so that it cannot stall the event loop, unless `quick` says that it always
returns within a millisecond. Arguments arrive validated against `parameters`.

A plugin module offers the tools that stand in it, or those that its registration hook `llmspell_tools(settings)` gives.
"""

from __future__ import annotations

import inspect
import json
from abc import ABC, abstractmethod
from collections.abc import Awaitable, Mapping
from typing import TYPE_CHECKING, Any

import attrs

from llmspell.errors import ToolFailed
from llmspell.message import ToolSpec
from llmspell.threads import in_thread

if TYPE_CHECKING:
    from llmspell.context import Context

OUTPUT_BYTES = 1 << 20


@attrs.frozen
class Example:
    """A call of a tool that works.

    Attributes:
        arguments: what it is called with.
        shows: what the call does, for people.
    """

    arguments: Mapping[str, Any]
    shows: str = ""


class Tool(ABC):
    """A function with a name, a description for the model, and a JSON Schema for its arguments.

    Attributes:
        name: snake_case, unique among the tools of a run.
        description: what it does, for models and people; the first sentence stands alone.
        parameters: a JSON Schema of type object.
        category: one word under which catalogues show it: `files`, `data`, `web`, ...
        tags: more words by which it is found.
        version: of what it does and takes; empty: its distribution's.
        examples: calls that work; tests check that they fit `parameters`.
        needs: the permissions it uses, such as `fs.read`; the gate denies it where the profile lacks one.
        idempotent: calling it twice with the same arguments is as good as once, so it may be tried again.
        timeout: seconds for one call.
        quick: a sync `run` that may be called on the event loop.
        group: tools of one group run one at a time within a run; empty: they wait for nobody.
        output_bytes: the longest answer, as UTF-8 of its text or JSON; a longer one is an error.
        cost: USD that one call costs somebody, about; 0 for nothing, None where it depends.
    """

    name: str
    description: str
    parameters: Mapping[str, Any]
    category: str = ""
    tags: tuple[str, ...] = ()
    version: str = ""
    examples: tuple[Example, ...] = ()
    needs: tuple[str, ...] = ()
    idempotent: bool = False
    timeout: float = 60.0
    quick: bool = False
    group: str = ""
    output_bytes: int = OUTPUT_BYTES
    cost: float | None = 0.0

    @abstractmethod
    def run(self, arguments: dict[str, Any], context: Context) -> Any | Awaitable[Any]:
        """What the tool answers: text or JSON-like data.

        Any exception becomes `tool_failed` and goes back to the model or the spell.
        """

    def spec(self) -> ToolSpec:
        """The tool as a model sees it."""
        return ToolSpec(self.name, self.description, self.parameters)


async def answer(tool: Tool, arguments: dict[str, Any], context: Context) -> Any:
    """What a tool answers, if it is not too long.

    Raises:
        ToolFailed: the answer is longer than the tool may give.
    """
    output = await called(tool, arguments, context)
    _limit(tool, output)
    return output


async def called(tool: Tool, arguments: dict[str, Any], context: Context) -> Any:
    """What a tool answers, however long: in this task, or in a thread of its own where it may block."""
    if tool.quick or inspect.iscoroutinefunction(tool.run):
        found = tool.run(arguments, context)
    else:
        found = await in_thread(tool.run, arguments, context)
    return await found if inspect.isawaitable(found) else found


def _limit(tool: Tool, output: Any) -> None:
    if output is None or isinstance(output, bool | int | float):
        return
    text = as_text(output)
    size = len(text)
    if size * 4 > tool.output_bytes and not text.isascii():  # a character takes at most four bytes
        size = len(text.encode("utf-8", "surrogatepass"))
    if size > tool.output_bytes:
        raise ToolFailed(
            f"tool {tool.name!r} answered {size} bytes, and at most {tool.output_bytes} are passed on",
            hint="ask it for less",
        )


_as_json = json.JSONEncoder(ensure_ascii=False, default=repr).encode  # `json.dumps` makes an encoder each time


def as_text(output: Any) -> str:
    """What a tool answered, as a model reads it: text as it is, nothing as an empty string, else JSON."""
    if isinstance(output, str):
        return output
    return "" if output is None else _as_json(output)
