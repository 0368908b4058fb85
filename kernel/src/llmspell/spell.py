"""A spell's source, and which engine runs it: `--engine`, else the extension, else the shebang.

Where several engines run an extension, the configuration chooses (`engine.<extension or language>`), else the engine
that has the name of their language is taken.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import attrs

from llmspell.errors import UsageError, near_names

if TYPE_CHECKING:
    from llmspell.engine import Engine
    from llmspell.plugins import Plugins

MAX_SOURCE = 8 << 20
"""Bytes; a larger spell is refused."""


@attrs.frozen
class Source:
    """A spell's text. `name` is what tracebacks call it; `path` is None when it does not come from a file.

    `arguments` are what a spell that is a tool is called with.
    """

    text: str = attrs.field(repr=False)
    name: str
    path: Path | None = None
    arguments: Mapping[str, Any] = attrs.field(factory=dict)

    @classmethod
    def read(cls, path: str | Path) -> Source:
        """The spell in a file; its name is the path as it was given.

        Raises:
            UsageError: the file cannot be read, is too large, or is not UTF-8.
        """
        file = Path(path)
        try:
            if file.is_dir():
                raise UsageError(f"{str(path)!r} is a folder, not a spell", hint="name a file in it")
            with file.open("rb") as stream:
                content = stream.read(MAX_SOURCE + 1)
            if len(content) > MAX_SOURCE:
                raise UsageError(f"{str(path)!r} is larger than {MAX_SOURCE >> 20} MiB")
            text = content.decode("utf-8-sig")
        except UnicodeDecodeError as cause:
            raise UsageError(f"{str(path)!r} is not UTF-8 text (byte {cause.start})") from cause
        except OSError as cause:
            raise _unreadable(file, cause) from cause
        except ValueError as cause:
            raise UsageError(f"{str(path)!r} is not a file name: {cause}") from cause
        return cls(text, str(path), file.resolve())

    def line(self, number: int) -> str:
        """A line of the text, one-based; empty when there is none."""
        lines = self.text.split("\n")  # as engines count; splitlines knows more line ends
        return lines[number - 1].rstrip("\r") if 0 < number <= len(lines) else ""


def _unreadable(file: Path, cause: OSError) -> UsageError:
    near: list[str] = []
    if isinstance(cause, FileNotFoundError) and file.parent.is_dir():
        near = near_names(file.name, [other.name for other in file.parent.iterdir()])
    return UsageError(
        f"cannot read {str(file)!r}: {cause.strerror or cause}",
        kind="not_found" if isinstance(cause, FileNotFoundError) else "invalid_arguments",
        hint=f"did you mean {str(file.with_name(near[0]))!r}?" if near else "",
    )


_SHEBANG = re.compile(r"#!.*?\b([\w.+-]+)\s*$")


def choose_engine(
    plugins: Plugins, source: Source, *, flag: str = "", preferred: Mapping[str, str] | None = None
) -> Engine:
    """The engine that runs a spell.

    Args:
        plugins: where engines come from.
        source: the spell.
        flag: what `--engine` said; it wins.
        preferred: per extension or language, the engine to choose where several fit.

    Raises:
        UsageError: nothing says which engine, several fit and none is preferred, or it is not installed.
    """
    return _load(plugins, flag or _by_extension(plugins, source, preferred or {}) or _by_shebang(plugins, source))


def _load(plugins: Plugins, name: str) -> Engine:
    engine: Engine = plugins.get("engine", name)
    return engine


def _by_extension(plugins: Plugins, source: Source, preferred: Mapping[str, str]) -> str:
    extension = Path(source.name).suffix.lstrip(".")
    names = plugins.engines_for(extension) if extension else []
    chosen = preferred.get(extension, "")
    if chosen:
        return chosen
    if len(names) > 1:
        return _preferred(plugins, source, extension, names, preferred)
    return names[0] if names else ""


def _preferred(plugins: Plugins, source: Source, extension: str, names: list[str], preferred: Mapping[str, str]) -> str:
    for name in names:
        if preferred.get(name) in names:
            return preferred[name]
    languages = {_load(plugins, name).language for name in names}
    if len(languages) == 1 and languages <= set(names):
        return languages.pop()  # of several engines for one language, the one that is named after it
    raise UsageError(
        f"several installed engines run {source.name!r}: {', '.join(names)}",
        kind="conflict",
        hint=f"add --engine {names[0]}, or set engine.{extension} in llmspell.toml",
    )


def _by_shebang(plugins: Plugins, source: Source) -> str:
    first = source.text.split("\n", 1)[0]
    found = _SHEBANG.match(first)
    engines = plugins.names("engine")
    if found and found[1] in engines:
        return found[1]
    raise UsageError(
        f"nothing says which engine runs {source.name!r}; installed engines: {', '.join(engines) or 'none'}",
        hint=f"add --engine {engines[0]}" if engines else "pip install llmspell-engine-lua",
    )
