"""A spell as a tool: what it returns is what the tool answers.

    [tool.summarise]
    spell = "summarise.lua"
    description = "Sums up a text."
    parameters = { text = "string" }

The spell finds its arguments in `Spell.arguments`, with their types, and in `Args` by name, as text. It runs inside the
run that calls it: within the caller's permissions, and on the run's budget.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import attrs

from llmspell.errors import ConfigError, LlmspellError, ScriptFailed, ToolFailed, UsageError
from llmspell.plugins.local import LocalEntry
from llmspell.spell import Source
from llmspell.tool import Tool
from llmspell.tools.spell_header import SpellHeader

if TYPE_CHECKING:
    from llmspell.config.settings import Settings
    from llmspell.context import Context

TIMEOUT = 300.0
"""Seconds for one call, unless something else is said: a spell may well ask a model."""


@attrs.frozen
class SpellTable:
    """`[tool.NAME]` of a tool that is a spell.

    Attributes:
        spell: its file, relative to the one that says so.
        description: what it does; empty: as the spell's header says.
        parameters: what it takes, as `Tool.define` has them; absent: as the spell's header says.
        timeout: seconds for one call.
        idempotent: whether it may be called twice with the same arguments.
    """

    spell: str
    description: str = ""
    parameters: Mapping[str, Any] | None = None
    timeout: float = TIMEOUT
    idempotent: bool = False


class SpellTool(Tool):
    """A tool whose function is a spell.

    Args:
        name: the tool's.
        source: the spell.
        description: what it does; empty: as its header says.
        parameters: what it takes, in the short form or as JSON Schema; None: as its header says.
        timeout: seconds for one call.
        idempotent: whether it may be called twice with the same arguments.

    Raises:
        UsageError: nothing says what it does, or the parameters or the timeout are wrong.
    """

    category = "spell"

    def __init__(
        self,
        name: str,
        source: Source,
        *,
        description: str = "",
        parameters: Mapping[str, Any] | None = None,
        timeout: float = TIMEOUT,
        idempotent: bool = False,
    ) -> None:
        from llmspell.schema import expand

        header = SpellHeader.of(source)
        if timeout <= 0:
            raise UsageError(f"tool {name!r}: timeout must be above 0, not {timeout!r}")
        self.name = name
        self.description = description or header.description
        if not self.description:
            raise UsageError(
                f"nothing says what the spell {source.name!r} does as a tool",
                component=f"tool:{name}",
                hint="give a description, or begin the spell with a comment such as: description: Sums up a text.",
            )
        self.parameters = expand(header.parameters if parameters is None else parameters, f"tool:{name}")
        self.timeout = timeout
        self.idempotent = idempotent
        self._source = source

    async def run(self, arguments: dict[str, Any], context: Context) -> Any:
        """What the spell returns.

        Raises:
            ToolFailed: it raised; the message names the file and the line.
        """
        from llmspell.nested import cast_inside

        words = tuple(f"--{name}={_word(value)}" for name, value in arguments.items())
        try:
            return await cast_inside(attrs.evolve(self._source, arguments=arguments), words, context)
        except ScriptFailed as error:
            raise _failed(error) from error


def _word(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _failed(error: ScriptFailed) -> ToolFailed:
    """What a spell's error means to its caller; what it passed on from the kernel keeps its kind."""
    place = f"{error.file}:{error.line}: " if error.file and error.line else ""
    return ToolFailed(
        f"{place}{error.message}",
        kind=None if error.kind == "script_failed" else error.kind,
        component=error.component,
        retryable=error.retryable,
        hint=error.hint,
        details={**error.details, "file": error.file, "line": error.line, "traceback": error.traceback},
    )


def configured_spells(settings: Settings) -> Iterator[LocalEntry]:
    """An entry for each table `[tool.NAME]` that says `spell`."""
    for name, table in settings.loaded.config.tool.items():
        if "spell" in table:
            offer = partial(_offer, settings, name)
            yield LocalEntry(name, str(table["spell"]), f"[tool.{name}]", offer, str(table.get("description", "")))


def _offer(settings: Settings, name: str) -> Mapping[str, Tool]:
    """The tool of one table.

    Raises:
        ConfigError: the table is wrong, or its spell cannot be read.
    """
    table = settings.table("tool", name, SpellTable)
    origin = settings.loaded.origin(("tool", name, "spell"))
    folder = origin.folder or settings.loaded.project
    path = folder / Path(table.spell).expanduser()
    where = f"{origin}: `tool.{name}`"
    if origin.layer.startswith("project") and not path.resolve().is_relative_to(folder.resolve()):
        outside = f"{table.spell!r} lies outside {str(folder)!r}, where a project's files must stay"
        raise ConfigError([f"{where}: {outside}"])
    try:
        source = attrs.evolve(Source.read(path), name=table.spell)
        said = {key: value for key, value in attrs.asdict(table).items() if key != "spell"}
        return {name: SpellTool(name, source, **said)}
    except LlmspellError as cause:
        raise ConfigError([f"{where}: {cause.message}"], hint=cause.hint) from cause
