"""Reading a docstring in Google's style: what a function does, and what each of its arguments is."""

from __future__ import annotations

import inspect
import re

import attrs

_SECTION = re.compile(r"(Args|Arguments|Attributes|Examples?|Note|Notes|Raises|Returns|Warns|Yields):\s*")
_ENTRY = re.compile(r"\*{0,2}(\w+)(?:\s*\([^)]*\))?:\s*(.*)")


@attrs.frozen
class Docstring:
    """A docstring, taken apart.

    Attributes:
        text: all that stands before the first section; paragraphs are divided by an empty line.
        arguments: what the section `Args` says of each.
    """

    text: str
    arguments: dict[str, str]


def read(docstring: str | None) -> Docstring:
    """A docstring taken apart; nothing of it is an error."""
    sections: dict[str, list[str]] = {"": []}
    section = ""
    for line in inspect.cleandoc(docstring or "").splitlines():
        found = _SECTION.fullmatch(line)
        if found:
            section = found[1]
        sections.setdefault(section, [])
        if not found:
            sections[section].append(line)
    paragraphs = "\n".join(sections[""]).strip().split("\n\n")
    text = "\n\n".join(" ".join(paragraph.split()) for paragraph in paragraphs)
    arguments = sections.get("Args") or sections.get("Arguments") or sections.get("Attributes") or []
    return Docstring(text, _entries(arguments))


def _entries(lines: list[str]) -> dict[str, str]:
    """`name: text` by its name; what is indented further belongs to the entry above."""
    found: dict[str, list[str]] = {}
    name = ""
    for line in inspect.cleandoc("\n".join(["", *lines])).splitlines():
        entry = _ENTRY.fullmatch(line)
        if entry:
            name = entry[1]
            found[name] = [entry[2]]
        elif name:
            found[name].append(line.strip())
    return {name: " ".join(" ".join(texts).split()) for name, texts in found.items()}
