"""The global `Tool`."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import attrs

from llmspell import tool as contract
from llmspell.errors import LlmspellError, UsageError
from llmspell.export import result_dict
from llmspell.result import HandoffRequest, Result
from llmspell.script.check import Function
from llmspell.script.declare import Global, Handle, method, shaped
from llmspell.script.shapes import Called, FoundToolShape, ReplyShape, ToolSpecShape
from llmspell.threads import in_thread

if TYPE_CHECKING:
    from llmspell.context import Context
    from llmspell.script.handoff import Pending
    from llmspell.script.session import Session

_MOST_FOUND = 100


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


@attrs.frozen
class SpellOptions:
    """Another spell as a tool.

    `path` is its file, in the folders where modules are: the spell's own, and those of `modules.paths`. What `name`,
    `description` and `parameters` (as for `Tool.define`) leave out is taken from the comment that the spell begins
    with; the name else from its file. `timeout` is seconds. The spell finds its arguments in `Spell.arguments`.
    """

    path: str
    name: str = ""
    description: str = ""
    parameters: Mapping[str, Any] | None = None
    timeout: float = 300.0


@attrs.frozen
class OpenApiOptions:
    """A web API as tools.

    `document` is an OpenAPI document (3.0 or 3.1): data, or a file of the project, JSON or YAML. `base_url` takes the
    place of its servers; `variables` are those of a server's URL. `include` are patterns of operationIds or names, and
    `tags` are tags; without them all operations become tools. `prefix` goes before each name. `secret` is the name of
    the key that the API wants, or a table from security schemes to such names. `timeout` is seconds for one call.
    """

    document: str | Mapping[str, Any]
    base_url: str = ""
    variables: Mapping[str, str] = attrs.field(factory=dict)
    include: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    prefix: str = ""
    secret: str | Mapping[str, str] = ""
    timeout: float = 60.0


@attrs.frozen
class SearchOptions:
    """How many tools a search gives at most, from 1 to 100."""

    limit: int = 10


class ScriptTool(contract.Tool):
    """A tool whose function lives in the script; its answer may be one of the handoffs that the script asked for."""

    def __init__(self, definition: ToolDefinition, handoffs: Pending) -> None:
        from llmspell.schema import expand

        self.name = definition.name
        self.description = definition.description
        self.parameters = expand(definition.parameters)
        self.timeout = definition.timeout
        self._function = definition.run
        self._handoffs = handoffs

    async def run(self, arguments: dict[str, Any], context: Context) -> Any:
        """What the script's function returns."""
        return self._handoffs.redeem(await self._function(arguments, parent=context.operation))


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
        _check_name("Tool.define", definition.name)
        if definition.timeout <= 0:
            raise UsageError(f"Tool.define: timeout must be above 0, not {definition.timeout!r}")
        tool = ScriptTool(definition, self.session.handoffs)
        self.session.run.tools.add(tool)
        return ToolHandle(self.session, tool)

    @method
    def from_spell(self, options: SpellOptions) -> ToolHandle:
        """A tool of this run that is another spell: what that returns is the tool's output.

        It runs as part of this run, with at most the permissions of who calls it; its failure is the tool's.
        """
        from llmspell.spell import Source
        from llmspell.tools.spell_header import SpellHeader
        from llmspell.tools.spell_tool import SpellTool

        found = self.session.modules.spell(options.path)
        source = Source(found["source"], options.path, Path(found["key"]))
        name = options.name or SpellHeader.of(source).name or Path(options.path).stem
        _check_name("Tool.from_spell", name)
        tool = SpellTool(
            name,
            source,
            description=options.description,
            parameters=options.parameters,
            timeout=options.timeout,
        )
        self.session.run.tools.add(tool)
        return ToolHandle(self.session, tool)

    @method
    @shaped(gives=dict[str, ToolHandle])
    async def from_openapi(self, options: OpenApiOptions) -> Any:
        """Tools of this run that call a web API: one for each operation of an OpenAPI document, by name.

        A name is the operation's id in snake_case, after the prefix. Calls need the permission `net` for the server.
        """
        from llmspell.tools.openapi.scripted import operations

        run, files = self.session.run, self.session.run.files_for(self.session.parent)
        tools = await in_thread(operations, options, files)
        for number, tool in enumerate(tools):
            try:
                run.tools.add(tool)
            except LlmspellError:
                for added in tools[:number]:
                    run.tools.remove(added.name)
                raise
        return {tool.name: self.session.bridge.reference(ToolHandle(self.session, tool)) for tool in tools}

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
    @shaped(gives=list[FoundToolShape])
    def search(self, query: str, options: SearchOptions | None = None) -> Any:
        """The tools that fit a few words best, the best first; searching loads none of them."""
        limit = (options or SearchOptions()).limit
        if not 1 <= limit <= _MOST_FOUND:
            raise UsageError(f"Tool.search: limit must be from 1 to {_MOST_FOUND}, not {limit!r}")
        found = self.session.run.tools.index.search(query, limit)
        return [attrs.asdict(record, filter=lambda field, _: field.name != "distribution") for record in found]

    @method
    @shaped(gives=ToolSpecShape)
    def describe(self, name: str) -> Any:
        """A tool's `name`, `description` and `parameters` (a JSON Schema)."""
        return attrs.asdict(self.session.run.find_tool(name).spec())


def _check_name(who: str, name: str) -> None:
    import re

    if not re.fullmatch(r"[A-Za-z_][A-Za-z0-9_-]{0,63}", name):
        raise UsageError(f"{who}: {name!r} is not a tool name", hint="use letters, digits and underscores, 64 at most")


async def run_tool(session: Session, tool: contract.Tool, arguments: Mapping[str, Any]) -> dict[str, Any]:
    """A tool's answer as a result."""
    output = await session.run.call_tool(tool, arguments, session.parent)
    if isinstance(output, HandoffRequest):
        raise UsageError(
            f"tool {tool.name!r} hands over to {output.target!r}, which only works where an agent calls it",
            component=f"tool:{tool.name}",
        )
    return result_dict(Result(text=contract.as_text(output), output=output))
