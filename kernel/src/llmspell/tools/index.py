"""What is known of installed tools without importing them: a file `tools.json` beside each pack's modules.

    {"schema": "llmspell.tool-index/1",
     "tools": {"hash": {"description": "The hash of a file.", "category": "system", "tags": [], "needs": ["fs.read"]}}}

`llmspell tools index FOLDER` writes it, and the contract of tools checks that it agrees with them. A pack without one
is found by the names of its tools and by what its distribution says of itself.
"""

from __future__ import annotations

import json
import re
import warnings
from collections.abc import Iterable, Mapping
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

import attrs

from llmspell.plugins.local import LocalEntry
from llmspell.tool import Tool
from llmspell.tools.search import Record

if TYPE_CHECKING:
    from llmspell.plugins import Entry, Plugins

FILE = "tools.json"
SCHEMA = "llmspell.tool-index/1"
_SENTENCE = re.compile(r"(.+?[.!?])(?:\s|$)", re.DOTALL)


def first_sentence(text: str) -> str:
    """The first sentence of a description, on one line."""
    text = " ".join(text.split())
    found = _SENTENCE.match(text)
    return found[1] if found else text


def described(tool: Tool) -> dict[str, Any]:
    """What the index says of a tool."""
    return {
        "description": first_sentence(tool.description),
        "category": tool.category,
        "tags": list(tool.tags),
        "needs": list(tool.needs),
    }


def written(tools: Iterable[Tool]) -> str:
    """The text of the file for these tools."""
    listed = {tool.name: described(tool) for tool in sorted(tools, key=lambda tool: tool.name)}
    return json.dumps({"schema": SCHEMA, "tools": listed}, indent=2, ensure_ascii=False) + "\n"


def record_of(tool: Tool, distribution: str = "") -> Record:
    """What is known of a tool that is loaded."""
    return Record(
        tool.name, first_sentence(tool.description), tool.category, tool.tags, tuple(tool.needs), distribution
    )


def records(entries: Iterable[Entry]) -> list[Record]:
    """What is known of the tools of the catalogue; none of them is imported.

    A file that cannot be read is a warning, and its tools are known by their names only.
    """
    packages: dict[str, tuple[str, Mapping[str, Record]]] = {}
    found = []
    for entry in entries:
        if isinstance(entry, LocalEntry):
            found.append(Record(entry.name, first_sentence(entry.description), distribution=entry.distribution))
            continue
        package = entry.module.partition(".")[0]
        if package not in packages:
            packages[package] = entry.distribution, _read(package)
        distribution, known = packages[package]
        record = known.get(entry.name) or Record(entry.name, _summary(distribution))
        found.append(attrs.evolve(record, distribution=distribution))
    return found


def catalogued(plugins: Plugins, own: Iterable[Tool] = ()) -> list[Record]:
    """What is known of all tools: the installed ones, those that the configuration makes of them, and a run's own."""
    found = {record.name: record for record in records(plugins.entries("tool"))}
    for name, of in plugins.settings.aliases("tool").items():
        if of in found:
            found[name] = attrs.evolve(found[of], name=name)
    return [*found.values(), *map(record_of, own)]


def place_of(package: str) -> Path | None:
    """Where the file of an installed package belongs; None where there is no such package."""
    if not package.isidentifier():  # a tool of the project's own, which has no package
        return None
    spec = find_spec(package)  # of a top package, so that nothing is imported
    if spec is None or not spec.submodule_search_locations:
        return None
    return Path(next(iter(spec.submodule_search_locations))) / FILE


def _read(package: str) -> Mapping[str, Record]:
    place = place_of(package)
    if place is None or not place.is_file():
        return {}
    try:
        return parsed(place.read_text("utf-8"))
    except (OSError, ValueError) as cause:
        warnings.warn(f"the index of the tools of {package} cannot be read: {cause}", stacklevel=3)
        return {}


def parsed(text: str) -> dict[str, Record]:
    """What a file says of each tool.

    Raises:
        ValueError: it is not such a file.
    """
    data = json.loads(text)
    if not isinstance(data, dict) or data.get("schema") != SCHEMA or not isinstance(data.get("tools"), dict):
        raise ValueError(f"it is not an object of schema {SCHEMA!r} with tools")
    return {name: _record(name, said) for name, said in data["tools"].items()}


def _record(name: str, said: Any) -> Record:
    match said:
        case {"description": str(description), "category": str(category), "tags": list(tags), "needs": list(needs)}:
            if all(isinstance(each, str) for each in (*tags, *needs)):
                return Record(name, description, category, tuple(tags), tuple(needs))
    raise ValueError(f"what it says of {name!r} is not description, category, tags and needs")


@cache
def _summary(distribution: str) -> str:
    from importlib.metadata import PackageNotFoundError, metadata

    try:
        said: list[str] = metadata(distribution).get_all("Summary") or []
    except PackageNotFoundError:
        return ""
    return said[0] if said else ""
