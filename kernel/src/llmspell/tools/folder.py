"""The tools in the Python files of a project's `tools/` folder, without packaging.

Their names are read from the text. A file is imported when one of its tools is first used, and only in a project that
the user trusts. Each file stands alone: it can import what is installed, but no other file of the folder.
"""

from __future__ import annotations

import ast
import hashlib
import re
import sys
import warnings
from collections.abc import Iterator, Mapping
from functools import partial
from traceback import walk_tb
from types import ModuleType
from typing import TYPE_CHECKING

import attrs

from llmspell.errors import BrokenPlugin, LlmspellError, PermissionDenied
from llmspell.permissions.trust import HINT, tool_path
from llmspell.plugins.contracts import standing_in
from llmspell.plugins.local import LocalEntry
from llmspell.tools.sighted import Sighted, sighted

if TYPE_CHECKING:
    from llmspell.config import LoadedConfig
    from llmspell.config.tool_files import ToolFile
    from llmspell.tool import Tool

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_-]{0,63}")


class BrokenFile(BrokenPlugin):
    """A file of the project's `tools/` folder does not load: its author must act. The cause is chained.

    Args:
        file: which one.
        reason: what is wrong.
        line: where, one-based; 0 when unknown.
    """

    def __init__(self, file: ToolFile, reason: str, line: int = 0) -> None:
        self.plugin_kind = "tool"
        self.name = file.path.stem
        self.distribution = file.name
        self.entry_point = f"{file.name}:{line}" if line else file.name
        LlmspellError.__init__(
            self,
            f"{self.entry_point} does not load: {reason}",
            component=f"tool:{self.name}",
            hint=f"correct it, or switch it off with LLMSPELL_BLOCK={file.name}",
            details={"file": str(file.path), "line": line},
        )


def tools_of_files(loaded: LoadedConfig) -> Iterator[LocalEntry]:
    """An entry for each tool in the files of a project.

    A file whose names cannot be read has one entry, of its own name: using that tells what is wrong with it.
    """
    withheld = {each.path for each in loaded.withheld}
    for file in loaded.tool_files:
        source = _read(file)
        offer = partial(_offer, source, trusted=tool_path(file) not in withheld)
        tools = {tool.name: tool for tool in source.tools} or {file.path.stem: Sighted(file.path.stem)}
        for tool in tools.values():
            yield LocalEntry(tool.name, file.name, file.name, offer, tool.description)


@attrs.frozen
class _Source:
    """A file with its tools, or what keeps them from being read, and in which line."""

    file: ToolFile
    tools: tuple[Sighted, ...] = ()
    problem: str = ""
    line: int = 0


def _read(file: ToolFile) -> _Source:
    if file.problem:
        return _Source(file, problem=file.problem)
    try:
        with warnings.catch_warnings(action="ignore"):  # of the compiler; they come again when the file is imported
            tools = tuple(sighted(ast.parse(file.content, file.name)))
    except SyntaxError as cause:
        return _Source(file, problem=f"SyntaxError: {cause.msg}", line=cause.lineno or 0)
    except (ValueError, RecursionError, MemoryError) as cause:  # what Python's parser says of NULs and of nesting
        return _Source(file, problem=f"{type(cause).__name__}: {cause}")
    names = [tool.name for tool in tools]
    wrong = next((name for name in names if not _NAME.fullmatch(name)), "")
    if wrong:
        return _Source(file, tools, problem=f"{wrong!r} is not a tool name; use letters, digits and underscores")
    twice = next((name for name in names if names.count(name) > 1), "")
    return _Source(file, tools, problem=f"it has two tools named {twice!r}" if twice else "")


def _offer(source: _Source, *, trusted: bool) -> Mapping[str, Tool]:
    """The tools of a file, by name; it is imported now.

    Raises:
        PermissionDenied: its project is not trusted.
        BrokenFile: it does not load, or has tools whose names cannot be read from its text.
    """
    file = source.file
    if not trusted:
        raise PermissionDenied(
            f"{file.name!r} may not be imported: the project {str(file.path.parents[1])!r} is not trusted", hint=HINT
        )
    if source.problem:
        raise BrokenFile(file, source.problem, source.line)
    tools: dict[str, Tool] = standing_in("tool", _imported(file))  # type: ignore[assignment]  # that kind's contract
    hidden = sorted(set(tools) - ({tool.name for tool in source.tools} or {file.path.stem}))
    if hidden:
        reason = f"the name of the tool {hidden[0]!r} cannot be read from its text; make tools with @tool"
        raise BrokenFile(file, reason)
    if not tools:
        raise BrokenFile(file, "it mentions llmspell, and has no tool; begin its name with _ if it shall have none")
    return tools


def _imported(file: ToolFile) -> ModuleType:
    """The file as a module of its own, which no import finds.

    Raises:
        BrokenFile: it raised.
    """
    # Classes look for their module among the imported ones, to read their annotations.
    digest = hashlib.sha256(str(file.path).encode("utf-8", "surrogatepass") + b"\0" + file.content).hexdigest()
    module = ModuleType(f"llmspell_project_{digest[:16]}.{file.path.stem}")
    module.__file__ = str(file.path)
    sys.modules[module.__name__] = module
    try:
        exec(compile(file.content, str(file.path), "exec", dont_inherit=True), vars(module))  # noqa: S102 it is trusted
    except (Exception, SystemExit) as cause:
        del sys.modules[module.__name__]
        lines = [line for frame, line in walk_tb(cause.__traceback__) if frame.f_code.co_filename == str(file.path)]
        sentence = cause.message if isinstance(cause, LlmspellError) else f"{type(cause).__name__}: {cause}"
        line = lines[-1] if lines else getattr(cause, "lineno", 0)
        raise BrokenFile(file, sentence, line or 0) from cause
    return module
