"""The global `Tool`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any

import attrs

from llmspell import tool as contract
from llmspell.errors import UsageError
from llmspell.export import result_dict
from llmspell.result import Result
from llmspell.script.check import Function
from llmspell.script.declare import Global, Handle, method, shaped
from llmspell.script.shapes import Called, ReplyShape, ToolSpecShape

if TYPE_CHECKING:
    from llmspell.context import Context
    from llmspell.script.session import Session


@attrs.frozen
class ToolDefinition:
    """A tool that is written in the spell.

    `parameters` is a JSON Schema of type object, or the short form: name to type name (`"integer"`), to a property
    schema, or to `{}` for any value; names are required unless the property says `optional = true`. `run` gets the
    arguments as one table. `timeout` is seconds.
    """

    name: str
    run: Annotated[Function, Called(arguments=dict[str, Any], gives=Any)]
    description: str = ""
    parameters: Mapping[str, Any] = attrs.field(factory=dict)
    timeout: float = 60.0


class ScriptTool(contract.Tool):
    """A tool whose function lives in the script."""

    def __init__(self, definition: ToolDefinition) -> None:
        from llmspell.schema import expand

        self.name = definition.name
        self.description = definition.description
        self.parameters = expand(definition.parameters)
        self.timeout = definition.timeout
        self._function = definition.run

    async def run(self, arguments: dict[str, Any], context: Context) -> Any:
        """What the script's function returns."""
        return await self._function(arguments, parent=context.operation)


class ToolHandle(Handle):
    """A tool that can be run and given to agents."""

    def __init__(self, session: Session, tool: contract.Tool) -> None:
        self._session = session
        self.tool = tool

    @method
    @shaped(gives=ReplyShape)
    async def run(self, arguments: Mapping[str, Any] | None = None) -> Any:
        """Run the tool; the result's `output` is what it returned."""
        return await run_tool(self._session, self.tool, arguments or {})

    @method
    def close(self) -> None:
        """Forget the tool; its name is free again."""
        self._session.run.tools.remove(self.tool.name)
        self._session.bridge.forget(self)


class Tool(Global):
    """Functions that models and spells can call: those that are installed, and those that a spell defines."""

    @method
    def define(self, definition: ToolDefinition) -> ToolHandle:
        """Define a tool for this run; agents can name it."""
        import re

        if not re.fullmatch(r"[A-Za-z_][A-Za-z0-9_-]{0,63}", definition.name):
            raise UsageError(
                f"Tool.define: {definition.name!r} is not a tool name",
                hint="use letters, digits and underscores, 64 at most",
            )
        if definition.timeout <= 0:
            raise UsageError(f"Tool.define: timeout must be above 0, not {definition.timeout!r}")
        tool = ScriptTool(definition)
        self.session.run.tools.add(tool)
        return ToolHandle(self.session, tool)

    @method
    @shaped(gives=ReplyShape)
    async def run(self, name: str, arguments: Mapping[str, Any] | None = None) -> Any:
        """Run a tool by name; the result's `output` is what it returned."""
        return await run_tool(self.session, self.session.run.find_tool(name), arguments or {})

    @method
    def get(self, name: str) -> ToolHandle:
        """A handle of a tool by name."""
        return ToolHandle(self.session, self.session.run.find_tool(name))

    @method
    def list_(self) -> list[str]:
        """The names of all tools, sorted."""
        return self.session.run.tools.names()

    @method
    @shaped(gives=ToolSpecShape)
    def describe(self, name: str) -> Any:
        """A tool's `name`, `description` and `parameters` (a JSON Schema)."""
        return attrs.asdict(self.session.run.find_tool(name).spec())


async def run_tool(session: Session, tool: contract.Tool, arguments: Mapping[str, Any]) -> dict[str, Any]:
    """A tool's answer as a result."""
    output = await session.run.call_tool(tool, arguments, session.parent)
    return result_dict(Result(text=contract.as_text(output), output=output))
