"""The files of one script as the guest takes them, and which lines of the virtual machine's text are whose.

Each file has lines of its own in one long text that nobody ever sees whole: a stack tells only lines, and by these
the file. A file that imports, exports or is imported is rewritten (`modules`); TypeScript loses its types. Whatever
is neither costs no parse here, and the parser is not even imported.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, NamedTuple

from llmspell_language_javascript.bundle import guest_lines

_IMPORTS = re.compile(r"\b(?:import|export)\b")
_HEAD = 3  # the line of a function's text on which its body begins, for both engines
_MISSED = 3  # what a parser misses at a file's end, it misses up to so many lines later


class _File(NamedTuple):
    name: str
    first: int
    lines: int
    code: str


class Sources:
    """The files of a script; what takes a text raises `ScriptFailed` when that cannot be JavaScript.

    Attributes:
        registry: the text of what loads and links modules; empty until a file needs it.
    """

    def __init__(self) -> None:
        self._files: list[_File] = []
        self.registry = ""

    def spell(self, source: str, name: str, key: str) -> dict[str, Any]:
        """The script's own file; a `format` of `plain` is the body of an async function.

        Args:
            source: its text.
            name: what stacks call it.
            key: says which file this is when a module imports it.
        """
        source = _javascript(source.removeprefix("\ufeff"), name)
        if _IMPORTS.search(source):
            return self._rewritten(source, name, key, module=False)
        if source.startswith("#!"):
            source = f"//{source[2:]}"
        return {"name": name, "format": "plain", "code": source, **self._take_lines(name, source)}

    def module(self, loaded: Mapping[str, str]) -> dict[str, Any]:
        """A module, from what the host answers for it: `{source, name, key}`."""
        source, name, key = loaded["source"], loaded["name"], loaded["key"]
        if name.endswith(".json"):
            return {"key": key, "name": name, "format": "json", "text": source}
        return self._rewritten(_javascript(source, name), name, key, module=True)

    def place(self, line: int) -> tuple[str, int] | None:
        """The file and the line in it of a line of the virtual machine's text; None when it is no script's."""
        for file in self._files:
            if file.first <= line < file.first + file.lines + _MISSED:
                return file.name, min(line - file.first + 1, file.lines)
        return None

    def code(self, name: str) -> str:
        """What the virtual machine got for a file; empty when it got none of that name."""
        return next((file.code for file in self._files if file.name == name), "")

    def _rewritten(self, source: str, name: str, key: str, *, module: bool) -> dict[str, Any]:
        from llmspell_language_javascript.modules import rewrite, runtime

        self.registry = runtime()
        found = rewrite(source, name, module=module)
        return found.record(key, shifts=list(found.shifts.items()), **self._take_lines(name, found.code))

    def _take_lines(self, name: str, code: str) -> dict[str, int]:
        last = self._files[-1] if self._files else None
        first = _HEAD + (last.first + last.lines if last else guest_lines())
        file = _File(name, first, code.count("\n") + 1, code)
        self._files.append(file)
        return {"first": file.first, "count": file.lines}


def _javascript(source: str, name: str) -> str:
    """The text without the types that it has if its name says TypeScript."""
    if not name.endswith((".ts", ".mts")):
        return source
    from llmspell_language_javascript.modules import erase_types

    return erase_types(source, name)
