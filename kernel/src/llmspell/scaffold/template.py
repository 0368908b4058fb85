"""The templates: one folder for each kind of thing that can be new."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path

import attrs

from llmspell.errors import UsageError, did_you_mean

_FOLDER = Path(__file__).parent / "templates"
_SUFFIX = ".txt"  # keeps tools that look for Python, TOML or Markdown from reading what is none yet
_FIELD = re.compile(r"\{\{(\w+)\}\}")
_PATH_FIELD = re.compile(r"PACKAGE|NAME")

KINDS: Mapping[str, str] = {
    "agent": "agent",
    "engine": "engine",
    "hook": "hook",
    "pack": "tool",
    "provider": "provider",
    "spell": "",
    "tool": "tool",
}
"""What can be new, and the kind of plugin that it then is; a spell is none."""


@attrs.frozen
class Template:
    """One template; `folder` is where its parts are."""

    folder: Path

    def files(self, values: Mapping[str, str]) -> dict[str, str]:
        """The texts of its files by their paths, with `/` between the parts, filled in."""
        return {_path(name, values): fill(text, values) for name, text in self._texts()}

    def next(self, values: Mapping[str, str]) -> list[str]:
        """The commands to type when the files are there."""
        return fill((self.folder / "next.txt").read_text("utf-8"), values).splitlines()

    def _texts(self) -> Iterator[tuple[str, str]]:
        files = self.folder / "files"
        for path in sorted(files.rglob(f"*{_SUFFIX}")):
            yield path.relative_to(files).as_posix().removesuffix(_SUFFIX), path.read_text("utf-8")


def check_kind(kind: str) -> None:
    """Check that there is something to make.

    Raises:
        UsageError: there is no such kind.
    """
    if kind not in KINDS:
        raise UsageError(f"nothing of the kind {kind!r} can be made", hint=did_you_mean(kind, list(KINDS)))


def find(kind: str, language: str = "") -> Template:
    """The template of a kind, in a language where there are several.

    Raises:
        UsageError: there is no such kind or language.
    """
    check_kind(kind)
    folder = _FOLDER / kind
    languages = languages_of(kind)
    if language and not languages:
        raise UsageError(f"--language is for spells, and a new {kind} is written in Python", hint="leave it out")
    if languages and language not in languages:
        raise UsageError(f"there is no {kind} in {language!r} to begin with", hint=did_you_mean(language, languages))
    return Template(folder / language)


def languages_of(kind: str) -> list[str]:
    """The languages in which there is a template of a kind; none where there is only one template."""
    return sorted(path.parent.name for path in (_FOLDER / kind).glob("*/next.txt"))


def fill(text: str, values: Mapping[str, str]) -> str:
    """The text with a value in the place of each `{{field}}`."""
    return _FIELD.sub(lambda field: values[field[1]], text)


def _path(name: str, values: Mapping[str, str]) -> str:
    return _PATH_FIELD.sub(lambda field: values[field[0].lower()], name)
